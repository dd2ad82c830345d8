"""The roster and whoever acts as head, by the screens (P-30)."""

from datetime import timedelta

import pytest

from accounts import services
from accounts.models import RosterEntry
from accounts.rules import Duty
from audit import clock
from tests.accounts.people import today
from tests.support.archive import Archive

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
ADDRESS = "/administration/roster/"


@pytest.fixture
def archive(settings) -> Archive:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    made = Archive()
    for account, name in ((made.clerk, "林小禾"), (made.colleague, "周明"), (made.stranger, "方远")):
        account.person.name = name
        account.person.save()
    return made


def typed(archive: Archive, **changed: object) -> dict[str, str]:
    given = {
        "unit": archive.hall.pk,
        "person": archive.clerk.person.pk,
        "starts_on": today().isoformat(),
        "ends_on": today().isoformat(),
    }
    return {name: str(value) for name, value in (given | changed).items()}


def test_the_head_sets_the_roster_and_the_unit_sees_who_is_on_duty(archive: Archive) -> None:
    """P-30: on the home page of the unit's people, of nobody else, until it is struck."""
    head = archive.client(archive.director)
    assert head.post(ADDRESS, typed(archive))["Location"] == ADDRESS
    assert "林小禾" in head.get(ADDRESS).content.decode()
    assert "今日值班" in archive.client(archive.colleague).get("/").content.decode()
    assert "林小禾" in archive.client(archive.colleague).get("/").content.decode()
    assert "今日值班" not in archive.client(archive.stranger).get("/").content.decode()
    entry = RosterEntry.objects.get()
    assert head.post(f"{ADDRESS}{entry.pk}/strike/").status_code == 302
    assert "今日值班" not in archive.client(archive.colleague).get("/").content.decode()


def test_an_entry_that_has_begun_is_struck_on_the_page(archive: Archive) -> None:
    """P-30: the refusal of a second clerk on these days says to strike it, so the button stands there."""
    begun = RosterEntry.objects.create(
        unit=archive.hall,
        person=archive.clerk.person,
        starts_on=today() - timedelta(days=2),
        ends_on=today() + timedelta(days=2),
        set_by=archive.director.person,
        set_at=clock.now(),
    )
    head = archive.client(archive.director)
    address = f"{ADDRESS}{begun.pk}/strike/"
    assert address in head.get(ADDRESS).content.decode()
    assert head.post(address).status_code == 302
    assert "今日值班" not in archive.client(archive.colleague).get("/").content.decode()
    page = head.get(ADDRESS).content.decode()
    assert (today() - timedelta(days=1)).isoformat() in page
    assert "/strike/" not in page


def test_only_units_one_heads_and_their_people_are_offered(archive: Archive) -> None:
    """P-30: another unit or its people are no choice, and what was typed stays."""
    head = archive.client(archive.director)
    page = head.get(ADDRESS).content.decode()
    assert "周明" in page
    assert "方远" not in page
    for wrong in ({"unit": archive.other_hall.pk}, {"person": archive.stranger.person.pk}, {"ends_on": ""}):
        answer = head.post(ADDRESS, typed(archive, **wrong))
        assert answer.status_code == 400
    assert not RosterEntry.objects.exists()


def test_an_entry_of_another_unit_is_absent(archive: Archive) -> None:
    """PE-05: a head strikes no entry of somebody else's unit."""
    archive.client(archive.director).post(ADDRESS, typed(archive))
    entry = RosterEntry.objects.get()
    answer = archive.client(archive.leader).post(f"{ADDRESS}{entry.pk}/strike/")
    assert answer.status_code == 404
    assert RosterEntry.objects.get().struck_at is None


def test_acting_is_proposed_with_its_last_day_and_shown_beside_the_head(archive: Archive) -> None:
    """P-30: by the appointment form, confirmed by a second person; the page of units names both."""
    officer = archive.client(archive.security)
    person = archive.colleague.person
    form = {
        "duty": Duty.HALL_DIRECTOR.value,
        "unit": str(archive.hall.pk),
        "starts_on": today().isoformat(),
        "is_acting": "on",
        "reason": "主任出差",
    }
    address = f"/administration/people/{person.pk}/appoint/"
    assert officer.post(address, form).status_code == 400
    form["ends_on"] = (today() + timedelta(days=3)).isoformat()
    proposal = officer.post(address, form)["Location"]
    assert "代理负责人" in officer.get(proposal).content.decode()
    grant = person.pending_grants.get()
    services.confirm_grant(actor=archive.leader, grant=grant)
    assert f"周明 代理至 {form['ends_on']}" in officer.get("/administration/units/").content.decode()
    assert "代理负责人" in officer.get(f"/administration/people/{person.pk}/").content.decode()
    assert archive.client(archive.colleague).post(ADDRESS, typed(archive)).status_code == 302
