"""Who may change whose rights, and what is refused with which reason."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import translation

from accounts import errors, marks, passkeys, second_factor, selectors, services
from accounts.models import (
    Account,
    ApiToken,
    Appointment,
    Clearance,
    DeSecrecy,
    LiveSession,
    PendingGrant,
    Person,
    RoomInspection,
    RosterEntry,
    SecureRoom,
    Terminal,
    TerminalCheck,
    TerminalCode,
    TerminalEnrolment,
    Training,
    Undertaking,
    Unit,
)
from accounts.room_rules import InspectionKind
from accounts.rules import Duty, PersonCategory, UnitKind
from accounts.terminal_rules import CheckResult
from accounts.token_rules import TokenScope
from audit import clock, recording
from audit.errors import AuditUnavailable
from audit.models import Event
from tests.accounts.granting import appoint, clear, last_event, last_outcome
from tests.accounts.people import (
    Organisation,
    enrol,
    make_account,
    make_clearance,
    make_person,
    make_unit,
    sign_in_directly,
    today,
)
from tests.accounts.test_passkeys import HERE, added
from tests.support.passkey import Device
from tests.support.sealed import unnamed
from tests.support.terminals import seated

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


# The division of work (AD-01)


def test_the_system_officer_makes_accounts_that_open_nothing(org: Organisation):
    """AD-01"""
    unit = services.create_unit(
        actor=org.system, kind=UnitKind.DEPARTMENT, code="D-1", name="档案室", parent=org.company
    )
    person = services.create_person(actor=org.system, name=" 李四 ", unit=unit)
    made = services.create_account(actor=org.system, person=person, staff_no="a2001")
    assert made.account.staff_no == "A2001"
    assert made.account.check_password(made.one_time_password)
    assert made.account.must_change_password
    found = selectors.subject_facts(made.account, clock.now())
    assert found.usable
    assert not found.duties
    assert not found.scope_units
    assert not any(found.clearance)
    assert Person.objects.get(pk=person.pk).name == "李四"
    assert selectors.ancestor_ids(unit) == [org.company.pk, unit.pk]


@pytest.mark.parametrize("wrong", ["security", "auditor", "leader", "clerk"])
def test_nobody_else_makes_units_people_or_accounts(org: Organisation, wrong: str):
    """AD-01"""
    actor, before = getattr(org, wrong), Account.objects.count()
    with pytest.raises(errors.DutyMissing):
        services.create_unit(actor=actor, kind=UnitKind.HALL, code="H-9", name="x", parent=org.company)
    with pytest.raises(errors.DutyMissing):
        services.create_person(actor=actor, name="x", unit=org.hall)
    with pytest.raises(errors.DutyMissing):
        services.create_account(actor=actor, person=make_person(org.hall), staff_no="X1001")
    assert Account.objects.count() == before
    assert last_outcome() == ("denied", "duty_missing")


@pytest.mark.parametrize("wrong", ["system", "auditor", "leader", "clerk"])
def test_only_the_security_officer_grants(org: Organisation, wrong: str):
    """AD-01"""
    person, actor = make_person(org.hall), getattr(org, wrong)
    with pytest.raises(errors.DutyMissing):
        appoint(org, person, Duty.STAFF, actor=actor)
    with pytest.raises(errors.DutyMissing):
        clear(org, person, actor=actor)
    with pytest.raises(errors.DutyMissing):
        services.reset_second_factor(actor=actor, account=make_account(person))
    assert not person.appointments.exists()
    assert appoint(org, person, Duty.STAFF).pk
    assert clear(org, person).pk


# The log


def test_a_change_is_an_intent_with_its_outcome_and_names_stay_sealed(org: Organisation):
    """AU-01"""
    person = services.create_person(actor=org.system, name="欧阳震华", unit=org.hall)
    event = last_event()
    assert (event["action"], event["phase"], event["outcome"]) == (
        "accounts:person:create",
        "intent",
        "granted",
    )
    assert event["actor"]["id"] == org.system.staff_no
    assert event["actor"]["person"] == str(org.system.person_id)
    assert event["actor"]["duties"] == ["system_officer"]
    assert event["object"]["id"] == str(person.pk)
    assert "欧阳震华".encode() not in b"".join(
        bytes(e.canonical) + bytes(e.ciphertext) for e in Event.objects.all()
    )
    assert last_outcome() == ("granted", "duty:system_officer")


def _changes(org: Organisation) -> dict[str, Callable[[], object]]:
    """Every service with good arguments, everything it needs prepared."""
    person = make_person(org.hall)
    cleared = make_clearance(org.clerk.person, org.security.person)
    suspended = make_account(make_person(org.hall), suspended_at=clock.now())
    unbound = make_account(make_person(org.hall))
    duty = org.clerk.person.appointments.get()
    system, security = {"actor": org.system}, {"actor": org.security}
    empty = make_unit(UnitKind.HALL, org.company)
    later = today() + timedelta(days=7)
    rostered = RosterEntry.objects.create(
        unit=org.hall,
        person=org.clerk.person,
        starts_on=later,
        ends_on=later,
        set_by=org.director.person,
        set_at=clock.now(),
    )
    in_post = make_person(org.hall, category=PersonCategory.CORE)
    token = services.make_token(
        actor=org.director, name="程序", scopes=[TokenScope.RECORDS_READ], days=1, proved=True
    ).row
    certified = {"certificate_no": "ZS-1", "certificate_until": later}
    placed = {"room": "保密室", "equipment": "终端", "check_every": 30, **certified}
    terminal = services.register_terminal(**system, number="BM-01", **placed)
    idle = services.register_terminal(**system, number="BM-02", **placed)
    services.suspend_terminal(**system, terminal=idle, reason="送修")
    placed_in = {"name": "保密室", "capacity": 4, "inspect_every": 30}
    room, shut = (
        services.register_room(**system, code=code, unit=org.hall, **placed_in) for code in ("BM-0", "BM-1")
    )
    services.close_room(**system, room=shut, reason="装修")
    machine, code = seated(org.system), services.issue_code(**system, terminal=terminal)
    proposal = services.grant_clearance(
        **security, person=make_person(org.hall), starts_on=today(), ends_on=today(), reason="需要"
    ).pending
    enrol(org.auditor)
    kept = added(org.auditor, Device())
    options, challenge = passkeys.offer(org.auditor, HERE)
    answer = Device().make(options)
    mine = sign_in_directly(Client(), org.auditor)
    reference = mine.session[marks.REFERENCE]
    return {
        "create_unit": lambda: services.create_unit(
            **system, kind=UnitKind.HALL, code="Z9", name="某", parent=org.company
        ),
        "create_person": lambda: services.create_person(**system, name="某", unit=org.hall),
        "create_account": lambda: services.create_account(**system, person=person, staff_no="Z1001"),
        "begin_de_secrecy": lambda: services.begin_de_secrecy(**security, person=in_post),
        "record_departure": lambda: services.record_departure(**system, person=person, left_on=today()),
        "reset_password": lambda: services.reset_password(**system, account=unbound),
        "suspend": lambda: services.suspend(**system, account=org.clerk),
        "reactivate": lambda: services.reactivate(**security, account=suspended),
        "change_password": lambda: services.change_password(actor=org.clerk, password="a long one 12345"),
        "reset_second_factor": lambda: services.reset_second_factor(**security, account=org.clerk),
        "lift_lockout": lambda: services.lift_lockout(**security, account=org.clerk),
        "appoint": lambda: services.appoint(
            **security, person=person, duty=Duty.DUTY_CLERK, unit=org.hall, starts_on=today()
        ),
        "end_appointment": lambda: services.end_appointment(**security, appointment=duty),
        "grant_clearance": lambda: services.grant_clearance(
            **security, person=person, starts_on=today(), ends_on=today(), reason="需要"
        ),
        "confirm_grant": lambda: services.confirm_grant(actor=org.leader, grant=proposal),
        "refuse_grant": lambda: services.refuse_grant(actor=org.leader, grant=proposal, reason="不需要"),
        "withdraw_grant": lambda: services.withdraw_grant(**security, grant=proposal),
        "propose_account": lambda: services.propose_account(
            **system, person=org.clerk.person, staff_no="Z1002", reason="需要"
        ),
        "propose_password": lambda: services.propose_password(**system, account=org.auditor, reason="忘记"),
        "end_sessions": lambda: services.end_sessions(**security, account=org.clerk),
        "revoke_clearance": lambda: services.revoke_clearance(**security, clearance=cleared),
        "set_category": lambda: services.set_category(
            **security, person=person, category=PersonCategory.CORE, reason="需要"
        ),
        "rename_unit": lambda: services.rename_unit(**system, unit=org.hall, name="城南客户中心"),
        "close_unit": lambda: services.close_unit(**system, unit=empty),
        "set_email": lambda: services.set_email(**system, person=person, email="a@example.com"),
        "choose_mail": lambda: services.choose_mail(actor=org.clerk, wanted=False),
        "rename_person": lambda: services.rename_person(**system, person=person, name="某某某"),
        "move_person": lambda: services.move_person(**system, person=person, unit=org.company),
        "set_on_roster": lambda: services.set_on_roster(
            actor=org.director, unit=org.hall, person=org.clerk.person, starts_on=today(), ends_on=today()
        ),
        "strike_from_roster": lambda: services.strike_from_roster(actor=org.director, entry=rostered),
        "issue_code": lambda: services.issue_code(**system, terminal=terminal),
        "enrol": lambda: services.enrol(**system, code=code),
        "take_back": lambda: services.take_back(**system, terminal=machine.terminal, reason="换机"),
        "register_room": lambda: services.register_room(**system, code="BM-2", unit=org.hall, **placed_in),
        "change_room": lambda: services.change_room(
            **system, room=room, capacity=9, inspect_every=9, two_readers=True
        ),
        "close_room": lambda: services.close_room(**system, room=room, reason="装修"),
        "reopen_room": lambda: services.reopen_room(**system, room=shut, reason="已修复"),
        "place_terminal": lambda: services.place_terminal(**system, room=room, terminal=terminal),
        "inspect_room": lambda: services.inspect_room(
            **system,
            room=room,
            kind=InspectionKind.TECHNICAL,
            done_on=today(),
            result=CheckResult.PASSED,
        ),
        "register_terminal": lambda: services.register_terminal(**system, number="BM-03", **placed),
        "suspend_terminal": lambda: services.suspend_terminal(**system, terminal=terminal, reason="送修"),
        "reinstate_terminal": lambda: services.reinstate_terminal(**system, terminal=idle, reason="已修复"),
        "withdraw_terminal": lambda: services.withdraw_terminal(**system, terminal=terminal, reason="报废"),
        "renew_certificate": lambda: services.renew_certificate(
            **system, terminal=terminal, certificate_no="ZS-2", certificate_until=later
        ),
        "record_check": lambda: services.record_check(
            **system, terminal=terminal, done_on=today(), result=CheckResult.PASSED
        ),
        "record_training": lambda: services.record_training(
            **security, person=person, held_on=today(), valid_until=today()
        ),
        "add_passkey": lambda: services.add_passkey(
            actor=org.auditor, site=HERE, challenge=challenge, answer=answer, name="手机"
        ),
        "rename_passkey": lambda: services.rename_passkey(actor=org.auditor, passkey=kept, name="平板"),
        "remove_passkey": lambda: services.remove_passkey(actor=org.auditor, passkey=kept),
        "renew_recovery_codes": lambda: services.renew_recovery_codes(actor=org.auditor),
        "end_session": lambda: services.end_session(actor=org.auditor, reference=reference),
        "end_other_sessions": lambda: services.end_other_sessions(actor=org.auditor),
        "make_token": lambda: services.make_token(
            actor=org.clerk, name="程序", scopes=[TokenScope.RECORDS_READ], days=1, proved=True
        ),
        "revoke_token": lambda: services.revoke_token(actor=org.director, token_id=token.pk),
        "sign_undertaking": lambda: services.sign_undertaking(actor=unbound, version=1),
    }


def _everything() -> list[object]:
    models = (Account, Appointment, Clearance, Training, Undertaking)
    proposals = PendingGrant.objects.order_by("pk").values("pk", "state", "decided_by", "decided_at", "made")
    return [
        *(list(model.objects.order_by("pk").values()) for model in models),
        list(proposals),
        list(ApiToken.objects.order_by("pk").values("pk", "revoked_at")),
        list(DeSecrecy.objects.values()),
        list(Authenticator.objects.order_by("pk").values("pk", "data")),
        list(LiveSession.objects.order_by("pk").values_list("pk", flat=True)),
        list(RosterEntry.objects.order_by("pk").values()),
        list(Terminal.objects.order_by("pk").values("pk", "state", "certificate_no", "secure_room")),
        list(SecureRoom.objects.order_by("pk").values("pk", "capacity", "closed_at")),
        list(RoomInspection.objects.order_by("pk").values("pk")),
        list(TerminalCheck.objects.order_by("pk").values("pk")),
        list(TerminalCode.objects.order_by("pk").values("pk", "ended_at")),
        list(TerminalEnrolment.objects.order_by("pk").values("pk", "end")),
        list(Unit.objects.order_by("pk").values("pk", "path", "closed_on")),
        list(Person.objects.order_by("pk").values("pk", "category", "left_on", "unit")),
        [(person.pk, person.email, person.no_mail) for person in Person.objects.order_by("pk")],
        [(one.pk, one.name) for model in (Unit, Person) for one in model.objects.order_by("pk")],
    ]


# One that is made of two others leaves the events of both (test_people_and_units); one is no person's and raises an
# incident besides (test_terminal_secrets).
@pytest.mark.parametrize(
    "name", [name for name in services.__all__ if name not in {"register_person", "suspend_copied"}]
)
def test_every_service_journals_and_without_the_log_nothing_changes(
    org: Organisation, name: str, monkeypatch: pytest.MonkeyPatch
):
    """AU-03: fail closed; the same call is allowed, and journalled, once the log is back."""
    change = _changes(org)[name]
    before, events = _everything(), Event.objects.count()

    def unavailable(*args: object) -> None:
        raise AuditUnavailable("no")

    with monkeypatch.context() as patch:
        patch.setattr(recording, "store", unavailable)
        with pytest.raises(AuditUnavailable):
            change()
    assert _everything() == before
    change()
    assert Event.objects.count() == events + 1
    assert last_event()["phase"] == "intent"
    assert last_outcome()[0] == "granted"
    assert unnamed(Event.objects.order_by("-id")[:1]) == set()
    assert name == "lift_lockout" or name == "reset_second_factor" or _everything() != before


def test_a_fault_in_mid_change_leaves_nothing_and_closes_the_intent_as_failed(
    org: Organisation, monkeypatch: pytest.MonkeyPatch
):
    def fault(*args: object, **kwargs: object) -> None:
        raise RuntimeError("fault")

    monkeypatch.setattr(Clearance, "save", fault)
    with pytest.raises(RuntimeError):
        clear(org, org.clerk.person)
    assert not Clearance.objects.exists()
    assert last_outcome() == ("failed", "error")


def test_a_one_time_password_does_not_open_alone_what_a_second_factor_guarded_when_it_was_made(
    org: Organisation, client: Client
):
    """AD-03: else the system officer makes one alone, waits until the security officer resets the factor, and is the
    head: both persons of a step.
    """
    for account, opens in ((org.director, False), (org.clerk, True)):
        enrol(account)
        first = services.reset_password(actor=org.system, account=account)
        services.reset_second_factor(actor=org.security, account=account)
        client.post("/sign-in/", {"login": account.staff_no, "password": first})
        assert (marks.STARTED in client.session) is opens
    with pytest.raises(errors.SecondPersonMissing):
        services.reset_password(actor=org.system, account=org.director)
    proposed = services.propose_password(actor=org.system, account=org.director, reason="手机丢失").pending
    services.confirm_grant(actor=org.leader, grant=proposed)
    again = services.reset_password(actor=org.system, account=org.director)
    # Without a second factor there is nothing to reset, and nothing goes.
    services.reset_second_factor(actor=org.security, account=org.director)
    other = Client()
    other.post("/sign-in/", {"login": org.director.staff_no, "password": again})
    assert marks.STARTED in other.session


def test_a_reset_second_factor_is_gone_with_its_recovery_codes_and_sessions(org: Organisation):
    """PE-08"""
    enrol(org.clerk)
    epoch = org.clerk.session_epoch
    services.reset_second_factor(actor=org.security, account=org.clerk)
    assert not second_factor.is_enrolled(org.clerk)
    assert not second_factor.has_unseen_codes(org.clerk)
    assert org.clerk.session_epoch == epoch + 1


def test_refusals_have_stable_codes_and_sentences_in_words():
    classes = [c for c in vars(errors).values() if isinstance(c, type) and c is not errors.ExclusiveDuties]
    refusals = [c for c in classes if issubclass(c, errors.AccountsError) and c is not errors.AccountsError]
    assert len({c.code for c in refusals}) == len(refusals) > 20
    with translation.override("en"):
        assert all(str(c.sentence).endswith(".") for c in refusals)
