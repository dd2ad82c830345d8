"""What nobody at the desk may decide, until somebody has (practice.md P-25; rule book 1.4.4)."""

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models import Person, Unit
from storage.columns import EncryptedTextField
from vault.holdings.rules import TrayEvent, TrayKind, TrayOutcome, TrayState


class UndecidedThing(models.Model):
    """One entry of the tray: what it is, whose, and who decides it when. What was put in never changes.

    `what` names it in a line; `record` is there for a record or a draft. `unit` is the owner's when he put it in.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in TrayKind])
    what = EncryptedTextField(cell="holdings.undecidedthing.what")
    reason = EncryptedTextField(cell="holdings.undecidedthing.reason")
    record = models.ForeignKey("holdings.Record", null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    put_in_at = models.DateTimeField()
    decider = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    next_on = models.DateField(db_index=True)
    state = models.CharField(
        max_length=16, choices=[(s.value, s.value) for s in TrayState], default=TrayState.WAITING
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(owner=F("decider")), name="undecided_owner_decides_not"),
            models.CheckConstraint(
                condition=Q(kind__in=["record", "draft"], record__isnull=False)
                | Q(kind__in=["quarantined", "paper"], record__isnull=True),
                name="undecided_record_by_kind",
            ),
        ]


class UndecidedEntry(models.Model):
    """One step with its reason: postponed to a day, given to another decider, or decided with its outcome."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    thing = models.ForeignKey(UndecidedThing, on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField()
    event = models.CharField(max_length=16, choices=[(e.value, e.value) for e in TrayEvent])
    state = models.CharField(max_length=16, choices=[(s.value, s.value) for s in TrayState])
    text = EncryptedTextField(cell="holdings.undecidedentry.text")
    next_on = models.DateField(null=True)
    decider = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=16, blank=True, choices=[(o.value, o.value) for o in TrayOutcome])
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thing", "number"], name="undecided_entry_number_once"),
            models.CheckConstraint(
                condition=(Q(event="decide") & ~Q(outcome="")) | (~Q(event="decide") & Q(outcome="")),
                name="undecided_decided_with_outcome",
            ),
        ]
