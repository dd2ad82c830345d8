"""The demo's past: its organisation and three months of work, told under a clock that only goes forward.

Everything goes through the services that pages use, at the instant at which it is said to have happened, and in that
order. What is dated yesterday or today is left for the people who sign in.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from django.conf import settings

from accounts.errors import AccountsError
from accounts.rules import ZONE
from audit import clock, outbox
from audit.clock import ForwardClock
from vault.approvals.errors import ApprovalsError
from vault.authorization.errors import Refused
from vault.holdings.errors import HoldingsError
from vault.holdings.models import Record
from vault.holdings.rules import RecordState
from vault.incidents.errors import IncidentsError
from vault.project.demo.asking import ASKING
from vault.project.demo.copying import COPYING
from vault.project.demo.deeds import DEEDS, cards
from vault.project.demo.desk import Desk
from vault.project.demo.diary import Diary
from vault.project.demo.documents import CATALOGUE, Paper, on
from vault.project.demo.office import OFFICE
from vault.project.demo.sitting import SITTING
from vault.project.demo.urgent import URGENT
from vault.workdays.errors import WorkdaysError

FOUNDED = 94  # days ago
EVERYTHING = (*DEEDS, *OFFICE, *ASKING, *COPYING, *SITTING, *URGENT)
FRESH = 1  # what is dated so many days ago or later is filed by the people themselves
REFUSALS = (AccountsError, ApprovalsError, HoldingsError, IncidentsError, WorkdaysError, Refused)
PAUSE = timedelta(minutes=30)


class Step(NamedTuple):
    """One thing that happened: when, its key in the diary, and how."""

    at: datetime
    key: str
    act: Callable[[], None]


@contextmanager
def clock_of(diary: Diary) -> Iterator[ForwardClock]:
    """The clock of the past for as long as the block lasts, from where an ended run left it.

    Raises ValueError on an instance that is no demo: nobody else's events may carry another time.
    """
    if not settings.JINGUI_DEMO:
        raise ValueError("Only a demo has a past that is told.")
    # A run that was ended may have acted a little after what it wrote down last.
    start = diary.reached + PAUSE if diary.reached else _at(diary.day, FOUNDED, 8, 0)
    running = ForwardClock(min(start, clock.system_now()))
    diary.reached = running()
    diary.save()
    clock.set_clock(running)
    try:
        yield running
    finally:
        clock.set_clock(None)


def tell(diary: Diary, running: ForwardClock, progress: Callable[[str, int, int], None]) -> None:
    """Do everything that is not done yet, in order of time."""
    _settle()
    desk = Desk(diary.records)
    steps = sorted(_steps(desk, diary), key=lambda step: step.at)
    for number, step in enumerate(steps):
        progress("three months", number, len(steps))
        if step.key not in diary.done:
            if step.at > running():
                running.move_to(min(step.at, clock.system_now()))
            _once(diary, step)
    progress("three months", len(steps), len(steps))
    diary.told = True
    diary.save()


def _steps(desk: Desk, diary: Diary) -> Iterator[Step]:
    known = registered() if diary.records else {}
    for document in CATALOGUE:
        paper = on(document, diary.day)
        if document.days_ago > FRESH:
            # The same day gives the same hour.
            chance = random.Random(document.key)  # noqa: S311  (an hour, no secret)
            yield Step(
                _at(diary.day, document.days_ago, chance.randrange(9, 17), chance.randrange(60)),
                document.key,
                lambda paper=paper: _file(desk, diary, paper, known),
            )
    for document, place, pages in cards().values():
        paper = on(document, diary.day)

        def act(paper: Paper = paper, place: str = place, pages: int = pages) -> None:
            diary.records[paper.document.key] = known.get(paper.title) or desk.card(
                paper, place=place, pages=pages
            )

        yield Step(_at(diary.day, document.days_ago, 17, 30), document.key, act)
    for days_ago, hour, deed in EVERYTHING:
        yield Step(_at(diary.day, days_ago, hour, 0), deed.__name__, lambda deed=deed: deed(desk, diary.day))


def _file(desk: Desk, diary: Diary, paper: Paper, known: dict[str, str]) -> None:
    # It may have been filed by a run that was ended before it could write that down.
    if paper.title in known:
        diary.records[paper.document.key] = known[paper.title]
    else:
        desk.file(paper, paper.make())


def _once(diary: Diary, step: Step) -> None:
    """Do a step and write it down. One that an ended run had begun may be done already: it then refuses."""
    begun_before = diary.begun == step.key
    diary.begun = step.key
    diary.save()
    try:
        step.act()
    except REFUSALS:
        if not begun_before:
            raise
    _settle()
    diary.done.append(step.key)
    diary.begun, diary.reached = "", clock.now()
    diary.save()


def _settle() -> None:
    """Outcomes come into the log at the instant at which they are told, not when the worker first runs."""
    while outbox.relay():
        pass


def registered() -> dict[str, str]:
    """Title → address of every registered record."""
    found = Record.objects.filter(state=RecordState.REGISTERED)
    return {record.title: f"/records/{record.pk}/" for record in found}


def _at(day: date, days_ago: int, hour: int, minute: int) -> datetime:
    return datetime.combine(day - timedelta(days=days_ago), time(hour, minute), tzinfo=ZONE).astimezone(UTC)
