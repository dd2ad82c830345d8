"""The register of incidents: what was reported, and what was done about it, row by row."""

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models import Person, Unit
from storage.columns import EncryptedTextField
from vault.incidents.rules import Event, Kind, State


class Incident(models.Model):
    """One incident. What was reported never changes; state and version move on.

    Without a person the system itself raised it. `source` names the room, `object_type` and `object_id` what it is
    about.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True)
    kind = models.CharField(max_length=24, choices=[(k.value, k.value) for k in Kind])
    what = EncryptedTextField(cell="incidents.incident.what")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=32, blank=True)
    object_type = models.CharField(max_length=32, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    raised_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    known_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reported_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(
        max_length=16, choices=[(s.value, s.value) for s in State], default=State.OPEN, db_index=True
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(known_at__lte=F("raised_at")), name="incident_known_before_raised"
            ),
            models.CheckConstraint(
                condition=Q(state=State.OPEN.value, reported_at__isnull=True)
                | (~Q(state=State.OPEN.value) & Q(reported_at__isnull=False)),
                name="incident_reported_when_not_open",
            ),
        ]


class IncidentEntry(models.Model):
    """One thing done about an incident: a step of its life, a note or a measure."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField()
    event = models.CharField(max_length=16, choices=[(e.value, e.value) for e in Event])
    state = models.CharField(max_length=16, choices=[(s.value, s.value) for s in State])
    text = EncryptedTextField(cell="incidents.incidententry.text")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="incidententry_number_once")
        ]
