"""The roster: who is duty clerk on a day (P-30)."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from accounts import errors, roster, services
from accounts.models import RosterEntry
from accounts.rules import ROSTER_AHEAD, ROSTER_SPAN, Duty, UnitKind
from audit import clock
from tests.accounts.people import Organisation, make_account, make_fit, make_person, make_unit, today

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
DAY = timedelta(days=1)


def put(org: Organisation, **changed: object) -> RosterEntry:
    given = {
        "actor": org.director,
        "unit": org.hall,
        "person": org.clerk.person,
        "starts_on": today(),
        "ends_on": today() + 2 * DAY,
    }
    return services.set_on_roster(**(given | changed))


def test_whoever_is_on_the_roster_is_on_duty_from_the_first_day_through_the_last(org: Organisation) -> None:
    """P-30: and nobody is where nobody stands."""
    put(org)
    on = [roster.on_duty(org.hall.pk, today() + days * DAY) for days in range(-1, 4)]
    assert on == [None, org.clerk.person, org.clerk.person, org.clerk.person, None]
    assert roster.on_duty(org.company.pk, today()) is None


def test_the_head_sets_it_and_whoever_acts_for_him_nobody_else(org: Organisation) -> None:
    """P-30: not the head above, no officer, no colleague."""
    deputy = make_account(make_fit(make_person(org.hall)))
    for stranger in (org.leader, org.security, org.system, org.auditor, org.clerk, deputy):
        with pytest.raises(errors.NotYourUnit):
            put(org, actor=stranger)
    deputy.person.appointments.create(
        unit=org.hall,
        duty=Duty.HALL_DIRECTOR,
        is_head=True,
        is_acting=True,
        starts_on=today(),
        ends_on=today(),
    )
    entry = put(org, actor=deputy)
    assert entry.set_by == deputy.person
    for stranger in (org.leader, org.security, org.clerk):
        with pytest.raises(errors.NotYourUnit):
            services.strike_from_roster(actor=stranger, entry=entry)
    services.strike_from_roster(actor=org.director, entry=entry)
    assert roster.on_duty(org.hall.pk, today()) is None


def test_one_clerk_a_day_and_a_struck_entry_makes_room(org: Organisation) -> None:
    """P-30: the struck one stays, with who struck it."""
    first = put(org)
    for days in (0, 2):
        with pytest.raises(errors.RosterTaken):
            put(org, person=org.director.person, starts_on=today() + days * DAY, ends_on=today() + 5 * DAY)
    assert put(org, person=org.director.person, starts_on=today() + 3 * DAY, ends_on=today() + 5 * DAY)
    services.strike_from_roster(actor=org.director, entry=first)
    with pytest.raises(errors.AlreadyStruck):
        services.strike_from_roster(actor=org.director, entry=first)
    put(org, person=org.director.person)
    kept = RosterEntry.objects.get(pk=first.pk)
    assert (kept.struck_by, kept.struck_at is not None) == (org.director.person, True)


def test_who_falls_ill_within_his_days_is_replaced_for_the_rest_of_them(org: Organisation) -> None:
    """P-30: one that has begun is struck from today; who was on duty before stays told, and by whom it was set."""
    begun = RosterEntry.objects.create(
        unit=org.hall,
        person=org.clerk.person,
        starts_on=today() - 3 * DAY,
        ends_on=today() + 5 * DAY,
        set_by=org.leader.person,
        set_at=clock.now() - 4 * DAY,
    )
    with pytest.raises(errors.RosterTaken):
        put(org, person=org.director.person, ends_on=today() + 5 * DAY)
    services.strike_from_roster(actor=org.director, entry=begun)
    put(org, person=org.director.person, ends_on=today() + 5 * DAY)
    on = [roster.on_duty(org.hall.pk, today() + days * DAY) for days in (-4, -3, -1, 0, 5, 6)]
    clerk, director = org.clerk.person, org.director.person
    assert on == [None, clerk, clerk, director, director, None]
    kept = RosterEntry.objects.get(struck_at__isnull=True, ends_on=today() - DAY)
    assert (kept.set_by, kept.set_at) == (begun.set_by, begun.set_at)
    assert RosterEntry.objects.get(pk=begun.pk).struck_by == director


def test_only_somebody_who_works_in_the_unit_stands_on_it(org: Organisation) -> None:
    """P-30, AD-02: no officer, nobody without an account, nobody of another unit, nobody who has left."""
    other = make_unit(UnitKind.HALL, org.company)
    officer = org.add(Duty.SECURITY_OFFICER, org.hall)
    gone = make_account(make_person(org.hall, left_on=today() - DAY))
    suspended = make_account(make_person(org.hall), is_active=False)
    nobody = [make_person(other), make_person(org.hall), officer.person, gone.person, suspended.person]
    for person in nobody:
        with pytest.raises(errors.NotOfUnit):
            put(org, person=person)


def test_whoever_leaves_is_on_duty_no_more(org: Organisation) -> None:
    """AD-12: his last day is his last one on duty."""
    put(org)
    org.clerk.person.left_on = today() + DAY
    org.clerk.person.save()
    assert roster.on_duty(org.hall.pk, today() + DAY) == org.clerk.person
    assert roster.on_duty(org.hall.pk, today() + 2 * DAY) is None


@pytest.mark.parametrize(
    ("first", "last", "error"),
    [
        (-1 * DAY, DAY, errors.RosterTooLong),
        (DAY, 0 * DAY, errors.BadDates),
        (0 * DAY, ROSTER_SPAN + DAY, errors.RosterTooLong),
        (ROSTER_AHEAD, ROSTER_AHEAD + DAY, errors.RosterTooLong),
    ],
)
def test_a_roster_is_made_for_the_weeks_to_come(org: Organisation, first, last, error) -> None:
    with pytest.raises(error):
        put(org, starts_on=today() + first, ends_on=today() + last)
    assert put(org, starts_on=today(), ends_on=today() + ROSTER_SPAN)


def test_what_stood_on_the_roster_is_not_rewritten(org: Organisation) -> None:
    """Neither changed nor removed by SQL; past days are not struck."""
    entry = put(org)
    for changed in ({"person": org.leader.person}, {"ends_on": today() + 9 * DAY}, {"unit": org.company}):
        with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
            RosterEntry.objects.filter(pk=entry.pk).update(**changed)
    with pytest.raises(DatabaseError), transaction.atomic():
        RosterEntry.objects.filter(pk=entry.pk).delete()
    past = RosterEntry.objects.create(
        unit=org.hall,
        person=org.clerk.person,
        starts_on=today() - 9 * DAY,
        ends_on=today() - 8 * DAY,
        set_by=org.director.person,
        set_at=entry.set_at,
    )
    with pytest.raises(errors.AlreadyStruck):
        services.strike_from_roster(actor=org.director, entry=past)
