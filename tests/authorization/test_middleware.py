"""At the door: what declares nothing does not exist, and no body is read that nobody will use."""

import io
from datetime import timedelta

import pytest
from django.test import Client

from accounts.rules import Duty
from audit import clock, recording
from audit.errors import AuditUnavailable
from audit.models import Event
from tests.accounts.people import make_account, make_appointment, make_person, sign_in_directly
from tests.authorization import views
from tests.authorization.conftest import MISSING, SECRET, last_event, name
from vault.authorization.middleware import ActionMiddleware

pytestmark = [
    pytest.mark.django_db(databases=["default", "audit"]),
    pytest.mark.urls("tests.authorization.views"),
]
VARYING = {"Set-Cookie"}


@pytest.fixture
def colleague(archive) -> Client:
    return archive.client(archive.colleague)


def parts(response) -> tuple[int, bytes, dict]:
    """Everything a client can see of an answer."""
    headers = {key: value for key, value in response.headers.items() if key not in VARYING}
    return response.status_code, response.content, headers


class Untouchable(io.RawIOBase):
    """A body that fails the test when anybody reads it."""

    def read(self, *args: object) -> bytes:
        pytest.fail("the body was read")

    readline = read


def test_a_view_that_declares_nothing_is_not_there(colleague):
    """Architecture 6.4: 404 by default, the same as for an address that nobody made."""
    assert parts(colleague.get("/t/undeclared/")) == parts(colleague.get("/t/nowhere/"))
    assert colleague.get("/t/undeclared/").status_code == 404


def test_missing_forbidden_and_undeclared_give_the_same_bytes(colleague, make):
    """PE-05: byte-equal responses, status, body and headers."""
    forbidden = make(SECRET)
    answers = [
        parts(colleague.get(f"/t/{address}/"))
        for address in (f"record/{forbidden.pk}", f"record/{MISSING}", "undeclared", "nowhere")
    ]
    assert answers[0][0] == 404
    for answer in answers:
        assert answer == answers[0]


def test_a_superuser_meets_404_and_the_log_says_so(archive, make):
    """PE-04: superuser GET of 机密 -> 404 + log."""
    record = make(SECRET)
    archive.stranger.is_superuser = True
    archive.stranger.save()
    assert archive.client(archive.stranger).get(f"/t/record/{record.pk}/").status_code == 404
    assert (last_event().outcome, last_event().object_id) == ("denied", str(record.pk))


def test_whoever_may_know_of_a_record_is_told_why_he_is_refused(archive, make):
    """A page with the sentence, the next step, the code and the clause of the rule book."""
    record = make(SECRET)
    name(record, archive.cleared.person, archive.clerk.person)
    client = archive.client(archive.cleared)
    assert client.get(f"/t/record/{record.pk}/").status_code == 200
    answer = client.post(f"/t/record/{record.pk}/")
    assert answer.status_code == 403
    assert "no-basis-for-action" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"


def test_without_an_account_every_address_leads_to_the_sign_in(make):
    """PE-05: the same whether something is there or not; a scan leaves a count."""
    record = make()
    client = Client()
    for address in (f"record/{record.pk}", f"record/{MISSING}", "home"):
        answer = client.get(f"/t/{address}/")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/")
    assert client.post("/t/home/", b"x", content_type="text/plain").status_code == 401
    assert client.get("/t/public/").status_code == 200


def at_the_door(request, view):
    """What the middleware answers before the view, or None."""
    return ActionMiddleware(lambda _: pytest.fail("the view ran")).process_view(request, view, (), {})


@pytest.mark.parametrize("address", ["home", "undeclared"])
def test_an_anonymous_body_is_refused_before_its_first_byte(address):
    """Bad input: an anonymous 2 GB body; no middleware on the way reads it."""
    answer = Client().generic(
        "POST",
        f"/t/{address}/",
        content_type="application/x-www-form-urlencoded",
        **{"CONTENT_LENGTH": str(2 * 1024**3), "wsgi.input": Untouchable()},
    )
    assert answer.status_code == {"home": 401, "undeclared": 404}[address]


def test_an_oversized_body_is_refused_before_its_first_byte(colleague):
    """Bad input: 2 GB to a page that takes a form; neither this check nor CSRF's reads it."""
    answer = colleague.generic(
        "POST",
        "/t/home/",
        content_type="application/x-www-form-urlencoded",
        **{"CONTENT_LENGTH": str(2 * 1024**3), "wsgi.input": Untouchable()},
    )
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"CONTENT_LENGTH": "101"}, 413),
        ({"CONTENT_LENGTH": "9" * 5000}, 413),
        ({"CONTENT_LENGTH": "100"}, None),
        ({"CONTENT_LENGTH": ""}, 411),
        ({"CONTENT_LENGTH": "-1"}, 400),
        ({"CONTENT_LENGTH": "１００"}, 400),
        ({"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}, 411),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_body_announces_its_length_and_keeps_within_the_views_limit(archive, rf, method, headers, status):
    """Bad input: 411 without a length, 413 above the limit, before a byte of it is read."""
    request = rf.generic(method, "/t/home/", content_type="text/plain")
    request.user = archive.colleague
    request.META.update(headers)
    request._stream = Untouchable()
    answer = at_the_door(request, views.home)
    assert (answer.status_code if answer is not None else None) == status


def test_a_body_where_none_belongs_is_refused(archive, rf):
    """Bad input: a GET or a DELETE brings nothing with it, unless the view says so."""
    for method, length, status in (("GET", "1", 413), ("DELETE", "", None), ("DELETE", "101", 413)):
        request = rf.generic(method, "/t/home/")
        request.user = archive.colleague
        request.META["CONTENT_LENGTH"] = length
        answer = at_the_door(request, views.home)
        assert (answer.status_code if answer is not None else None) == status


def test_a_route_refuses_whoever_lacks_the_duty_and_says_why(archive):
    """AD-04: an officer at the list of records: 403, explained, recorded."""
    answer = sign_in_directly(Client(), archive.security).get("/t/list/")
    assert answer.status_code == 403
    assert "officer-sees-no-content" in answer.content.decode()
    assert (last_event().action, last_event().outcome) == ("holdings:record:list", "denied")


def test_expired_training_leaves_only_the_notice(archive, rf):
    """PE-09: a browser is led there, and a request that came past it is refused with the reason."""
    person = make_person(archive.hall)
    make_appointment(person, Duty.DUTY_CLERK)
    account = make_account(person)
    assert archive.client(account).get("/t/home/")["Location"] == "/account/notice/"
    request = rf.get("/t/home/")
    request.user = account
    answer = at_the_door(request, views.home)
    assert answer.status_code == 403
    assert "training-expired" in answer.content.decode()


def test_a_broken_log_answers_503_with_nothing_in_it(colleague, make, monkeypatch):
    """AU-03: break the log store -> 503, no content."""
    record = make()
    assert colleague.get(f"/t/record/{record.pk}/").status_code == 200

    def broken(*args: object, **kwargs: object) -> None:
        raise AuditUnavailable("The audit log cannot be written.")

    monkeypatch.setattr(recording, "record", broken)
    answer = colleague.get(f"/t/record/{record.pk}/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert str(record.pk) not in answer.content.decode()


def test_addresses_tried_without_an_account_are_counted_by_the_minute(monkeypatch):
    """Architecture 3: one event a minute, with the number of tries."""
    client = Client()
    before = Event.objects.filter(action="authorization:anonymous:miss").count()
    for number in range(3):
        client.get(f"/t/nowhere/{number}/")
    later = clock.now() + timedelta(minutes=1)
    monkeypatch.setattr(clock, "_clock", lambda: later)
    client.get("/t/nowhere/")
    assert Event.objects.filter(action="authorization:anonymous:miss").count() == before + 1
    assert b'"version":"3"' in bytes(last_event().canonical)
