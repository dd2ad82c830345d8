"""What makes a machine a terminal: the codes that were given out, and the machines that were enrolled with them."""

import uuid

from django.db import models
from django.db.models import Q

from accounts.enrolment_rules import EnrolmentEnd
from accounts.models.register import Person
from accounts.models.terminals import Terminal


class TerminalCode(models.Model):
    """A one-time code for a terminal; only its keyed digest is kept. A newer one ends it.

    `fingerprint`: the SHA-256 of the client certificate that the machine must show besides; empty, none is asked for.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="codes")
    digest = models.CharField(max_length=64, unique=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    issued_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["terminal"], condition=Q(ended_at__isnull=True), name="terminal_code_one_at_a_time"
            ),
        ]


class TerminalEnrolment(models.Model):
    """A machine that is the terminal, or was. `digest` is a keyed digest of its secret, this row's id and the terminal.

    The changing word follows from `generation` and the key of `key_version`; it is not kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="enrolments")
    digest = models.CharField(max_length=64, unique=True)
    key_version = models.PositiveIntegerField()
    fingerprint = models.CharField(max_length=64, blank=True)
    enrolled_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    enrolled_at = models.DateTimeField()
    generation = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    seen_on = models.DateField()
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=16, choices=[(e.value, e.value) for e in EnrolmentEnd], blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["terminal"], condition=Q(ended_at__isnull=True), name="terminal_is_one_machine"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end="") | (Q(ended_at__isnull=False) & ~Q(end="")),
                name="terminal_enrolment_end_told",
            ),
        ]
