"""What the programs' interface shows of people, units and proposals: what the officers' pages show, in plain values."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema

from accounts import second_factor, sessions
from accounts.models import Account, Appointment, Clearance, PendingGrant, Person, Unit
from accounts.rules import UNDERTAKING_VERSION, Duty, GrantKind, PersonCategory, UnitKind, local_day
from accounts.services.terms import read
from vault.administration import presentation, selectors

PersonState = Literal["active", "not_begun", "suspended", "without", "left"]
AccountState = Literal["active", "not_begun", "suspended"]
ProposalState = Literal["pending", "confirmed", "done", "refused", "withdrawn", "lapsed"]


class Made(Schema):
    """What a request made."""

    id: UUID


class Named(Schema):
    """A person by id and name."""

    id: UUID
    name: str


class ActingHead(Named):
    """Whoever acts as head of a unit, and his last day."""

    until: date | None


class Former(Schema):
    """What somebody or something was called, or where a person worked, until the day of the change."""

    name: str | None
    unit_id: UUID | None
    until: date


# People


class OwnDuty(Schema):
    """A duty held today."""

    duty: Duty
    unit_id: UUID


class PersonShape(Schema):
    """A person with the accounts and the duties of today."""

    id: UUID
    name: str
    unit_id: UUID
    unit_name: str
    state: PersonState
    staff_nos: list[str]
    duties: list[OwnDuty]
    trained_until: date | None
    left_on: date | None


class AccountShape(Schema):
    """What a person signs in with, and whether a second factor stands."""

    id: UUID
    staff_no: str
    state: AccountState
    created_at: datetime
    suspended_at: datetime | None
    second_factor: bool


class AppointmentShape(Schema):
    """A duty, past and coming ones included. `ends_on` is the last day, `revoked_on` the first on which it no longer
    counts.
    """

    id: UUID
    duty: Duty
    unit_id: UUID
    unit_name: str
    is_head: bool
    is_acting: bool
    starts_on: date
    ends_on: date | None
    revoked_on: date | None
    appointed_by: Named | None
    confirmed_by: Named | None


class ClearanceShape(Schema):
    """A clearance by regime, past and coming ones included."""

    id: UUID
    state_level: int
    enterprise_level: int
    restricted: int
    starts_on: date
    ends_on: date
    revoked_on: date | None
    granted_by: Named
    confirmed_by: Named | None


class TrainingShape(Schema):
    """A training that was held, and the last day it is good for."""

    id: UUID
    held_on: date
    valid_until: date


class PeriodShape(Schema):
    """A de-secrecy period."""

    starts_on: date
    ends_on: date


class PersonDetail(PersonShape):
    """One person whole: post, undertaking of the present text, trainings, accounts, duties and clearances."""

    category: PersonCategory
    undertaking_signed: bool
    trainings: list[TrainingShape]
    accounts: list[AccountShape]
    appointments: list[AppointmentShape]
    clearances: list[ClearanceShape]
    de_secrecy: list[PeriodShape]
    former: list[Former]


class SessionsShape(Schema):
    """In how many browsers an account is signed in, and when the last of them came; never from where."""

    account_id: UUID
    staff_no: str
    browsers: int
    last_seen_at: datetime | None


class SessionList(Schema):
    """The live sessions of a person, account by account."""

    accounts: list[SessionsShape]


def person(found: Person, day: date) -> dict[str, Any]:
    """A person as a line; `found` comes from `selectors`."""
    return {
        "id": found.pk,
        "name": found.name,
        "unit_id": found.unit_id,
        "unit_name": found.unit.name,
        "state": presentation.state_of(found, day),
        "staff_nos": [account.staff_no for account in found.all_accounts],
        "duties": [{"duty": one.duty, "unit_id": one.unit_id} for one in found.duties_now],
        "trained_until": found.trained_until,
        "left_on": found.left_on,
    }


def person_detail(found: Person, day: date) -> dict[str, Any]:
    """A person whole."""
    return {
        **person(found, day),
        "category": found.category,
        "undertaking_signed": found.undertakings.filter(version=UNDERTAKING_VERSION).exists(),
        "trainings": [
            {"id": one.pk, "held_on": one.held_on, "valid_until": one.valid_until}
            for one in found.trainings.order_by("-valid_until", "pk")
        ],
        "accounts": [account(one) for one in found.all_accounts],
        "appointments": [_appointment(one) for one in selectors.appointments(found)],
        "clearances": [_clearance(one) for one in selectors.clearances(found)],
        "de_secrecy": [
            {"starts_on": one.starts_on, "ends_on": one.ends_on}
            for one in found.de_secrecy.order_by("starts_on")
        ],
        "former": [
            {
                "name": None if one.former_unit_id else one.former_name,
                "unit_id": one.former_unit_id,
                "until": local_day(one.at),
            }
            for one in found.changes.order_by("at")
        ],
    }


def account(found: Account) -> dict[str, Any]:
    """One account; where its owner signs in from is his to see."""
    suspended = found.suspended_at is not None
    return {
        "id": found.pk,
        "staff_no": found.staff_no,
        "state": "suspended" if suspended else "not_begun" if found.must_change_password else "active",
        "created_at": found.created_at,
        "suspended_at": found.suspended_at,
        "second_factor": second_factor.is_enrolled(found),
    }


def live_sessions(found: Person) -> dict[str, Any]:
    """What the officer's page tells of where somebody is signed in."""
    live = {one.pk: sessions.of(one) for one in found.all_accounts}
    return {
        "accounts": [
            {
                "account_id": one.pk,
                "staff_no": one.staff_no,
                "browsers": len(live[one.pk]),
                "last_seen_at": max((seen.seen_at for seen in live[one.pk]), default=None),
            }
            for one in found.all_accounts
        ]
    }


def named(found: Person | None) -> dict[str, Any] | None:
    """Who somebody is."""
    return None if found is None else {"id": found.pk, "name": found.name}


def _appointment(one: Appointment) -> dict[str, Any]:
    return {
        "id": one.pk,
        "duty": one.duty,
        "unit_id": one.unit_id,
        "unit_name": one.unit.name,
        "is_head": one.is_head,
        "is_acting": one.is_acting,
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
        "revoked_on": one.revoked_on,
        "appointed_by": named(one.appointed_by),
        "confirmed_by": named(one.confirmed_by),
    }


def _clearance(one: Clearance) -> dict[str, Any]:
    return {
        "id": one.pk,
        "state_level": one.state_level,
        "enterprise_level": one.enterprise_level,
        "restricted": one.restricted,
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
        "revoked_on": one.revoked_on,
        "granted_by": named(one.granted_by),
        "confirmed_by": named(one.confirmed_by),
    }


# Units


class UnitShape(Schema):
    """A unit with its head and whoever acts as head today."""

    id: UUID
    parent_id: UUID | None
    kind: UnitKind
    code: str
    name: str
    opened_on: date | None
    closed_on: date | None
    head: Named | None
    acting_head: ActingHead | None


class UnitDetail(UnitShape):
    """One unit, with its former names."""

    former: list[Former]


def unit(found: Unit, heads: Mapping[UUID, Person], acting: Mapping[UUID, Appointment]) -> dict[str, Any]:
    """A unit as a line."""
    stands_in = acting.get(found.pk)
    return {
        "id": found.pk,
        "parent_id": found.parent_id,
        "kind": found.kind,
        "code": found.code,
        "name": found.name,
        "opened_on": found.opened_on,
        "closed_on": found.closed_on,
        "head": named(heads.get(found.pk)),
        "acting_head": None
        if stands_in is None
        else {"id": stands_in.person_id, "name": stands_in.person.name, "until": stands_in.ends_on},
    }


def unit_detail(found: Unit, day: date) -> dict[str, Any]:
    """A unit whole."""
    return {
        **unit(found, selectors.heads(day), selectors.acting_heads(day)),
        "former": [
            {"name": one.former_name, "unit_id": None, "until": local_day(one.at)}
            for one in found.changes.order_by("at")
        ],
    }


# Proposals


class TermsShape(Schema):
    """What exactly would be done; which of it is there goes by the proposal's kind."""

    duty: Duty | None = None
    unit_id: UUID | None = None
    is_head: bool | None = None
    is_acting: bool | None = None
    state_level: int | None = None
    enterprise_level: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    category: PersonCategory | None = None
    staff_no: str | None = None
    account_id: UUID | None = None


class GrantShape(Schema):
    """A proposal of a right: what, for whom, why, by whom, until when, and where it stands."""

    id: UUID
    kind: GrantKind
    state: ProposalState
    person: Named
    unit_id: UUID
    terms: TermsShape
    reason: str
    proposed_by: Named
    proposed_at: datetime
    until: datetime | None
    decided_by: Named | None
    decided_at: datetime | None
    decision_reason: str
    withdrawn_by: Named | None
    withdrawn_at: datetime | None


# As the terms are kept, and as they are shown.
_SHOWN_AS = {
    "unit": "unit_id",
    "state": "state_level",
    "enterprise": "enterprise_level",
    "account": "account_id",
}


def grant(found: PendingGrant, at: datetime) -> dict[str, Any]:
    """A proposal as it stands at this instant."""
    facts = read(found.kind, found.terms).facts()
    return {
        "id": found.pk,
        "kind": found.kind,
        "state": "lapsed" if selectors.is_lapsed(found, at) else found.state,
        "person": named(found.person),
        "unit_id": found.person.unit_id,
        "terms": {_SHOWN_AS.get(kept, kept): value for kept, value in facts.items()},
        "reason": found.reason,
        "proposed_by": named(found.proposed_by),
        "proposed_at": found.proposed_at,
        "until": selectors.open_until(found),
        "decided_by": named(found.decided_by),
        "decided_at": found.decided_at,
        "decision_reason": found.decision_reason,
        "withdrawn_by": named(found.withdrawn_by),
        "withdrawn_at": found.withdrawn_at,
    }
