"""Terminals of the secure room, their technical checks, and what was done with them (rule book 10.1(4))."""

import uuid

from django.db import models
from django.db.models import Q

from accounts.models.register import Person
from accounts.models.rooms import SecureRoom
from accounts.terminal_rules import LONGEST_INTERVAL, CheckResult, TerminalState, TerminalStep
from storage.columns import EncryptedTextField


class Terminal(models.Model):
    """A classified computer in the secure room. Another room or other equipment is another terminal.

    `check_every` is the interval of its technical checks in days. Nothing here proves to a request which machine it
    comes from: a row alone opens nothing (`accounts.models.enrolment`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=32, unique=True)
    room = EncryptedTextField(cell="accounts.terminal.room")
    equipment = EncryptedTextField(cell="accounts.terminal.equipment")
    certificate_no = models.CharField(max_length=64)
    certificate_until = models.DateField()
    check_every = models.PositiveSmallIntegerField()
    state = models.CharField(
        max_length=16,
        choices=[(s.value, s.value) for s in TerminalState],
        default=TerminalState.REGISTERED,
    )
    registered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    # Where it stands; `room` describes it, and is all that older rows have.
    secure_room = models.ForeignKey(SecureRoom, on_delete=models.PROTECT, related_name="terminals", null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(check_every__gte=1, check_every__lte=LONGEST_INTERVAL),
                name="terminal_interval_bounded",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class TerminalCheck(models.Model):
    """A technical check of a terminal, as it was recorded; the latest by its day, then by its recording, counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="checks")
    done_on = models.DateField()
    result = models.CharField(max_length=16, choices=[(r.value, r.value) for r in CheckResult])
    note = EncryptedTextField(cell="accounts.terminalcheck.note", blank=True)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["terminal", "-done_on", "-recorded_at"])]


class TerminalChange(models.Model):
    """A step that was taken with a terminal, why, and the certificate that it had before a new one.

    `by` is nobody where the system itself took it out of use.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="changes")
    step = models.CharField(
        max_length=16,
        choices=[(s.value, s.value) for s in TerminalStep if s is not TerminalStep.CHECK],
    )
    reason = EncryptedTextField(cell="accounts.terminalchange.reason", blank=True)
    former_certificate_no = models.CharField(max_length=64, blank=True)
    former_certificate_until = models.DateField(null=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(step=TerminalStep.RENEW, former_certificate_until__isnull=False)
                | (~Q(step=TerminalStep.RENEW) & Q(former_certificate_until__isnull=True)),
                name="terminal_change_keeps_certificate",
            ),
        ]
        indexes = [models.Index(fields=["terminal", "-at"])]
