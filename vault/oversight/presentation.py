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
AREA_LABELS = {
    "accounts": gettext_lazy("Accounts"),
    "audit": gettext_lazy("Log"),
    "authorization": gettext_lazy("Access rule"),
    "holdings": gettext_lazy("Holdings"),
    "notices": gettext_lazy("Web pages"),
    "project": gettext_lazy("Instance"),
    "storage": gettext_lazy("Storage"),
    "system": gettext_lazy("Machine"),
}
ACTION_LABELS = {
    "holdings:record:list": gettext_lazy("Listed records"),
    "holdings:record:describe": gettext_lazy("Looked at a record's description"),
    "holdings:record:consult": gettext_lazy("Consulted content"),
    "holdings:record:copy": gettext_lazy("Took the original"),
    "holdings:record:print": gettext_lazy("Printed"),
    "holdings:record:excerpt": gettext_lazy("Excerpted"),
    "holdings:record:quote": gettext_lazy("Quoted"),
    "holdings:series:arrange": gettext_lazy("Added a fonds or series"),
    "holdings:archive_file:create": gettext_lazy("Added an archive file"),
    "holdings:record:draft": gettext_lazy("Made a register card"),
    "holdings:record:register": gettext_lazy("Registered a record"),
    "holdings:record:edit_draft": gettext_lazy("Changed a draft"),
    "holdings:record:correct": gettext_lazy("Added a corrected version"),
    "holdings:record:change_label": gettext_lazy("Proposed a label"),
    "holdings:record:decide_label": gettext_lazy("Decided a label"),
    "holdings:record:name_knowers": gettext_lazy("Changed the need-to-know list"),
    "holdings:record:grant": gettext_lazy("Changed the grants"),
    "holdings:intake:open": gettext_lazy("Filed records"),
    "holdings:intake:receive": gettext_lazy("Received a file"),
    "holdings:lease:end": gettext_lazy("Finished reading"),
    "accounts:undertaking:sign": gettext_lazy("Signed the undertaking"),
    "audit:log:search": gettext_lazy("Searched the log"),
    "audit:log:read": gettext_lazy("Read an event"),
    "audit:log:prove": gettext_lazy("Proved an event"),
    "audit:log:export": gettext_lazy("Exported from the log"),
    "audit:log:verify": gettext_lazy("Verified the log"),
    "accounts:account:create": gettext_lazy("Created an account"),
    "accounts:account:reactivate": gettext_lazy("Reactivated an account"),
    "accounts:account:suspend": gettext_lazy("Suspended an account"),
    "accounts:clearance:grant": gettext_lazy("Granted a clearance"),
    "accounts:clearance:revoke": gettext_lazy("Revoked a clearance"),
    "accounts:duty:appoint": gettext_lazy("Appointed to a duty"),
    "accounts:duty:end": gettext_lazy("Ended an appointment"),
    "accounts:password:change": gettext_lazy("Changed the own password"),
    "accounts:password:reset": gettext_lazy("Reset a password"),
    "accounts:person:categorise": gettext_lazy("Set a secrecy post"),
    "accounts:person:create": gettext_lazy("Registered a person"),
    "accounts:person:leave": gettext_lazy("Recorded a departure"),
    "accounts:recovery_codes:show": gettext_lazy("Was shown recovery codes"),
    "accounts:second_factor:enrol": gettext_lazy("Set up a second factor"),
    "accounts:second_factor:prove": gettext_lazy("Proved the second factor"),
    "accounts:second_factor:reset": gettext_lazy("Reset a second factor"),
    "accounts:session:begin": gettext_lazy("Signed in"),
    "accounts:session:end": gettext_lazy("Session ended"),
    "accounts:session:lock": gettext_lazy("Sign-in locked"),
    "accounts:session:unlock": gettext_lazy("Sign-in unlocked"),
    "accounts:system:init": gettext_lazy("Began the system"),
    "accounts:training:record": gettext_lazy("Recorded a training"),
    "accounts:unit:create": gettext_lazy("Added a unit"),
    "audit:checkpoint:export": gettext_lazy("Exported a checkpoint"),
    "audit:sequencer:start": gettext_lazy("Sequencer started"),
    "audit:sequencer:stop": gettext_lazy("Sequencer stopped"),
    "audit:subject_key:destroy": gettext_lazy("Blanked personal data"),
    "authorization:anonymous:miss": gettext_lazy("Knocks of people not signed in"),
    "notices:home:read": gettext_lazy("Opened the worklist"),
    "system:content:fixity": gettext_lazy("Verified stored content"),
    "storage:blob_key:erased": gettext_lazy("Erased a superseded body"),
    "storage:kek:rotated": gettext_lazy("Rotated a key"),
    "storage:kek:retired": gettext_lazy("Retired a key"),
    "storage:kek:destroyed": gettext_lazy("Destroyed a key"),
    "audit:heartbeat:tick": gettext_lazy("Heartbeat"),
}
LONG_AGE = timedelta(minutes=5)


def action_label(action: str) -> str:
    """The action in words; one without words is shown as its area and name."""
    if action in ACTION_LABELS:
        return str(ACTION_LABELS[action])
    area, _colon, rest = action.partition(":")
    return f"{AREA_LABELS.get(area, area)} · {rest.replace(':', ' ').replace('_', ' ')}"


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
        detail=event.rule,
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
        (_("Label"), event.label),
        (_("Rule"), event.rule),
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
    kinds = {
        "record": _("record"),
        "archive_file": _("archive file"),
        "archive_file-list": _("list of archive files"),
        "fonds": _("fonds"),
        "series": _("series"),
        "intake_session": _("upload"),
        "staged_file": _("received file"),
        "component-batch": _("stored bodies"),
        "record-list": _("list of records"),
        "account": _("account"),
        "person": _("person"),
        "unit": _("unit"),
    }
    short = event.object_id[:8]
    return f"{kinds.get(event.object_type, event.object_type)} {short}".strip()


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
