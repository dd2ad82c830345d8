"""What a person must do before anything else opens: a password, training, an undertaking."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts import services
from accounts.models import Account, Training, Undertaking
from audit import clock
from tests.accounts.people import PASSWORD, Organisation, make_account, make_person, sign_in_directly, today

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def test_a_one_time_password_is_changed_before_anything_else(client: Client, org: Organisation):
    """AD-07"""
    first = services.reset_password(actor=org.system, account=org.clerk)
    client.post("/sign-in/", {"login": org.clerk.staff_no, "password": first})
    for path in ("/", "/account/notice/", "/account/second-factor/", "/nowhere/"):
        assert client.get(path)["Location"] == "/account/password/"
    new = "a sentence that nobody guesses"
    form = {"oldpassword": first, "password1": first, "password2": first}
    assert client.post("/account/password/", form).status_code == 200
    form |= {"password1": new, "password2": "another"}
    assert client.post("/account/password/", form).status_code == 200
    assert client.post("/account/password/", form | {"password2": new})["Location"] == "/"
    assert client.get("/").status_code == 200
    assert (
        not Client()
        .post("/sign-in/", {"login": org.clerk.staff_no, "password": first})
        .has_header("Location")
    )


@pytest.mark.parametrize("weak", ["Ab3-efgh-jk", "password1234", "918273645546"])
def test_a_weak_password_is_refused(inside: Client, org: Organisation, weak: str):
    form = {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    answer = inside.post("/account/password/", form)
    assert answer.context["form"].errors["password1"]
    assert Account.objects.get(pk=org.clerk.pk).check_password(PASSWORD)


def test_a_change_of_password_ends_the_other_sessions_and_keeps_this_one(inside: Client, org: Organisation):
    """PE-08"""
    other = Client()
    other.post("/sign-in/", {"login": org.clerk.staff_no, "password": PASSWORD})
    new = "a sentence that nobody guesses"
    inside.post("/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert inside.get("/").status_code == 200
    assert other.get("/")["Location"].startswith("/sign-in/")


def test_guessing_the_present_password_in_an_open_session_locks_out(inside: Client, org: Organisation):
    """AD-05"""
    form = {"oldpassword": "wrong", "password1": "x" * 20, "password2": "x" * 20}
    answers = [inside.post("/account/password/", form).status_code for _ in range(5)]
    assert answers == [200] * 4 + [429]
    right = inside.post("/account/password/", form | {"oldpassword": PASSWORD})
    assert right.status_code == 429
    assert Account.objects.get(pk=org.clerk.pk).check_password(PASSWORD)


@pytest.mark.parametrize("missing", ["training", "undertaking", "both"])
def test_without_training_or_undertaking_only_the_notice_page_opens(
    client: Client, org: Organisation, missing: str
):
    """PE-09"""
    person = make_person(org.hall)
    if missing == "undertaking":
        Training.objects.create(person=person, held_on=today(), valid_until=today())
    if missing == "training":
        Undertaking.objects.create(person=person, version=1, signed_at=clock.now())
    sign_in_directly(client, make_account(person))
    for path in ("/", "/records/", "/log/", "/nowhere/", "/account/password/"):
        assert client.get(path)["Location"] == "/account/notice/", path
    assert client.post("/records/").status_code == 302
    assert client.get("/", HTTP_ACCEPT="application/json").status_code == 403
    assert client.get("/account/notice/").status_code == 200


def test_training_that_expires_in_mid_session_closes_everything_at_midnight(at, org: Organisation):
    """PE-09: expired training, only the notice page."""
    at.instant = at.instant.replace(hour=15, minute=50)
    person = make_person(org.hall)
    Training.objects.create(person=person, held_on=today() - timedelta(days=365), valid_until=today())
    Undertaking.objects.create(person=person, version=1, signed_at=clock.now())
    client = sign_in_directly(Client(), make_account(person))
    assert client.get("/").status_code == 200
    at.instant = at.instant.replace(hour=16, minute=0)
    assert client.get("/")["Location"] == "/account/notice/"
    page = client.get("/account/notice/").content.decode()
    assert "2026-11-02" in page
    assert org.director.person.name in page


def test_the_undertaking_is_signed_on_the_notice_page(client: Client, org: Organisation):
    """PE-09"""
    person = make_person(org.hall)
    Training.objects.create(person=person, held_on=today(), valid_until=today())
    sign_in_directly(client, make_account(person))
    assert client.post("/account/notice/", {"version": 1}).status_code == 200
    assert client.post("/account/notice/", {"version": 0, "agreed": "on"}).status_code == 200
    assert not person.undertakings.exists()
    assert client.post("/account/notice/", {"version": 1, "agreed": "on"})["Location"] == "/"
    assert client.get("/").status_code == 200
    assert client.get("/account/notice/")["Location"] == "/"
