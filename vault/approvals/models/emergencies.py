"""What was released in an emergency, by whom, and how it was confirmed in writing (PE-17, P-10)."""

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models import Person, Unit
from accounts.rules import Duty
from storage.columns import EncryptedTextField
from vault.approvals.emergency_rules import SECONDS
from vault.approvals.models.requests import AccessRequest
from vault.approvals.rules import RANK
from vault.holdings.models import Record
from vault.incidents.models import Incident


class EmergencyReport(models.Model):
    """The report of a release, made by it: by which two persons, and since when the hour runs.

    Whom, which record and why its request says; what was read its sessions. When the hour ends is reckoned and not
    stored. It takes up when nobody confirmed it in time, and no more.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.OneToOneField(AccessRequest, on_delete=models.PROTECT, related_name="emergency")
    leader = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    leader_duty = models.CharField(max_length=32, choices=[(d.value, d.value) for d in RANK])
    leader_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    instead_of = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    second_duty = models.CharField(max_length=32, choices=[(d.value, d.value) for d in SECONDS])
    starts_at = models.DateTimeField()
    overdue_at = models.DateTimeField(null=True, blank=True)
    overdue_incident = models.ForeignKey(
        Incident, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(second=F("leader"))
                & (Q(instead_of__isnull=True) | (~Q(instead_of=F("second")) & ~Q(instead_of=F("leader")))),
                name="emergency_report_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(second_duty__in=[d.value for d in SECONDS]), name="emergency_report_second_duty"
            ),
            models.CheckConstraint(
                condition=Q(overdue_at__isnull=True, overdue_incident__isnull=True)
                | Q(overdue_at__isnull=False, overdue_incident__isnull=False),
                name="emergency_report_overdue_with_incident",
            ),
        ]
        indexes = [models.Index(fields=["starts_at"], name="emergency_report_starts")]

    @property
    def leader_post(self) -> Duty:
        """The post in which the leader released it."""
        return Duty(self.leader_duty)


class EmergencyConfirmation(models.Model):
    """P-10: what the leader says in writing afterwards; `paper` is the scan of the signed paper as a record."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.OneToOneField(EmergencyReport, on_delete=models.PROTECT, related_name="confirmation")
    text = EncryptedTextField(cell="approvals.emergencyconfirmation.text")
    is_justified = models.BooleanField()
    is_late = models.BooleanField()
    paper = models.ForeignKey(Record, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    incident = models.ForeignKey(Incident, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_justified=True, incident__isnull=True)
                | Q(is_justified=False, incident__isnull=False),
                name="emergency_unjustified_with_incident",
            ),
        ]
