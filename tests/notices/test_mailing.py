"""Notices by mail: nothing but a reference leaves, each once as far as SMTP allows, and nothing waits for it."""

import smtplib
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.conf import settings as configured
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.utils import translation

from accounts.models import Account, Person
from audit import clock, outbox, recording
from audit.errors import AuditUnavailable
from audit.events import SINGLE
from audit.models import Event
from tests.accounts.people import today
from tests.notices.conftest import FROM, Mails, one, tell
from tests.support.archive import Archive, file
from vault.authorization.context import of_account
from vault.holdings.labels import GLOSSES
from vault.holdings.rules import INTERNAL_NAME, OPEN_NAME, STATE_NAMES
from vault.notices import errors, mailing, rules, services, topics
from vault.notices.models import Notice

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

MARKER = "甲方标记MARKER7531丙"
LANGUAGES = ("zh-hans", "en")


def events() -> list[tuple[str, str, str]]:
    """What the log has of mails, with how each ended."""
    while outbox.relay():
        pass
    found = Event.objects.filter(action=mailing.MAIL_SENT).order_by("id")
    return [(event.phase, event.outcome, event.rule) for event in found]


def later(monkeypatch: pytest.MonkeyPatch, ahead: timedelta) -> None:
    now = clock.now() + ahead
    monkeypatch.setattr(clock, "now", lambda: now)


def text_of(message: mail.EmailMessage) -> str:
    """All that whoever carries or opens the mail can read: every header, and the body, decoded."""
    parsed = message_from_bytes(message.message().as_bytes(), policy=policy.default)
    assert not parsed.is_multipart()
    return "\n".join([*(f"{name}: {value}" for name, value in parsed.items()), parsed.get_content()])


def names_of_labels() -> set[str]:
    chinese = {OPEN_NAME, INTERNAL_NAME, *STATE_NAMES.values(), *configured.JINGUI_LEVEL_NAMES.values()}
    return {*chinese, *GLOSSES.values(), "★"} - {""}


def telling(text: str, names: set[str]) -> set[str]:
    """Which words of the forbidden stand in it, in any case."""
    return {word for word in {MARKER, *names_of_labels(), *names} if word.lower() in text.lower()}


@pytest.fixture
def marked(archive: Archive, attested: None) -> Archive:
    """People, a unit and a record that all carry the marker."""
    archive.clear(archive.clerk, enterprise_level=2, restricted=1)
    for account, address in ((archive.clerk, "a@example.com"), (archive.officer, "b@example.com")):
        person = account.person
        person.name, person.email = MARKER + account.staff_no, address
        person.save()
    archive.hall.name = MARKER
    archive.hall.save(update_fields=["name"])
    return archive


# RQ-16


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_mail_and_no_line_of_a_notice_says_a_title_a_label_or_a_name(
    marked: Archive, mails: Mails, language: str
) -> None:
    """RQ-16: the outbox, for every topic there is, in both languages."""
    names = {person.name for person in Person.objects.all()}
    with translation.override(language):
        for topic in topics.registered():
            tell(marked.clerk.person, topic=topic.code)
            assert mailing.send_waiting() == 1
            said = topics.say(topic.code, "R-1A2B3C4D")
            assert telling(f"{said.subject} {said.line}", names) == set()
    assert len(mails) == len(topics.registered()) >= 2
    for message in mails:
        assert "R-1A2B3C4D" in text_of(message)
        assert telling(text_of(message), names) == set()
    assert len({message.body for message in mails}) == 1, "a mail does not say which topic it is of"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_label_proposed_and_decided_sends_references_alone(
    marked: Archive, mails: Mails, language: str
) -> None:
    """RQ-16, from the filing form to the mailbox."""
    with translation.override(language):
        record = file(
            marked,
            marked.clerk,
            (f"{MARKER}.txt", MARKER.encode()),
            label="core",
            source="proposed",
            received_mark="",
            decider=str(marked.officer.person.pk),
            period_kind="years",
            period_number="5",
            title=MARKER,
            basis=MARKER,
            register_now="on",
        ).record
        assert mailing.send_waiting() == 1
        entries = {"proposal": str(record.label_decisions.get().pk), "decision": "refuse", "reason": MARKER}
        answer = marked.client(marked.officer).post(f"/records/{record.pk}/label/decision/", entries)
        assert answer.status_code == 302
        assert mailing.send_waiting() == 1
    assert [message.to for message in mails] == [["b@example.com"], ["a@example.com"]]
    names = {person.name for person in Person.objects.all()}
    for message in mails:
        assert rules.reference_of(record.pk) in text_of(message)
        assert telling(text_of(message), names) == set()


@pytest.mark.parametrize("word", [MARKER, "机密★", "核心商密", "内部", "top secret", "Confidential", "李晓"])
@pytest.mark.parametrize("place", ["subject", "body", "from_email"])
def test_the_search_finds_what_is_planted(word: str, place: str) -> None:
    """Else the tests above would pass over anything."""
    planted = mailing.message_of(one_id(), "R-1", "a@example.com")
    planted.extra_headers = {}
    given = f'"{word}" <a@example.com>' if place == "from_email" else f"R-1 {word}"
    setattr(planted, place, given)
    assert telling(text_of(planted), {"李晓"})


def one_id():
    return Notice().pk


def test_a_reference_with_a_line_break_never_becomes_a_header(settings) -> None:
    """RQ-16: whatever wrote the row."""
    settings.JINGUI_EMAIL_FROM = FROM
    for reference in ("R-1\nBcc: x@example.com", "R-1\r\n\r\nhello", "关于机房"):
        with pytest.raises(errors.BadReference):
            mailing.message_of(one_id(), reference, "a@example.com")


def test_a_mail_says_who_sent_it_and_that_nobody_answers(reader: Account, mails: Mails) -> None:
    tell(reader.person)
    mailing.send_waiting()
    (message,) = mails
    assert message.subject == "金匮: R-1A2B3C4D"
    assert (message.from_email, message.to, message.cc, message.bcc) == (FROM, ["clerk@example.com"], [], [])
    assert message.message()["Message-ID"] == f"<{one().pk}@example.com>"
    assert message.message()["Auto-Submitted"] == "auto-generated"
    assert not message.attachments


# Who gets mail


def test_without_a_mail_server_none_is_sent_and_none_is_kept_for_later(reader: Account, settings) -> None:
    settings.JINGUI_EMAIL_FROM = ""
    tell(reader.person)
    assert mailing.send_waiting() == 0
    settings.JINGUI_EMAIL_FROM = FROM
    assert mailing.send_waiting() == 0
    assert one().mail_due is None
    assert events() == []


@pytest.mark.parametrize("why", ["no address", "wants none", "left", "read"])
def test_whoever_has_no_address_wants_no_mail_left_or_read_it_gets_none(
    reader: Account, mails: Mails, why: str
) -> None:
    person = reader.person
    tell(person)
    if why == "no address":
        person.email = None
    elif why == "wants none":
        person.no_mail = True
    elif why == "left":
        person.left_on = today() - timedelta(days=1)
    else:
        services.mark_all_read(context=of_account(reader))
    person.save()
    assert mailing.send_waiting() == 0
    assert mails == []
    assert one().mail_due is None
    assert events() == []


# Once, recorded, and never in the way


def test_each_mail_is_recorded_with_its_reference_alone(reader: Account, mails: Mails) -> None:
    """AU-02: begun before it leaves, ended after."""
    tell(reader.person)
    assert mailing.send_waiting() == 1
    assert mailing.send_waiting() == 0
    assert len(mails) == 1
    assert events() == [("intent", "granted", "notice"), ("outcome", "granted", "mail-sent")]
    event = Event.objects.get(action=mailing.MAIL_SENT, phase="intent")
    assert (event.object_type, event.object_id, event.person) == ("notice", str(one().pk), "")
    written = bytes(event.canonical).decode()
    assert "R-1A2B3C4D" in written
    assert "clerk@example.com" not in written
    assert one().mailed_at is not None


def test_what_cannot_be_recorded_is_not_sent(
    reader: Account, mails: Mails, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AU-03: fail closed, and no try is spent."""

    def unavailable(*args: object) -> None:
        raise AuditUnavailable("no")

    tell(reader.person)
    with monkeypatch.context() as patch:
        patch.setattr(recording, "store", unavailable)
        with pytest.raises(AuditUnavailable):
            mailing.send_waiting()
    assert mails == []
    assert one().mail_tries == 0
    assert mailing.send_waiting() == 1


class Killed(BaseException):
    """The process ends here."""


def test_killed_after_sending_it_sends_once_more_under_the_same_id(
    reader: Account, mails: Mails, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At most one duplicate, and a mailbox can know it."""

    def killed(*args: object, **kwargs: object) -> None:
        raise Killed

    tell(reader.person)
    with monkeypatch.context() as patch:
        patch.setattr(mailing.outbox, "outcome", killed)
        with pytest.raises(Killed):
            mailing.send_waiting()
    assert len(mails) == 1
    assert one().mailed_at is None
    assert mailing.send_waiting() == 0, "not before its pause"
    later(monkeypatch, rules.PAUSES[0])
    assert mailing.send_waiting() == 1
    assert mailing.send_waiting() == 0
    assert len({message.message()["Message-ID"] for message in mails}) == 1
    assert len(mails) == 2


class Taken(EmailBackend):
    """Another worker, which is there first."""

    def open(self) -> None:
        Notice.objects.update(mail_tries=1, mail_due=clock.now() + timedelta(minutes=1))


def test_what_another_worker_took_is_not_sent_twice(reader: Account, mails: Mails, settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Taken"
    tell(reader.person)
    assert mailing.send_waiting() == 0
    assert mails == []
    assert events() == [("intent", "granted", "notice"), ("outcome", "failed", "read-or-taken")]


class Down(EmailBackend):
    def open(self) -> None:
        raise ConnectionRefusedError


def test_a_mail_server_that_is_down_costs_no_try_and_holds_up_nothing(
    reader: Account, mails: Mails, settings, caplog: pytest.LogCaptureFixture
) -> None:
    tell(reader.person)
    settings.EMAIL_BACKEND = f"{__name__}.Down"
    assert mailing.send_waiting() == 0
    assert "ConnectionRefusedError" in caplog.text
    assert "clerk" not in caplog.text
    assert (one().mail_tries, events()) == (0, [])
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert mailing.send_waiting() == 1


class Fussy(EmailBackend):
    """Refuses one address, and dies at another."""

    def send_messages(self, messages: list[mail.EmailMessage]) -> int:
        (message,) = messages
        if message.to == ["refused@example.com"]:
            raise smtplib.SMTPRecipientsRefused({"refused@example.com": (550, b"no")})
        if message.to == ["fatal@example.com"]:
            raise smtplib.SMTPServerDisconnected
        return super().send_messages(messages)


def address(account: Account, email: str) -> Person:
    account.person.email = email
    account.person.save()
    return account.person


def test_an_address_that_is_refused_is_tried_five_times_and_the_others_go(
    archive: Archive, mails: Mails, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Fussy"
    tell(address(archive.clerk, "refused@example.com"))
    tell(address(archive.director, "good@example.com"))
    assert mailing.send_waiting() == 1
    for pause in rules.PAUSES:
        later(monkeypatch, pause)
        assert mailing.send_waiting() == 0
    assert [message.to for message in mails] == [["good@example.com"]]
    refused = Notice.objects.get(person=archive.clerk.person)
    assert (refused.mail_tries, refused.mail_due, refused.mailed_at) == (5, None, None)
    told = events()
    assert told.count(("outcome", "failed", "mail-refused")) == 5
    assert told.count((SINGLE, "failed", "mail-given-up")) == 1


def test_a_server_that_breaks_off_ends_the_batch_and_the_others_keep_their_tries(
    archive: Archive, mails: Mails, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Fussy"
    tell(address(archive.clerk, "fatal@example.com"))
    tell(address(archive.director, "good@example.com"))
    assert mailing.send_waiting() == 0
    assert Notice.objects.get(person=archive.director.person).mail_tries == 0
    assert mailing.send_waiting() == 1, "what broke it waits for its pause, and the next goes"
    assert [message.to for message in mails] == [["good@example.com"]]


def test_a_damaged_address_holds_up_nobody(archive: Archive, mails: Mails) -> None:
    tell(address(archive.clerk, "a@example.com"))
    tell(address(archive.director, "good@example.com"))
    with connection.cursor() as cursor:
        key = archive.clerk.person.pk
        cursor.execute(
            "UPDATE accounts_person SET email = %s WHERE id = %s",
            [b"\x01nonsense", key.hex if connection.vendor == "sqlite" else key],
        )
    assert mailing.send_waiting() == 1
    assert [message.to for message in mails] == [["good@example.com"]]
    assert Notice.objects.get(person=archive.clerk.person).mail_due > clock.now()


def test_after_three_days_a_notice_stays_in_the_list_alone(
    reader: Account, mails: Mails, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(reader.person)
    later(monkeypatch, rules.MAIL_WAITS + timedelta(seconds=1))
    assert mailing.send_waiting() == 0
    assert mails == []
    assert [rule for _phase, _outcome, rule in events()] == ["mail-given-up"]
    assert one().read_at is None
