"""Incidents as pages show them: the clock in words, the steps, what was done."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules import ZONE
from vault.incidents.models import Incident, IncidentEntry
from vault.incidents.rules import Event, Kind, State, clock_of, steps_from

KIND_LABELS = {
    Kind.STATE_SECRET: gettext_lazy("State secret disclosed or in danger"),
    Kind.ENTERPRISE_SECRET: gettext_lazy("Enterprise secret disclosed or in danger"),
    Kind.PERSONAL_DATA: gettext_lazy("Customer data disclosed or in danger"),
    Kind.LOSS: gettext_lazy("Paper or copy lost"),
    Kind.MISMATCH: gettext_lazy("Count does not match"),
    Kind.DAMAGE: gettext_lazy("Paper or content damaged"),
    Kind.CUSTODY: gettext_lazy("Custody broken"),
    Kind.MISUSE: gettext_lazy("Rule of secrecy broken"),
    Kind.OTHER: gettext_lazy("Something else"),
}
STATE_LABELS = {
    State.OPEN: gettext_lazy("To be reported"),
    State.REPORTED: gettext_lazy("Reported to superiors"),
    State.CONTAINED: gettext_lazy("Contained"),
    State.INVESTIGATED: gettext_lazy("Investigated"),
    State.DECIDED: gettext_lazy("Decided"),
    State.CLOSED: gettext_lazy("Concluded"),
}
EVENT_LABELS = {
    Event.REPORT: gettext_lazy("Reported to superiors"),
    Event.CONTAIN: gettext_lazy("Contained"),
    Event.INVESTIGATE: gettext_lazy("Investigated"),
    Event.DECIDE: gettext_lazy("Decided"),
    Event.CLOSE: gettext_lazy("Concluded"),
    Event.NOTE: gettext_lazy("Note"),
    Event.MEASURE: gettext_lazy("Measure"),
}
BUTTON_LABELS = {
    Event.REPORT: gettext_lazy("Has been reported"),
    Event.CONTAIN: gettext_lazy("Is contained"),
    Event.INVESTIGATE: gettext_lazy("Is investigated"),
    Event.DECIDE: gettext_lazy("Is decided"),
    Event.CLOSE: gettext_lazy("Conclude the incident"),
    Event.NOTE: gettext_lazy("Add a note"),
    Event.MEASURE: gettext_lazy("Add a measure"),
}
HINTS = {
    State.OPEN: gettext_lazy(
        "Report it to the leader in charge and, for a state secret, to the secrecy authority; say to whom and how."
    ),
    State.REPORTED: gettext_lazy("Say how it was stopped from going further."),
    State.CONTAINED: gettext_lazy(
        "Say what was found: how it came about, who took part, what became known to whom."
    ),
    State.INVESTIGATED: gettext_lazy("Say what was decided about the persons responsible, and by whom."),
    State.DECIDED: gettext_lazy("Say what came of it. At least one measure must stand in the register."),
}


def row(incident: Incident, now: datetime) -> dict[str, Any]:
    """A line of the register."""
    return {
        "number": incident.number,
        "url": reverse("incidents:incident", args=[incident.pk]),
        "kind_label": KIND_LABELS[Kind(incident.kind)],
        "unit_name": incident.unit.name,
        "who": who(incident),
        "when": incident.raised_at,
        "state_label": STATE_LABELS[State(incident.state)],
        "clock": clock(incident, now),
    }


def clock(incident: Incident, now: datetime) -> dict[str, Any]:
    """How the clock of 24 hours stands: in words, with the colour of a tag."""
    found = clock_of(incident.due_at, incident.reported_at, now)
    if not found.running:
        return (
            {"text": _("reported late"), "kind": "late"}
            if found.late
            else {"text": _("reported in time"), "kind": "ok"}
        )
    text = _("overdue by %(time)s") if found.late else _("%(time)s left")
    return {
        "text": text % {"time": in_hours(abs(found.left))},
        "kind": "late" if found.late else "soon" if found.soon else "info",
    }


def in_hours(length: timedelta) -> str:
    """A length as hours and minutes; a begun minute does not count."""
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}


def who(incident: Incident) -> str:
    """Who reported it, or that nobody did."""
    return incident.raised_by.name if incident.raised_by is not None else _("the system")


def facts(incident: Incident) -> list[tuple[str, object]]:
    """What was reported."""
    found: list[tuple[str, object]] = [
        (_("Kind"), KIND_LABELS[Kind(incident.kind)]),
        (_("Where"), incident.unit.name),
        (_("Reported by"), who(incident)),
        (_("Entered"), incident.raised_at),
        (_("Known since"), incident.known_at),
        (_("To be reported by"), incident.due_at),
        (_("Reported to superiors"), incident.reported_at),
        (_("Raised by"), incident.source),
        (_("About"), f"{incident.object_type} {incident.object_id}".strip()),
    ]
    return [(label, value) for label, value in found if value]


def steps(incident: Incident, entries: Sequence[IncidentEntry]) -> list[dict[str, Any]]:
    """Its life as a stepper, with who did what when."""
    order = list(State)
    reached = {State(entry.state): entry for entry in reversed(entries) if _moves(entry)}
    at = order.index(State(incident.state))
    return [
        {
            "label": _("Entered in the register") if state is State.OPEN else STATE_LABELS[state],
            "status": "done"
            if place < at or state is State.CLOSED is order[at]
            else "now"
            if place == at
            else "todo",
            "who_when": _done(who(incident), incident.raised_at)
            if state is State.OPEN
            else _done(reached[state].by.name, reached[state].at)
            if state in reached
            else "",
        }
        for place, state in enumerate(order)
    ]


def timeline(entries: Sequence[IncidentEntry]) -> list[dict[str, Any]]:
    """Everything done about it, oldest first."""
    return [
        {
            "when": entry.at,
            "label": EVENT_LABELS[Event(entry.event)],
            "who": entry.by.name,
            "text": entry.text,
        }
        for entry in entries
    ]


def buttons(incident: Incident) -> list[dict[str, Any]]:
    """What may be done now; the step of its life first."""
    return [
        {"event": event.value, "label": BUTTON_LABELS[event], "go": event not in {Event.NOTE, Event.MEASURE}}
        for event in steps_from(State(incident.state))
    ]


def _moves(entry: IncidentEntry) -> bool:
    return entry.event not in {Event.NOTE, Event.MEASURE}


def _done(name: str, at: datetime) -> str:
    return f"{name} · {at.astimezone(ZONE).strftime('%m-%d %H:%M')}"
