"""The undecided tray as pages show it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules import ZONE, local_day
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.authorization.decision import Allow, decide_at_the_door
from vault.holdings import undecided
from vault.holdings.models import UndecidedEntry, UndecidedThing
from vault.holdings.rules import TrayEvent, TrayKind, TrayOutcome, TrayState

KIND_LABELS: dict[str, Promise] = {
    TrayKind.RECORD.value: gettext_lazy("a record"),
    TrayKind.DRAFT.value: gettext_lazy("a draft"),
    TrayKind.QUARANTINED.value: gettext_lazy("a file held in quarantine"),
    TrayKind.PAPER.value: gettext_lazy("a paper"),
}
STATE_LABELS: dict[str, tuple[Promise, str]] = {
    TrayState.WAITING.value: (gettext_lazy("To be decided"), "soon"),
    TrayState.POSTPONED.value: (gettext_lazy("Postponed"), "info"),
    TrayState.DECIDED.value: (gettext_lazy("Decision taken"), "ok"),
}
OUTCOME_LABELS: dict[str, Promise] = {
    TrayOutcome.FILE.value: gettext_lazy("to be filed"),
    TrayOutcome.RETURN.value: gettext_lazy("goes back to where it came from"),
    TrayOutcome.HAND_OVER.value: gettext_lazy("goes to another unit"),
    TrayOutcome.DISPOSE.value: gettext_lazy("proposed to be destroyed"),
    TrayOutcome.KEEP.value: gettext_lazy("stays as it is"),
}
EVENT_LABELS: dict[str, Promise] = {
    TrayEvent.POSTPONE.value: gettext_lazy("Postponed"),
    TrayEvent.CHANGE_DECIDER.value: gettext_lazy("Another decider named"),
    TrayEvent.DECIDE.value: gettext_lazy("Decision taken"),
}
# What stands above each step's form, and on its button.
STEP_LABELS: dict[str, tuple[Promise, Promise]] = {
    TrayEvent.DECIDE.value: (gettext_lazy("Decide it"), gettext_lazy("Decide")),
    TrayEvent.POSTPONE.value: (gettext_lazy("Postpone the decision"), gettext_lazy("Postpone")),
    TrayEvent.CHANGE_DECIDER.value: (
        gettext_lazy("Name another decider"),
        gettext_lazy("Name this person"),
    ),
}
SOON_DAYS = 3


def may_use(viewer: Context) -> bool:
    """Whether the tray is anything to the viewer."""
    return isinstance(decide_at_the_door(Action.READ_UNDECIDED, viewer.subject), Allow)


def what(viewer: Context, thing: UndecidedThing) -> str:
    """What it is, for whoever may still know."""
    return (
        thing.what if undecided.tells(viewer, thing) else _("About a record that you may no longer know of")
    )


def row(viewer: Context, thing: UndecidedThing, day: date) -> dict[str, Any]:
    """A line of the tray."""
    label, kind = STATE_LABELS[thing.state]
    return {
        "url": reverse("holdings:undecided_thing", args=[thing.pk]),
        "what": what(viewer, thing),
        "kind_label": KIND_LABELS[thing.kind],
        "unit_name": thing.unit.name,
        "owner": thing.owner.name,
        "decider": thing.decider.name,
        "age": age(thing, day),
        "next_on": thing.next_on,
        "tag_kind": due_kind(thing, day),
        "state_label": label,
        "state_kind": kind,
        "decided": thing.state == TrayState.DECIDED,
    }


def due_kind(thing: UndecidedThing, day: date) -> str:
    """The colour of its date: late once the day has passed, soon within three days."""
    left = (thing.next_on - day).days
    return "late" if left < 0 else "soon" if left <= SOON_DAYS else ""


def age(thing: UndecidedThing, day: date) -> str:
    """How long it has lain there."""
    return _("%(days)s d") % {"days": (day - local_day(thing.put_in_at)).days}


def facts(thing: UndecidedThing, day: date) -> list[tuple[str, object]]:
    """What stands about it."""
    decided = thing.state == TrayState.DECIDED
    return [
        (_("Kind of thing"), KIND_LABELS[thing.kind]),
        (_("Owner"), f"{thing.owner.name} · {thing.unit.name}"),
        (_("Put in"), thing.put_in_at),
        (_("Who decides"), f"{thing.decider.name} · {thing.decider.unit.name}"),
        *([] if decided else [(_("To be decided by"), thing.next_on), (_("Age"), age(thing, day))]),
    ]


def steps(thing: UndecidedThing, entries: Sequence[UndecidedEntry]) -> list[dict[str, Any]]:
    """Its life as a stepper, with who did what when."""
    reached = {entry.state: entry for entry in entries if entry.event != TrayEvent.CHANGE_DECIDER}
    order = list(TrayState)
    at = order.index(TrayState(thing.state))
    found = []
    for place, state in enumerate(order):
        if state is TrayState.POSTPONED and state.value not in reached:
            continue
        entry = reached.get(state.value)
        done = place < at or thing.state == TrayState.DECIDED
        found.append(
            {
                "label": _("Put in") if state is TrayState.WAITING else STATE_LABELS[state.value][0],
                "status": "done" if done else "now" if place == at else "todo",
                "who_when": _who(thing.owner.name, thing.put_in_at)
                if state is TrayState.WAITING
                else _who(entry.by.name, entry.at)
                if entry
                else "",
            }
        )
    return found


def timeline(entries: Sequence[UndecidedEntry], *, told: bool) -> list[dict[str, Any]]:
    """Everything done with it, oldest first; with its words where they may be told."""
    return [
        {
            "when": entry.at,
            "label": EVENT_LABELS[entry.event],
            "who": entry.by.name,
            "about": _about(entry),
            "text": entry.text if told else "",
        }
        for entry in entries
    ]


def _about(entry: UndecidedEntry) -> str:
    if entry.event == TrayEvent.DECIDE:
        return str(OUTCOME_LABELS[entry.outcome])
    if entry.decider is not None:
        return entry.decider.name
    return _("until %(day)s") % {"day": entry.next_on.isoformat()} if entry.next_on else ""


def _who(name: str, at: Any) -> str:
    return f"{name} · {at.astimezone(ZONE).strftime('%m-%d %H:%M')}"
