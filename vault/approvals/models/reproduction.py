"""The register of copies: each copy with where it is, every step of its life, and what was counted each month."""

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models import Person, Unit
from storage.columns import EncryptedBinaryField, EncryptedTextField
from vault.approvals.models.requests import AccessRequest
from vault.approvals.reproduction_rules import CopyEvent, CopyState
from vault.approvals.rules import MOST
from vault.incidents.models import Incident


class Copy(models.Model):
    """One numbered copy, managed as the original is (RQ-07). What is printed on it never changes.

    `code` is printed on each of its pages and says nothing by itself. `recipient` stands on it, `holder` is who has
    it now or is to sign for it, `successor` to whom he wants to pass it on. `digest` is of what was made, all its
    files in order; without one the making broke off, and the copy is still to be accounted for.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(AccessRequest, on_delete=models.PROTECT, related_name="copies")
    number = models.PositiveSmallIntegerField()
    amount = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=32, unique=True)
    recipient = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recipient_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    copying_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    label = EncryptedTextField(cell="approvals.copy.label")
    produced_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    produced_at = models.DateTimeField()
    digest = EncryptedBinaryField(cell="approvals.copy.digest", null=True, blank=True)
    state = models.CharField(max_length=24, choices=[(s.value, s.value) for s in CopyState])
    holder = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="copies")
    successor = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    destruction_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    destroyed_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    incident = models.ForeignKey(Incident, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "number"], name="copy_number_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=F("amount"), amount__lte=MOST),
                name="copy_number_within",
            ),
            models.CheckConstraint(
                condition=~Q(state=CopyState.DESTROYED.value)
                | (
                    Q(destruction_by__isnull=False, destroyed_by__isnull=False)
                    & ~Q(destroyed_by=F("destruction_by"))
                    & ~Q(destroyed_by=F("holder"))
                    & ~Q(destruction_by=F("holder"))
                ),
                name="copy_destroyed_by_two",
            ),
            models.CheckConstraint(
                condition=~Q(state=CopyState.LOST.value) | Q(incident__isnull=False),
                name="copy_lost_with_incident",
            ),
        ]
        indexes = [models.Index(fields=["state", "holder"], name="copy_state_holder")]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """The only word about a copy that leaves the system."""
        return f"{self.request.reference}/{self.number}"


class CopyStep(models.Model):
    """One step of a copy's life, append-only. `receipt` is the number of the paper that was signed for it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    copy = models.ForeignKey(Copy, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveIntegerField()
    event = models.CharField(max_length=24, choices=[(e.value, e.value) for e in CopyEvent])
    state = models.CharField(max_length=24, choices=[(s.value, s.value) for s in CopyState])
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # To whom it went, or is to go.
    to = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    receipt = EncryptedTextField(cell="approvals.copystep.receipt", blank=True)
    reason = EncryptedTextField(cell="approvals.copystep.reason", blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["copy", "number"], name="copy_step_number_once"),
        ]


class CopyCount(models.Model):
    """What a keeper found when he compared a month's register of a unit with what is there; each writes his once.

    `rows` are the copies that were out or with the keeper, each with its state, its holder and whether it was seen.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField()
    rows = models.JSONField()
    missing = models.PositiveIntegerField()
    remark = EncryptedTextField(cell="approvals.copycount.remark", blank=True)
    incident = models.ForeignKey(Incident, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    counted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "year", "month", "counted_by"], name="copy_count_month_once"
            ),
            models.CheckConstraint(condition=Q(month__gte=1, month__lte=12), name="copy_count_month"),
            models.CheckConstraint(
                condition=Q(missing=0) | Q(incident__isnull=False), name="copy_count_missing_with_incident"
            ),
        ]
