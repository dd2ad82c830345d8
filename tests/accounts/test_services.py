"""Who may change whose rights, and what is refused with which reason."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import translation

from accounts import errors, second_factor, selectors, services
from accounts.models import Account, Appointment, Clearance, Person, Training, Undertaking, Unit
from accounts.rules import Duty, PersonCategory, UnitKind
from audit import clock, recording
from audit.errors import AuditUnavailable
from audit.models import Event, Outbox
from tests.accounts.people import (
    Organisation,
    enrol,
    make_account,
    make_appointment,
    make_clearance,
    make_person,
    make_unit,
    today,
)

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def appoint(org: Organisation, person: Person, duty: Duty, **changed: object) -> Appointment:
    given = {
        "actor": org.security,
        "unit": person.unit,
        "starts_on": today(),
        "confirmed_by": org.leader,
        **changed,
    }
    return services.appoint(person=person, duty=duty, **given)


def clear(org: Organisation, person: Person, **changed: object) -> Clearance:
    given = {
        "actor": org.security,
        "starts_on": today(),
        "ends_on": today() + timedelta(days=90),
        "confirmed_by": org.leader,
        **changed,
    }
    return services.grant_clearance(person=person, **given)


def last_event() -> dict:
    return json.loads(bytes(Event.objects.order_by("-id").first().canonical))


def last_outcome() -> tuple[str, str]:
    payload = json.loads(Outbox.objects.order_by("-id").first().payload)
    return payload["outcome"], payload["reason"]["rule"]


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
    assert selectors.ancestors(unit) == [org.company, unit]


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


# Exclusions (AD-02)


@pytest.mark.parametrize(
    ("who", "duty", "code"),
    [
        ("auditor", Duty.SECURITY_OFFICER, "auditor_and_other_officer"),
        ("auditor", Duty.SYSTEM_OFFICER, "auditor_and_other_officer"),
        ("system", Duty.SECURITY_OFFICER, "system_and_security_officer"),
        ("auditor", Duty.ARCHIVIST, "auditor_and_audited"),
        ("auditor", Duty.LEADER, "auditor_and_audited"),
        ("auditor", Duty.CLASSIFICATION_OFFICER, "auditor_and_audited"),
        ("system", Duty.DUTY_CLERK, "officer_and_content"),
        ("clerk", Duty.AUDITOR, "officer_and_content"),
    ],
)
def test_an_exclusion_is_refused_at_assignment_naming_the_rule(
    org: Organisation, who: str, duty: Duty, code: str
):
    """AD-02"""
    person = getattr(org, who).person
    with pytest.raises(errors.ExclusiveDuties) as refusal:
        appoint(org, person, duty, confirmed_by=org.leader)
    assert refusal.value.code == code
    assert str(refusal.value)
    assert last_outcome() == ("denied", code)
    assert appoint(org, make_person(org.company), duty)


def test_an_exclusion_by_persons_not_accounts(org: Organisation):
    """AD-02, PE-07: a second account does not help."""
    make_account(org.auditor.person)
    with pytest.raises(errors.ExclusiveDuties):
        appoint(org, org.auditor.person, Duty.SYSTEM_OFFICER)


def test_excluded_duties_may_follow_each_other_but_never_meet(org: Organisation):
    """AD-02"""
    person = make_person(org.company)
    appoint(org, person, Duty.STAFF, ends_on=today() + timedelta(days=5))
    with pytest.raises(errors.ExclusiveDuties):
        appoint(org, person, Duty.AUDITOR, starts_on=today() + timedelta(days=5))
    later = appoint(org, person, Duty.AUDITOR, starts_on=today() + timedelta(days=6))
    with pytest.raises(errors.ExclusiveDuties):
        appoint(org, person, Duty.STAFF, starts_on=later.starts_on + timedelta(days=30))


def test_whoever_holds_a_forbidden_pair_acts_under_neither(org: Organisation):
    """AD-02 at action"""
    person = make_person(org.hall)
    assert appoint(org, person, Duty.STAFF)
    make_appointment(org.security.person, Duty.ARCHIVIST)
    with pytest.raises(errors.ExclusiveDuties) as refusal:
        appoint(org, person, Duty.APPRAISER)
    assert refusal.value.code == "officer_and_content"


# The second person (AD-03)


@pytest.mark.parametrize("duty", [Duty.ARCHIVIST, Duty.SYSTEM_OFFICER, Duty.CLASSIFICATION_OFFICER])
def test_a_privileged_duty_alone_is_refused(org: Organisation, duty: Duty):
    """AD-03"""
    person = make_person(org.hall)
    with pytest.raises(errors.SecondPersonMissing):
        appoint(org, person, duty, confirmed_by=None)
    with pytest.raises(errors.SecondPersonMissing):
        appoint(org, person, duty, confirmed_by=make_account(org.security.person))
    assert appoint(org, person, duty).confirmed_by == org.leader.person


def test_an_ordinary_duty_takes_one_person(org: Organisation):
    assert appoint(org, make_person(org.hall), Duty.DUTY_CLERK, confirmed_by=None).confirmed_by is None


def test_who_may_be_the_second_person(org: Organisation):
    """AD-03: the head of the unit or above, or another security officer."""
    other_hall = make_unit(UnitKind.HALL, org.company)
    person = make_person(org.hall)
    other_director = org.add(Duty.HALL_DIRECTOR, other_hall, is_head=True)
    other_security = org.add(Duty.SECURITY_OFFICER)
    for wrong in (other_director, org.clerk, org.auditor, org.system):
        with pytest.raises(errors.NotEntitledToConfirm):
            clear(org, person, confirmed_by=wrong)
    for right in (org.director, org.leader, other_security):
        assert clear(org, person, confirmed_by=right).confirmed_by == right.person


def test_a_suspended_head_confirms_nothing(org: Organisation):
    services.suspend(actor=org.security, account=org.director)
    with pytest.raises(errors.AccountUnusable):
        clear(org, make_person(org.hall), confirmed_by=org.director)


def test_nobody_confirms_his_own_grant(org: Organisation):
    """AD-03, AD-04"""
    with pytest.raises(errors.SelfService):
        clear(org, org.director.person, confirmed_by=org.director)


def test_a_headship_takes_a_leading_duty_a_second_person_and_a_vacant_post(org: Organisation):
    """AD-03: heads confirm, so nobody becomes one by one hand."""
    unit = make_unit(UnitKind.DEPARTMENT, org.company)
    person = make_person(unit)
    with pytest.raises(errors.NotAHead):
        appoint(org, person, Duty.STAFF, is_head=True)
    with pytest.raises(errors.SecondPersonMissing):
        appoint(org, person, Duty.DEPARTMENT_HEAD, is_head=True, confirmed_by=None)
    assert appoint(org, person, Duty.DEPARTMENT_HEAD, is_head=True)
    with pytest.raises(errors.NotAHead):
        appoint(org, make_person(unit), Duty.DEPARTMENT_HEAD, is_head=True)


# Never oneself, never the last (AD-04)


def test_no_officer_raises_himself(org: Organisation):
    """AD-04, PE-07: not even under another account."""
    twin = make_account(org.security.person)
    for actor in (org.security, twin):
        with pytest.raises(errors.SelfService):
            appoint(org, org.security.person, Duty.SECURITY_OFFICER, actor=actor)
        with pytest.raises(errors.SelfService):
            clear(org, org.security.person, actor=actor)
        with pytest.raises(errors.SelfService):
            services.set_category(
                actor=actor, person=org.security.person, category=PersonCategory.CORE, confirmed_by=org.leader
            )
        with pytest.raises(errors.SelfService):
            services.record_training(
                actor=actor, person=org.security.person, held_on=today(), valid_until=today()
            )
        with pytest.raises(errors.SelfService):
            services.reset_second_factor(actor=actor, account=org.security)
        with pytest.raises(errors.SelfService):
            services.lift_lockout(actor=actor, account=org.security)
    services.suspend(actor=org.system, account=twin)
    with pytest.raises(errors.SelfService):
        services.reactivate(actor=org.security, account=twin)


def test_the_last_security_officer_and_the_last_auditor_stay(org: Organisation):
    """AD-04"""
    own = org.security.person.appointments.get()
    with pytest.raises(errors.SelfService):
        services.end_appointment(actor=org.security, appointment=own)
    watch = org.auditor.person.appointments.get()
    with pytest.raises(errors.LastOfficer):
        services.end_appointment(actor=org.security, appointment=watch)
    with pytest.raises(errors.LastOfficer):
        services.end_appointment(actor=org.security, appointment=watch, last_day=today() + timedelta(days=30))
    for account in (org.security, org.auditor):
        with pytest.raises(errors.LastOfficer):
            services.suspend(actor=org.system, account=account)
        with pytest.raises(errors.LastOfficer):
            services.record_departure(actor=org.system, person=account.person, left_on=today())
    org.add(Duty.AUDITOR)
    services.end_appointment(actor=org.security, appointment=watch)
    assert watch.revoked_on == today()


def test_a_successor_without_a_usable_account_is_no_successor(org: Organisation):
    """AD-04"""
    successor = org.add(Duty.AUDITOR)
    Account.objects.filter(pk=successor.pk).update(suspended_at=clock.now())
    with pytest.raises(errors.LastOfficer):
        services.end_appointment(actor=org.security, appointment=org.auditor.person.appointments.get())


def test_a_successor_must_still_hold_the_duty_when_the_term_ends(org: Organisation):
    """AD-04"""
    brief = org.add(Duty.AUDITOR, ends_on=today() + timedelta(days=10))
    watch = org.auditor.person.appointments.get()
    with pytest.raises(errors.LastOfficer):
        services.end_appointment(actor=org.security, appointment=watch, last_day=today() + timedelta(days=10))
    services.end_appointment(actor=org.security, appointment=watch, last_day=today() + timedelta(days=9))
    assert brief.person_id != watch.person_id


# An account is a door to its person's rights


def test_another_account_for_somebody_with_rights_takes_a_second_person(org: Organisation):
    """AD-03: whoever holds its first password would hold those rights."""
    with pytest.raises(errors.SecondPersonMissing):
        services.create_account(actor=org.system, person=org.security.person, staff_no="X1001")
    made = services.create_account(
        actor=org.system, person=org.clerk.person, staff_no="X1001", confirmed_by=org.director
    )
    assert made.account.person == org.clerk.person


def test_a_password_alone_is_not_reset_by_one_person_where_it_would_open_an_officers_account(
    org: Organisation,
):
    with pytest.raises(errors.SecondPersonMissing):
        services.reset_password(actor=org.system, account=org.security)
    enrol(org.security)
    first = services.reset_password(actor=org.system, account=org.security)
    assert org.security.check_password(first)
    assert org.security.must_change_password


def test_a_staff_number_is_well_formed_and_never_used_twice(org: Organisation):
    for wrong in ("WANGWEI", "", "王 1", "S1"):
        with pytest.raises(errors.BadStaffNumber):
            services.create_account(actor=org.system, person=make_person(org.hall), staff_no=wrong)
    with pytest.raises(errors.StaffNumberTaken):
        services.create_account(
            actor=org.system, person=make_person(org.hall), staff_no=org.clerk.staff_no.lower()
        )


# Clearances (PE-01)


@pytest.mark.parametrize(
    ("category", "levels", "allowed"),
    [
        (PersonCategory.NONE, (0, 1), True),
        (PersonCategory.NONE, (1, 0), False),
        (PersonCategory.GENERAL, (1, 1), True),
        (PersonCategory.GENERAL, (0, 2), False),
        (PersonCategory.IMPORTANT, (2, 2), True),
        (PersonCategory.IMPORTANT, (3, 0), False),
        (PersonCategory.CORE, (3, 2), True),
    ],
)
def test_a_clearance_stays_below_the_ceiling_of_the_post(
    org: Organisation, category: PersonCategory, levels: tuple[int, int], allowed: bool
):
    """PE-01"""
    person = make_person(org.hall, category=category)
    if allowed:
        granted = clear(org, person, state_level=levels[0], enterprise_level=levels[1])
        assert (granted.granted_by, granted.restricted) == (org.security.person, 1)
    else:
        with pytest.raises(errors.AboveCeiling):
            clear(org, person, state_level=levels[0], enterprise_level=levels[1])


@pytest.mark.parametrize("levels", [(4, 0), (0, 3), (-1, 0)])
def test_a_level_that_does_not_exist_is_refused(org: Organisation, levels: tuple[int, int]):
    with pytest.raises(errors.EmptyClearance):
        clear(org, make_person(org.hall), state_level=levels[0], enterprise_level=levels[1])


def test_dates_that_cannot_be_are_refused(org: Organisation):
    """PE-01"""
    person, day = make_person(org.hall), today()
    with pytest.raises(errors.BadDates):
        clear(org, person, starts_on=day, ends_on=day - timedelta(days=1))
    with pytest.raises(errors.BadDates):
        clear(org, person, starts_on=day - timedelta(days=9), ends_on=day - timedelta(days=1))
    with pytest.raises(errors.BadDates):
        appoint(org, person, Duty.STAFF, ends_on=day - timedelta(days=1))
    with pytest.raises(errors.BadDates):
        services.record_training(
            actor=org.security, person=person, held_on=day + timedelta(days=1), valid_until=day
        )


def test_revoking_works_at_once_and_once(org: Organisation):
    """PE-08"""
    granted = clear(org, org.clerk.person)
    assert any(selectors.subject_facts(org.clerk, clock.now()).clearance)
    services.revoke_clearance(actor=org.security, clearance=granted)
    assert not any(selectors.subject_facts(org.clerk, clock.now()).clearance)
    with pytest.raises(errors.AlreadyOver):
        services.revoke_clearance(actor=org.security, clearance=granted)


def test_a_post_is_not_left_while_a_clearance_above_the_next_one_stands(org: Organisation):
    person = make_person(org.hall, category=PersonCategory.CORE)
    granted = clear(org, person, state_level=3)
    lower = {"actor": org.security, "person": person, "category": PersonCategory.GENERAL}
    with pytest.raises(errors.ClearancesStand):
        services.set_category(**lower, confirmed_by=org.director)
    with pytest.raises(errors.SecondPersonMissing):
        services.set_category(**lower)
    services.revoke_clearance(actor=org.security, clearance=granted)
    services.set_category(**lower, confirmed_by=org.director)
    assert Person.objects.get(pk=person.pk).category == PersonCategory.GENERAL


# Training and undertaking (PE-09)


def test_training_is_recorded_by_the_security_officer_or_a_head_above(org: Organisation):
    """PE-09"""
    person = make_person(org.hall)
    given = {"person": person, "held_on": today(), "valid_until": today() + timedelta(days=365)}
    for wrong in (org.clerk, org.system, org.auditor):
        with pytest.raises(errors.DutyMissing):
            services.record_training(actor=wrong, **given)
    for right in (org.security, org.director, org.leader):
        assert services.record_training(actor=right, **given).recorded_by == right.person
    with pytest.raises(errors.DutyMissing):
        services.record_training(actor=org.director, **{**given, "person": org.leader.person})


def test_an_undertaking_is_signed_by_oneself_in_its_present_text_once(org: Organisation):
    """PE-09"""
    newcomer = make_account(make_person(org.hall))
    with pytest.raises(errors.UndertakingOutdated):
        services.sign_undertaking(actor=newcomer, version=0)
    signed = services.sign_undertaking(actor=newcomer, version=1)
    assert services.sign_undertaking(actor=newcomer, version=1).pk == signed.pk
    assert signed.person == newcomer.person


# Units


def test_an_external_authority_appoints_nobody_and_has_nothing_below(org: Organisation):
    external = make_unit(UnitKind.EXTERNAL)
    with pytest.raises(errors.UnitCannotAppoint):
        appoint(org, make_person(org.hall), Duty.STAFF, unit=external)
    with pytest.raises(errors.UnitCannotAppoint):
        services.create_person(actor=org.system, name="某", unit=external)
    with pytest.raises(errors.UnitsMisplaced):
        services.create_unit(actor=org.system, kind=UnitKind.DEPARTMENT, code="X", name="某", parent=external)


def test_a_closed_unit_appoints_nobody(org: Organisation):
    Unit.objects.filter(pk=org.hall.pk).update(closed_on=today())
    org.hall.refresh_from_db()
    with pytest.raises(errors.UnitCannotAppoint):
        appoint(org, make_person(org.company), Duty.STAFF, unit=org.hall)


def test_a_unit_has_a_name_a_code_of_its_own_and_a_place_in_a_tree_of_bounded_depth(org: Organisation):
    given = {"actor": org.system, "kind": UnitKind.DEPARTMENT, "parent": org.company}
    with pytest.raises(errors.NameMissing):
        services.create_unit(**given, code="N", name=" ")
    with pytest.raises(errors.UnitCodeTaken):
        services.create_unit(**given, code=org.hall.code, name="某")
    deepest = make_unit(UnitKind.DEPARTMENT, org.hall)
    Unit.objects.filter(pk=deepest.pk).update(path="x" * 720 + "/")
    deepest.refresh_from_db()
    with pytest.raises(errors.UnitsMisplaced):
        services.create_unit(**{**given, "parent": deepest}, code="N", name="某")


def test_a_leaver_is_given_nothing(org: Organisation):
    person = make_person(org.hall, left_on=today() - timedelta(days=1))
    with pytest.raises(errors.PersonLeft):
        appoint(org, person, Duty.STAFF)
    with pytest.raises(errors.PersonLeft):
        clear(org, person)
    with pytest.raises(errors.PersonLeft):
        services.create_account(actor=org.system, person=person, staff_no="X1001")


def test_a_suspended_officer_changes_nothing(org: Organisation):
    """PE-08"""
    second = org.add(Duty.SECURITY_OFFICER)
    services.suspend(actor=org.system, account=second)
    with pytest.raises(errors.AccountUnusable):
        appoint(org, make_person(org.hall), Duty.STAFF, actor=second)


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
    return {
        "create_unit": lambda: services.create_unit(
            **system, kind=UnitKind.HALL, code="Z9", name="某", parent=org.company
        ),
        "create_person": lambda: services.create_person(**system, name="某", unit=org.hall),
        "create_account": lambda: services.create_account(**system, person=person, staff_no="Z1001"),
        "record_departure": lambda: services.record_departure(**system, person=person, left_on=today()),
        "reset_password": lambda: services.reset_password(**system, account=unbound),
        "suspend": lambda: services.suspend(**system, account=org.clerk),
        "reactivate": lambda: services.reactivate(**security, account=suspended),
        "change_password": lambda: services.change_password(actor=org.clerk, password="a long one 12345"),
        "reset_second_factor": lambda: services.reset_second_factor(**security, account=org.clerk),
        "lift_lockout": lambda: services.lift_lockout(**security, account=org.clerk),
        "appoint": lambda: appoint(org, person, Duty.ARCHIVIST),
        "end_appointment": lambda: services.end_appointment(**security, appointment=duty),
        "grant_clearance": lambda: clear(org, person),
        "revoke_clearance": lambda: services.revoke_clearance(**security, clearance=cleared),
        "set_category": lambda: services.set_category(
            **security, person=person, category=PersonCategory.CORE, confirmed_by=org.leader
        ),
        "record_training": lambda: services.record_training(
            **security, person=person, held_on=today(), valid_until=today()
        ),
        "sign_undertaking": lambda: services.sign_undertaking(actor=unbound, version=1),
    }


def _everything() -> list[object]:
    models = (Account, Appointment, Clearance, Training, Undertaking)
    return [
        *(list(model.objects.order_by("pk").values()) for model in models),
        list(Unit.objects.order_by("pk").values("pk", "path")),
        list(Person.objects.order_by("pk").values("pk", "category", "left_on")),
    ]


@pytest.mark.parametrize("name", services.__all__)
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
