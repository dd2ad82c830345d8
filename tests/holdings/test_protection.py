"""Who may know of a record, what its content asks for besides, and that the label holds the keys."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import Person
from audit import clock
from audit.models import Event
from storage.errors import WrongBinding
from storage.models import KeySlot
from tests.support.archive import Archive, file, newest, pdf
from vault.authorization import gate, grants
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.authorization.errors import Refused
from vault.authorization.levels import Levels
from vault.holdings import custody
from vault.holdings.labelling import LabelProposal
from vault.holdings.models import ComponentVersion, LabelDecision, Record, RecordUserPermission
from vault.holdings.rules import LabelSource, Period, PeriodKind
from vault.holdings.services import knowledge, labelling
from vault.holdings.services.filing import Filing, register_card
from vault.project.environment import StateContent

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.fixture
def secret(archive: Archive, attested: None) -> Record:
    """A received 机密 record of the hall, filed by a cleared clerk; the department head is on its list."""
    archive.clear(archive.clerk, state_level=2, enterprise_level=1, restricted=1)
    return file(
        archive,
        archive.clerk,
        ("预案.pdf", pdf(4)),
        label="secret",
        title="城区燃气管网应急预案",
        register_now="on",
    ).record


def test_a_state_clearance_is_no_clearance_for_enterprise_secrets(archive: Archive, attested: None) -> None:
    """CL-01: the clearance must dominate in every regime."""
    archive.clear(archive.clerk, enterprise_level=2, restricted=1)
    archive.clear(archive.colleague, state_level=3, restricted=1)
    knowers = [str(archive.colleague.person.pk), str(archive.cleared.person.pk)]
    record = file(archive, archive.clerk, label="core", knowers=knowers).record
    address = f"/records/{record.pk}/"
    from vault.holdings.services.filing import register

    register(context=of_account(archive.clerk), record_id=record.pk, version=record.version)
    assert archive.client(archive.cleared).get(address).status_code == 200
    assert archive.client(archive.colleague).get(address).status_code == 404


def test_the_listed_and_cleared_see_the_description_and_are_told_why_the_content_stays_shut(
    archive: Archive, secret: Record
) -> None:
    """P-05: until an approved request and a live session exist, classified content is refused for that reason."""
    reader = archive.client(archive.cleared)
    page = reader.get(f"/records/{secret.pk}/")
    assert page.status_code == 200
    assert "城区燃气管网应急预案" in page.content.decode()
    assert "approved-request-missing" in page.content.decode()
    component = secret.components.get()
    for part in ("pages/1.png", "original", "audio", "view/"):
        refused = reader.get(f"/records/{secret.pk}/components/{component.pk}/{part}")
        assert refused.status_code == 403, part
        assert b"%PDF" not in refused.content
        assert refused["Cache-Control"] == "no-store"


def test_to_everybody_else_a_classified_record_is_absent(archive: Archive, secret: Record) -> None:
    """PE-04, PE-05, PE-10: status, body and headers are those of a record that does not exist."""
    superuser = archive.add(None)
    type(superuser).objects.filter(pk=superuser.pk).update(is_superuser=True)
    for account in (archive.colleague, archive.leader, archive.director, archive.archivist, superuser):
        client = archive.client(account)
        there, nowhere = (
            client.get(f"/records/{pk}/") for pk in (secret.pk, "00000000-0000-4000-8000-000000000000")
        )
        assert there.status_code == nowhere.status_code == 404
        assert there.content == nowhere.content
        assert there.headers == nowhere.headers
        assert "城区燃气管网应急预案" not in client.get("/records/").content.decode()


def test_the_original_of_an_internal_record_needs_a_grant_to_copy(archive: Archive) -> None:
    """P-05: COPY of an internal record by a grant for that action; RR-04 headers."""
    body = pdf(2)
    record = file(archive, archive.clerk, ("表.pdf", body), register_now="on").record
    address = f"/records/{record.pk}/components/{record.components.get().pk}/original"
    reader = archive.client(archive.colleague)
    assert reader.get(address).status_code == 403
    from datetime import timedelta

    from audit import clock

    knowledge.grant(
        context=of_account(archive.director),
        record_id=record.pk,
        person=archive.colleague.person,
        action=Action.COPY,
        ends_at=clock.now() + timedelta(days=3),
    )
    whole = reader.get(address)
    assert whole.status_code == 200
    assert b"".join(whole.streaming_content) == body
    assert whole["Cache-Control"] == "no-store"
    part = reader.get(address, headers={"Range": "bytes=10-19"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, body[10:20])
    assert part["Content-Range"] == f"bytes 10-19/{len(body)}"
    assert reader.get(address, headers={"Range": f"bytes={len(body)}-"}).status_code == 416


def test_an_open_record_may_be_copied_by_any_active_account(archive: Archive) -> None:
    """P-05: open = any active account."""
    body = pdf(1)
    record = file(archive, archive.clerk, ("公开.pdf", body), label="open", register_now="on").record
    address = f"/records/{record.pk}/components/{record.components.get().pk}/original"
    got = archive.client(archive.stranger).get(address)
    assert b"".join(got.streaming_content) == body


def test_a_label_swapped_in_the_database_opens_nothing(archive: Archive) -> None:
    """CL-23: the label is bound into the key's wrapping."""
    record = file(archive, archive.clerk, register_now="on").record
    version = ComponentVersion.objects.select_related("component__record").get()
    permit = gate.authorize(of_account(archive.colleague), Action.CONSULT, record)
    with custody.open_content(permit, version) as reader:
        assert reader.read(0, 4) == b"%PDF"
    Record.objects.filter(pk=record.pk).update(restricted=0)
    version = ComponentVersion.objects.select_related("component__record").get()
    with pytest.raises(WrongBinding):
        custody.open_content(permit, version)


def test_an_undecided_label_protects_at_its_proposed_level(archive: Archive, attested: None) -> None:
    """CL-05: before the decision a lower-cleared reader finds nothing; a second person decides."""
    archive.clear(archive.clerk, enterprise_level=2, restricted=1)
    record = file(
        archive,
        archive.clerk,
        label="core",
        source="proposed",
        received_mark="",
        decider=str(archive.officer.person.pk),
        register_now="on",
    ).record
    assert archive.client(archive.colleague).get(f"/records/{record.pk}/").status_code == 404
    with pytest.raises(Refused):
        labelling.decide_label(
            context=of_account(archive.clerk),
            record_id=record.pk,
            proposal_id=newest(record).pk,
            confirm=True,
        )
    labelling.decide_label(
        context=of_account(archive.officer), record_id=record.pk, proposal_id=newest(record).pk, confirm=True
    )
    history = list(LabelDecision.objects.filter(record=record).order_by("number"))
    assert [row.status for row in history] == ["proposed", "decided"]
    assert history[1].decider_id == archive.officer.person.pk


@pytest.mark.parametrize(
    "statement", ["UPDATE holdings_labeldecision SET number = 9", "DELETE FROM holdings_labeldecision"]
)
def test_the_history_of_a_label_is_append_only(archive: Archive, statement: str) -> None:
    """CL-03: the database itself refuses."""
    from django.db import connection

    file(archive, archive.clerk)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_secret_record_raises_its_archive_file_out_of_sight(archive: Archive, attested: None) -> None:
    """CL-11: an archive file is as secret as what lies in it."""
    from vault.authorization.scope import visible_to
    from vault.holdings.models import ArchiveFile

    shelf = archive.archive_file("应急预案卷")
    viewers = {
        name: of_account(account)
        for name, account in (("colleague", archive.colleague), ("cleared", archive.cleared))
    }
    assert visible_to(viewers["colleague"], ArchiveFile).filter(pk=shelf.pk).exists()
    archive.clear(archive.clerk, state_level=2, enterprise_level=1, restricted=1)
    file(archive, archive.clerk, label="secret", archive_file=str(shelf.pk), register_now="on")
    shelf.refresh_from_db()
    assert shelf.levels == Levels(2, 0, 1)
    assert not visible_to(of_account(archive.colleague), ArchiveFile).filter(pk=shelf.pk).exists()
    assert visible_to(of_account(archive.cleared), ArchiveFile).filter(pk=shelf.pk).exists()


def test_a_grant_on_one_record_does_not_tell_of_the_file_it_stands_in(archive: Archive) -> None:
    """PE-03, PE-05: the file is internal to its unit, and the grant is on the record alone."""
    shelf = archive.archive_file("应急预案卷")
    record = file(archive, archive.clerk, archive_file=str(shelf.pk), register_now="on").record
    now = clock.now()
    grants.give(
        RecordUserPermission,
        action=Action.DESCRIBE,
        target=record,
        account=archive.stranger,
        granted_by=archive.director.person,
        starts_at=now,
        ends_at=now + timedelta(days=3),
    )
    for account, status in ((archive.colleague, 200), (archive.stranger, 404)):
        client = archive.client(account)
        assert client.get(f"/records/archive-files/{shelf.pk}/").status_code == status
        page = client.get(f"/records/{record.pk}/")
        assert page.status_code == 200
        assert ("应急预案卷" in page.content.decode()) is (status == 200)


def test_who_is_entered_on_the_list_may_know_of_it(archive: Archive, secret: Record) -> None:
    """PE-02: at his next request; nobody enters himself."""

    def enter(person: Person) -> None:
        knowledge.enter_knower(
            secret, person, named_by=archive.cleared.person, by=person, reason="工作需要", at=clock.now()
        )

    assert archive.client(archive.officer).get(f"/records/{secret.pk}/").status_code == 404
    secret.knowledge_entries.filter(person=archive.cleared.person).update(ends_at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        enter(archive.cleared.person)
    enter(archive.officer.person)
    assert archive.client(archive.officer).get(f"/records/{secret.pk}/").status_code == 200


def test_the_body_of_a_state_secret_is_refused_where_only_cards_are_kept(
    archive: Archive, settings, attested: None
) -> None:
    """P-01: register_only refuses the body naming the rule and takes the card; expiry of the attestation closes."""
    archive.clear(archive.clerk, state_level=2, enterprise_level=1, restricted=1)
    client = archive.client(archive.clerk)
    assert client.post("/records/intake/", archive.entries("secret")).status_code == 201
    for closed in (StateContent("register_only"), StateContent("attested", "x", "1", date(2020, 1, 1))):
        settings.JINGUI_STATE_CONTENT = closed
        refused = client.post("/records/intake/", archive.entries("secret"))
        assert refused.status_code == 403
        assert refused.json()["code"] == "state-content-closed"
    card = register_card(context=of_account(archive.clerk), filing=_card(archive, "3 库 12 柜 04 层"))
    assert card.place == "3 库 12 柜 04 层"
    assert not card.components.exists()


def test_classified_content_is_filed_from_a_registered_terminal_only(
    archive: Archive, settings, attested: None
) -> None:
    """P-02: elsewhere one registers the paper."""
    archive.clear(archive.clerk, enterprise_level=2, restricted=1)
    assert archive.client(archive.clerk).post("/records/intake/", archive.entries("core")).status_code == 201
    archive.seat = None
    refused = archive.client(archive.clerk).post("/records/intake/", archive.entries("core"))
    assert (refused.status_code, refused.json()["code"]) == (403, "terminal-not-registered")
    assert (
        archive.client(archive.clerk).post("/records/intake/", archive.entries("internal")).status_code == 201
    )


def test_raising_the_label_of_a_draft_writes_its_bodies_again_under_a_fresh_key(
    archive: Archive, attested: None
) -> None:
    """CL-23, storage.md 1.4: raising re-encrypts, the old key is gone, the content is the same."""
    archive.clear(archive.director, enterprise_level=2, restricted=1)
    body = pdf(2)
    record = file(archive, archive.clerk, ("卷.pdf", body), label="internal").record
    before = ComponentVersion.objects.get().key_slot_id
    labelling.propose_label(
        context=archive.context(archive.director),
        record_id=record.pk,
        label=LabelProposal(
            Levels(enterprise=2, restricted=1),
            LabelSource.RECEIVED,
            date(2026, 9, 1),
            Period(PeriodKind.YEARS, 5),
            received_mark="核心商密",
            has_originator=True,
        ),
        originator=archive.company,
        decider=None,
    )
    version = ComponentVersion.objects.select_related("component__record").get()
    assert version.key_slot_id != before
    assert not KeySlot.objects.filter(pk=before).exists()
    assert version.component.record.levels == Levels(enterprise=2, restricted=1)
    custody.verify_version(gate.authorize_system(Action.FIXITY, [version.pk]), version)


def test_a_refusal_is_in_the_log_before_it_is_told(archive: Archive, secret: Record) -> None:
    """AU-01: person, object, rule and outcome of a denial."""
    archive.client(archive.colleague).get(f"/records/{secret.pk}/")
    event = Event.objects.filter(action=Action.DESCRIBE.value, outcome="denied").latest("id")
    assert (event.person, event.object_id) == (str(archive.colleague.person.pk), str(secret.pk))
    assert event.rule
    assert "应急预案" not in bytes(event.canonical).decode()


def _card(archive: Archive, place: str) -> Filing:
    return Filing(
        unit=archive.hall,
        series=archive.series,
        retention_class=archive.retention,
        record_date=date(2026, 9, 18),
        label=LabelProposal(
            Levels(2, 0, 1),
            LabelSource.RECEIVED,
            date(2026, 9, 18),
            received_mark="机密★20年",
            has_originator=True,
        ),
        originator=archive.authority,
        knowers=(archive.cleared.person,),
        title="关于重点单位名录的函",
        place=place,
    )


def test_one_person_never_lowers_a_label(archive: Archive, attested: None) -> None:
    """CL-05, CL-03: a lower proposal waits for a second person; until then the higher label protects."""
    from vault.holdings import errors

    archive.clear(archive.clerk, enterprise_level=2, restricted=1)
    archive.clear(archive.director, enterprise_level=2, restricted=1)
    record = file(
        archive,
        archive.clerk,
        label="core",
        source="proposed",
        received_mark="",
        decider=str(archive.officer.person.pk),
        knowers=[str(archive.director.person.pk)],
        register_now="on",
    ).record
    lower = {
        "context": of_account(archive.director),
        "record_id": record.pk,
        "label": LabelProposal(Levels(), None, None),
        "originator": archive.company,
    }
    with pytest.raises(errors.FormRefused):
        labelling.propose_label(decider=None, **lower)
    labelling.propose_label(decider=archive.officer.person, **lower)
    record.refresh_from_db()
    assert record.levels == Levels(enterprise=2, restricted=1)
    assert archive.client(archive.stranger).get(f"/records/{record.pk}/").status_code == 404
    labelling.decide_label(
        context=of_account(archive.officer), record_id=record.pk, proposal_id=newest(record).pk, confirm=True
    )
    record.refresh_from_db()
    assert record.levels == Levels()
    assert archive.client(archive.stranger).get(f"/records/{record.pk}/").status_code == 200
