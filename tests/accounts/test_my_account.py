"""My account: where I am signed in, what I end, my codes, and what follows me to another browser."""

import re

import pytest
from django.test import Client

from accounts import errors, marks, second_factor, services, sessions
from accounts.models import Account, LiveSession
from tests.accounts.people import Organisation, enrol, sign_in_directly
from tests.accounts.signing import code_now, events, give_code, give_password, is_signed_in

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def signed_in(account: Account, **extra: str) -> Client:
    return sign_in_directly(Client(**extra), account)


def reference(client: Client) -> str:
    return client.session[marks.REFERENCE]


def test_my_sessions_are_listed_with_browser_address_and_time_and_nobody_elses(org: Organisation):
    """AD-05"""
    here = Client(HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="127.0.0.7")
    give_password(here, org.clerk)
    signed_in(org.director)
    page = here.get("/account/").content.decode()
    assert "Firefox · Windows" in page
    assert "127.0.0.7" in page
    assert page.count('<th scope="row"') == 1


def test_another_session_of_mine_is_over_at_its_next_request(org: Organisation):
    here, there = signed_in(org.clerk), signed_in(org.clerk)
    assert there.get("/").status_code == 200
    answer = here.post("/account/sessions/end/", {"session": reference(there)})
    assert answer["Location"] == "/account/"
    assert there.get("/")["Location"].startswith("/sign-in/")
    assert here.get("/").status_code == 200
    assert events("accounts:session:end")[-1]["outcome"] == "granted"


def test_all_others_end_at_once_and_this_one_stays(org: Organisation):
    here, others = signed_in(org.clerk), [signed_in(org.clerk) for _ in range(3)]
    stranger = signed_in(org.director)
    here.post("/account/sessions/end-others/")
    assert [client.get("/").status_code for client in others] == [302] * 3
    assert here.get("/").status_code == stranger.get("/").status_code == 200
    assert [one.reference for one in sessions.of(org.clerk)] == [reference(here)]


def test_nobody_ends_anothers_session(org: Organisation):
    here, stranger = signed_in(org.clerk), signed_in(org.director)
    here.post("/account/sessions/end/", {"session": reference(stranger)})
    assert stranger.get("/").status_code == 200
    with pytest.raises(errors.NotThere):
        services.end_session(actor=org.clerk, reference=reference(stranger))
    with pytest.raises(errors.NotThere):
        services.end_session(actor=org.clerk, reference="")


def test_ending_the_one_at_work_is_signing_out(org: Organisation):
    here = signed_in(org.clerk)
    answer = here.post("/account/sessions/end/", {"session": reference(here)})
    assert answer["Location"] == "/sign-out/"


def test_what_is_over_for_another_reason_is_not_listed(at, org: Organisation):
    here, idle = signed_in(org.clerk), signed_in(org.clerk)
    at.forward(minutes=20)
    here.get("/")
    at.forward(minutes=15)
    assert [one.reference for one in sessions.of(org.clerk)] == [reference(here)]
    services.end_sessions(actor=org.security, account=org.clerk)
    org.clerk.refresh_from_db()
    assert sessions.of(org.clerk) == []
    assert idle.get("/").status_code == 302


def test_sessions_that_a_new_password_ended_are_not_listed(org: Organisation):
    signed_in(org.clerk)
    services.change_password(actor=org.clerk, password="一句足够长的新口令话")
    assert sessions.of(Account.objects.get(pk=org.clerk.pk)) == []


def test_whose_a_row_is_can_be_read_only_with_the_key(org: Organisation):
    signed_in(org.clerk)
    row = LiveSession.objects.values().get()
    assert str(org.clerk.pk) not in str(row)
    assert org.clerk.pk.hex not in bytes(row["owner"]).hex()
    assert org.clerk.staff_no not in str(row)


def test_a_changed_key_of_the_session_stays_in_the_list_once(org: Organisation):
    """A new password and a second factor give the session another cookie."""
    client = signed_in(org.clerk, SERVER_NAME="localhost")
    client.get("/account/second-factor/")
    code = code_now(client.session[marks.OFFERED_SECRET])
    client.post("/account/second-factor/", {"code": code})
    assert [one.reference for one in sessions.of(org.clerk)] == [reference(client)]


def test_a_browser_that_says_nothing_and_one_that_says_too_much(org: Organisation):
    assert sessions.browser_of("") == ""
    assert sessions.browser_of("curl/8") == ""
    client = Client(HTTP_USER_AGENT="<script>alert(1)</script>" + "x" * 10_000)
    give_password(client, org.clerk)
    assert len(client.session[marks.BROWSER]) == 300
    assert "<script>alert" not in client.get("/account/").content.decode()


# Recovery codes


def test_new_recovery_codes_are_shown_once_and_the_old_ones_open_nothing(org: Organisation):
    """AD-05"""
    enrol(org.clerk)
    old = second_factor.show_recovery_codes(org.clerk)
    client = signed_in(org.clerk)
    answer = client.post("/account/second-factor/recovery-codes/renew/")
    page = client.get(answer["Location"]).content.decode()
    new = re.findall(r">(\d{10})<", page)
    assert len(new) == 10
    assert not set(new) & set(old)
    assert not re.findall(r">(\d{10})<", client.get(answer["Location"]).content.decode())
    other = Client()
    give_password(other, org.clerk)
    give_code(other, old[0])
    assert not is_signed_in(other)
    give_code(other, new[0])
    assert is_signed_in(other)
    assert second_factor.unused_codes(org.clerk) == 9


def test_without_an_app_there_are_no_codes_to_make(org: Organisation):
    with pytest.raises(errors.SecondFactorMissing):
        services.renew_recovery_codes(actor=org.clerk)
    assert second_factor.unused_codes(org.clerk) == 0


# Language and colours


def test_language_and_colours_follow_to_a_browser_that_was_told_nothing(org: Organisation):
    first = signed_in(org.clerk)
    first.post("/language/", {"language": "en"})
    first.post("/theme/", {"theme": "dark"})
    second = Client()
    give_password(second, org.clerk)
    page = second.get("/").content.decode()
    assert 'lang="en" data-theme="dark"' in page
    third = Client()
    third.cookies["django_language"] = "zh-hans"
    give_password(third, org.clerk)
    assert 'lang="zh-Hans" data-theme="dark"' in third.get("/").content.decode()


def test_an_account_that_chose_nothing_changes_no_browser(org: Organisation):
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    give_password(client, org.clerk)
    assert 'lang="en" data-theme="auto"' in client.get("/").content.decode()
    assert "django_language" not in client.cookies


def test_officers_see_that_and_when_somebody_is_signed_in_and_not_from_where(org: Organisation):
    """PE-08: what *End its sessions* would end."""
    client = Client(HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="127.0.0.7")
    give_password(client, org.clerk)
    page = signed_in(org.security).get(f"/administration/people/{org.clerk.person_id}/").content.decode()
    assert "1 处，最近活动" in page
    assert "127.0.0.7" not in page
    assert "Firefox" not in page


def test_my_account_is_no_part_of_the_worklist(org: Organisation):
    client = signed_in(org.clerk)
    assert 'aria-current="page"' not in client.get("/account/").content.decode()
    assert 'href="/" aria-current="page"' in client.get("/").content.decode()
