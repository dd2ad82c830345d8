"""Bad input on the way a browser sends it: a clear answer that says what to do, and nothing half-written."""

from datetime import timedelta

import pytest

from accounts.rules import Duty
from storage.inspection.reasons import explain
from storage.models import KeySlot
from tests.accounts.people import today
from tests.support.archive import Archive, file, pdf, put
from tests.support.corpus import Sample, make_hostile
from vault.holdings.models import IntakeSession, Record, StagedFile

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

MISSING = "00000000-0000-4000-8000-000000000000"
HOSTILE = {
    "encrypted_pdf": "an encrypted PDF",
    "scripted_pdf": "a PDF with a script",
    "malformed_pdf": "a malformed PDF",
    "extension_mismatch": "a wrong extension",
    "archive_bomb": "a zip bomb",
    "pixel_flood": "a pixel flood",
}


def opened(archive: Archive, client) -> str:
    session = client.post("/records/intake/", archive.entries())
    assert session.status_code == 201
    return session.json()["put_url_template"].replace("{position}", "1")


@pytest.mark.parametrize(
    ("entries", "field"),
    [
        ({"label": ""}, "label"),
        ({"label": "cosmic"}, "label"),
        ({"unit": MISSING}, "unit"),
        ({"unit": ""}, "unit"),
        ({"series": MISSING}, "series"),
        ({"record_date": "2026-02-30"}, "record_date"),
        ({"title": "第一行\n第二行"}, "title"),
        ({"title": "\u202e表"}, "title"),
        ({"title": "长" * 501}, "title"),
    ],
)
@pytest.mark.parametrize("address", ["/records/intake/", "/records/file/"])
def test_a_wrong_entry_is_named_and_nothing_is_stored(archive: Archive, entries, field, address) -> None:
    """CL-02; bad input: wrong or missing label, unknown unit, line breaks, direction marks, length."""
    client = archive.client(archive.clerk)
    assert client.post("/records/intake/", archive.entries()).status_code == 201
    before = IntakeSession.objects.count()
    answer = client.post(address, archive.entries() | entries)
    assert answer.status_code == 400
    if address == "/records/intake/":
        assert set(answer.json()["errors"]) == {field}
        assert answer.json()["errors"][field][0]
    else:
        assert answer.context["form"].errors.keys() >= {field}
    assert IntakeSession.objects.count() == before
    assert not Record.objects.exists()
    assert not KeySlot.objects.exists()


def test_a_person_without_the_duty_is_told_so_and_nothing_is_stored(archive: Archive) -> None:
    """Bad input, AD-04: no duty, or an officer's; the code, the reason and the next step."""
    nobody = archive.add(None, archive.hall)
    for account, code in ((nobody, "duty-missing"), (archive.security, "officer-sees-no-content")):
        client = archive.client(account)
        for answer in (client.post("/records/intake/", archive.entries()), client.get("/records/file/")):
            assert answer.status_code == 403
            assert code in answer.content.decode()
    assert not IntakeSession.objects.exists()
    assert archive.client(archive.clerk).post("/records/intake/", archive.entries()).status_code == 201


def hostile() -> list[Sample]:
    """One sample for each reason of the list."""
    found: dict[str, Sample] = {}
    for sample in make_hostile():
        if sample.reason in HOSTILE:
            found.setdefault(sample.reason, sample)
    return list(found.values())


def test_the_hostile_set_has_each_kind_of_the_list() -> None:
    assert {sample.reason for sample in hostile()} == set(HOSTILE)


@pytest.mark.parametrize("sample", hostile(), ids=lambda sample: sample.reason)
def test_a_hostile_file_is_held_back_with_its_reason_and_never_filed(
    archive: Archive, sample: Sample
) -> None:
    """PF-03, PF-12: over the address that the page uses; the reason says what to do."""
    client = archive.client(archive.clerk)
    address = opened(archive, client)
    answer = put(client, address, sample.name, sample.data)
    assert (answer.status_code, answer.json()["state"]) == (201, "quarantined")
    assert answer.json()["reasons"] == [explain(sample.reason, "zh")]
    refused = client.post(address.replace("/1/", "/register/"), "{}", content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (400, "no-accepted-file")
    assert not Record.objects.exists()
    assert put(client, address, "好.pdf", pdf()).json()["state"] == "accepted"


def test_the_same_upload_sent_twice_is_one_file_and_one_record(archive: Archive) -> None:
    """Bad input: a browser that repeats itself; registering twice is refused, not doubled."""
    client = archive.client(archive.clerk)
    address, body = opened(archive, client), pdf()
    for _ in range(2):
        assert put(client, address, "表.pdf", body).status_code == 201
    assert StagedFile.objects.filter(used_at=None).count() == 1
    register = address.replace("/1/", "/register/")
    first, second = (client.post(register, "{}", content_type="application/json") for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 409)
    assert second.json()["code"] == "session-closed"
    assert Record.objects.count() == 1


def test_a_received_mark_and_its_period_come_through_the_form(archive: Archive, attested: None) -> None:
    """CL-07, CL-09, CL-23: 机密★ without a period ends after 20 years, and the mark stands on every page of it."""
    archive.clear(archive.clerk, state_level=2, enterprise_level=1, restricted=1)
    record = file(archive, archive.clerk, label="secret", received_mark="机密★", register_now="on").record
    decision = record.label_decisions.get()
    assert decision.issued_on.isoformat() == "2026-09-18"
    assert decision.declassify_on.isoformat() == "2046-09-18"
    assert decision.mark == "机密★20年"
    reader = archive.client(archive.cleared)
    for page in (f"/records/{record.pk}/", f"/records/{record.pk}/label/decision/", "/records/"):
        assert "机密★" in reader.get(page).content.decode(), page


def test_a_state_word_without_its_star_asks_for_unit_basis_and_a_second_person(
    archive: Archive, attested: None
) -> None:
    """P-08: over the form; it is no mark of a state secret, so one person's word does not make it one."""
    archive.clear(archive.clerk, state_level=2, enterprise_level=2, restricted=1)
    client = archive.client(archive.clerk)
    bare = archive.entries("secret", received_mark="机密", basis="")
    refused = client.post("/records/intake/", bare)
    assert refused.status_code == 400
    assert refused.json()["errors"]["received_mark"][0]
    assert not IntakeSession.objects.exists()
    told = bare | {"basis": "保密事项范围 3.2"}
    assert set(client.post("/records/intake/", told).json()["errors"]) == {"decider"}
    named = told | {"decider": str(archive.officer.person.pk)}
    assert client.post("/records/intake/", named).status_code == 201


def test_a_clearance_that_ended_yesterday_opens_nothing_today(archive: Archive, attested: None) -> None:
    """PE-01: over the pages, for the description and the list alike; the last day itself still counts."""
    archive.clear(archive.clerk, enterprise_level=2, restricted=1)
    readers = {}
    for ends_on in (today(), today() - timedelta(days=1)):
        readers[ends_on] = archive.add(Duty.DUTY_CLERK, archive.hall)
        archive.clear(
            readers[ends_on], enterprise_level=2, starts_on=today() - timedelta(days=9), ends_on=ends_on
        )
    knowers = [str(account.person.pk) for account in (*readers.values(), archive.cleared)]
    record = file(
        archive, archive.clerk, label="core", title="检修方案", knowers=knowers, register_now="on"
    ).record
    for ends_on, account in readers.items():
        client, is_open = archive.client(account), ends_on == today()
        assert client.get(f"/records/{record.pk}/").status_code == (200 if is_open else 404)
        assert ("检修方案" in client.get("/records/").content.decode()) is is_open


def test_a_hidden_record_is_in_no_count_filter_or_hint(archive: Archive, attested: None) -> None:
    """PE-14: total 0 to whoever may not know, 1 to whoever may; nor does a duplicate tell of it."""
    archive.clear(archive.clerk, enterprise_level=2, restricted=1)
    body = pdf(3)
    file(archive, archive.clerk, ("方案.pdf", body), label="core", title="独一无二字", register_now="on")
    for account, total in ((archive.colleague, 0), (archive.leader, 0), (archive.cleared, 1)):
        client = archive.client(account)
        for query in ("", "?label=core", "?state=registered", "?year=2026"):
            page = client.get(f"/records/{query}")
            assert page.context["total"] == total
            assert ("独一无二字" in page.content.decode()) is bool(total)
        assert ("独一无二字" in client.get("/").content.decode()) is bool(total)
    again = file(archive, archive.colleague, ("又.pdf", body))
    assert again.answers[0]["duplicate_hint"] == ""
