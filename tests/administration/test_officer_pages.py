"""What the officers' screens cost, what they promise, and that they offer nothing that is always refused."""

import re
from datetime import UTC, datetime, timedelta
from itertools import combinations_with_replacement

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import services
from accounts.models import PendingGrant, Unit
from accounts.rules import GRANT_WAITS, Duty, PersonCategory, UnitKind, local_day
from audit import clock
from tests.accounts.people import enrol, make_account, make_person, make_unit, today
from tests.support.archive import Archive
from vault.administration import presentation, selectors

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.fixture
def archive(settings) -> Archive:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return Archive()


def address(name: str, *values: object) -> str:
    return reverse(f"administration:{name}", args=values)


def propose(archive: Archive, count: int) -> None:
    """So many duties and so many passwords that wait for the hall's director."""
    for _ in range(count):
        person = make_person(archive.hall)
        services.appoint(
            actor=archive.security,
            person=person,
            duty=Duty.ARCHIVIST,
            unit=archive.hall,
            starts_on=today(),
            reason="接任",
        )
        services.propose_password(actor=archive.system, account=make_account(person), reason="遗忘")


def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_a_list_of_proposals_costs_the_same_for_two_and_for_twenty(archive: Archive) -> None:
    """Names of units and accounts are read together, on the list, at home and on a person's page."""
    client = archive.client(archive.director)
    propose(archive, 1)
    pages = (address("grants"), "/")
    few = [queries(client, page) for page in pages]
    propose(archive, 9)
    assert PendingGrant.objects.count() == 20
    assert [queries(client, page) for page in pages] == few


def test_who_carries_a_confirmed_account_out_is_told_his_own_last_day(archive: Archive, monkeypatch) -> None:
    """AD-03: the fourteen days run anew from the confirmation, and nobody is told that it already counts."""
    system, head = archive.client(archive.system), archive.client(archive.director)
    typed = {"staff_no": "N9005", "reason": "原账号停用"}
    led = system.post(address("new_account", archive.colleague.person_id), typed)
    grant = PendingGrant.objects.get()
    proposed = system.get(led["Location"]).content.decode()
    assert "会出现在你的待办页" in proposed
    assert "确认后生效" not in proposed
    shown = head.get(address("grant", grant.pk)).content.decode()
    assert "确认期限" in shown
    assert "自其下次操作起生效" not in shown
    later = grant.proposed_at + timedelta(days=10)
    monkeypatch.setattr(clock, "now", lambda: later)
    system, head = archive.client(archive.system), archive.client(archive.director)
    led = head.post(address("confirm_grant", grant.pk))
    assert "自其下次操作起生效" not in head.get(led["Location"]).content.decode()
    last = local_day(later + GRANT_WAITS).isoformat()
    assert last in system.get("/").content.decode()
    shown = system.get(address("grant", grant.pk)).content.decode()
    assert "办理期限" in shown
    assert last in shown


ACTS = {
    "appoint": "security",
    "clear": "security",
    "categorise": "security",
    "train": "security",
    "new_account": "system",
    "leave": "system",
}


def offered(archive: Archive, person: object) -> set[str]:
    """The acts whose pages the person's page leads to, for the officer whose they are."""
    pages = {
        who: archive.client(getattr(archive, who)).get(address("person", person.pk)).content.decode()
        for who in ("security", "system")
    }
    return {act for act, who in ACTS.items() if address(act, person.pk) in pages[who]}


def test_nothing_is_offered_for_somebody_who_has_left(archive: Archive) -> None:
    """AD-12: each of these would be refused; what only takes away stays."""
    person = make_person(archive.hall)
    assert offered(archive, person) == set(ACTS)
    person.left_on = today()
    person.save()
    assert offered(archive, person) == set(ACTS)
    person.left_on = today() - timedelta(days=1)
    person.save()
    assert offered(archive, person) == set()


def test_no_clearance_is_offered_while_the_de_secrecy_period_runs(archive: Archive) -> None:
    """AD-12: it begins by a second press, which says what it takes and until when."""
    person = make_person(archive.hall, category=PersonCategory.GENERAL)
    security = archive.client(archive.security)
    shown = security.get(address("person", person.pk)).content.decode()
    assert "不可撤回" in shown
    security.post(address("begin_de_secrecy", person.pk))
    period = person.de_secrecy.get()
    assert period.ends_on.isoformat() in shown
    assert offered(archive, person) == set(ACTS) - {"clear", "categorise"}
    assert address("begin_de_secrecy", person.pk) not in (
        security.get(address("person", person.pk)).content.decode()
    )


ACCOUNTS = {
    "usable": {},
    "first password": {"must_change_password": True},
    "suspended": {"suspended_at": datetime(2026, 1, 2, tzinfo=UTC)},
    "closed": {"is_active": False},
}


def test_each_state_of_the_filter_finds_just_whom_the_list_calls_so(archive: Archive) -> None:
    """Over nobody's account, each kind of one, and each pair of kinds; here and gone."""
    kinds = list(ACCOUNTS)
    sets = [(), *((one,) for one in kinds), *combinations_with_replacement(kinds, 2)]
    for held in sets:
        for left_on in (None, today(), today() - timedelta(days=1)):
            person = make_person(archive.hall, left_on=left_on)
            for kind in held:
                make_account(person, **ACCOUNTS[kind])
    shown = {
        person.pk: presentation.state_of(person, today())
        for person in selectors.people(selectors.PeopleFilter(), today())
    }
    assert set(shown.values()) == set(selectors.STATES)
    for state in selectors.STATES:
        found = selectors.people(selectors.PeopleFilter(state=state), today())
        assert {person.pk for person in found} == {pk for pk, one in shown.items() if one == state}, state


def test_the_confirmed_staff_number_stands_in_the_form_that_carries_it_out(archive: Archive) -> None:
    """AD-03: another number would be another proposal; what waits for another officer does not."""
    system, head = archive.client(archive.system), archive.client(archive.director)
    page = address("new_account", archive.colleague.person_id)
    system.post(page, {"staff_no": "n9005", "reason": "原账号停用"})
    assert "N9005" not in system.get(page).content.decode()
    head.post(address("confirm_grant", PendingGrant.objects.get().pk))
    assert 'value="N9005"' in system.get(page).content.decode()
    other = archive.client(archive.add(Duty.SYSTEM_OFFICER))
    assert "N9005" not in other.get(page).content.decode()


def test_a_reason_is_asked_for_where_a_second_person_reads_it(archive: Archive) -> None:
    """AD-03: an ordinary account's password waits for nobody, so nobody reads why."""
    system = archive.client(archive.system)
    for account, asked in ((make_account(make_person(archive.hall)), False), (archive.security, True)):
        page = address("reset_password", account.person_id, account.pk)
        assert ('name="reason"' in system.get(page).content.decode()) is asked
    enrol(archive.security)
    page = address("reset_password", archive.security.person_id, archive.security.pk)
    assert 'name="reason"' not in system.get(page).content.decode()
    assert system.post(page).status_code == 200


def test_units_are_offered_as_the_tree_has_them_and_closed_ones_are_not(archive: Archive) -> None:
    """Nobody looks for a hall in a list without an order, nor chooses one that is always refused."""
    for code in ("H-3", "H-1", "H-2", "H-4"):
        make_unit(UnitKind.HALL, archive.company, code=code, name=code)
    Unit.objects.filter(code="H-4").update(closed_on=today())
    page = archive.client(archive.system).get(address("new_person")).content.decode()
    assert re.findall(r">\u3000(H-\d)</option>", page) == ["H-1", "H-2", "H-3"]
    assert archive.authority.name not in page


def test_what_lapsed_leaves_the_persons_page_and_stays_in_the_register(archive: Archive, monkeypatch) -> None:
    """AD-03: the page says what may still come of it."""
    propose(archive, 1)
    grant = PendingGrant.objects.filter(kind="duty").get()
    page, url = address("person", grant.person_id), address("grant", grant.pk)
    assert url in archive.client(archive.security).get(page).content.decode()
    monkeypatch.setattr(clock, "now", lambda: grant.lapses_at)
    client = archive.client(archive.security)
    assert url not in client.get(page).content.decode()
    assert url in client.get(address("grants")).content.decode()
