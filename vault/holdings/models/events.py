"""What happened to an object, in PREMIS terms (PF-06)."""

import uuid

from django.db import models

from accounts.models import Person


class ObjectEvent(models.Model):
    """A preservation event of a record or component; append-only.

    Types: capture, message digest calculation, virus check, format identification, validation, encryption,
    registration, classification, version, move, fixity check, quarantine.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey("holdings.Record", on_delete=models.PROTECT, related_name="events")
    component = models.ForeignKey(
        "holdings.Component", null=True, blank=True, on_delete=models.PROTECT, related_name="events"
    )
    type = models.CharField(max_length=40)
    outcome = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)
    agent_person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    agent_software = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["record", "at"])]
