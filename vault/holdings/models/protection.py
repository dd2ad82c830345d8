"""What decides who may know of a record: access classes, label decisions and the need-to-know list."""

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models import Person, Unit
from storage.columns import EncryptedTextField
from vault.authorization.levels import Levels
from vault.holdings.rules import LabelSource, LabelStatus, PeriodKind


class AccessClass(models.Model):
    """A distinct (unit, three levels, shielded, caveat); lists filter on its integer (architecture.md section 3)."""

    id = models.AutoField(primary_key=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    state_level = models.PositiveSmallIntegerField()
    enterprise_level = models.PositiveSmallIntegerField()
    restricted = models.PositiveSmallIntegerField()
    is_shielded = models.BooleanField(default=False)
    caveat = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "state_level", "enterprise_level", "restricted", "is_shielded", "caveat"],
                name="access_class_once",
            )
        ]
        verbose_name_plural = "access classes"

    @property
    def levels(self) -> Levels:
        return Levels(self.state_level, self.enterprise_level, self.restricted)


class LabelDecision(models.Model):
    """One step in the history of a record's label; append-only (CL-03).

    The row with the highest number and a status other than refused is in force. A proposal protects at once (CL-05).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey("holdings.Record", on_delete=models.PROTECT, related_name="label_decisions")
    number = models.PositiveIntegerField()
    source = models.CharField(max_length=16, choices=[(s.value, s.value) for s in LabelSource])
    status = models.CharField(max_length=16, choices=[(s.value, s.value) for s in LabelStatus])
    state_level = models.PositiveSmallIntegerField()
    enterprise_level = models.PositiveSmallIntegerField()
    restricted = models.PositiveSmallIntegerField()
    period_kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in PeriodKind])
    period_number = models.PositiveSmallIntegerField(default=0)
    period_until = models.DateField(null=True, blank=True)
    period_condition = EncryptedTextField(cell="holdings.labeldecision.period_condition", blank=True)
    issued_on = models.DateField()
    declassify_on = models.DateField(null=True, blank=True)
    basis = EncryptedTextField(cell="holdings.labeldecision.basis")
    authorisation = EncryptedTextField(cell="holdings.labeldecision.authorisation", blank=True)
    mark = EncryptedTextField(cell="holdings.labeldecision.mark")
    received_mark = EncryptedTextField(cell="holdings.labeldecision.received_mark", blank=True)
    originator = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    proposer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # Of a proposal, who was named to decide; of a decision, who decided.
    decider = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Why a proposal was confirmed or sent back; absent on proposals themselves.
    reason = EncryptedTextField(cell="holdings.labeldecision.reason", null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "number"], name="label_decision_number_once"),
            models.CheckConstraint(
                condition=Q(decider__isnull=True) | ~Q(decider=F("proposer")),
                name="label_proposer_is_not_decider",
            ),
            models.CheckConstraint(
                condition=Q(status=LabelStatus.PROPOSED)
                | Q(decider__isnull=False)
                | Q(source=LabelSource.RECEIVED)
                | Q(state_level=0, enterprise_level=0),
                name="label_decided_by_someone",
            ),
        ]

    @property
    def levels(self) -> Levels:
        return Levels(self.state_level, self.enterprise_level, self.restricted)


class KnowledgeEntry(models.Model):
    """知悉范围: a person on the need-to-know list of a record.

    Persons first; an entry that came by a unit names the person all the same (PE-02).
    Only `ends_at` and `ending_reason` ever change, once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey("holdings.Record", on_delete=models.PROTECT, related_name="knowledge_entries")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="knowledge_entries")
    through_unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    named_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16, default="reader")  # filer, decider, reader
    # Why somebody was put on it, and why he was taken off; of whoever came with the filing it is his role.
    reason = EncryptedTextField(cell="holdings.knowledgeentry.reason", null=True, blank=True)
    ending_reason = EncryptedTextField(cell="holdings.knowledgeentry.ending_reason", null=True, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record", "person"], condition=Q(ends_at__isnull=True), name="knower_once"
            ),
            models.CheckConstraint(
                condition=~Q(role="reader") | ~Q(person=F("named_by")), name="knower_not_by_himself"
            ),
        ]
        indexes = [models.Index(fields=["person", "record"])]
        verbose_name_plural = "knowledge entries"
