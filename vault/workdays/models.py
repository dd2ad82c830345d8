"""Notices with their days, units' own weeks and days, and what each of them moved. Rows are added, never changed."""

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import Person, Unit
from storage.columns import EncryptedTextField
from vault.workdays.rules import DayKind

# What the table of past years calls each holiday; a notice that was imported has its own words.
OCCASIONS = (
    "new_years_day",
    "spring_festival",
    "tomb_sweeping_day",
    "labour_day",
    "dragon_boat_festival",
    "national_day",
    "mid_autumn_festival",
    "anti_fascist_70th_day",
)


class CalendarLock(models.Model):
    """One row. Whoever changes the calendar, or sets down a due date by it, holds it until he has committed.

    Else a due date computed by the former calendar could be stored just after every other one was moved.
    """

    id = models.PositiveSmallIntegerField(primary_key=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="calendarlock_is_one")]


class Notice(models.Model):
    """The State Council's notice of one year's holidays; of several the one with the highest number holds.

    Without an importer it is of the table of past notices that the product began with.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    title = EncryptedTextField(cell="workdays.notice.title", null=True)
    document_no = EncryptedTextField(cell="workdays.notice.document_no", null=True)
    imported_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["year", "number"], name="notice_number_once")]


class NoticeDay(models.Model):
    """A day that a notice names: a holiday, or a weekend day that is worked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="days")
    day = models.DateField()
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in DayKind])
    occasion = models.CharField(max_length=32, blank=True)
    name = EncryptedTextField(cell="workdays.noticeday.name", null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "day"], name="noticeday_once")]


class UnitWeek(models.Model):
    """On which weekdays a unit opens from a day on: seven bits, of which Monday is the lowest."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    starts_on = models.DateField()
    weekdays = models.PositiveSmallIntegerField()
    open_on_holidays = models.BooleanField(default=False)
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "number"], name="unitweek_number_once"),
            models.CheckConstraint(
                condition=Q(weekdays__gte=1, weekdays__lte=127), name="unitweek_opens_on_some_of_seven"
            ),
        ]


class DayState(models.TextChoices):
    """What a unit says of one day; `usual` takes an earlier word back."""

    OPEN = "open"
    SHUT = "shut"
    USUAL = "usual"


class UnitDay(models.Model):
    """A single day that a unit opens or shuts; the newest row of a day holds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    day = models.DateField()
    state = models.CharField(max_length=8, choices=DayState.choices)
    reason = EncryptedTextField(cell="workdays.unitday.reason")
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "number"], name="unitday_number_once")]


class Recomputation(models.Model):
    """One change of the calendar: what it was, how many open due dates were looked at, and how many moved."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, null=True, on_delete=models.PROTECT, related_name="+")
    week = models.ForeignKey(UnitWeek, null=True, on_delete=models.PROTECT, related_name="+")
    single = models.ForeignKey(UnitDay, null=True, on_delete=models.PROTECT, related_name="+")
    examined = models.PositiveIntegerField()
    moved = models.PositiveIntegerField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_index=True)


class DueMove(models.Model):
    """One due date that moved. What it is due for is the registering room's own, and stays there."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recomputation = models.ForeignKey(Recomputation, on_delete=models.PROTECT, related_name="moves")
    provider = models.CharField(max_length=32)
    due_id = models.UUIDField()
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    start = models.DateField()
    before = models.DateField()
    after = models.DateField()
