"""Raising incidents and working them. Other rooms call `raise_incident`, with a person or without."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts.models import Person, Unit
from audit import clock, outbox, recording
from audit.events import ObjectFacts, Reason, system_actor
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.authorization.journal import change
from vault.incidents import errors, rules
from vault.incidents.models import Incident, IncidentEntry
from vault.incidents.rules import Event, Guard, Kind, State

_RACES = 5  # each lost race means another incident was raised


def raise_incident(
    *,
    context: Context | None,
    kind: Kind,
    what: str,
    unit: Unit,
    known_at: datetime | None = None,
    source: str = "",
    about: ObjectFacts | None = None,
) -> Incident:
    """Put an incident into the register; its clock runs from the instant it became known, which is now unless given.

    Without a context the system itself raises it, and `source` names the room. It may be called inside the
    transaction of what went wrong: undone, that undoes it too. `what` is free text and is encrypted; `about` is
    copied as kind and id. Raises TextMissing, NotYetKnown, Refused, AuditUnavailable.
    """
    begun = _begun(context, source, about)
    with change(begun, errors.IncidentsError):
        now = clock.now()
        known = known_at or now
        if not what.strip():
            raise errors.TextMissing
        if not now - rules.KNOWN_AT_MOST <= known <= now + timedelta(minutes=1):
            raise errors.NotYetKnown
        incident = _stored(
            Incident(
                kind=kind,
                what=what.strip(),
                unit=unit,
                source=source,
                object_type=about.type if about else "",
                object_id=about.id if about else "",
                raised_by=_person(context),
                raised_at=now,
                known_at=min(known, now),
                due_at=rules.due_at(min(known, now)),
            )
        )
        outbox.outcome(begun, "granted", object=_facts(incident))
    return incident


def advance(*, context: Context, incident_id: UUID, version: int, event: Event, text: str) -> Incident:
    """One step of the table, with what was done in words.

    Raises Absent, TextMissing, ChangedMeanwhile, WrongState, MeasureMissing, Refused, AuditUnavailable.
    """
    if not Incident.objects.filter(pk=incident_id).exists():
        gate.absent(context, Action.MANAGE_INCIDENTS, "incident", incident_id)
    permit = gate.authorize(
        context, Action.MANAGE_INCIDENTS, sealed={"incident": str(incident_id), "step": event.value}
    )
    with change(permit.event, errors.IncidentsError):
        incident = Incident.objects.select_for_update().get(pk=incident_id)
        row = _row(incident, version, event, text, context)
        now = clock.now()
        IncidentEntry.objects.create(
            incident=incident,
            number=incident.version,
            event=event,
            state=row.next,
            text=text.strip(),
            by=Person.objects.get(pk=permit.actor.person),
            at=now,
        )
        incident.state, incident.version = row.next, incident.version + 1
        if event is Event.REPORT:
            incident.reported_at = now
        incident.save(update_fields=["state", "version", "reported_at"])
        outbox.outcome(
            permit.event,
            "granted",
            object=_facts(incident),
            sealed={"step": event.value},
            subject=permit.actor.person,
        )
    return incident


def _row(incident: Incident, version: int, event: Event, text: str, context: Context) -> rules.Transition:
    """The table's row for this step, with everything that it asks fulfilled."""
    row = rules.TRANSITIONS.get((State(incident.state), event))
    if row is None or row.duty not in context.subject.duty_names:
        raise errors.WrongState
    if incident.version != version:
        raise errors.ChangedMeanwhile
    if not text.strip():
        raise errors.TextMissing
    if row.guard is Guard.MEASURE_TAKEN and not incident.entries.filter(event=Event.MEASURE).exists():
        raise errors.MeasureMissing
    return row


def _begun(context: Context | None, source: str, about: ObjectFacts | None) -> UUID:
    """The intent: a person's by the gate, the system's by the room that raises it."""
    if context is not None:
        return gate.authorize(context, Action.REPORT_INCIDENT).event
    return recording.intent(
        Action.REPORT_INCIDENT,
        reason=Reason(rule="raised-by-system"),
        actor=system_actor(source or "incidents"),
        object=about,
    )


def _stored(incident: Incident) -> Incident:
    """The incident under the next free number; another one may take it first."""
    for race in range(_RACES):
        incident.number = (Incident.objects.aggregate(last=Max("number"))["last"] or 0) + 1
        try:
            with transaction.atomic():
                incident.save(force_insert=True)
            break
        except IntegrityError:
            if race == _RACES - 1:
                raise
    return incident


def _facts(incident: Incident) -> ObjectFacts:
    return ObjectFacts("incident", str(incident.pk), version=f"{incident.state} {incident.version}")


def _person(context: Context | None) -> Person | None:
    return Person.objects.get(pk=context.actor.person) if context is not None else None
