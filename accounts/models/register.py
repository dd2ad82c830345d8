"""People, accounts, units, duties, clearances, training and undertakings.

Rights hang on persons, never on accounts, so that two accounts of one person count as one (PE-07). Nothing here is
ever deleted: what ends gets a date (`accounts.evidence` has the triggers that hold it).
"""

import uuid
from datetime import date
from typing import TYPE_CHECKING

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from accounts.rules import Duty, GrantKind, GrantState, PersonCategory, UnitKind
from storage.columns import EncryptedTextField

if TYPE_CHECKING:
    from accounts.selectors import SubjectFacts

# Twenty levels of units.
PATH_LIMIT = 20 * 37


def in_force(day: date | models.Expression, prefix: str = "") -> Q:
    """Rows whose first and last day enclose `day` and that were not revoked on or before it (PE-08)."""
    return (
        Q(**{f"{prefix}starts_on__lte": day})
        & (Q(**{f"{prefix}ends_on__isnull": True}) | Q(**{f"{prefix}ends_on__gte": day}))
        & (Q(**{f"{prefix}revoked_on__isnull": True}) | Q(**{f"{prefix}revoked_on__gt": day}))
    )


class DatedQuerySet(models.QuerySet):
    """For rows with `starts_on`, `ends_on` and `revoked_on`."""

    def in_force(self, day: date | models.Expression) -> "DatedQuerySet":
        """Those that count on this day in Asia/Shanghai."""
        return self.filter(in_force(day))

    def not_over(self, day: date) -> "DatedQuerySet":
        """Those in force on this day or later."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day)).filter(
            Q(revoked_on__isnull=True) | Q(revoked_on__gt=day)
        )


class Unit(models.Model):
    """A node of the organisation: company, division, branch, hall, department, or an external authority.

    `path` holds the ids of all ancestors and the unit itself, each followed by a slash, so that
    "at or below" is a prefix test.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in UnitKind])
    code = models.CharField(max_length=32, unique=True)
    name = EncryptedTextField(cell="accounts.unit.name")
    path = models.CharField(max_length=PATH_LIMIT, db_index=True, editable=False)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.code

    def is_closed(self, day: date) -> bool:
        """Whether it was closed by that day."""
        return self.closed_on is not None and self.closed_on <= day


class Person(models.Model):
    """A natural person. Accounts, appointments, clearances and grants hang here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = EncryptedTextField(cell="accounts.person.name")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="people")
    category = models.CharField(
        max_length=16,
        choices=[(c.value, c.value) for c in PersonCategory],
        default=PersonCategory.NONE,
    )
    left_on = models.DateField(null=True, blank=True)
    # Where notices go by mail, if anywhere; `no_mail` is the person's own word.
    email = EncryptedTextField(cell="accounts.person.email", null=True)
    no_mail = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.id)


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts by staff number; creating them is `accounts.services`' work."""

    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(staff_no=username)


class Account(AbstractBaseUser):
    """What a person signs in with. The sign-in name is an opaque staff number."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="accounts")
    staff_no = models.CharField(max_length=32, unique=True)
    is_active = models.BooleanField(default=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    # Bumped to end every session of the account at its next request.
    session_epoch = models.PositiveIntegerField(default=0)
    must_change_password = models.BooleanField(default=True)
    # Until when a one-time password signs in; of one's own password nothing.
    password_until = models.DateTimeField(null=True, blank=True)
    # What its owner chose; empty until he did, so that a new browser's own wishes count.
    language = models.CharField(max_length=8, default="", blank=True)
    theme = models.CharField(max_length=8, default="", blank=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "staff_no"
    REQUIRED_FIELDS: list[str] = []

    objects = AccountManager()

    # Third-party code asks for these; the access rule never does (PE-04).
    is_staff = False
    is_superuser = models.BooleanField(default=False)

    # The facts that a session's account was read with (accounts.backends), until the session's check takes them.
    read_with: "SubjectFacts | None" = None

    def __str__(self) -> str:
        return self.staff_no

    def is_usable(self, day: date) -> bool:
        """May sign in and act on this day: active, not suspended, and the person has not left."""
        left_on = self.person.left_on
        return self.is_active and self.suspended_at is None and (left_on is None or day <= left_on)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Never the rule: always False, also for a superuser."""
        return False

    def has_perms(self, perm_list: list[str], obj: object = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False


class Appointment(models.Model):
    """A duty held by a person at a unit between two dates; `is_head` makes the person the unit's head.

    `is_acting`: he heads it beside the head, until a last day (P-30). `ends_on` is the planned last day; `revoked_on`
    takes the duty away from that day on, at the next request.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="appointments")
    duty = models.CharField(max_length=32, choices=[(d.value, d.value) for d in Duty])
    is_head = models.BooleanField(default=False)
    is_acting = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    revoked_on = models.DateField(null=True, blank=True)
    appointed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="appointment_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(is_acting=False) | Q(is_head=True, ends_on__isnull=False),
                name="appointment_acting_ends",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("appointed_by")),
                name="appointment_two_persons",
            ),
            models.CheckConstraint(
                condition=(Q(appointed_by__isnull=True) | ~Q(appointed_by=F("person")))
                & (Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("person"))),
                name="appointment_not_to_oneself",
            ),
        ]
        indexes = [models.Index(fields=["person", "duty"]), models.Index(fields=["unit", "duty"])]


class Clearance(models.Model):
    """涉密等级 of a person, one level per regime, between two dates (PE-01).

    Every clearance given through the services carries `restricted` 1: whoever may see secrets may see what is
    internal. The clearance for internal records alone is (0, 0, 1); a person without any row has 0 in every
    regime. Several rows in force add up to the highest level of each regime.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="clearances")
    state_level = models.PositiveSmallIntegerField(default=0)
    enterprise_level = models.PositiveSmallIntegerField(default=0)
    restricted = models.PositiveSmallIntegerField(default=0)
    starts_on = models.DateField()
    ends_on = models.DateField()
    granted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    revoked_on = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state_level__lte=3, enterprise_level__lte=2, restricted__lte=1),
                name="clearance_levels_exist",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="clearance_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(granted_by=F("person"))
                & (Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("person"))),
                name="clearance_not_to_oneself",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("granted_by")),
                name="clearance_two_persons",
            ),
        ]


class RegisterChange(models.Model):
    """What a unit or a person was called, or where a person worked, before it was changed; who changed it and when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="changes")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="changes")
    former_name = EncryptedTextField(cell="accounts.registerchange.former_name", blank=True)
    former_unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False, person__isnull=True, former_unit__isnull=True)
                | Q(unit__isnull=True, person__isnull=False),
                name="register_change_of_one",
            ),
        ]


class RosterEntry(models.Model):
    """Who is duty clerk of a unit from one day to another (P-30); a wrong one is struck and stays."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="roster")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    struck_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    struck_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="roster_ends_after_start"),
            models.CheckConstraint(
                condition=Q(struck_by__isnull=True, struck_at__isnull=True)
                | Q(struck_by__isnull=False, struck_at__isnull=False),
                name="roster_struck_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["unit", "starts_on"])]


class Training(models.Model):
    """Proof of training; without a valid one only the notice page opens (rule book 5.5(4), PE-09)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="trainings")
    held_on = models.DateField()
    valid_until = models.DateField()
    recorded_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("held_on")), name="training_valid_after_held"
            ),
            models.CheckConstraint(
                condition=Q(recorded_by__isnull=True) | ~Q(recorded_by=F("person")),
                name="training_not_of_oneself",
            ),
        ]


class Undertaking(models.Model):
    """The secrecy undertaking a person signed, by version of its text (rule book 10.1, PE-09)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="undertakings")
    version = models.PositiveIntegerField()
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "version"], name="undertaking_signed_once"),
        ]


class DeSecrecy(models.Model):
    """脱密期 of a person who leaves a secrecy post, from the day his clearances were taken (AD-12)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="de_secrecy")
    category = models.CharField(max_length=16, choices=[(c.value, c.value) for c in PersonCategory])
    starts_on = models.DateField()
    ends_on = models.DateField()
    begun_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="de_secrecy_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(begun_by=F("person")), name="de_secrecy_not_of_oneself"),
        ]


class PendingGrant(models.Model):
    """A privileged change that one officer proposed and a second person has to confirm (AD-03).

    `terms` is what exactly would be done, as `accounts.services.terms` writes it; `made` the id of the row that
    came of it. It counts for nothing before it is confirmed, and nothing can be confirmed after `lapses_at`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in GrantKind])
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="pending_grants")
    terms = EncryptedTextField(cell="accounts.pendinggrant.terms")
    reason = EncryptedTextField(cell="accounts.pendinggrant.reason")
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    state = models.CharField(
        max_length=16, choices=[(s.value, s.value) for s in GrantState], default=GrantState.PENDING
    )
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = EncryptedTextField(cell="accounts.pendinggrant.decision_reason", blank=True)
    # Apart from the decision: a confirmed one that is withdrawn still says who had confirmed it.
    withdrawn_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    made = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(proposed_by=F("person"))
                & (Q(decided_by__isnull=True) | ~Q(decided_by=F("person"))),
                name="pending_grant_not_to_oneself",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="pending_grant_two_persons",
            ),
        ]
        indexes = [models.Index(fields=["state", "proposed_at"])]
