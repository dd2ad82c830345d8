"""A request to consult, excerpt, quote, copy or print a record, and what was done about it step by step."""

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models import Person, SecureRoom, Unit
from accounts.rules import Duty
from storage.columns import EncryptedBinaryField, EncryptedTextField
from vault.approvals.rules import (
    MOST,
    OPEN_STATES,
    READING,
    REQUESTABLE,
    TOP_SECRET,
    UNRELEASED,
    RequestEvent,
    RequestState,
)
from vault.approvals.scopes import Extent, restored
from vault.authorization.actions import Action
from vault.authorization.levels import Levels
from vault.holdings.models import Record


class AccessRequest(models.Model):
    """One action on one record by one person: what was asked never changes, only how far it has come.

    `extent` is what `scopes.Extent.stored` writes; component ids say nothing by themselves. The three levels are the
    record's when it was asked for. `amount` is the number of uses, or of copies; `digest` what was approved.
    An emergency (PE-17) says besides why it cannot wait, and in which room it is read.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="access_requests")
    action = models.CharField(max_length=64, choices=[(a.value, a.value) for a in REQUESTABLE])
    requester = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="access_requests")
    requester_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    purpose = EncryptedTextField(cell="approvals.accessrequest.purpose")
    extent = models.JSONField()
    is_whole = models.BooleanField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    amount = models.PositiveSmallIntegerField()
    used = models.PositiveSmallIntegerField(default=0)
    at_state_level = models.PositiveSmallIntegerField()
    at_enterprise_level = models.PositiveSmallIntegerField()
    at_restricted = models.PositiveSmallIntegerField()
    submitted_at = models.DateTimeField()
    is_emergency = models.BooleanField(default=False)
    why_urgent = EncryptedTextField(cell="approvals.accessrequest.why_urgent", null=True, blank=True)
    room = models.ForeignKey(SecureRoom, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # How often it was moved on to the next post: for want of anybody in it, or by his silence (RQ-18).
    escalations = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=16, choices=[(s.value, s.value) for s in RequestState])
    digest = EncryptedBinaryField(cell="approvals.accessrequest.digest", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="access_request_number_once"),
            # A double click asks once.
            models.UniqueConstraint(
                fields=["record", "requester", "action"],
                condition=Q(state__in=[s.value for s in OPEN_STATES]),
                name="access_request_open_once",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=1, amount__lte=MOST), name="access_request_amount_bounded"
            ),
            models.CheckConstraint(condition=Q(used__lte=F("amount")), name="access_request_used_within"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="access_request_ends_after_start"
            ),
            # PE-17: to consult, once, with its reason and its room, and never a top secret.
            models.CheckConstraint(
                condition=Q(is_emergency=False, why_urgent__isnull=True, room__isnull=True)
                | Q(
                    is_emergency=True,
                    why_urgent__isnull=False,
                    room__isnull=False,
                    action=READING.value,
                    amount=1,
                    at_state_level__lt=TOP_SECRET,
                ),
                name="access_request_emergency_bounded",
            ),
            models.CheckConstraint(
                condition=Q(is_emergency=True) | ~Q(state__in=[s.value for s in UNRELEASED]),
                name="access_request_released_emergency",
            ),
        ]
        indexes = [
            models.Index(fields=["requester", "record", "state"], name="access_request_of"),
            models.Index(fields=["state", "submitted_at"], name="access_request_state"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """The only word about a request that leaves the system (10.1(8))."""
        return f"Q{self.year}-{self.number:04}"

    @property
    def asked(self) -> Action:
        """The action as the rule knows it."""
        return Action(self.action)

    @property
    def levels(self) -> Levels:
        """The record's label when it was asked for."""
        return Levels(self.at_state_level, self.at_enterprise_level, self.at_restricted)

    @property
    def scope(self) -> Extent:
        """The portions of the record that it is about."""
        return restored(self.extent, whole=self.is_whole)

    @property
    def left(self) -> int:
        """Uses or copies that remain."""
        return self.amount - self.used


class RequestStep(models.Model):
    """One step of a request: by whom, in which post, for whom, and why; append-only.

    `reciprocal` and `subordinate` were shown to who decided: the requester had decided in his favour, or is above him.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(AccessRequest, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveIntegerField()
    event = models.CharField(max_length=16, choices=[(e.value, e.value) for e in RequestEvent])
    state = models.CharField(max_length=16, choices=[(s.value, s.value) for s in RequestState])
    # None: the system itself.
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    duty = models.CharField(max_length=32, blank=True, choices=[(d.value, d.value) for d in Duty])
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    instead_of = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_subordinate = models.BooleanField(default=False)
    is_reciprocal = models.BooleanField(default=False)
    reason = EncryptedTextField(cell="approvals.requeststep.reason", blank=True)
    cause = models.CharField(max_length=32, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "number"], name="request_step_number_once"),
            models.CheckConstraint(
                condition=Q(instead_of__isnull=True) | ~Q(instead_of=F("by")), name="request_step_for_another"
            ),
        ]
