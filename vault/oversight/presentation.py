"""How events read: names beside ids, never a title; what is sealed stays sealed in lists."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person, Unit
from accounts.rules import DUTY_NAMES, Duty
from audit import selectors
from audit.models import Event, Leaf
from vault.notices.worklists import Entry
from vault.oversight import sealed
from vault.oversight.actions import action_label
from vault.oversight.names import object_name, rule_name

OUTCOME_LABELS = {
    "granted": gettext_lazy("granted"),
    "denied": gettext_lazy("denied"),
    "failed": gettext_lazy("failed"),
    "unknown": gettext_lazy("end unknown"),
}
OUTCOME_KINDS = {"granted": "ok", "denied": "late", "failed": "soon", "unknown": "late"}
PHASE_LABELS = {
    "single": gettext_lazy("done in one step"),
    "intent": gettext_lazy("begun"),
    "outcome": gettext_lazy("ended"),
}
LONG_AGE = timedelta(minutes=5)


def rows(events: Iterable[Event]) -> list[dict[str, Any]]:
    """Lines of the log; people and units are looked up together."""
    found = list(events)
    names = _names(found)
    sequenced = set(
        Leaf.objects.filter(event_id__in=[event.pk for event in found]).values_list("event_id", flat=True)
    )
    return [
        {
            "url": reverse("oversight:event", args=[event.uid]),
            "at": event.at,
            "person_name": names.get(event.person, event.actor),
            "duty_label": duties_label(event.duties),
            "action": event.action,
            "action_label": action_label(event.action),
            "object_label": object_label(event),
            "outcome_label": str(OUTCOME_LABELS.get(event.outcome, event.outcome)),
            "outcome_kind": OUTCOME_KINDS.get(event.outcome, ""),
            "rule": event.rule,
            "rule_label": rule_name(event.rule),
            "prove_url": reverse("oversight:event", args=[event.uid]) + "?prove=1"
            if event.pk in sequenced
            else "",
        }
        for event in found
    ]


def entry(event: Event) -> Entry:
    """An event as a line of a worklist."""
    names = _names([event])
    return Entry(
        title=f"{names.get(event.person, event.actor)} · {action_label(event.action)}",
        url=reverse("oversight:event", args=[event.uid]),
        detail=rule_name(event.rule) or event.rule,
        tag=event.at.astimezone().strftime("%m-%d %H:%M"),
        tag_kind=OUTCOME_KINDS.get(event.outcome, ""),
    )


def facts(event: Event) -> list[tuple[str, str]]:
    """Everything the event says in clear."""
    document = event.document
    names = _names([event])
    unit = Unit.objects.filter(pk=event.unit).first() if _is_uuid(event.unit) else None
    source, observer, target = document["source"], document["observer"], document["object"] or {}
    found = [
        (_("Event"), str(event.uid)),
        (_("Phase"), str(PHASE_LABELS.get(event.phase, event.phase))),
        (_("Person"), f"{names.get(event.person, '')} {event.actor}".strip()),
        (_("Duties"), duties_label(event.duties)),
        (_("Unit"), unit.name if unit is not None else ""),
        (_("Session"), event.session),
        (_("Object"), object_label(event)),
        (_("Object id"), event.object_id),
        (_("Version"), str(target.get("version", ""))),
        (_("Label"), sealed.label_in_words(event.label)),
        (_("Rule"), f"{rule_name(event.rule)} {event.rule}".strip()),
        (_("Approval"), event.approval),
        (_("Terminal"), str(source.get("terminal", ""))),
        (_("Observed by"), f"{observer.get('host', '')} {observer.get('build', '')}".strip()),
        (_("Correlation"), event.corr),
        (_("Ends the intent"), str(event.closes or "")),
    ]
    return [(label, value) for label, value in found if value]


def object_label(event: Event) -> str:
    """Kind and the first characters of the id: an auditor reads the log, not the holdings."""
    if not event.object_type:
        return ""
    short = event.object_id[:8]
    return f"{object_name(event.object_type)} {short}".strip()


def duties_label(duties: str) -> str:
    known = {duty.value: DUTY_NAMES[duty] for duty in Duty}
    return "、".join(_(known[duty]) if duty in known else duty for duty in duties.split(",") if duty)


def health_strip() -> list[dict[str, object]]:
    """The state of the log at a glance."""
    health = selectors.health()
    age = health.checkpoint_age
    return [
        {"label": _("Events in the tree"), "value": health.size, "kind": "ok"},
        {
            "label": _("Last checkpoint"),
            "value": _("none yet") if age is None else _("%(s)s s ago") % {"s": int(age.total_seconds())},
            "kind": "late" if age is None or age > LONG_AGE else "ok",
        },
        {"label": _("Not in the tree yet"), "value": health.unsequenced, "kind": ""},
        {
            "label": _("Changes still open"),
            "value": health.open_intents,
            "kind": "soon" if health.open_intents else "ok",
        },
        {
            "label": _("Last full verification"),
            "value": health.last_verified.astimezone().strftime("%Y-%m-%d %H:%M")
            if health.last_verified
            else _("never"),
            "kind": "" if health.last_verified else "soon",
        },
    ]


def _names(events: Iterable[Event]) -> dict[str, str]:
    ids = {event.person for event in events if _is_uuid(event.person)}
    return {str(person.pk): person.name for person in Person.objects.filter(pk__in=ids)}


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
