"""The register of terminals: who may, what is refused, and how each stands after it (rule book 10.1(4))."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from accounts import errors, services, terminals
from accounts.models import Account, Terminal, TerminalChange, TerminalCheck
from accounts.terminal_rules import CheckResult, TerminalState, Unusable
from audit.models import Event
from tests.accounts.granting import last_event, last_outcome
from tests.accounts.people import Organisation, today

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
PASSED, FAILED = CheckResult


def make(org: Organisation, **changed: object) -> Terminal:
    given = {
        "actor": org.system,
        "number": "BM-01",
        "room": "保密室一",
        "equipment": "国产终端一台",
        "certificate_no": "ZS-2026-1",
        "certificate_until": today() + timedelta(days=300),
        "check_every": 90,
    }
    return services.register_terminal(**given | changed)


def checked(org: Organisation, terminal: Terminal, days_ago: int, result: CheckResult = PASSED) -> None:
    services.record_check(
        actor=org.system,
        terminal=terminal,
        done_on=today() - timedelta(days=days_ago),
        result=result,
        note="" if result is PASSED else "封签破损",
    )


def why(terminal: Terminal) -> set[Unusable]:
    return set(terminals.standing(terminal.pk, today()).reasons)


def test_a_registered_terminal_is_checked_and_still_opens_nothing(org: Organisation) -> None:
    """Rule book 10.1(4): its first check is due at once; a check put right, it is still not enrolled."""
    terminal = make(org, number=" bm-01 ")
    assert terminal.number == "BM-01"
    assert last_outcome() == ("granted", "duty:system_officer")
    assert why(terminal) == {Unusable.NEVER_CHECKED, Unusable.NOT_ENROLLED}
    checked(org, terminal, 0)
    assert why(terminal) == {Unusable.NOT_ENROLLED}


def test_a_failed_check_keeps_it_from_use_at_once_until_one_is_passed(org: Organisation) -> None:
    """Rule book 10.1(4)"""
    terminal = make(org)
    checked(org, terminal, 3)
    checked(org, terminal, 0, FAILED)
    assert Unusable.CHECK_FAILED in why(terminal)
    assert terminals.overdue(terminals.in_use(today()))
    checked(org, terminal, 0)
    assert why(terminal) == {Unusable.NOT_ENROLLED}
    assert [one.result for one in terminals.checks(terminal)] == [PASSED, FAILED, PASSED]


def test_suspended_reinstated_and_withdrawn_with_the_reason_of_each(org: Organisation) -> None:
    """Each counts at once; nothing brings a withdrawn one back."""
    terminal, by = make(org), {"actor": org.system}
    services.suspend_terminal(**by, terminal=terminal, reason=" 送修 ")
    assert Unusable.SUSPENDED in why(terminal)
    services.reinstate_terminal(**by, terminal=terminal, reason="已修复")
    assert Unusable.SUSPENDED not in why(terminal)
    services.withdraw_terminal(**by, terminal=terminal, reason="报废")
    assert Unusable.WITHDRAWN in why(terminal)
    assert [one.reason for one in terminals.changes(terminal)] == ["报废", "已修复", "送修"]
    for again in (services.suspend_terminal, services.reinstate_terminal, services.withdraw_terminal):
        with pytest.raises(errors.StepNotOpen):
            again(**by, terminal=terminal, reason="再用")
    with pytest.raises(errors.StepNotOpen):
        checked(org, terminal, 0)
    assert Terminal.objects.get().state == TerminalState.WITHDRAWN
    assert terminals.in_use(today()) == []


def test_a_new_certificate_keeps_the_former_one(org: Organisation) -> None:
    terminal = make(org, certificate_until=today())
    until = today() + timedelta(days=365)
    services.renew_certificate(
        actor=org.system, terminal=terminal, certificate_no="ZS-2026-2", certificate_until=until
    )
    row, change = Terminal.objects.get(), TerminalChange.objects.get()
    assert (row.certificate_no, row.certificate_until) == ("ZS-2026-2", until)
    assert (change.former_certificate_no, change.former_certificate_until) == ("ZS-2026-1", today())


REFUSED: dict[str, tuple[type[errors.AccountsError], Callable[[Organisation, Terminal], object]]] = {
    "number of no form": (errors.BadTerminalNumber, lambda org, _: make(org, number="一号")),
    "number of another": (errors.TerminalNumberTaken, lambda org, _: make(org, number="bm-01")),
    "no room": (errors.TerminalIncomplete, lambda org, _: make(org, number="B2", room=" ")),
    "no equipment": (errors.TerminalIncomplete, lambda org, _: make(org, number="B2", equipment="")),
    "no certificate": (errors.TerminalIncomplete, lambda org, _: make(org, number="B2", certificate_no="")),
    "never checked": (errors.IntervalRefused, lambda org, _: make(org, number="B2", check_every=0)),
    "checked too rarely": (errors.IntervalRefused, lambda org, _: make(org, number="B2", check_every=367)),
    "certificate over": (
        errors.CertificateOver,
        lambda org, _: make(org, number="B2", certificate_until=today() - timedelta(days=1)),
    ),
    "renewed to one that is over": (
        errors.CertificateOver,
        lambda org, one: services.renew_certificate(
            actor=org.system, terminal=one, certificate_no="Z", certificate_until=today() - timedelta(days=1)
        ),
    ),
    "renewed without a number": (
        errors.TerminalIncomplete,
        lambda org, one: services.renew_certificate(
            actor=org.system, terminal=one, certificate_no=" ", certificate_until=today()
        ),
    ),
    "renewed to the same": (
        errors.SameAsBefore,
        lambda org, one: services.renew_certificate(
            actor=org.system,
            terminal=one,
            certificate_no=one.certificate_no,
            certificate_until=one.certificate_until,
        ),
    ),
    "reinstated, not suspended": (
        errors.StepNotOpen,
        lambda org, one: services.reinstate_terminal(actor=org.system, terminal=one, reason="x"),
    ),
    "suspended without a reason": (
        errors.TerminalReasonMissing,
        lambda org, one: services.suspend_terminal(actor=org.system, terminal=one, reason=" "),
    ),
    "check ahead": (errors.CheckAhead, lambda org, one: checked(org, one, -1)),
    "check behind a later one": (errors.CheckBehind, lambda org, one: checked(org, one, 11, FAILED)),
    "failed and no word of it": (
        errors.TerminalReasonMissing,
        lambda org, one: services.record_check(
            actor=org.system, terminal=one, done_on=today(), result=FAILED, note=" "
        ),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_changes_nothing_and_stands_in_the_log(org: Organisation, case: str) -> None:
    refusal, change = REFUSED[case]
    terminal = make(org)
    checked(org, terminal, 10)
    before = _rows()
    with pytest.raises(refusal):
        change(org, terminal)
    assert _rows() == before
    assert last_outcome() == ("denied", refusal.code)


@pytest.mark.parametrize("wrong", ["security", "auditor", "leader", "clerk"])
def test_nobody_but_the_system_officer_changes_the_register(org: Organisation, wrong: str) -> None:
    """AD-01"""
    terminal, actor = make(org), getattr(org, wrong)
    before = _rows()
    for change in _each(actor, terminal):
        with pytest.raises(errors.DutyMissing):
            change()
        assert last_outcome() == ("denied", "duty_missing")
    assert _rows() == before


def _each(actor: Account, terminal: Terminal) -> list[Callable[[], object]]:
    given = {"actor": actor, "terminal": terminal}
    return [
        lambda: services.register_terminal(
            actor=actor,
            number="B2",
            room="x",
            equipment="x",
            certificate_no="x",
            certificate_until=today(),
            check_every=1,
        ),
        lambda: services.suspend_terminal(**given, reason="x"),
        lambda: services.reinstate_terminal(**given, reason="x"),
        lambda: services.withdraw_terminal(**given, reason="x"),
        lambda: services.renew_certificate(**given, certificate_no="x", certificate_until=today()),
        lambda: services.record_check(**given, done_on=today(), result=PASSED),
    ]


def test_overdue_due_soon_and_certificates_that_end(org: Organisation) -> None:
    """RR-09: overdue list; what is due within the fortnight and certificates of the month stand beside it."""
    late, never, edge, ahead, gone = (
        make(org, number=number, certificate_until=today() + timedelta(days=days), check_every=30)
        for number, days in (("B1", 30), ("B2", 31), ("B3", 0), ("B4", 300), ("B5", 0))
    )
    checked(org, late, 31)
    checked(org, edge, 16)
    checked(org, ahead, 15)
    services.withdraw_terminal(actor=org.system, terminal=gone, reason="报废")
    found, day = terminals.in_use(today()), today()
    numbers = lambda rows: [one.terminal.number for one in rows]  # noqa: E731
    assert numbers(terminals.overdue(found)) == ["B1", "B2"]
    assert numbers(terminals.due(found, day)) == ["B3"]
    assert numbers(terminals.certificates_ending(found, day)) == ["B3", "B1"]
    assert numbers(terminals.standings(day)) == ["B1", "B2", "B3", "B4", "B5"]
    assert never.pk


def test_rows_are_evidence(org: Organisation) -> None:
    """architecture.md section 4: a check and a change stay as written, a terminal stays what it was registered as."""
    terminal = make(org)
    checked(org, terminal, 0, FAILED)
    services.suspend_terminal(actor=org.system, terminal=terminal, reason="送修")
    for model, change in (
        (TerminalCheck, {"result": PASSED}),
        (TerminalCheck, {"done_on": today() - timedelta(days=1)}),
        (TerminalChange, {"step": "withdraw"}),
        (Terminal, {"number": "B9"}),
        (Terminal, {"check_every": 300}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.update(**change)
    for model in (TerminalCheck, TerminalChange, Terminal):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'DELETE FROM "{model._meta.db_table}"')
    for broken in ({"check_every": 0}, {"check_every": 367}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Terminal.objects.create(
                number="B8",
                room="x",
                equipment="x",
                certificate_no="x",
                certificate_until=today(),
                registered_by=org.system.person,
                registered_at=terminal.registered_at,
                **broken,
            )


def test_room_equipment_and_notes_stand_encrypted_and_sealed(org: Organisation) -> None:
    """architecture.md section 6, invariant 1; the log names the terminal, not what stands in it."""
    terminal = make(org, room="室MARKER", equipment="机MARKER")
    services.record_check(
        actor=org.system, terminal=terminal, done_on=today(), result=PASSED, note="记MARKER"
    )
    services.suspend_terminal(actor=org.system, terminal=terminal, reason="因MARKER")
    with connection.cursor() as cursor:
        for column, table in (
            ("room", "terminal"),
            ("equipment", "terminal"),
            ("note", "terminalcheck"),
            ("reason", "terminalchange"),
        ):
            cursor.execute(f"SELECT {column} FROM accounts_{table}")
            assert b"MARKER" not in bytes(cursor.fetchone()[0])
    assert b"MARKER" not in b"".join(bytes(e.canonical) for e in Event.objects.all())
    assert last_event()["object"] == last_event()["object"] | {"type": "terminal", "id": str(terminal.pk)}


def _rows() -> list[object]:
    return [
        list(model.objects.order_by("pk").values(*names))
        for model, names in (
            (Terminal, ("number", "state", "certificate_no", "certificate_until")),
            (TerminalCheck, ("pk", "result")),
            (TerminalChange, ("pk", "step")),
        )
    ]


def test_a_step_is_for_the_terminal_as_it_was_read(org: Organisation) -> None:
    """Rule book 10.1(4): of two who act at once, the second neither undoes the first nor replaces a certificate unseen."""
    made = make(org)
    read = Terminal.objects.get(pk=made.pk)
    services.suspend_terminal(actor=org.system, terminal=made, reason="送修")
    with pytest.raises(errors.StepNotOpen):
        services.withdraw_terminal(actor=org.system, terminal=read, reason="报废")
    read.refresh_from_db()
    later = {"certificate_until": today() + timedelta(days=400)}
    services.renew_certificate(actor=org.system, terminal=made, certificate_no="ZS-2", **later)
    with pytest.raises(errors.ChangedMeanwhile):
        services.renew_certificate(actor=org.system, terminal=read, certificate_no="ZS-3", **later)
    services.renew_certificate(actor=org.system, terminal=made, certificate_no="ZS-4", **later)
    assert Terminal.objects.get(pk=made.pk).certificate_no == "ZS-4"
