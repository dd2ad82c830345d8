"""Proposals for need-to-know lists as pages show them. A title is told only to whoever may know of the record."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.rules import DUTY_NAMES, Duty, local_day
from vault.approvals import presentation, widenings, words
from vault.approvals.models import Widening
from vault.approvals.widening_rules import WideningState
from vault.authorization.context import Context
from vault.holdings.models import Record


def row(of: Widening, record: Record | None) -> dict[str, Any]:
    """A line of a list; `record` is None where the viewer may not know of it."""
    label, kind = words.WIDENING_LABELS[of.state]
    return {
        "url": reverse("approvals:widening", args=[of.pk]),
        "reference": of.reference,
        "person": of.person.name,
        "unit_name": of.person_unit.name,
        "what": presentation.title(of, record),
        "level": presentation.level(of, record),
        "by": of.proposed_by.name,
        "at": of.proposed_at,
        "state_label": label,
        "state_kind": kind,
    }


def person_facts(of: Widening) -> list[tuple[object, object]]:
    """Whom it is about."""
    return [
        (_("Person"), of.person.name),
        (_("Unit"), of.person_unit.name),
        (_("Clearance"), presentation.clearance_text(of.clearance)),
    ]


def facts(of: Widening) -> list[tuple[object, object]]:
    """What was proposed, by whom and when."""
    return [
        (_("Number of the proposal"), of.reference),
        (_("Unit of the record"), of.at_unit.name),
        (_("Put forward by"), f"{of.proposed_by.name} · {of.proposed_by.unit.name}"),
        (_("Proposed"), of.proposed_at),
    ]


def warnings(of: Widening, viewer: Context) -> list[str]:
    """What whoever decides is told before he does."""
    found = []
    if not of.clearance.dominates(of.levels):
        found.append(
            _("This person is not cleared for the record's label. On the list, he still cannot know of it.")
        )
    cause = widenings.lapses_by(of, viewer.instant)
    if cause is not None:
        found.append(_("It cannot be approved any more: %(why)s") % {"why": words.LAPSE_LABELS[cause]})
    return found


def ending(of: Widening) -> dict[str, Any] | None:
    """How it ended, by whom and why; None while it waits."""
    if of.state == WideningState.PROPOSED:
        return None
    who = ""
    if of.decided_by is not None:
        who = f"{of.decided_by.name} · {_(DUTY_NAMES[Duty(of.decided_duty)])}"
        if of.instead_of is not None:
            who = _("%(name)s for %(absent)s") % {"name": who, "absent": of.instead_of.name}
    elif of.state == WideningState.WITHDRAWN:
        who = of.proposed_by.name
    return {
        "label": words.WIDENING_LABELS[of.state][0],
        "who": who,
        "at": of.ended_at,
        "text": of.decision_reason or words.LAPSE_LABELS.get(of.cause, ""),
    }


def waiting(of: Widening, viewer: Context) -> dict[str, Any] | None:
    """For whom it waits and until when."""
    if of.state != WideningState.PROPOSED:
        return None
    until = widenings.waits_until(of)
    people = widenings.deciders(of, viewer.instant)
    return {
        "until": until,
        "late": until < local_day(viewer.instant),
        "goes_on": widenings.goes_on(of, viewer.instant),
        "people": "、".join(person.name for person in people)
        or _("nobody: ask the security officer to have the post filled"),
    }


def steps(of: Widening) -> list[dict[str, Any]]:
    """Its life as a stepper, with who did what when."""
    end = ending(of)
    signed = presentation.signed
    return [
        {"label": _("Proposed"), "status": "done", "who_when": signed(of.proposed_by.name, of.proposed_at)},
        {
            "label": end["label"] if end else _("Approved"),
            "status": "done" if end else "now",
            "who_when": signed(end["who"], end["at"]) if end and end["who"] else "",
        },
    ]
