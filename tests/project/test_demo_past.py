"""The demo's past stands in its database as its tables say: in order of time, by the services, each matter where it ends."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from accounts.terminal_rules import CERTIFICATE_SOON
from audit import clock
from tests.project.conftest import Run
from vault.approvals.rules import RequestState
from vault.authorization.actions import Action
from vault.project.demo.deeds import cards
from vault.project.demo.diary import Diary
from vault.project.demo.documents import CATALOGUE
from vault.project.demo.office import OLD_PAPERS, TERMINALS
from vault.project.demo.past import EVERYTHING, FOUNDED, clock_of
from vault.project.demo.people import BY_KEY, PLACES

pytestmark = pytest.mark.timeout(600)


def asked(
    demo: Run, sql: str, given: Sequence[object] | Mapping[str, object] = (), *, log: bool = False
) -> list[tuple[object, ...]]:
    name = "audit.sqlite3" if log else "jingui.sqlite3"
    with closing(sqlite3.connect(demo.folder / "data" / name)) as database:
        return database.execute(sql, given).fetchall()


def test_every_step_of_the_past_was_done_once(demo: Run) -> None:
    diary = json.loads((demo.folder / "diary.json").read_text(encoding="utf-8"))
    past = {document.key for document in CATALOGUE if document.days_ago > 1}
    assert sorted(diary["done"]) == sorted(
        [*past, *cards(), *(deed.__name__ for _ago, _hour, deed in EVERYTHING)]
    )
    assert (diary["told"], diary["begun"]) == (True, "")


def test_records_were_filed_in_order_of_their_days_over_three_months(demo: Run) -> None:
    days = [
        date.fromisoformat(str(at)[:10])
        for (at,) in asked(demo, "select created_at from holdings_record order by rowid")
    ]
    assert days == sorted(days)
    assert timedelta(days=88) <= days[-1] - days[0] <= timedelta(days=FOUNDED)
    assert len(set(days)) > 50


def test_the_log_never_goes_back(demo: Run) -> None:
    """Architecture 8: the clock of a demo only moves forward; the last of its past is before its present."""
    diary = Diary.open(demo.folder / "diary.json")
    assert diary.reached is not None
    assert diary.reached.date() <= diary.day
    rows = asked(demo, "select at from audit_event order by rowid", log=True)
    moments = [datetime.fromisoformat(str(at)).replace(tzinfo=UTC) for (at,) in rows]
    told = [at for at in moments if at <= diary.reached]
    assert told == moments[: len(told)]
    # An event has its instant before it has its place, so two of one moment may pass each other.
    assert all(later > earlier - timedelta(seconds=5) for earlier, later in pairwise(told))
    assert len(told) > 1000


@pytest.mark.parametrize(
    ("sql", "wanted"),
    [
        ("select count(*) from accounts_person", 19),
        ("select count(*) from accounts_unit", len(PLACES)),
        ("select count(*) from accounts_desecrecy", 1),
        ("select count(*) from accounts_pendinggrant where state = 'pending'", 1),
        ("select count(*) from accounts_pendinggrant where state = 'refused'", 1),
        ("select count(*) from accounts_pendinggrant where state = 'withdrawn'", 1),
        ("select count(*) from holdings_labeldecision where status = 'refused'", 1),
        ("select count(*) from holdings_stagedfile where integrity = 'quarantined'", 1),
        ("select count(*) from holdings_componentversion where number = 2", 1),
        (
            "select count(*) from holdings_recorduserpermission where starts_at < datetime('now', '-90 days')",
            1,
        ),
        ("select count(*) from incidents_incident where state = 'closed'", 1),
        ("select count(*) from incidents_incident where state = 'open'", 3),
        ("select count(*) from workdays_notice where imported_by_id is not null", 1),
        ("select count(*) from holdings_knowledgeentry where ends_at is not null", 1),
        ("select count(*) from holdings_undecidedthing where state = 'decided'", 2),
        ("select count(*) from holdings_undecidedthing where state = 'waiting' and next_on < :day", 2),
        ("select count(*) from holdings_undecidedthing where state = 'waiting' and next_on > :day", 2),
        ("select count(*) from holdings_undecidedthing where record_id is not null", 1),
        ("select count(*) from accounts_terminal", len(TERMINALS)),
        ("select count(*) from accounts_terminal where secure_room_id is not null", 2),
        ("select count(*) from accounts_terminalenrolment where ended_at is null", 1),
        ("select count(*) from accounts_secureroom where closed_at is null", 1),
        ("select count(distinct kind) from accounts_roominspection where result = 'passed'", 2),
        ("select count(*) from accounts_terminal where state = 'suspended'", 1),
        ("select count(*) from accounts_terminal where certificate_until between :day and :soon", 1),
        (
            "select count(distinct terminal_id) from accounts_terminalcheck where result = 'passed'",
            len(TERMINALS),
        ),
        (
            "select count(distinct unit_id) from accounts_rosterentry where :day between starts_on and ends_on",
            3,
        ),
        (
            (
                "select count(*) from accounts_rosterentry r join accounts_appointment a on a.person_id = r.set_by_id "
                "where a.is_acting and :day between a.starts_on and a.ends_on"
            ),
            1,
        ),
        ("select count(*) from holdings_savedview", 1),
        (
            f"select count(*) from holdings_importrun where closed_at is not null and records = {len(OLD_PAPERS)}",
            1,
        ),
        ("select count(*) from holdings_importrun", 1),
        ("select count(*) from approvals_booking where state = 'booked' and day > :day", 1),
        ("select count(*) from approvals_readingsession where state = 'reading' and medium = 'paper'", 1),
        ("select count(*) from approvals_pageview", 1),
        ("select count(distinct derived_id) from approvals_sourcelink", 2),
        ("select count(*) from approvals_copy where state = 'lost'", 1),
        ("select count(*) from approvals_copy where state = 'issued'", 4),
        ("select count(*) from approvals_emergencyconfirmation", 1),
    ],
)
def test_each_matter_stands_where_it_was_left(demo: Run, sql: str, wanted: int) -> None:
    day = Diary.open(demo.folder / "diary.json").day
    days = {"day": day.isoformat(), "soon": (day + CERTIFICATE_SOON).isoformat()}
    assert asked(demo, sql, days) == [(wanted,)]


# Which kinds of request can come to stand in a state; an emergency is for consulting, what is reproduced is counted.
_READ, _NOTED, _MADE = {Action.CONSULT}, {Action.EXCERPT, Action.QUOTE}, {Action.COPY, Action.PRINT}
_ANY = _READ | _NOTED | _MADE
STANDING = {
    RequestState.SUBMITTED: _ANY,
    RequestState.CHECKED: _ANY,
    RequestState.LEADER_APPROVED: _NOTED | _MADE,
    RequestState.APPROVED: _ANY,
    RequestState.IN_SESSION: _READ,
    RequestState.URGENT: _READ,
    RequestState.PRODUCED: _MADE,
    RequestState.RECALLED: _MADE,
    RequestState.CLOSED: _MADE,
    RequestState.USED_UP: _READ | _NOTED,
    RequestState.EXPIRED: _ANY,
    RequestState.REJECTED: _ANY,
    RequestState.WITHDRAWN: _ANY,
    RequestState.REVOKED: _ANY,
}
# Passed through within minutes on the day of the emergency.
PASSING = {RequestState.LEADER_RELEASED, RequestState.SECOND_RELEASED}


def test_there_is_a_request_of_each_kind_in_each_state(demo: Run) -> None:
    assert set(STANDING) | PASSING == set(RequestState)
    found = asked(demo, "select distinct action, state from approvals_accessrequest")
    wanted = {(action.value, state.value) for state, actions in STANDING.items() for action in actions}
    assert wanted - set(found) == set()


def test_whoever_is_in_de_secrecy_holds_no_clearance(demo: Run) -> None:
    """AD-12."""
    standing = asked(
        demo,
        "select count(*) from accounts_clearance c join accounts_account a on a.person_id = c.person_id "
        "where a.staff_no = ? and c.revoked_on is null",
        [BY_KEY["leaver"].staff_no],
    )
    assert standing == [(0,)]


def test_only_a_demo_has_a_past_that_is_told(tmp_path: object, settings: object) -> None:
    """Architecture 8: any other instance refuses such a clock."""
    settings.JINGUI_DEMO = False
    diary = Diary(tmp_path / "diary.json", date(2026, 11, 23))
    with pytest.raises(ValueError, match="Only a demo"), clock_of(diary):
        pass
    settings.JINGUI_DEMO = True
    with clock_of(diary) as running:
        assert clock.now() < clock.system_now() - timedelta(days=1)
        assert running() <= clock.now()
    assert clock.system_now() - clock.now() < timedelta(seconds=5)
