"""Who decides: the rule table's rows, delegations during absence, and what other units allowed."""

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models import Person, Unit
from storage.columns import BlindIndexField, EncryptedTextField
from vault.approvals.models.requests import AccessRequest
from vault.approvals.rules import RANK, Regime
from vault.holdings.models import Record


class ApproverRule(models.Model):
    """One row of the rule table, proposed by one person and in force once another confirmed it.

    The latest confirmed row of the nearest unit counts, then that of no unit, then what was shipped.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed"
        CONFIRMED = "confirmed"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    regime = models.CharField(max_length=16, choices=[(r.value, r.value) for r in Regime])
    level = models.PositiveSmallIntegerField()
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    duty = models.CharField(max_length=32, choices=[(d.value, d.value) for d in RANK])
    reason = EncryptedTextField(cell="approvals.approverrule.reason")
    state = models.CharField(max_length=16, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="confirmed")
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="approver_rule_two_persons",
            ),
        ]
        indexes = [models.Index(fields=["regime", "level", "state"], name="approver_rule_row")]


class Delegation(models.Model):
    """During an absence somebody decides in the place of one who holds a post, between two days (PE-12).

    It gives what its giver holds himself and no more, and is not passed on.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    giver = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    delegate = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    duty = models.CharField(max_length=32, choices=[(d.value, d.value) for d in RANK])
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    reason = EncryptedTextField(cell="approvals.delegation.reason")
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(giver=F("delegate")), name="delegation_to_another"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="delegation_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["delegate", "ends_on"], name="delegation_of")]


class ExternalAuthorisation(models.Model):
    """What the unit that set the level, or one above it, allowed on paper: for one request, once (RQ-05).

    `paper` is the scan as a record of the archive. `document_index` finds the same paper shown twice.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(AccessRequest, on_delete=models.PROTECT, related_name="authorisations")
    issuer = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    document_no = EncryptedTextField(cell="approvals.externalauthorisation.document_no")
    document_index = BlindIndexField(cell="approvals.externalauthorisation.document_index")
    document_date = models.DateField()
    copies = models.PositiveSmallIntegerField()
    purpose = EncryptedTextField(cell="approvals.externalauthorisation.purpose")
    paper = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    verified_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "document_index"], name="authorisation_paper_once"),
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(verified_at__isnull=False),
                name="authorisation_verified_once",
            ),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | ~Q(verified_by=F("recorded_by")),
                name="authorisation_two_persons",
            ),
        ]
