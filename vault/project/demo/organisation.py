"""Makes the demo's organisation through the product's own services; a second run finds it made."""

import json
import os
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings

from accounts import bootstrap, second_factor
from accounts.bootstrap import Newcomer
from accounts.models import Account, Person, Unit
from accounts.rules import (
    CODE_SECONDS,
    UNDERTAKING_VERSION,
    PersonCategory,
    local_day,
)
from accounts.services.access import change_password
from accounts.services.clearances import grant_clearance, set_category
from accounts.services.duties import appoint
from accounts.services.grants import Given, confirm_grant
from accounts.services.people import create_account, create_person, create_unit, propose_account
from accounts.services.standing import record_training, sign_undertaking
from audit import clock
from storage.keyring import KeyRing
from vault.authorization.context import of_account
from vault.holdings.models import Fonds, Series
from vault.holdings.services.arrangement import lay_out_retention
from vault.project.demo.documents.model import COMPANY_NAME
from vault.project.demo.people import BY_KEY, DAYS, MEMBERS, PLACE, PLACES, SUPERUSER, Member
from vault.workdays.selectors import weeks_of
from vault.workdays.services import set_week

# Why, as the second person reads it.
WHY = "演练机构组建"
SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprst" for vowel in "aeio"]


@dataclass(frozen=True)
class Passwords:
    """The demo's passwords, in one file beside the data folder, readable by its owner alone.

    Only a demo keeps passwords: a second run must be able to sign its people in.
    """

    path: Path

    def all(self) -> dict[str, str]:
        if not self.path.exists():
            return {}
        found: dict[str, str] = json.loads(self.path.read_text(encoding="utf-8"))
        return found

    def of(self, key: str) -> str:
        """The password of a person, made up on first use and kept before it is set."""
        known = self.all()
        if key not in known:
            known[key] = _readable()
            temporary = self.path.with_suffix(".new")
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(known, file)
            temporary.replace(self.path)
        return known[key]


def make(passwords: Passwords) -> None:
    """Bring the organisation to its full extent from whatever an earlier, interrupted run left."""
    if not settings.JINGUI_KEY_RING.exists():
        KeyRing.create(settings.JINGUI_KEY_RING)
    if not Unit.objects.exists():
        _begin()
    officers = {key: _account(BY_KEY[key]) for key in ("system", "security", "auditor", "principal")}
    units = _units(officers["system"])
    # The second security officer first: he confirms what concerns the company's head himself.
    for member in sorted(MEMBERS, key=lambda member: member.key != "second"):
        _admit(member, officers, units)
    _superuser(officers, passwords)
    for account in Account.objects.select_related("person"):
        _make_ready(account, officers["security"], passwords)
    _shelves()
    _weeks(officers["system"], [units["south"], units["north"]])


def _begin() -> None:
    def newcomer(key: str) -> Newcomer:
        return Newcomer(BY_KEY[key].name, BY_KEY[key].staff_no)

    bootstrap.init(
        company_code=PLACE["company"].code,
        company_name=COMPANY_NAME,
        system_officer=newcomer("system"),
        security_officer=newcomer("security"),
        auditor=newcomer("auditor"),
        leader=newcomer("principal"),
        trained_until=local_day(clock.now()) + timedelta(days=DAYS),
    )


def _account(member: Member) -> Account:
    return Account.objects.select_related("person").get(staff_no=member.staff_no)


def _units(system: Account) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for place in PLACES:
        found = Unit.objects.filter(code=place.code).first()
        units[place.key] = found or create_unit(
            actor=system,
            kind=place.kind,
            code=place.code,
            name=place.name,
            parent=units.get(place.parent),
        )
    return units


def _admit(member: Member, officers: dict[str, Account], units: dict[str, Unit]) -> None:
    system, security = officers["system"], officers["security"]
    other = _account(BY_KEY["second"]) if member.key == "principal" else officers["principal"]
    day = local_day(clock.now())
    account = Account.objects.select_related("person").filter(staff_no=member.staff_no).first()
    if account is None:
        person = _unaccounted(member, units) or create_person(
            actor=system, name=member.name, unit=units[member.unit]
        )
        account = create_account(actor=system, person=person, staff_no=member.staff_no).account
    person = account.person
    for duty, unit in member.duties:
        if not person.appointments.filter(duty=duty, unit=units[unit]).exists():
            given = appoint(
                actor=security,
                person=person,
                duty=duty,
                unit=units[unit],
                starts_on=day,
                is_head=member.is_head(duty, unit),
                reason=WHY,
            )
            _confirm(given, other)
    if person.category != member.category and member.category is not PersonCategory.NONE:
        _confirm(set_category(actor=security, person=person, category=member.category, reason=WHY), other)
        person.refresh_from_db()
    if member.levels is not None and not person.clearances.exists():
        given = grant_clearance(
            actor=security,
            person=person,
            starts_on=day,
            ends_on=day + timedelta(days=member.cleared_days),
            state_level=member.levels[0],
            enterprise_level=member.levels[1],
            reason=WHY,
        )
        _confirm(given, other)


def _confirm(given: Given, other: Account) -> None:
    """The second person's half, where one officer alone was not enough."""
    if given.pending is not None:
        confirm_grant(actor=other, grant=given.pending)


def _unaccounted(member: Member, units: dict[str, Unit]) -> Person | None:
    """A person made by an interrupted run, who has no account yet."""
    waiting = Person.objects.filter(unit=units[member.unit], accounts__isnull=True)
    return next((person for person in waiting if person.name == member.name), None)


def _superuser(officers: dict[str, Account], passwords: Passwords) -> None:
    key, staff_no = SUPERUSER
    if not Account.objects.filter(staff_no=staff_no).exists():
        person = _account(BY_KEY[key]).person
        asked = {"actor": officers["system"], "person": person, "staff_no": staff_no}
        _confirm(propose_account(**asked, reason=WHY), officers["principal"])
        create_account(**asked)
    # No service sets this flag, because it means nothing here; the demo shows that.
    Account.objects.filter(staff_no=staff_no).update(is_superuser=True)


def _make_ready(account: Account, security: Account, passwords: Passwords) -> None:
    """Training, undertaking, own password, second factor: what a first sign-in would ask for."""
    day = local_day(clock.now())
    person = account.person
    if not person.trainings.exists():
        trainer = security if person.pk != security.person_id else _account(BY_KEY["principal"])
        days = next((one.trained_days for one in MEMBERS if one.staff_no == account.staff_no), DAYS)
        record_training(actor=trainer, person=person, held_on=day, valid_until=day + timedelta(days=days))
    if not person.undertakings.filter(version=UNDERTAKING_VERSION).exists():
        sign_undertaking(actor=account, version=UNDERTAKING_VERSION)
    if account.must_change_password:
        change_password(actor=account, password=passwords.of(account.staff_no))
    if not second_factor.is_enrolled(account):
        secret = generate_totp_secret()
        # The code that proved the app is three steps old, so that the next one is good at once.
        second_factor.enrol(account, secret, int(clock.now().timestamp()) // CODE_SECONDS - 3)


def _shelves() -> None:
    fonds = Fonds.objects.first() or Fonds.objects.create(fonds_no="GAAZ", name=COMPANY_NAME)
    for code, name in (("WS", "文书"), ("KH", "客户")):
        if not Series.objects.filter(fonds=fonds, code=code).exists():
            Series.objects.create(fonds=fonds, code=code, name=name)
    lay_out_retention()


def _weeks(system: Account, halls: list[Unit]) -> None:
    """The halls open at weekends too, so their due dates fall on other days than the company's (P-22)."""
    first = date(local_day(clock.now()).year, 1, 1)
    for hall in halls:
        if not weeks_of(hall.pk):
            set_week(
                context=of_account(system),
                unit=hall,
                starts_on=first,
                weekdays=range(7),
                open_on_holidays=False,
            )


def _readable() -> str:
    words = ["".join(secrets.choice(SYLLABLES) for _ in range(3)) for _ in range(3)]
    return f"{'-'.join(words)}-{secrets.randbelow(90) + 10}"
