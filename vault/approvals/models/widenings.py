"""Proposals to put a person on a need-to-know list, and what was decided about each (PE-02)."""

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models import Person, Unit
from storage.columns import EncryptedTextField
from vault.approvals.rules import RANK
from vault.approvals.widening_rules import Basis, Cause, WideningState
from vault.authorization.levels import Levels
from vault.holdings.models import KnowledgeEntry, Record
from vault.notices.rules import reference_of


class Widening(models.Model):
    """One person to be put on one record's list: what was proposed never changes, only how far it has come.

    The record's label and unit and the person's unit and clearance are those of the proposal. `entry` is the place on
    the list that the approval made.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="widenings")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = EncryptedTextField(cell="approvals.widening.reason")
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    at_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    at_state_level = models.PositiveSmallIntegerField()
    at_enterprise_level = models.PositiveSmallIntegerField()
    at_restricted = models.PositiveSmallIntegerField()
    at_shielded = models.BooleanField()
    person_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    cleared_state = models.PositiveSmallIntegerField()
    cleared_enterprise = models.PositiveSmallIntegerField()
    cleared_restricted = models.PositiveSmallIntegerField()
    # By whose silence it was moved on to the next post, and since when it waits there (RQ-18).
    escalations = models.PositiveSmallIntegerField(default=0)
    waits_since = models.DateTimeField()
    state = models.CharField(
        max_length=16,
        choices=[(s.value, s.value) for s in WideningState],
        default=WideningState.PROPOSED.value,
    )
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_duty = models.CharField(max_length=32, blank=True, choices=[(d.value, d.value) for d in RANK])
    decided_unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    instead_of = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decision_reason = EncryptedTextField(cell="approvals.widening.decision_reason", blank=True)
    cause = models.CharField(max_length=32, blank=True, choices=[(c.value, c.value) for c in Cause])
    ended_at = models.DateTimeField(null=True, blank=True)
    entry = models.OneToOneField(
        KnowledgeEntry, null=True, blank=True, on_delete=models.PROTECT, related_name="widening"
    )

    class Meta:
        constraints = [
            # A double click proposes once.
            models.UniqueConstraint(
                fields=["record", "person"], condition=Q(state="proposed"), name="widening_open_once"
            ),
            models.CheckConstraint(condition=~Q(person=F("proposed_by")), name="widening_not_by_himself"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | (~Q(decided_by=F("proposed_by")) & ~Q(decided_by=F("person"))),
                name="widening_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(instead_of__isnull=True)
                | (~Q(instead_of=F("proposed_by")) & ~Q(instead_of=F("person"))),
                name="widening_for_another",
            ),
            models.CheckConstraint(
                condition=Q(state="approved", decided_by__isnull=False, entry__isnull=False)
                | (~Q(state="approved") & Q(entry__isnull=True)),
                name="widening_entry_by_approval",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "proposed_at"], name="widening_state"),
            models.Index(fields=["proposed_by", "proposed_at"], name="widening_of"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """The only word about a proposal that leaves the system (10.1(8))."""
        return reference_of(self.pk)

    @property
    def levels(self) -> Levels:
        """The record's label when it was proposed."""
        return Levels(self.at_state_level, self.at_enterprise_level, self.at_restricted)

    @property
    def clearance(self) -> Levels:
        """The person's clearance when he was proposed."""
        return Levels(self.cleared_state, self.cleared_enterprise, self.cleared_restricted)

    @property
    def basis(self) -> Basis:
        """What it rests on."""
        return Basis(
            (self.at_state_level, self.at_enterprise_level, self.at_restricted, self.at_shielded),
            (self.at_unit_id, self.person_unit_id),
            (self.cleared_state, self.cleared_enterprise, self.cleared_restricted),
        )
