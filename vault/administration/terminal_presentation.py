"""How terminals, their checks and what was done with them read on the screens."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import terminals
from accounts.enrolment import Here
from accounts.models import TerminalChange, TerminalCheck, TerminalEnrolment
from accounts.terminal_rules import (
    TERMINAL_STEPS,
    UNUSABLE_SENTENCES,
    CheckResult,
    TerminalState,
    TerminalStep,
    Unusable,
)
from accounts.terminals import Standing
from vault.notices.worklists import Entry

RESULT_LABELS: dict[CheckResult, tuple[Promise, str]] = {
    CheckResult.PASSED: (gettext_lazy("Passed"), "ok"),
    CheckResult.FAILED: (gettext_lazy("Failed"), "late"),
}
STEP_NAMES: dict[TerminalStep, Promise] = {
    TerminalStep.SUSPEND: gettext_lazy("Suspended"),
    TerminalStep.REINSTATE: gettext_lazy("Reinstated"),
    TerminalStep.WITHDRAW: gettext_lazy("Taken out of use"),
    TerminalStep.RENEW: gettext_lazy("New certificate"),
    TerminalStep.ENROL: gettext_lazy("Machine enrolled"),
    TerminalStep.TAKE_BACK: gettext_lazy("Enrolment ended"),
}
# The first reason of a terminal, in a word or two.
_TAGS: dict[Unusable, tuple[Promise, str]] = {
    Unusable.WITHDRAWN: (gettext_lazy("Taken out of use"), ""),
    Unusable.SUSPENDED: (gettext_lazy("Suspended"), "late"),
    Unusable.CHECK_FAILED: (gettext_lazy("Check failed"), "late"),
    Unusable.NEVER_CHECKED: (gettext_lazy("Never checked"), "late"),
    Unusable.CHECK_OVERDUE: (gettext_lazy("Check overdue"), "late"),
    Unusable.CERTIFICATE_EXPIRED: (gettext_lazy("Certificate expired"), "late"),
    Unusable.NOT_ENROLLED: (gettext_lazy("Not yet enrolled"), "soon"),
}
_USABLE: tuple[Promise, str] = (gettext_lazy("Usable"), "ok")
_LATE = frozenset({Unusable.CHECK_FAILED, Unusable.NEVER_CHECKED, Unusable.CHECK_OVERDUE})


def terminal(one: Standing, day: date) -> dict[str, Any]:
    """A terminal as the list and its page show it."""
    row, withdrawn = one.terminal, one.terminal.state == TerminalState.WITHDRAWN
    return {
        "pk": row.pk,
        "url": reverse("administration:terminal", args=[row.pk]),
        "number": row.number,
        "room": row.room,
        "equipment": row.equipment,
        "certificate_no": row.certificate_no,
        "certificate_until": row.certificate_until,
        "certificate_kind": "" if withdrawn or row.certificate_until >= day else "late",
        "check_every": row.check_every,
        "last_check": one.last.done_on if one.last is not None else None,
        "next_check": None if withdrawn else one.next_check,
        "next_kind": "late" if _LATE & set(one.reasons) else "",
        "states": [_TAGS[reason] for reason in _told(one)] or [_USABLE],
        "reasons": [_(UNUSABLE_SENTENCES[reason]) for reason in _told(one)],
        "registered_by": row.registered_by.name,
        "registered_at": row.registered_at,
    }


def _told(one: Standing) -> tuple[Unusable, ...]:
    """Of a terminal that is gone nothing else matters."""
    return (Unusable.WITHDRAWN,) if Unusable.WITHDRAWN in one.reasons else one.reasons


def open_steps(one: Standing) -> set[str]:
    """What can be done with it now."""
    return {step.value for state, step in TERMINAL_STEPS if state == one.terminal.state}


def checks(rows: Iterable[TerminalCheck]) -> list[dict[str, Any]]:
    """Its checks, the one that counts first."""
    return [
        {
            "done_on": row.done_on,
            "result": RESULT_LABELS[CheckResult(row.result)],
            "note": row.note,
            "by": row.recorded_by.name,
            "at": row.recorded_at,
        }
        for row in rows
    ]


def changes(rows: Iterable[TerminalChange]) -> list[dict[str, Any]]:
    """What was done with it and why; of a new certificate, which one it replaced."""
    return [
        {
            "at": row.at,
            "what": STEP_NAMES[TerminalStep(row.step)],
            "why": row.reason if row.by is not None else _("A secret that had been replaced was shown."),
            "former": row.former_certificate_no,
            "former_until": row.former_certificate_until,
            "by": row.by.name if row.by is not None else _("the system itself"),
        }
        for row in rows
    ]


def machine(row: TerminalEnrolment | None) -> dict[str, Any] | None:
    """The machine that is the terminal."""
    if row is None:
        return None
    return {
        "at": row.enrolled_at,
        "by": row.enrolled_by.name,
        "seen_on": row.seen_on,
        "certificate": bool(row.fingerprint),
    }


def here(found: Here) -> dict[str, Any]:
    """The terminal that this browser is, and what keeps it from use."""
    return {
        "number": found.number,
        "room": found.room,
        "reasons": [_(UNUSABLE_SENTENCES[reason]) for reason in found.reasons],
    }


def entries(found: list[Standing], day: date) -> list[Entry]:
    """What has to be done: overdue checks, those of the fortnight, certificates of the month (RR-09)."""
    late = terminals.overdue(found)
    ending = terminals.certificates_ending(found, day)
    return [
        *(_entry(one, _("technical check"), one.next_check, late=True) for one in late),
        *(_entry(one, _("technical check"), one.next_check) for one in terminals.due(found, day)),
        *(
            _entry(
                one,
                _("certificate"),
                one.terminal.certificate_until,
                late=one.terminal.certificate_until < day,
            )
            for one in ending
        ),
    ]


def _entry(one: Standing, what: str, on: date, *, late: bool = False) -> Entry:
    return Entry(
        title=f"{one.terminal.number} · {what}",
        url=reverse("administration:terminal", args=[one.terminal.pk]),
        detail=one.terminal.room,
        tag=on.isoformat(),
        tag_kind="late" if late else "soon",
    )
