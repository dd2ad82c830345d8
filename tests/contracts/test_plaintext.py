"""Nothing that people wrote lies readable anywhere: one marker is looked for in all that an instance keeps."""

import json
import logging
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import pytest
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.db import connection, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from audit import clock, outbox
from tests.accounts.people import make_account, make_fit, make_person
from tests.support.archive import Archive, Filed, file, pdf, put
from vault.approvals.services import widening
from vault.authorization.context import of_account
from vault.holdings.models import Record
from vault.holdings.services import knowledge
from vault.holdings.telling import Topic
from vault.incidents.models import Incident
from vault.notices import mailing
from vault.notices.rules import reference_of
from vault.notices.services import tell

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

MARKER = "甲方标记MARKER7531丙"
BODY_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")


def spellings(marker: str) -> set[bytes]:
    """The marker as files, JSON, addresses and hexadecimal columns would write it."""
    raw = {marker.encode(encoding) for encoding in BODY_ENCODINGS}
    return {
        *raw,
        *(piece.hex().encode() for piece in raw),
        json.dumps(marker)[1:-1].encode(),
        quote(marker).encode(),
        ascii(marker)[1:-1].encode(),
    }


def found_in(places: Iterator[tuple[str, bytes]], wanted: set[bytes]) -> set[str]:
    return {place for place, content in places if any(spelling in content for spelling in wanted)}


def tables() -> Iterator[tuple[str, bytes]]:
    """Every cell of every table of both databases."""
    for alias in ("default", "audit"):
        with connections[alias].cursor() as cursor:
            for table in connections[alias].introspection.table_names(cursor):
                cursor.execute(f'SELECT * FROM "{table}"')
                for row in cursor.fetchall():
                    yield f"{alias}.{table}", b"\x00".join(map(as_bytes, row))


def as_bytes(value: object) -> bytes:
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    return str(value).encode("utf-8", "surrogateescape")


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield f"file {path.relative_to(folder)}", str(path).encode() + path.read_bytes()


def records(logged: list[logging.LogRecord]) -> Iterator[tuple[str, bytes]]:
    formatter = logging.Formatter()
    for record in logged:
        yield f"log {record.name}", f"{formatter.format(record)} {vars(record)!r}".encode()


def mails() -> Iterator[tuple[str, bytes]]:
    """What left by mail, decoded as whoever opens it sees it."""
    for sent in mail.outbox:
        parsed = message_from_bytes(sent.message().as_bytes(), policy=policy.default)
        yield "mail", f"{parsed.items()} {parsed.get_content()}".encode()


@pytest.fixture
def everything(caplog: pytest.LogCaptureFixture):
    """Reads all places; the log at its most talkative."""
    caplog.set_level(logging.DEBUG)

    def read() -> Iterator[tuple[str, bytes]]:
        while outbox.relay():
            pass
        yield from tables()
        yield from files(settings.JINGUI_HOME)
        yield from records(caplog.get_records("call"))
        yield from mails()

    return read


def file_marked(archive: Archive) -> Filed:
    """A record whose every field and file carries the marker, from people and units that carry it too."""
    archive.hall.name = archive.series.name = archive.clerk.person.name = MARKER
    for row in (archive.hall, archive.series, archive.clerk.person):
        row.save(update_fields=["name"])
    archive.clerk.person.email = f"{MARKER}@example.com"
    archive.clerk.person.save(update_fields=["email"])
    text = f"第一行\n{MARKER}\n" * 50
    return file(
        archive,
        archive.clerk,
        *((f"{MARKER}{n}.txt", text.encode(encoding)) for n, encoding in enumerate(BODY_ENCODINGS)),
        (f"{MARKER}.pdf", pdf(1, text=MARKER)),
        label="core",
        title=MARKER,
        creator=MARKER,
        document_no=MARKER,
        basis=MARKER,
        received_mark=f"核心商密 {MARKER}",
        archive_file=str(archive.archive_file(MARKER).pk),
        grouping="together",
        register_now="on",
        knowers=[str(archive.cleared.person.pk), str(archive.director.person.pk)],
    )


@pytest.fixture
def cleared(archive: Archive, attested: None) -> Archive:
    for account in (archive.clerk, archive.director):
        archive.clear(account, enterprise_level=2, restricted=1)
    return archive


def test_what_is_filed_lies_readable_nowhere(cleared: Archive, everything) -> None:
    """architecture.md section 6: titles, names, marks, file names and bodies in any encoding."""
    filed = file_marked(cleared)
    assert filed.record.title == MARKER
    assert [answer["state"] for answer in filed.answers].count("accepted") >= 2
    assert Person.objects.get(pk=cleared.clerk.person.pk).name == MARKER
    assert not found_in(everything(), spellings(MARKER))


def test_what_is_read_listed_refused_and_named_lies_readable_nowhere(cleared: Archive, everything) -> None:
    """The pages show it to those who may see it, and nothing of it stays behind: no session, no log line."""
    record = file_marked(cleared).record
    reader = cleared.client(cleared.director)
    page = reader.get(f"/records/{record.pk}/")
    assert MARKER in page.content.decode()
    wanted = {
        "unit": cleared.hall.pk,
        "series": cleared.series.pk,
        "year": MARKER,
        "label": MARKER,
        "q": MARKER,
    }
    assert MARKER in reader.get("/records/", wanted).content.decode()
    assert cleared.client(cleared.auditor).get("/log/", {"person": MARKER, "rule": MARKER}).status_code == 200
    assert cleared.client(cleared.stranger).get(f"/records/{record.pk}/").status_code == 404
    named = make_fit(make_person(cleared.company, MARKER))
    make_account(named)
    widening.propose(
        context=of_account(cleared.director, purpose=MARKER),
        record_id=record.pk,
        persons=[named],
        reason=MARKER,
    )
    at = clock.now()
    knowledge.enter_knower(
        record, named, named_by=cleared.director.person, by=cleared.director.person, reason=MARKER, at=at
    )
    refused = put(reader, f"/records/intake/{record.pk}/1/", f"{MARKER}.txt", MARKER.encode())
    assert refused.status_code in {403, 404}
    assert Client().get(f"/{MARKER}/", {"q": MARKER}).status_code == 404
    assert Client().post("/sign-in/", {"login": MARKER[:30], "password": MARKER}).status_code == 200
    assert not found_in(everything(), spellings(MARKER) | spellings(MARKER[:30]))


def test_what_is_said_of_incidents_and_of_the_calendar_lies_readable_nowhere(
    cleared: Archive, everything
) -> None:
    """Free text, and a notice's own words; dates and kinds may be read."""
    cleared.hall.name = MARKER
    cleared.hall.save(update_fields=["name"])
    reporter, officer = cleared.client(cleared.clerk), cleared.client(cleared.security)
    known = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    told = {"kind": "loss", "unit": str(cleared.hall.pk), "known_at": known, "what": MARKER}
    assert reporter.post("/incidents/report/", told).status_code == 302
    incident = Incident.objects.get()
    step = {"event": "report", "version": "1", "text": MARKER}
    assert officer.post(f"/incidents/{incident.pk}/steps/", step).status_code == 302
    assert officer.get(f"/incidents/{incident.pk}/").content.decode().count(MARKER) >= 3
    notice = {
        "step": "apply",
        "year": "2027",
        "title": MARKER,
        "document_no": MARKER,
        "rows": f"2027-10-01,放假,{MARKER}",
    }
    system = cleared.client(cleared.system)
    assert system.post("/calendar/notice/", notice).status_code == 302
    day = {"day": "2027-03-01", "state": "shut", "reason": MARKER}
    assert system.post(f"/calendar/units/{cleared.hall.pk}/days/", day).status_code == 302
    shown = reporter.get(f"/calendar/?year=2027&unit={cleared.hall.pk}").content.decode()
    assert shown.count(MARKER) >= 4
    assert not found_in(everything(), spellings(MARKER))


def test_what_is_told_and_mailed_lies_readable_nowhere(cleared: Archive, everything, settings) -> None:
    """RQ-16: a reference in the list, in the mailbox and in the log."""
    settings.JINGUI_EMAIL_FROM = "archive@example.com"
    record = file_marked(cleared).record
    person = cleared.clerk.person
    person.email = "clerk@example.com"
    person.save(update_fields=["email"])
    with transaction.atomic():
        tell(
            persons=[person],
            topic=Topic.LABEL_DECIDED,
            reference=reference_of(record.pk),
            path=reverse("holdings:record", args=[record.pk]),
            now=clock.now(),
        )
    assert mailing.send_waiting() == 1
    assert reference_of(record.pk) in cleared.client(cleared.clerk).get("/notices/").content.decode()
    assert found_in(mails(), {reference_of(record.pk).encode()}) == {"mail"}
    assert not found_in(everything(), spellings(MARKER))


def test_the_filters_of_a_list_are_sealed_in_the_log(cleared: Archive, everything) -> None:
    """AU-09: what somebody looked for says as much as what he found."""
    cleared.client(cleared.clerk).get("/records/", {"retention": cleared.retention.pk, "year": "2026"})
    pk: UUID = cleared.retention.pk
    wanted = {str(pk).encode(), pk.hex.encode(), pk.bytes}
    places = found_in(everything(), wanted)
    assert places, "the search does find the row that the filter names"
    assert not {place for place in places if not place.startswith("default.holdings_")}


@pytest.mark.parametrize("encoding", BODY_ENCODINGS)
def test_the_search_finds_a_marker_planted_in_each_place(everything, encoding: str) -> None:
    """Else the tests above would pass over an empty instance."""
    planted = MARKER.encode(encoding)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_livesession (session_key, session_data, expire_date) VALUES (%s, %s, %s)",
            ["planted", planted.hex(), "2099-01-01 00:00:00+00:00"],
        )
    with connections["audit"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)",
            ["planted", planted.hex(), "2026-01-01 00:00:00+00:00"],
        )
    left = settings.JINGUI_HOME / "blobs" / "planted"
    left.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    left.write_bytes(b"\x00" + planted)
    logging.getLogger("planted").debug("somebody wrote %s", MARKER)
    mail.outbox.append(mail.EmailMessage("Subject", MARKER, "a@example.com", ["b@example.com"]))
    try:
        places = found_in(everything(), spellings(MARKER))
    finally:
        left.unlink()
    assert {
        "default.accounts_livesession",
        "audit.django_migrations",
        "file blobs/planted",
        "log planted",
        "mail",
    } <= places


def test_every_table_of_ours_is_read() -> None:
    """Both databases have rows where the tests above look."""
    known = {
        f"{getattr(model, 'database', 'default')}.{model._meta.db_table}"
        for model in apps.get_models()
        if model._meta.app_label in {"accounts", "audit", "holdings", "storage"}
    }
    existing = {
        f"{alias}.{table}"
        for alias in ("default", "audit")
        for table in connections[alias].introspection.table_names()
    }
    assert known <= existing
    assert Record._meta.db_table in {name.partition(".")[2] for name in known}
