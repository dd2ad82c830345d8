"""Where a person's notices go by mail: the system officer sets it, the person may refuse."""

import pytest
from django.test import Client

from accounts import errors, services
from accounts.models import Account, Person
from audit import outbox
from audit.models import Event
from tests.accounts.people import Organisation, sign_in_directly

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def stored(account: Account) -> Person:
    return Person.objects.get(pk=account.person_id)


def client(account: Account) -> Client:
    return sign_in_directly(Client(REMOTE_ADDR="127.0.0.1"), account)


def test_the_system_officer_sets_changes_and_takes_it_away(org: Organisation) -> None:
    """AD-01"""
    person = org.clerk.person
    for email in ("clerk@example.com", "other@example.com"):
        services.set_email(actor=org.system, person=person, email=f" {email} ")
        assert stored(org.clerk).email == email
    with pytest.raises(errors.SameAsBefore):
        services.set_email(actor=org.system, person=person, email="other@example.com")
    services.set_email(actor=org.system, person=person, email="")
    assert stored(org.clerk).email is None


@pytest.mark.parametrize(
    "email",
    [
        "clerk",
        "a@b",
        "王五 <a@example.com>",
        "a@example.com\nBcc: b@example.com",
        "a@example.com,b@example.com",
        "a" * 250 + "@example.com",
    ],
)
def test_what_is_no_address_is_refused(org: Organisation, email: str) -> None:
    """RQ-16: no second header, no second reader, no name beside it."""
    with pytest.raises(errors.BadEmail):
        services.set_email(actor=org.system, person=org.clerk.person, email=email)
    assert stored(org.clerk).email is None


@pytest.mark.parametrize("who", ["security", "auditor", "clerk", "director"])
def test_nobody_else_sets_it(org: Organisation, who: str) -> None:
    """AD-01"""
    with pytest.raises(errors.DutyMissing):
        services.set_email(actor=getattr(org, who), person=org.leader.person, email="a@example.com")


def test_nobody_sets_his_own(org: Organisation) -> None:
    """AD-04"""
    with pytest.raises(errors.SelfService):
        services.set_email(actor=org.system, person=org.system.person, email="a@example.com")


def test_the_address_is_sealed_in_the_log(org: Organisation) -> None:
    services.set_email(actor=org.system, person=org.clerk.person, email="clerk@example.com")
    while outbox.relay():
        pass
    events = Event.objects.filter(action="accounts:person:set_email")
    assert events.count() == 2
    assert not [event for event in events if b"clerk@example" in bytes(event.canonical)]


def test_the_page_shows_it_to_the_system_officer_alone(org: Organisation) -> None:
    address = f"/administration/people/{org.clerk.person_id}/"
    answer = client(org.system).post(f"{address}email/", {"email": "clerk@example.com"})
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert "clerk@example.com" in client(org.system).get(address).content.decode()
    for other in (org.security, org.auditor):
        assert "clerk@example.com" not in client(other).get(address).content.decode()
    refused = client(org.system).post(f"{address}email/", {"email": "clerk"})
    assert refused.status_code == 400


def test_a_person_refuses_mail_and_takes_it_again(org: Organisation, settings) -> None:
    settings.JINGUI_EMAIL_FROM = "archive@example.com"
    browser = client(org.clerk)
    assert 'action="/account/mail/"' not in browser.get("/account/").content.decode()
    services.set_email(actor=org.system, person=org.clerk.person, email="clerk@example.com")
    for word, refuses in (("off", True), ("on", False), ("off", True)):
        assert browser.post("/account/mail/", {"mail": word}).status_code == 302
        assert stored(org.clerk).no_mail is refuses
    page = browser.get("/account/").content.decode()
    assert "clerk@example.com" in page
    assert 'value="on"' in page
