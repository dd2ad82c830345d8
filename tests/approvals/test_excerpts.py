"""What is written down in a reading becomes a record, labelled and linked; and everything that is refused."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from audit import outbox
from audit.models import Event
from storage.inspection import Finding
from storage.models import KeySlot
from tests.approvals.room import ReadingRoom, asked
from tests.approvals.writing import TEXT, TITLE, Writing
from tests.support.archive import newest
from vault.approvals import errors, reading_errors
from vault.approvals.excerpts import BELOW_SOURCE
from vault.approvals.models import ReadingSession, RequestStep, SourceLink
from vault.approvals.rules import RequestState, needs_originator
from vault.approvals.services import excerpts, reading, requests
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.authorization.errors import Absent, Refused
from vault.authorization.gate import explain
from vault.authorization.levels import Levels
from vault.authorization.scope import visible_to
from vault.holdings import custody, related
from vault.holdings.errors import FormRefused, TextHeldBack
from vault.holdings.labelling import LabelProposal
from vault.holdings.models import ComponentVersion, Record
from vault.holdings.rules import LabelSource, LabelStatus, Period, PeriodKind, RecordState
from vault.holdings.services import intake, labelling
from vault.notices.models import Notice

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.fixture
def writing(room: ReadingRoom) -> Writing:
    return Writing(room)


def kin(room: ReadingRoom, record: Record, account: object = None) -> dict[str, list[related.Line]]:
    viewer = room.archive.context(account or room.desk.reader)
    return {str(one.heading): list(one.lines) for one in related.of_record(viewer, record)}


def events(record: Record, action: Action = Action.EXCERPT) -> list[Event]:
    while outbox.relay():
        pass
    return list(Event.objects.filter(action=action.value, object_id=str(record.pk)).order_by("id"))


def test_an_excerpt_is_a_record_under_its_sources_label(room: ReadingRoom, writing: Writing) -> None:
    """RQ-12, CL-12, CL-13, P-06: registered, joined label, its writer alone on the list, linked to its pages."""
    made = Record.objects.get(pk=writing.keep(pages="4, 3").pk)
    source = writing.record
    assert (made.title, made.state) == (TITLE, RecordState.REGISTERED)
    assert (made.levels, made.unit, made.originator) == (source.levels, source.unit, source.originator)
    assert [entry.person for entry in made.knowledge_entries.all()] == [room.desk.reader.person]
    label = made.label_decisions.get()
    assert (label.source, label.status) == (LabelSource.DERIVED, LabelStatus.PROPOSED)
    assert label.declassify_on == newest(source).declassify_on == date(2046, 9, 18)
    assert label.mark == "机密★2046年9月18日"
    assert writing.request.reference in label.basis
    assert source.title not in label.basis
    version = ComponentVersion.objects.get(component__record=made)
    assert (version.media_type, version.page_count, version.integrity) == ("text/plain", 1, "accepted")
    link = SourceLink.objects.get()
    assert (link.derived, link.source, link.component_id) == (made, source, writing.component)
    assert (link.first_page, link.last_page, link.version) == (3, 4, 1)
    assert (link.session, link.request, link.person) == (
        writing.session,
        writing.request,
        room.desk.reader.person,
    )


def test_one_use_is_taken_and_the_step_entered(room: ReadingRoom, writing: Writing) -> None:
    """RQ-02: one for each excerpt, and none more; the reading's own use stays what it was."""
    before = asked(writing.session).used
    writing.keep()
    request = asked(writing.request)
    assert (request.used, request.state) == (1, RequestState.USED_UP)
    assert [step.event for step in RequestStep.objects.filter(request=request).order_by("number")][
        -1
    ] == "note"
    assert asked(writing.session).used == before
    with pytest.raises(Refused):
        writing.keep()
    assert SourceLink.objects.count() == 1


def test_both_sides_show_each_other_to_whoever_may_know(room: ReadingRoom, writing: Writing) -> None:
    """RQ-12: the source lists its excerpts, the excerpt its sources; who may know of one learns nothing of the other."""
    made = writing.keep()
    shown = kin(room, writing.record)
    assert [(line.title, line.tag) for lines in shown.values() for line in lines] == [(TITLE, "")]
    back = kin(room, made)
    assert [line.title for lines in back.values() for line in lines] == [writing.record.title]
    assert "3-4" in next(iter(back.values()))[0].detail
    clerk = room.archive.clerk  # on the source's list alone
    assert kin(room, writing.record, clerk) == {}
    assert made not in visible_to(room.archive.context(clerk), Record)
    room.desk.name(made, room.desk.in_charge)  # on the excerpt's list alone
    assert kin(room, made, room.desk.in_charge) == {}
    page = room.archive.client(room.desk.in_charge).get(f"/records/{made.pk}/").content.decode()
    assert TITLE in page
    assert writing.record.title not in page


def test_the_excerpt_is_read_as_any_other_secret_is(room: ReadingRoom, writing: Writing) -> None:
    """RQ-01, P-05: who wrote it asks for consulting it as he would for its source."""
    made = writing.keep()
    context = room.here()
    assert str(explain(context, Action.DESCRIBE, made).code) == "need-to-know"
    assert str(explain(context, Action.CONSULT, made).code) == "approved-request-missing"


def test_a_quote_takes_its_own_approval(room: ReadingRoom) -> None:
    """RQ-01: an approved quote keeps a quote."""
    writing = Writing(room, action=Action.QUOTE)
    writing.keep()
    assert [event.phase for event in events(writing.record, Action.QUOTE)] == ["intent", "outcome"]


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"pages": "5-3"}, "pages", "pages-backwards"),
        ({"pages": "0"}, "pages", "pages-absent"),
        ({"pages": "13"}, "pages", "pages-absent"),
        ({"pages": "11"}, "pages", "pages-outside"),
        ({"pages": "5"}, "pages", "pages-not-shown"),
        ({"pages": ""}, "pages", "pages-missing"),
        ({"pages": "三"}, "pages", "pages-unreadable"),
        ({"component_id": uuid4()}, "pages", "pages-outside"),
        ({"text": " \n "}, "text", "text-missing"),
        ({"title": ""}, "title", "title-missing"),
        ({"lower": Levels(1, 0, 1)}, "point", "point-missing"),
        ({"lower": Levels(3, 0, 1), "point": "密点 3"}, "lower", "level-not-lower"),
        ({"point": "密点 3"}, "point", "point-without-level"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_kept(
    writing: Writing, changes: dict[str, object], field: str, code: str
) -> None:
    """RQ-12, CL-13: no use is taken, no record made, no body left."""
    writing.show(11)
    slots = KeySlot.objects.count()
    with pytest.raises(reading_errors.ExcerptIncomplete) as refused:
        writing.keep(**changes)
    assert refused.value.fields[field] == [code]
    assert (SourceLink.objects.count(), KeySlot.objects.count()) == (0, slots)
    assert asked(writing.request).used == 0


def test_sent_twice_it_is_kept_once(room: ReadingRoom) -> None:
    """RQ-02: a double click is one excerpt and one use; the next form is another."""
    writing = Writing(room, amount=2)
    noted = writing.noted()
    assert writing.keep(noted=noted) == writing.keep(noted=noted)
    assert (Record.objects.count(), asked(writing.request).used) == (2, 1)
    writing.keep()
    assert (Record.objects.count(), asked(writing.request).used) == (3, 2)


def test_a_lower_level_is_proposed_by_its_point_and_lowers_nothing(
    room: ReadingRoom, writing: Writing
) -> None:
    """CL-13: until a second person decided, the record keeps its source's level."""
    made = writing.keep(lower=Levels(1, 0, 1), point="密点 3：疏散时限")
    assert made.levels == writing.record.levels
    proposal = newest(made)
    assert (proposal.status, proposal.levels, proposal.basis) == (
        LabelStatus.PROPOSED,
        Levels(1, 0, 1),
        "密点 3：疏散时限",
    )
    room.desk.name(made, room.archive.officer)
    labelling.decide_label(
        context=room.archive.context(room.archive.officer),
        record_id=made.pk,
        proposal_id=proposal.pk,
        confirm=True,
    )
    assert Record.objects.get(pk=made.pk).levels == Levels(1, 0, 1)


def test_whoever_decides_the_label_comes_from_the_sources_own_list(room: ReadingRoom) -> None:
    """CL-04, P-05: nobody learns of the excerpt who did not know of its source."""
    record = room.desk.record()
    room.desk.name(record, room.archive.officer)
    made = Writing(room, record).keep()
    assert {entry.person for entry in made.knowledge_entries.all()} == {
        room.desk.reader.person,
        room.archive.officer.person,
    }
    assert newest(made).decider == room.archive.officer.person
    assert Notice.objects.filter(person=room.archive.officer.person, topic="label-waits").exists()


def test_where_the_writer_cannot_look_after_the_list_one_who_knows_the_source_does(room: ReadingRoom) -> None:
    """P-05, rule book 10: a list that nobody could widen again would lose the record."""
    made = Writing(room, reader=room.archive.clerk).keep()
    roles = {entry.person: entry.role for entry in made.knowledge_entries.all()}
    assert roles == {room.archive.clerk.person: "filer", room.desk.reader.person: "reader"}


def test_a_derived_label_is_not_made_lower_without_its_point(room: ReadingRoom, writing: Writing) -> None:
    """CL-13: later neither; what is no secret any more asks for it as well."""
    made = writing.keep()
    room.desk.name(made, room.archive.officer)

    def propose(basis: str) -> None:
        labelling.propose_label(
            context=room.archive.context(room.desk.reader),
            record_id=made.pk,
            label=LabelProposal(
                Levels(0, 0, 1), LabelSource.DERIVED, date(2026, 9, 18), basis=basis, has_decider=True
            ),
            originator=None,
            decider=room.archive.officer.person,
        )

    with pytest.raises(FormRefused) as refused:
        propose(" ")
    assert set(refused.value.fields) == {"basis"}
    propose("密点 3")
    assert Record.objects.get(pk=made.pk).levels == writing.record.levels


def test_the_originator_stays_and_a_top_secret_asks_for_it_again(room: ReadingRoom) -> None:
    """P-09: what comes of a top secret is excerpted only with the unit that set the level."""
    made = Writing(room).keep()
    assert made.originator == room.archive.authority
    assert needs_originator(Action.EXCERPT, Levels(3, 0, 1))


@pytest.mark.parametrize("end", ["lock", "leave", "close", "revoke", "elsewhere", "asleep"])
def test_when_the_session_or_the_approval_is_gone_nothing_is_kept(
    room: ReadingRoom, writing: Writing, end: str
) -> None:
    """RQ-11, RR-01, RR-06."""
    context = room.here()
    if end == "lock":
        reading.lock(context=context, session_id=writing.session.pk)
    elif end == "leave":
        reading.leave(context=context, session_id=writing.session.pk)
    elif end == "close":
        reading.close(context=room.archive.context(room.keeper), session_id=writing.session.pk)
    elif end == "revoke":
        request = asked(writing.request)
        requests.revoke(
            context=of_account(room.desk.security),
            request_id=request.pk,
            version=request.version,
            reason="方案作废",
        )
    elif end == "elsewhere":
        context = room.here(session="another browser")
    else:
        ReadingSession.objects.update(last_at=writing.session.last_at.replace(year=2020))
    with pytest.raises(Refused):
        writing.keep(context)
    assert SourceLink.objects.count() == 0
    assert asked(writing.request).used == 0


def test_another_reader_and_another_request_find_nothing(room: ReadingRoom, writing: Writing) -> None:
    """PE-05: absent, as what is not there."""
    for account in (room.desk.in_charge, room.keeper, room.archive.clerk):
        with pytest.raises(Absent):
            writing.keep(room.here(account))
    other = room.desk.approved(room.desk.record(), action=Action.EXCERPT)
    for request_id in (other.pk, writing.session.request_id, uuid4()):
        with pytest.raises(Absent):
            writing.keep(request_id=request_id)
    with pytest.raises(Absent):
        excerpts.keep(context=room.here(), session_id=uuid4(), noted=writing.noted())


def raised(room: ReadingRoom, record: Record) -> None:
    labelling.propose_label(
        context=room.archive.context(room.desk.reader),
        record_id=record.pk,
        label=LabelProposal(
            levels=Levels(3, 0, 1),
            source=LabelSource.PROPOSED,
            issued_on=date(2026, 9, 18),
            period=Period(PeriodKind.YEARS, 30),
            basis="保密事项范围 1.1",
            has_decider=True,
        ),
        originator=None,
        decider=room.archive.officer.person,
    )


def test_raised_while_it_is_written_nothing_is_kept(room: ReadingRoom, writing: Writing, monkeypatch) -> None:
    """CL-15: between the gate's answer and the transaction."""
    put = intake.put
    slots = KeySlot.objects.count()

    def put_and_raise(*args: object) -> object:
        stored = put(*args)
        raised(room, writing.record)
        return stored

    monkeypatch.setattr(intake, "put", put_and_raise)
    with pytest.raises((errors.LabelMoved, errors.WrongStep)):
        writing.keep()
    assert (SourceLink.objects.count(), Record.objects.count()) == (0, 1)
    assert KeySlot.objects.count() == slots
    outcome = events(writing.record)[-1]
    assert (outcome.phase, outcome.outcome) == ("outcome", "failed")


def test_where_a_source_is_raised_its_excerpts_are_shown_below_it(
    room: ReadingRoom, writing: Writing
) -> None:
    """CL-12: on the page of the source, and to the security officers by the request's number alone."""
    made = writing.keep()
    raised(room, writing.record)
    assert Record.objects.get(pk=made.pk).levels == Levels(2, 0, 1)
    source = Record.objects.get(pk=writing.record.pk)
    (line,) = kin(room, source)[next(iter(kin(room, source)))]
    assert line.tag
    told = Notice.objects.filter(topic=BELOW_SOURCE)
    officers = {room.desk.security.person, room.desk.second_security.person}
    assert {notice.person for notice in told} == officers
    assert all(notice.reference == writing.request.reference for notice in told)
    page = room.archive.client(room.desk.reader).get(f"/records/{source.pk}/label/").content.decode()
    assert TITLE in page


def test_the_log_tells_that_and_not_what(room: ReadingRoom, writing: Writing) -> None:
    """RQ-16, AU: action, source and label in the clear; pages and words nowhere in it."""
    made = writing.keep()
    intent, outcome = events(writing.record)
    assert (intent.phase, outcome.phase, outcome.outcome) == ("intent", "outcome", "granted")
    rows = [
        str({f.name: getattr(event, f.name) for f in event._meta.fields}) for event in Event.objects.all()
    ]
    for row in rows:
        assert TITLE not in row
        assert TEXT[:10] not in row
        assert str(made.pk) not in row
        assert "pages:3" not in row


def test_what_was_linked_stays(writing: Writing) -> None:
    """Architecture 4: refused by the database itself."""
    writing.keep()
    for change in ({"first_page": 1}, {"last_page": 9}, {"derived": writing.record}):
        with pytest.raises(DatabaseError), transaction.atomic():
            SourceLink.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        SourceLink.objects.all().delete()


def test_what_inspection_does_not_take_is_not_kept(writing: Writing, monkeypatch) -> None:
    """PF-03: written words are inspected as every body is, and nothing of what is held back stays."""
    held = Finding("text/plain", "text", "quarantined", ("malware",), 1, False, None, "infected")
    slots = KeySlot.objects.count()
    monkeypatch.setattr(custody, "inspect", lambda *_args, **_named: held)
    with pytest.raises(TextHeldBack):
        writing.keep()
    assert (SourceLink.objects.count(), KeySlot.objects.count()) == (0, slots)
    assert asked(writing.request).used == 0
