"""What exactly a privileged change would do: checked when it is proposed and again when it is confirmed (AD-03).

Each class is the terms of one kind. They are kept as JSON in the proposal's encrypted column, so that what the second
person confirms is what was proposed, to the letter.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Protocol
from uuid import UUID

from django.db.models import Q

from accounts import actions, departures
from accounts.errors import (
    AboveCeiling,
    ActingWithoutEnd,
    BadDates,
    BadStaffNumber,
    ClearancesStand,
    DeSecrecyRuns,
    EmptyClearance,
    ExclusiveDuties,
    LastDayRecorded,
    NotAHead,
    StaffNumberTaken,
    UnitCannotAppoint,
)
from accounts.models import Account, Appointment, Clearance, DeSecrecy, Person, Unit
from accounts.rules import (
    CATEGORY_CEILING,
    DE_SECRECY_MONTHS,
    EXCLUSIONS,
    HEAD_DUTIES,
    PRIVILEGED_DUTIES,
    Duty,
    GrantKind,
    Held,
    Levels,
    PersonCategory,
    UnitKind,
    is_staff_no,
)

_HIGHEST = Levels(3, 2, 1)


@dataclass(frozen=True)
class Hands:
    """Whose hands a row passes through: who proposed it, and who confirmed it where that was needed."""

    proposed_by: UUID
    confirmed_by: UUID | None = None


class Terms(Protocol):
    """One change to a person, before it is made."""

    kind: ClassVar[GrantKind]
    action: ClassVar[str]
    by: ClassVar[Duty]
    makes: ClassVar[str]  # what the log calls the row that comes of it

    @property
    def privileged(self) -> bool:
        """Whether it waits for a second person."""
        ...

    def facts(self) -> dict[str, Any]:
        """The terms as plain JSON values; `read` takes them back."""
        ...

    def check(self, person: Person, day: date) -> None:
        """Raise the AccountsError that stands in the way on this day; inside the transaction, the person locked."""
        ...

    def carry_out(self, person: Person, hands: Hands, made: UUID) -> None:
        """Make the change; `made` is the id of the row that comes of it."""
        ...


@dataclass(frozen=True)
class DutyTerms:
    """A duty at a unit, from and to these days inclusive."""

    unit: UUID
    duty: Duty
    starts_on: date
    ends_on: date | None = None
    is_head: bool = False
    is_acting: bool = False

    kind: ClassVar[GrantKind] = GrantKind.DUTY
    action: ClassVar[str] = actions.DUTY_APPOINT
    makes: ClassVar[str] = "appointment"
    by: ClassVar[Duty] = Duty.SECURITY_OFFICER

    @property
    def privileged(self) -> bool:
        return self.is_head or self.duty in PRIVILEGED_DUTIES

    def facts(self) -> dict[str, Any]:
        acting = {"is_acting": True} if self.is_acting else {}
        return {
            "unit": str(self.unit),
            "duty": str(self.duty),
            "starts_on": self.starts_on.isoformat(),
            "ends_on": self.ends_on.isoformat() if self.ends_on else None,
            "is_head": self.is_head,
            **acting,
        }

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> "DutyTerms":
        return cls(
            UUID(facts["unit"]),
            Duty(facts["duty"]),
            date.fromisoformat(facts["starts_on"]),
            date.fromisoformat(facts["ends_on"]) if facts["ends_on"] else None,
            bool(facts["is_head"]),
            bool(facts.get("is_acting", False)),
        )

    def check(self, person: Person, day: date) -> None:
        """Raises BadDates, UnitCannotAppoint, ExclusiveDuties naming the rule (AD-02), NotAHead, ActingWithoutEnd."""
        if self.ends_on is not None and (self.ends_on < self.starts_on or self.ends_on < day):
            raise BadDates
        require_appointing(Unit(pk=self.unit), day)
        self._refuse_exclusions(person)
        if self.is_acting and (self.ends_on is None or not self.is_head):
            raise ActingWithoutEnd
        if self.is_head:
            self._refuse_second_head(person)

    def carry_out(self, person: Person, hands: Hands, made: UUID) -> None:
        Appointment.objects.create(
            id=made,
            person=person,
            unit_id=self.unit,
            duty=self.duty,
            is_head=self.is_head,
            is_acting=self.is_acting,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            appointed_by_id=hands.proposed_by,
            confirmed_by_id=hands.confirmed_by,
        )

    def _refuse_exclusions(self, person: Person) -> None:
        """Two duties that exclude each other never meet on any day (AD-02)."""
        held = Held(self.duty, self.unit)
        for other in Appointment.objects.filter(person=person).not_over(self.starts_on):
            if not self._coincides(other):
                continue
            for exclusion in EXCLUSIONS:
                if exclusion.forbids(held, Held(Duty(other.duty), other.unit_id)):
                    raise ExclusiveDuties(exclusion)

    def _refuse_second_head(self, person: Person) -> None:
        """One head at a time, and one acting beside him, who is somebody else (P-30)."""
        if self.duty not in HEAD_DUTIES:
            raise NotAHead
        others = Appointment.objects.filter(unit_id=self.unit, is_head=True).not_over(self.starts_on)
        alike = others.filter(Q(is_acting=self.is_acting) | Q(person=person))
        if any(self._coincides(other) for other in alike):
            raise NotAHead

    def _coincides(self, other: Appointment) -> bool:
        return self.ends_on is None or other.starts_on <= self.ends_on


@dataclass(frozen=True)
class ClearanceTerms:
    """A clearance between two days inclusive; every one includes internal records (restricted 1)."""

    starts_on: date
    ends_on: date
    state: int = 0
    enterprise: int = 0

    kind: ClassVar[GrantKind] = GrantKind.CLEARANCE
    action: ClassVar[str] = actions.CLEARANCE_GRANT
    makes: ClassVar[str] = "clearance"
    by: ClassVar[Duty] = Duty.SECURITY_OFFICER
    privileged: ClassVar[bool] = True

    @property
    def levels(self) -> Levels:
        """The levels by regime."""
        return Levels(self.state, self.enterprise, 1)

    def facts(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "enterprise": self.enterprise,
            "starts_on": self.starts_on.isoformat(),
            "ends_on": self.ends_on.isoformat(),
        }

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> "ClearanceTerms":
        return cls(
            date.fromisoformat(facts["starts_on"]),
            date.fromisoformat(facts["ends_on"]),
            int(facts["state"]),
            int(facts["enterprise"]),
        )

    def check(self, person: Person, day: date) -> None:
        """Raises EmptyClearance, BadDates, AboveCeiling, DeSecrecyRuns, LastDayRecorded."""
        _refuse_leaver(person, PersonCategory(person.category))
        if DeSecrecy.objects.filter(person=person, ends_on__gte=day).exists():
            raise DeSecrecyRuns
        if min(self.levels) < 0 or not self.levels.within(_HIGHEST):
            raise EmptyClearance
        if self.ends_on < self.starts_on or self.ends_on < day:
            raise BadDates
        if not self.levels.within(CATEGORY_CEILING[PersonCategory(person.category)]):
            raise AboveCeiling

    def carry_out(self, person: Person, hands: Hands, made: UUID) -> None:
        Clearance.objects.create(
            id=made,
            person=person,
            state_level=self.state,
            enterprise_level=self.enterprise,
            restricted=1,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            granted_by_id=hands.proposed_by,
            confirmed_by_id=hands.confirmed_by,
        )


@dataclass(frozen=True)
class CategoryTerms:
    """A secrecy post: it bounds the person's clearances, so it takes the same two persons."""

    category: PersonCategory

    kind: ClassVar[GrantKind] = GrantKind.CATEGORY
    action: ClassVar[str] = actions.PERSON_CATEGORISE
    makes: ClassVar[str] = "person"
    by: ClassVar[Duty] = Duty.SECURITY_OFFICER
    privileged: ClassVar[bool] = True

    def facts(self) -> dict[str, Any]:
        return {"category": str(self.category)}

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> "CategoryTerms":
        return cls(PersonCategory(facts["category"]))

    def check(self, person: Person, day: date) -> None:
        """Raises ClearancesStand when one in force or to come lies above the new ceiling; DeSecrecyRuns and
        DeSecrecyFirst: a post is left downwards as one leaves the house, after its period; LastDayRecorded.
        """
        _refuse_leaver(person, self.category)
        if DeSecrecy.objects.filter(person=person, ends_on__gte=day).exists():
            raise DeSecrecyRuns
        ceiling = CATEGORY_CEILING[self.category]
        for row in Clearance.objects.filter(person=person).not_over(day):
            if not Levels(row.state_level, row.enterprise_level, row.restricted).within(ceiling):
                raise ClearancesStand
        held = CATEGORY_CEILING[PersonCategory(person.category)]
        if not held.within(ceiling) and departures.was_cleared(person, day):
            departures.refuse_before_de_secrecy(person, day)

    def carry_out(self, person: Person, hands: Hands, made: UUID) -> None:
        person.category = self.category
        person.save(update_fields=["category"])


@dataclass(frozen=True)
class AccountTerms:
    """Another account for somebody who has rights or an account: whoever gets its first password gets those."""

    staff_no: str

    kind: ClassVar[GrantKind] = GrantKind.ACCOUNT
    action: ClassVar[str] = actions.ACCOUNT_CREATE
    makes: ClassVar[str] = "account"
    by: ClassVar[Duty] = Duty.SYSTEM_OFFICER
    privileged: ClassVar[bool] = True

    def facts(self) -> dict[str, Any]:
        return {"staff_no": self.staff_no}

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> "AccountTerms":
        return cls(str(facts["staff_no"]))

    def check(self, person: Person, day: date) -> None:
        """Raises BadStaffNumber, StaffNumberTaken."""
        if not is_staff_no(self.staff_no):
            raise BadStaffNumber
        if Account.objects.filter(staff_no=self.staff_no).exists():
            raise StaffNumberTaken

    def carry_out(self, person: Person, hands: Hands, made: UUID) -> None:
        """Confirmed, it waits for who proposed it: `create_account` makes it and returns the password to him."""


@dataclass(frozen=True)
class PasswordTerms:
    """A new one-time password for an account that its password alone would open."""

    account: UUID

    kind: ClassVar[GrantKind] = GrantKind.PASSWORD
    action: ClassVar[str] = actions.PASSWORD_RESET
    makes: ClassVar[str] = "account"
    by: ClassVar[Duty] = Duty.SYSTEM_OFFICER
    privileged: ClassVar[bool] = True

    def facts(self) -> dict[str, Any]:
        return {"account": str(self.account)}

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> "PasswordTerms":
        return cls(UUID(facts["account"]))

    def check(self, person: Person, day: date) -> None:
        """Nothing stands in the way but what stands in everyone's."""

    def carry_out(self, person: Person, hands: Hands, made: UUID) -> None:
        """Confirmed, it waits for who proposed it: `reset_password` makes it and returns the password to him."""


_KINDS = {
    terms.kind: terms for terms in (DutyTerms, ClearanceTerms, CategoryTerms, AccountTerms, PasswordTerms)
}


def written(terms: Terms) -> str:
    """The terms as a proposal keeps them."""
    return json.dumps(terms.facts(), sort_keys=True)


def read(kind: str, text: str) -> Terms:
    """The terms of a proposal."""
    return _KINDS[GrantKind(kind)].read(json.loads(text))


def _refuse_leaver(person: Person, category: PersonCategory) -> None:
    """Raise LastDayRecorded: the period was looked at when the last day was recorded and is not again (AD-12)."""
    if person.left_on is not None and DE_SECRECY_MONTHS[category] > 0:
        raise LastDayRecorded


def require_appointing(unit: Unit, day: date) -> None:
    """Raise UnitCannotAppoint for an external authority or a unit closed by that day.

    Inside the caller's transaction: the unit is held until it ends, so that it is not closed meanwhile.
    """
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    if unit.kind == UnitKind.EXTERNAL or unit.is_closed(day):
        raise UnitCannotAppoint
