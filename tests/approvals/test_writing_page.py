"""The panel in which a reader writes beside the pages: what comes back with the answer, and what never does."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.accounts.people import sign_in_directly
from tests.approvals.room import ReadingRoom, asked, fresh, page_address, reference
from tests.approvals.writing import TEXT, TITLE, Writing
from vault.approvals.models import ReadingSession, SourceLink
from vault.approvals.reading_rules import LONGEST_TEXT
from vault.approvals.services import reading

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


class Browser:
    """The reader's browser in his session."""

    def __init__(self, room: ReadingRoom) -> None:
        self.room = room
        self.client: Client = room.archive.client(room.desk.reader)
        self.writing = Writing(room, amount=2)
        ReadingSession.objects.update(web_session=reference(self.client))
        self.page = reverse("approvals:session", args=[self.writing.session.pk])
        self.address = reverse("approvals:write", args=[self.writing.session.pk])

    def entries(self, **changes: str) -> dict[str, str]:
        return {
            "key": str(uuid4()),
            "request": str(self.writing.request.pk),
            "component": str(self.writing.component),
            "pages": "3-4",
            "title": TITLE,
            "text": TEXT,
            "lower": "",
            "point": "",
            "step": "keep",
            **changes,
        }


@pytest.fixture
def browser(room: ReadingRoom) -> Browser:
    return Browser(room)


def test_written_beside_the_pages_and_kept_once(browser: Browser) -> None:
    """RQ-12: the panel stands there while something is approved; a double click keeps one."""
    shown = browser.client.get(browser.page).content.decode()
    assert browser.address in shown
    assert browser.writing.request.reference in shown
    assert len(set(re.findall(r'name="key" value="([0-9a-f-]{36})"', shown))) == 1
    entries = browser.entries()
    for _twice in range(2):
        answer = browser.client.post(browser.address, entries)
        assert (answer.status_code, answer["Location"]) == (302, browser.page)
    assert asked(browser.writing.request).used == 1
    listed = browser.client.get(browser.page).content.decode()
    assert listed.count(TITLE) == 1
    assert f"/records/{SourceLink.objects.get().derived_id}/" in listed


def test_what_was_typed_comes_back_with_this_answer_and_no_other(browser: Browser) -> None:
    """RQ-12: wrong pages, too long, a control character; nothing of it in the address, a cookie or the session."""
    for changes in (
        {"pages": "5-3"},
        {"pages": "12"},
        {"pages": ""},
        {"text": "长" * (LONGEST_TEXT + 1)},
        {"text": f"{TEXT}\x07"},
        {"title": "a\u202eb"},
        {"lower": "S1.E0.R1"},
        {"lower": "S3.E0.R1", "point": "3"},
        {"key": "no"},
        {"component": "x"},
    ):
        answer = browser.client.post(browser.address, browser.entries(**changes))
        body = answer.content.decode()
        assert answer.status_code == 400, changes
        assert "summary" in body
        assert ("一级响应" in body) or changes.get("text", "").startswith("长")
        assert "no-store" in answer["Cache-Control"]
        assert all(TEXT[:4] not in morsel.value for morsel in answer.cookies.values())
    assert TEXT[:4] not in str(dict(browser.client.session))
    assert "一级响应" not in browser.client.get(browser.page).content.decode()
    assert SourceLink.objects.count() == 0


def test_locked_the_text_comes_back_and_is_kept_after(browser: Browser) -> None:
    """RR-06: the reader does not lose it; he keeps it once the keeper has let him go on."""
    room, session = browser.room, browser.writing.session
    reading.lock(context=room.here(session=reference(browser.client)), session_id=session.pk)
    entries = browser.entries()
    answer = browser.client.post(browser.address, entries)
    body = answer.content.decode()
    assert answer.status_code == 403
    assert "一级响应" in body
    assert entries["key"] in body
    assert page_address(browser.writing.record, 1) not in body
    reading.resume(context=room.archive.context(room.keeper), session_id=session.pk)
    browser.client.post(reverse("approvals:sit", args=[session.pk]), {"step": "begin"})
    assert browser.client.post(browser.address, entries).status_code == 302


def test_once_the_session_is_over_nothing_comes_back(browser: Browser) -> None:
    """RQ-11, RR-06: neither kept nor shown, whichever button."""
    room, session = browser.room, browser.writing.session
    reading.close(context=room.archive.context(room.keeper), session_id=session.pk)
    for step, status in (("keep", 403), ("look", 200)):
        answer = browser.client.post(browser.address, browser.entries(step=step))
        assert answer.status_code == status
        assert "一级响应" not in answer.content.decode()
    assert SourceLink.objects.count() == 0


def test_going_on_writing_keeps_the_text_and_wakes_by_the_page_alone(browser: Browser) -> None:
    """RR-06: the answer shows the first page again, and that page is what keeps the session awake."""
    before = fresh(browser.writing.session).last_at
    entries = browser.entries(step="look", pages="5-3")
    answer = browser.client.post(browser.address, entries)
    body = answer.content.decode()
    assert answer.status_code == 200
    assert "一级响应" in body
    assert entries["key"] in body
    assert page_address(browser.writing.record, 1) in body
    assert fresh(browser.writing.session).last_at == before
    assert SourceLink.objects.count() == 0


def test_nobody_else_writes_in_it(browser: Browser) -> None:
    """PE-05: to a colleague and to the keeper it is not there."""
    room = browser.room
    for account in (room.keeper, room.desk.in_charge):
        assert room.archive.client(account).post(browser.address, browser.entries()).status_code == 404


def test_another_text_under_a_form_that_was_kept_is_not_lost(browser: Browser) -> None:
    """RQ-12: from a second window, or a step back; nothing is called kept that is not, and sent again it is."""
    entries = browser.entries()
    browser.client.post(browser.address, entries)
    later = {**entries, "text": "另一段摘录：阀门先关后报。"}
    answer = browser.client.post(browser.address, later)
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert later["text"] in shown
    (key,) = set(re.findall(r'name="key" value="([0-9a-f-]{36})"', shown))
    assert key != entries["key"]
    assert asked(browser.writing.request).used == 1
    assert browser.client.post(browser.address, {**later, "key": key}).status_code == 302
    assert SourceLink.objects.values("derived").distinct().count() == 2


def test_away_from_the_terminal_nothing_is_offered_and_nothing_comes_back(browser: Browser) -> None:
    """P-02: the same account in a browser that is no terminal, while the session goes on."""
    elsewhere = sign_in_directly(Client(REMOTE_ADDR="127.0.0.1"), browser.room.desk.reader)
    assert browser.address not in elsewhere.get(browser.page).content.decode()
    for step in ("look", "keep"):
        answer = elsewhere.post(browser.address, browser.entries(step=step))
        assert TEXT not in answer.content.decode()
    assert not SourceLink.objects.exists()
    assert browser.address in browser.client.get(browser.page).content.decode()
