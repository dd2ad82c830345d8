"""A leaver is held back by what is open in his name, and by the de-secrecy period of his post (AD-12)."""

from datetime import date, timedelta

import pytest

from accounts import errors, selectors, services
from accounts.models import Clearance, DeSecrecy, Person
from accounts.rules import DE_SECRECY_MONTHS, Duty, PersonCategory, months_later
from audit import clock, events
from audit.models import Event
from tests.accounts.granting import appoint, categorise, clear, last_outcome
from tests.accounts.people import Organisation, make_account, make_clearance, make_person, today

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 11, 27), 24, date(2028, 11, 27)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
    ],
)
def test_months_end_on_the_corresponding_day_or_the_months_last(day: date, months: int, later: date) -> None:
    """Requirements 0.5: Civil Code 202."""
    assert months_later(day, months) == later


def leave(org: Organisation, person: Person, left_on: date | None = None) -> None:
    services.record_departure(actor=org.system, person=person, left_on=left_on or today())


def test_an_ordinary_leaver_with_nothing_open_leaves(org: Organisation) -> None:
    leave(org, org.clerk.person, today() + timedelta(days=3))
    assert Person.objects.get(pk=org.clerk.person_id).left_on == today() + timedelta(days=3)


def test_an_officer_with_an_open_proposal_is_held_back_until_it_is_ended(org: Organisation) -> None:
    """AD-12: blocked until done; the refusal says what."""
    other = org.add(Duty.SECURITY_OFFICER)
    given = services.grant_clearance(
        actor=other, person=org.clerk.person, starts_on=today(), ends_on=today(), reason="轮岗"
    )
    with pytest.raises(errors.HeldBack) as refused:
        leave(org, other.person)
    assert "权限变更" in str(refused.value) or "proposed" in str(refused.value)
    assert last_outcome() == ("denied", "leaver_held_back")
    services.withdraw_grant(actor=org.security, grant=given.pending)
    leave(org, other.person)


@pytest.mark.parametrize("category", [c for c, months in DE_SECRECY_MONTHS.items() if months])
def test_a_secrecy_post_is_left_only_after_its_period(org: Organisation, category: PersonCategory) -> None:
    """AD-12: first without clearances for the time of the post, and then the last day."""
    person = make_person(org.hall)
    account = make_account(person)
    categorise(org, person, category, org.leader)
    clear(org, person, state_level=1)
    with pytest.raises(errors.DeSecrecyFirst):
        leave(org, person)
    for wrong in (org.system, org.auditor, org.leader):
        with pytest.raises(errors.DutyMissing):
            services.begin_de_secrecy(actor=wrong, person=person)
    period = services.begin_de_secrecy(actor=org.security, person=person)
    assert period.ends_on == months_later(today(), DE_SECRECY_MONTHS[category])
    assert not any(selectors.subject_facts(account, clock.now()).clearance)
    with pytest.raises(errors.DeSecrecyRuns) as refused:
        leave(org, person, period.ends_on - timedelta(days=1))
    assert period.ends_on.isoformat() in str(refused.value)
    leave(org, person, period.ends_on)


def test_while_it_runs_nothing_is_granted_and_it_does_not_begin_twice(org: Organisation) -> None:
    """AD-12, PE-01."""
    person = make_person(org.hall, category=PersonCategory.GENERAL)
    waiting = services.grant_clearance(
        actor=org.security,
        person=person,
        state_level=1,
        starts_on=today(),
        ends_on=today() + timedelta(days=9),
        reason="轮岗",
    ).pending
    services.begin_de_secrecy(actor=org.security, person=person)
    with pytest.raises(errors.DeSecrecyRuns):
        services.confirm_grant(actor=org.leader, grant=waiting)
    with pytest.raises(errors.DeSecrecyRuns):
        clear(org, person)
    with pytest.raises(errors.DeSecrecyRuns):
        categorise(org, person, PersonCategory.NONE, org.leader)
    with pytest.raises(errors.DeSecrecyRuns):
        services.begin_de_secrecy(actor=org.security, person=person)
    assert DeSecrecy.objects.get().person == person


def test_who_stayed_and_was_cleared_again_begins_anew(org: Organisation) -> None:
    """AD-12: an old period frees nobody of what he has learned since."""
    person = make_person(org.hall, category=PersonCategory.GENERAL)
    DeSecrecy.objects.create(
        person=person,
        category=PersonCategory.GENERAL,
        starts_on=today() - timedelta(days=800),
        ends_on=today() - timedelta(days=400),
        begun_by=org.security.person,
        begun_at=clock.now(),
    )
    clear(org, person, state_level=1)
    with pytest.raises(errors.DeSecrecyFirst):
        leave(org, person)
    services.begin_de_secrecy(actor=org.security, person=person)
    with pytest.raises(errors.DeSecrecyRuns):
        leave(org, person)


@pytest.mark.parametrize("how", ["revoked", "run out"])
def test_a_later_clearance_that_is_over_brings_its_period_all_the_same(org: Organisation, how: str) -> None:
    """AD-12: else the security officer alone would spare a leaver the period, by revoking instead of beginning it."""
    person = make_person(org.hall, category=PersonCategory.GENERAL)
    DeSecrecy.objects.create(
        person=person,
        category=PersonCategory.GENERAL,
        starts_on=today() - timedelta(days=800),
        ends_on=today() - timedelta(days=400),
        begun_by=org.security.person,
        begun_at=clock.now(),
    )
    start, end = today() - timedelta(days=300), today() + timedelta(days=-9 if how == "run out" else 9)
    later = make_clearance(person, org.security.person, state_level=1, starts_on=start, ends_on=end)
    if how == "revoked":
        services.revoke_clearance(actor=org.security, clearance=later)
    with pytest.raises(errors.DeSecrecyFirst):
        leave(org, person)


def test_no_period_for_whoever_is_in_no_post_and_never_for_oneself(org: Organisation) -> None:
    """AD-04"""
    with pytest.raises(errors.NoSecrecyPost):
        services.begin_de_secrecy(actor=org.security, person=org.clerk.person)
    Person.objects.filter(pk=org.security.person_id).update(category=PersonCategory.CORE)
    with pytest.raises(errors.SelfService):
        services.begin_de_secrecy(actor=org.security, person=org.security.person)
    assert appoint(org, org.clerk.person, Duty.AGENT)


def test_nobody_gets_round_the_period_by_leaving_the_post_first(org: Organisation) -> None:
    """AD-12: clearance revoked, post set to none by two persons, gone the same day; and after the period it goes."""
    person = make_person(org.hall, category=PersonCategory.GENERAL)
    granted = clear(org, person, state_level=1)
    services.revoke_clearance(actor=org.security, clearance=granted)
    with pytest.raises(errors.DeSecrecyFirst):
        categorise(org, person, PersonCategory.NONE, org.leader)
    period = services.begin_de_secrecy(actor=org.security, person=person)
    with pytest.MonkeyPatch.context() as patch:
        after = clock.now() + timedelta(days=(period.ends_on - today()).days + 1)
        patch.setattr(clock, "now", lambda: after)
        categorise(org, person, PersonCategory.NONE, org.leader)
        leave(org, person, period.ends_on + timedelta(days=1))
    assert Person.objects.get(pk=person.pk).category == PersonCategory.NONE


@pytest.mark.parametrize("when", ["proposed", "confirmed"])
def test_whose_last_day_is_recorded_comes_into_no_post_and_learns_no_secret(
    org: Organisation, when: str
) -> None:
    """AD-12: the period is looked at when the last day is recorded; what is given afterwards would be spared it."""
    newcomer = make_person(org.hall)
    settled = make_person(org.hall, category=PersonCategory.GENERAL)
    DeSecrecy.objects.create(
        person=settled,
        category=PersonCategory.GENERAL,
        starts_on=today() - timedelta(days=400),
        ends_on=today() - timedelta(days=1),
        begun_by=org.security.person,
        begun_at=clock.now(),
    )
    span = {"starts_on": today(), "ends_on": today() + timedelta(days=9), "reason": "轮岗"}
    acts = (
        lambda: services.set_category(
            actor=org.security, person=newcomer, category=PersonCategory.CORE, reason="轮岗"
        ),
        lambda: services.grant_clearance(actor=org.security, person=settled, state_level=1, **span),
    )
    waiting = [act().pending for act in acts] if when == "confirmed" else []
    for person in (newcomer, settled):
        leave(org, person, today() + timedelta(days=9))
    if waiting:
        acts = tuple(
            lambda grant=grant: services.confirm_grant(actor=org.leader, grant=grant) for grant in waiting
        )
    for act in acts:
        with pytest.raises(errors.LastDayRecorded):
            act()
    # What brings no period stays possible until then.
    assert clear(org, newcomer, enterprise_level=1)
    assert not Clearance.objects.filter(person=settled).exists()


def test_the_log_seals_for_whom_a_right_ended_and_which_day_is_the_last(org: Organisation) -> None:
    """AU-01, AU-05: the object alone is a number that says neither."""
    person = make_person(org.hall, category=PersonCategory.GENERAL)

    def sealed() -> dict[str, object]:
        event = Event.objects.order_by("-id").first()
        return events.unseal(event.document, bytes(event.ciphertext))

    services.revoke_clearance(actor=org.security, clearance=clear(org, person, enterprise_level=1))
    assert sealed() == {"person": str(person.pk)}
    period = services.begin_de_secrecy(actor=org.security, person=person)
    assert sealed() == {"person": str(person.pk)}
    leave(org, person, period.ends_on)
    assert sealed() == {"person": str(person.pk), "left_on": period.ends_on.isoformat()}
