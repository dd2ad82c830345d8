"""A small organisation, made straight in the tables: services have their own tests."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from uuid import uuid4

from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.test import Client

from accounts import marks, second_factor, tokens
from accounts.models import Account, ApiToken, Appointment, Clearance, Person, Training, Undertaking, Unit
from accounts.rules import UNDERTAKING_VERSION, Duty, UnitKind, local_day
from accounts.selectors import child_path
from accounts.token_rules import TokenScope, written
from audit import clock

PASSWORD = "correct horse battery staple 7"
_numbers = count(1001)


def today() -> date:
    return local_day(clock.now())


def make_unit(kind: UnitKind = UnitKind.COMPANY, parent: Unit | None = None, **fields: object) -> Unit:
    key = uuid4()
    return Unit.objects.create(
        id=key,
        kind=kind,
        parent=parent,
        path=child_path(parent, key),
        **{"code": f"U{next(_numbers)}", "name": "单位", **fields},
    )


def make_person(unit: Unit, name: str = "某人", **fields: object) -> Person:
    return Person.objects.create(name=name, unit=unit, **fields)


def make_account(person: Person, **fields: object) -> Account:
    account = Account(
        person=person,
        **{
            "staff_no": f"S{next(_numbers)}",
            "created_at": clock.now(),
            "must_change_password": False,
            **fields,
        },
    )
    account.set_password(PASSWORD)
    account.save()
    return account


def make_fit(person: Person) -> Person:
    """Trained and bound."""
    Training.objects.create(person=person, held_on=today(), valid_until=today() + timedelta(days=300))
    Undertaking.objects.create(person=person, version=UNDERTAKING_VERSION, signed_at=clock.now())
    return person


def make_appointment(person: Person, duty: Duty, unit: Unit | None = None, **fields: object) -> Appointment:
    return Appointment.objects.create(
        person=person,
        duty=duty,
        unit=unit or person.unit,
        **{"starts_on": today() - timedelta(days=1), **fields},
    )


def make_clearance(person: Person, grantor: Person, **fields: object) -> Clearance:
    return Clearance.objects.create(
        person=person,
        granted_by=grantor,
        **{
            "restricted": 1,
            "starts_on": today() - timedelta(days=1),
            "ends_on": today() + timedelta(days=300),
            **fields,
        },
    )


@dataclass
class Organisation:
    """A company with a hall, its leader and officers, and a clerk in the hall; everyone is fit to work."""

    company: Unit = field(default_factory=make_unit)

    def __post_init__(self) -> None:
        self.hall = make_unit(UnitKind.HALL, self.company)
        self.leader = self.add(Duty.PRINCIPAL_LEADER, is_head=True)
        self.system = self.add(Duty.SYSTEM_OFFICER)
        self.security = self.add(Duty.SECURITY_OFFICER)
        self.auditor = self.add(Duty.AUDITOR)
        self.director = self.add(Duty.HALL_DIRECTOR, self.hall, is_head=True)
        self.clerk = self.add(Duty.DUTY_CLERK, self.hall)

    def add(self, duty: Duty | None = None, unit: Unit | None = None, **fields: object) -> Account:
        person = make_fit(make_person(unit or self.company))
        if duty is not None:
            make_appointment(person, duty, **fields)
        return make_account(person)


def enrol(account: Account) -> str:
    """Give an account a second factor; returns the secret. The code of a minute ago counts as used."""
    secret = generate_totp_secret()
    second_factor.enrol(account, secret, int(clock.now().timestamp()) // 30 - 2)
    return secret


def sign_in_directly(client: Client, account: Account, *, proved: bool = True) -> Client:
    """A session as after a full sign-in; with `proved`, the second factor counts as shown."""
    client.force_login(account, backend="accounts.backends.StaffNumberBackend")
    if proved:
        session = client.session
        session[marks.PROVED] = str(account.pk)
        session.save()
    return client


def make_token(account: Account, *scopes: TokenScope) -> str:
    """A token of this account, for everything where no scope is named."""
    text, now = tokens.new_token(), clock.now()
    row = ApiToken(
        account=account,
        name="程序",
        digest=tokens.digest(text),
        scopes=written(scopes or TokenScope),
        epoch=account.session_epoch,
        made_at=now,
        ends_at=now + timedelta(days=30),
    )
    row.reference = tokens.reference_of(row, text)
    row.save(force_insert=True)
    return text
