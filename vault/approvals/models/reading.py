"""Places booked in a secure reading room, reading sessions, each page that was seen, and paper handed over."""

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models import Person, SecureRoom, Terminal
from storage.columns import EncryptedTextField
from vault.approvals.models.requests import AccessRequest
from vault.approvals.reading_rules import LIVE, Cause, Medium, SessionState
from vault.holdings.models import Component

BOOKING_STATES = (SessionState.BOOKED, SessionState.CHECKED_IN, SessionState.CANCELLED)
SESSION_STATES = (*LIVE, SessionState.CLOSED)


class Booking(models.Model):
    """A place in a room on a day, from one full hour to another. Checked in, it is used up; or it is cancelled."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(SecureRoom, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(AccessRequest, on_delete=models.PROTECT, related_name="bookings")
    reader = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    first_hour = models.PositiveSmallIntegerField()
    last_hour = models.PositiveSmallIntegerField()
    booked_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=[(s.value, s.value) for s in BOOKING_STATES])
    ended_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(last_hour__gt=F("first_hour"), last_hour__lte=24), name="booking_hours_in_order"
            ),
        ]
        indexes = [models.Index(fields=["room", "day", "state"], name="booking_of_day")]


class ReadingSession(models.Model):
    """One reader, one place, from his check-in to his going out. On paper there is no terminal.

    `web_session` is the pseudonym of the browser session in which it was begun; empty, nothing is shown.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(AccessRequest, on_delete=models.PROTECT, related_name="sessions")
    reader = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey(SecureRoom, on_delete=models.PROTECT, related_name="+")
    terminal = models.ForeignKey(Terminal, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    medium = models.CharField(max_length=16, choices=[(m.value, m.value) for m in Medium])
    checked_in_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    checked_in_at = models.DateTimeField()
    # RR-10: who stays beside him where nobody reads a top secret alone.
    second_reader = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=[(s.value, s.value) for s in SESSION_STATES])
    web_session = models.CharField(max_length=64, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    last_at = models.DateTimeField()
    locked_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # None: the system itself.
    closed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    cause = models.CharField(max_length=32, blank=True, choices=[(c.value, c.value) for c in Cause])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reader"],
                condition=Q(state__in=[s.value for s in LIVE]),
                name="reading_session_one_per_reader",
            ),
            models.UniqueConstraint(
                fields=["terminal"],
                condition=Q(state__in=[s.value for s in LIVE], terminal__isnull=False),
                name="reading_session_one_per_terminal",
            ),
            models.CheckConstraint(
                condition=Q(medium=Medium.SCREEN.value, terminal__isnull=False)
                | Q(medium=Medium.PAPER.value, terminal__isnull=True),
                name="reading_session_at_a_terminal",
            ),
            models.CheckConstraint(
                condition=~Q(checked_in_by=F("reader")), name="reading_session_two_persons"
            ),
            models.CheckConstraint(
                condition=Q(second_reader__isnull=True)
                | (~Q(second_reader=F("reader")) & ~Q(second_reader=F("checked_in_by"))),
                name="reading_session_second_is_another",
            ),
            models.CheckConstraint(
                condition=Q(state=SessionState.CLOSED.value, closed_at__isnull=False)
                | (~Q(state=SessionState.CLOSED.value) & Q(closed_at__isnull=True)),
                name="reading_session_closed_at",
            ),
        ]
        indexes = [models.Index(fields=["room", "state"], name="reading_session_in_room")]

    @property
    def is_live(self) -> bool:
        """Whether its reader is still in the room."""
        return self.state in LIVE


class Attendance(models.Model):
    """RR-10: from when to when the second reader was there, as he said himself; while one is open, pages are shown."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(ReadingSession, on_delete=models.PROTECT, related_name="attendances")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # None: beside paper, where no terminal is needed (P-04).
    terminal = models.ForeignKey(Terminal, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session"], condition=Q(until__isnull=True), name="attendance_one_open"
            ),
        ]
        indexes = [models.Index(fields=["person", "until"], name="attendance_of_person")]


class PageView(models.Model):
    """RR-07: a page that was shown in a session; a row for each time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(ReadingSession, on_delete=models.PROTECT, related_name="views")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    page = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["session", "at"], name="page_view_in_session")]


class PaperReading(models.Model):
    """P-04: what was handed over on paper and what came back; each of the two confirms both under his own account."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.OneToOneField(ReadingSession, on_delete=models.PROTECT, related_name="paper")
    pages_out = models.PositiveIntegerField()
    issue_no_out = EncryptedTextField(cell="approvals.paperreading.issue_no_out")
    notebook_no = EncryptedTextField(cell="approvals.paperreading.notebook_no")
    telephones_lodged = models.BooleanField()
    handed_over_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    handed_over_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True, blank=True)
    pages_in = models.PositiveIntegerField(null=True, blank=True)
    issue_no_in = EncryptedTextField(cell="approvals.paperreading.issue_no_in", blank=True)
    notebook_returned = models.BooleanField(null=True, blank=True)
    taken_back_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_back_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(telephones_lodged=True), name="paper_reading_telephones_lodged"
            ),
            models.CheckConstraint(condition=Q(pages_out__gte=1), name="paper_reading_pages_out"),
        ]
