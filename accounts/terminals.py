"""Reads of the register of terminals: how each stands, and which check or certificate is next (rule book 10.1(4))."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from accounts.models import Terminal, TerminalChange, TerminalCheck, TerminalEnrolment
from accounts.rules import local_day
from accounts.terminal_rules import (
    CERTIFICATE_SOON,
    CHECK_SOON,
    CheckResult,
    LastCheck,
    TerminalFacts,
    TerminalState,
    Unusable,
    next_check,
    reasons,
)


@dataclass(frozen=True)
class Standing:
    """A terminal as it stands on a day: its last check, the day of the next, and what keeps it from use."""

    terminal: Terminal
    last: LastCheck | None
    next_check: date
    reasons: tuple[Unusable, ...]


def register() -> QuerySet[Terminal]:
    """The register, each with its last check and whether a machine is it, for `stands`."""
    last = _latest(TerminalCheck.objects.filter(terminal=OuterRef("pk")))
    return Terminal.objects.select_related("registered_by").annotate(
        last_done_on=Subquery(last.values("done_on")[:1]),
        last_result=Subquery(last.values("result")[:1]),
        is_enrolled=Exists(TerminalEnrolment.objects.filter(terminal=OuterRef("pk"), ended_at__isnull=True)),
    )


def facts_of(row: Terminal, *, enrolled: bool) -> TerminalFacts:
    """What decides whether it may be used."""
    return TerminalFacts(
        state=TerminalState(row.state),
        certificate_until=row.certificate_until,
        check_every=row.check_every,
        registered_on=local_day(row.registered_at),
        enrolled=enrolled,
    )


def stands(row: Terminal, day: date) -> Standing:
    """A row of `register` as it stands on a day."""
    last = LastCheck(row.last_done_on, CheckResult(row.last_result)) if row.last_done_on is not None else None
    facts = facts_of(row, enrolled=row.is_enrolled)
    return Standing(row, last, next_check(facts, last), reasons(facts, last, day))


def standings(day: date) -> list[Standing]:
    """All terminals by number, withdrawn ones last."""
    found = [stands(one, day) for one in register().order_by("number")]
    return sorted(found, key=lambda one: one.terminal.state == TerminalState.WITHDRAWN)


def standing(terminal_id: UUID, day: date) -> Standing | None:
    """One terminal; None where there is none."""
    found = register().filter(pk=terminal_id).first()
    return stands(found, day) if found is not None else None


def in_use(day: date) -> list[Standing]:
    """Those that are not withdrawn."""
    rows = register().exclude(state=TerminalState.WITHDRAWN).order_by("number")
    return [stands(one, day) for one in rows]


def overdue(found: Sequence[Standing]) -> list[Standing]:
    """RR-09: whose check is overdue, or whose last one failed; the longest due first.

    One that was never checked is due since it was registered.
    """
    late = {Unusable.CHECK_FAILED, Unusable.NEVER_CHECKED, Unusable.CHECK_OVERDUE}
    return _by_check(one for one in found if late & set(one.reasons))


def due(found: Sequence[Standing], day: date) -> list[Standing]:
    """Whose next check falls on this day or within the fortnight after it."""
    late = {one.terminal.pk for one in overdue(found)}
    soon = (one for one in found if one.next_check <= day + CHECK_SOON)
    return _by_check(one for one in soon if one.terminal.pk not in late)


def certificates_ending(found: Sequence[Standing], day: date) -> list[Standing]:
    """Whose certificate has ended or ends within thirty days, the earliest first."""
    ending = [one for one in found if one.terminal.certificate_until <= day + CERTIFICATE_SOON]
    return sorted(ending, key=lambda one: (one.terminal.certificate_until, one.terminal.number))


def checks(terminal: Terminal) -> QuerySet[TerminalCheck]:
    """Its checks, the one that counts first."""
    return _latest(TerminalCheck.objects.filter(terminal=terminal)).select_related("recorded_by")


def changes(terminal: Terminal) -> QuerySet[TerminalChange]:
    """What was done with it, the latest first."""
    return TerminalChange.objects.filter(terminal=terminal).select_related("by").order_by("-at", "pk")


def _latest(rows: QuerySet[TerminalCheck]) -> QuerySet[TerminalCheck]:
    return rows.order_by("-done_on", "-recorded_at", "pk")


def _by_check(found: Iterable[Standing]) -> list[Standing]:
    return sorted(found, key=lambda one: (one.next_check, one.terminal.number))
