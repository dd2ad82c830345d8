"""The whole demo: lay out, begin, file, tell, report. Each step finds what an earlier run left."""

import fcntl
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.rules import DUTY_NAMES
from storage.keyring import KeyRing
from vault.project.demo import disk, past, server, story
from vault.project.demo.diary import Diary
from vault.project.demo.documents import CATALOGUE, Paper, on
from vault.project.demo.organisation import Passwords, make
from vault.project.demo.people import MEMBERS, SUPERUSER
from vault.project.demo.visitor import Visitor
from vault.project.preparation import prepare_databases, require_guarded

# How far a step is: its name, done, total.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Result:
    """The demo's report."""

    lines: list[story.Line]
    people: list[dict[str, str]]
    seconds: float

    @property
    def ok(self) -> bool:
        return all(line.ok for line in self.lines)


class AlreadyRunning(Exception):
    """Another demo is at work in this folder."""


@contextmanager
def only_one(place: Path) -> Iterator[None]:
    """Keep other demos out of this folder for as long as the block lasts. Raises AlreadyRunning."""
    with (place / "demo.lock").open("w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyRunning(
                f"A demo is running in {place}: use that one, end it, or name another folder with --home."
            ) from error
        yield


def folder() -> Path:
    """The demo's own folder, around the data folder and the keys."""
    return settings.JINGUI_HOME.parent


@contextmanager
def shown(
    port: int, progress: Progress, say: Callable[[str], None]
) -> Iterator[tuple[server.Running, Result]]:
    """Bring everything up, tell the story, and keep serving for as long as the block lasts."""
    started = time.monotonic()
    progress("organisation", 0, 1)
    if not settings.JINGUI_KEY_RING.exists():
        KeyRing.create(settings.JINGUI_KEY_RING)
    diary = Diary.open(folder() / "diary.json")
    passwords = Passwords(settings.JINGUI_KEY_RING.parent / "demo-passwords.json")
    if diary.told:
        _begin(passwords, say)
    else:
        with past.clock_of(diary) as running_clock:
            _begin(passwords, say)
            progress("organisation", 1, 1)
            past.tell(diary, running_clock, progress)
    papers = {document.key: on(document, diary.day) for document in CATALOGUE}
    with server.running(port, say) as running:
        left = [paper for key, paper in papers.items() if key not in diary.records]
        visitors = _visitors(running.address, passwords, left, progress)
        _file(visitors, papers, diary, progress)
        scene = story.Scene(visitors, papers, diary.records, diary.upload, int(time.time() * 1000))
        lines = story.tell(scene)
        yield running, Result(lines, _people(passwords), time.monotonic() - started)


def _begin(passwords: Passwords, say: Callable[[str], None]) -> None:
    prepare_databases()
    require_guarded()
    if disk.mend(story.damage_note()):
        say("An earlier run was ended while it showed damage; the byte is put back.")
    make(passwords)


def _visitors(
    address: str, passwords: Passwords, left: Iterable[Paper], progress: Progress
) -> dict[str, Visitor]:
    """Whom the story needs, and whoever still has papers to file, signs in once."""
    keys = {*story.VISITORS, *(paper.document.filer for paper in left)}
    wanted = {member.key: member.staff_no for member in MEMBERS if member.key in keys}
    wanted["superuser"] = SUPERUSER[1]
    found: dict[str, Visitor] = {}
    for number, (key, staff_no) in enumerate(wanted.items()):
        progress("sign-in", number, len(wanted))
        found[key] = Visitor.sign_in(address, staff_no, passwords.of(staff_no))
    progress("sign-in", len(wanted), len(wanted))
    return found


def _file(visitors: dict[str, Visitor], papers: dict[str, Paper], diary: Diary, progress: Progress) -> None:
    known = past.registered()
    for number, (key, paper) in enumerate(papers.items()):
        progress("filing", number, len(papers))
        if key not in diary.records:
            body = paper.make()
            if key == story.NOTICE:
                diary.upload = {"sha256": hashlib.sha256(body).hexdigest(), "size": len(body)}
                diary.save()
            # It may have been filed by a run that was ended before it could write that down.
            filed = known.get(paper.title)
            diary.records[key] = filed or visitors[paper.document.filer].file(paper, body)
            diary.save()
    progress("filing", len(papers), len(papers))


def _people(passwords: Passwords) -> list[dict[str, str]]:
    known = passwords.all()
    rows = [
        {
            "staff_no": member.staff_no,
            "name": member.name,
            "duty": "、".join(str(_(DUTY_NAMES[duty])) for duty, _unit in member.duties),
            "password": known[member.staff_no],
            "to_try": member.to_try,
        }
        for member in MEMBERS
    ]
    rows.append(
        {
            "staff_no": SUPERUSER[1],
            "name": Account.objects.select_related("person").get(staff_no=SUPERUSER[1]).person.name,
            "duty": "superuser",
            "password": known[SUPERUSER[1]],
            "to_try": "Django 超级用户：打不开任何密件",
        }
    )
    return rows
