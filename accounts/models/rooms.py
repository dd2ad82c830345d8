"""Secure reading rooms and their inspections (rule book 10.1(4))."""

import uuid

from django.db import models
from django.db.models import Q

from accounts.models.register import Person, Unit
from accounts.room_rules import LONGEST_INTERVAL, MOST_PLACES, InspectionKind
from accounts.terminal_rules import CheckResult
from storage.columns import EncryptedTextField


class SecureRoom(models.Model):
    """A room in which classified records are read. Its keepers are whoever holds that duty at its unit or above it.

    `capacity` counts places; `two_readers`: nobody reads a top-secret record alone in it (RR-10).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=32, unique=True)
    name = EncryptedTextField(cell="accounts.secureroom.name")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    capacity = models.PositiveSmallIntegerField()
    two_readers = models.BooleanField(default=False)
    inspect_every = models.PositiveSmallIntegerField()
    registered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(capacity__gte=1, capacity__lte=MOST_PLACES), name="secure_room_capacity_bounded"
            ),
            models.CheckConstraint(
                condition=Q(inspect_every__gte=1, inspect_every__lte=LONGEST_INTERVAL),
                name="secure_room_interval_bounded",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_open(self) -> bool:
        """Whether anything is to be read in it."""
        return self.closed_at is None


class RoomInspection(models.Model):
    """An inspection as its inspector recorded it; of each kind the latest by its day, then by its recording, counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(SecureRoom, on_delete=models.PROTECT, related_name="inspections")
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in InspectionKind])
    done_on = models.DateField()
    result = models.CharField(max_length=16, choices=[(r.value, r.value) for r in CheckResult])
    note = EncryptedTextField(cell="accounts.roominspection.note", blank=True)
    inspector = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["room", "-done_on", "-recorded_at"])]
