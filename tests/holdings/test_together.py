"""Many records at once: each by its own decision, all of them or none (PE-03, HA-01, AU-02)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from accounts.rules import Duty
from audit import clock, outbox
from audit.models import Event, Outbox
from tests.accounts.people import make_account, today
from tests.support.archive import Archive, file, pdf
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.authorization.errors import Absent, Refused
from vault.authorization.levels import INTERNAL, Levels
from vault.holdings import errors
from vault.holdings.access_classes import set_levels
from vault.holdings.models import ArchiveFile, ObjectEvent, Record, RecordUserPermission, Series
from vault.holdings.rules import RecordState, move_problem
from vault.holdings.services import knowledge, together
from vault.holdings.services.together import MOST, Chosen

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

SEEN = ("action", "phase", "outcome", "rule", "object_id", "label")
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


@pytest.fixture
def records(archive: Archive) -> list[Record]:
    """Three registered records of the hall."""
    bodies = [(f"通知{n}.pdf", pdf(1, text=f"text {n}")) for n in range(3)]
    return file(archive, archive.clerk, *bodies, register_now="on").records


def chosen(*records: Record) -> list[Chosen]:
    return [Chosen(record.pk, record.version) for record in records]


def grant(archive: Archive, records: list[Chosen], giver: Account | None = None, **changes: object) -> int:
    asked = {
        "person": archive.stranger.person,
        "action": Action.COPY,
        "ends_at": clock.now() + timedelta(days=3),
        **changes,
    }
    giver = giver or archive.director
    return together.grant_many(context=archive.context(giver), chosen=records, **asked)


def told(action: Action) -> list[tuple[str, str, str, str]]:
    """Phase, outcome, rule and object of an action's events, in order."""
    while outbox.relay():
        pass
    found = Event.objects.filter(action=action.value).order_by("id")
    return list(found.values_list("phase", "outcome", "rule", "object_id"))


def many(archive: Archive, number: int) -> list[Record]:
    """So many records like one that was filed."""
    model = file(archive, archive.clerk, register_now="on").record
    names = [field.attname for field in Record._meta.concrete_fields if field.name != "id"]
    same = {name: getattr(model, name) for name in names}
    return Record.objects.bulk_create(Record(**same) for _ in range(number))


def test_a_grant_on_each_with_an_intent_and_an_outcome_of_its_own(
    archive: Archive, records: list[Record]
) -> None:
    """PE-03, AU-02: one entry per record, and the grant counts at once."""
    assert grant(archive, chosen(*records)) == 3
    ids = sorted(str(record.pk) for record in records)
    events = told(Action.GRANT)
    for phase in ("intent", "outcome"):
        assert sorted(event[3] for event in events if event[0] == phase) == ids
    assert {event[1] for event in events} == {"granted"}
    assert RecordUserPermission.objects.filter(user=archive.stranger).count() == 3
    address = f"/records/{records[0].pk}/components/{records[0].components.get().pk}/original"
    assert archive.client(archive.stranger).get(address).status_code == 200


def test_two_hundred_grants_take_at_most_ten_statements(archive: Archive) -> None:
    """Of both databases, for somebody who has signed in: his facts and his sealing key are there. Where transactions
    begin and end is not counted.
    """
    made = many(archive, MOST)
    grant(archive, chosen(file(archive, archive.clerk, register_now="on").record))
    context = archive.context(archive.director)
    assert context.subject.usable
    with (
        CaptureQueriesContext(connections["default"]) as changes,
        CaptureQueriesContext(connections["audit"]) as log,
    ):
        done = together.grant_many(
            context=context,
            chosen=chosen(*made),
            person=archive.stranger.person,
            action=Action.COPY,
            ends_at=clock.now() + timedelta(days=3),
        )
    assert done == MOST
    asked = [query["sql"] for query in [*changes.captured_queries, *log.captured_queries]]
    statements = [sql[:160] for sql in asked if not sql.startswith(CONTROL)]
    assert len(statements) <= 10, "\n".join(statements)
    assert RecordUserPermission.objects.count() == MOST + 1
    assert Event.objects.filter(action=Action.GRANT.value, phase="intent").count() == MOST + 1
    assert Outbox.objects.count() >= MOST


def test_one_refused_and_nothing_is_done_and_only_what_one_may_know_of_is_named(
    archive: Archive, records: list[Record], attested: None
) -> None:
    """All or nothing; a secret that he is not on the list of is as absent as what never was (PE-05)."""
    archive.clear(archive.clerk, enterprise_level=2, restricted=1)
    draft = file(archive, archive.clerk).record
    hidden = file(archive, archive.clerk, label="core", register_now="on").record
    nothing = Chosen(uuid4(), 1)
    with pytest.raises(errors.SomeRefused) as refused:
        grant(archive, [*chosen(*records, draft, hidden), nothing])
    assert refused.value.codes == {draft.pk: "state-forbids"}
    assert refused.value.unseen == 2
    assert not RecordUserPermission.objects.exists()
    events = told(Action.GRANT)
    assert sorted(e[:3] for e in events if e[3] in {str(record.pk) for record in records}) == sorted(
        [("intent", "granted", "duty-held"), ("outcome", "failed", "some-refused")] * 3
    )
    by_object = {e[3]: e[:3] for e in events}
    assert by_object[str(draft.pk)] == ("single", "denied", "state-forbids")
    assert by_object[str(hidden.pk)][:2] == ("single", "denied")
    assert by_object[str(nothing.record_id)] == ("single", "failed", "absent")


def test_each_record_is_decided_as_it_would_be_alone(archive: Archive, records: list[Record]) -> None:
    """The very rule of the single grant: by duty at the record's unit, never oneself, never without an account."""
    elsewhere = archive.add(Duty.HALL_DIRECTOR, archive.other_hall)
    archive.clear(elsewhere, restricted=1)
    with pytest.raises(errors.SomeRefused) as refused:
        grant(archive, chosen(*records), elsewhere)
    assert (refused.value.codes, refused.value.unseen) == ({}, 3)
    with pytest.raises(errors.SomeRefused) as refused:
        grant(archive, chosen(*records), archive.clerk)
    assert set(refused.value.codes.values()) == {"duty-missing"}
    second = make_account(archive.director.person)
    for giver, receiver in ((archive.director, archive.director), (second, archive.director)):
        with pytest.raises(errors.FormRefused) as oneself:
            grant(archive, chosen(*records), giver, person=receiver.person)
        assert oneself.value.fields == {"person": ["grant-oneself"]}
    assert not RecordUserPermission.objects.exists()


@pytest.mark.parametrize("action", [Action.GRANT, Action.MOVE, Action.CORRECT, Action.DESCRIBE, Action.COPY])
@pytest.mark.parametrize(
    "who", ["clerk", "stranger", "director", "archivist", "officer", "cleared", "auditor"]
)
def test_many_are_answered_as_each_is_alone(
    archive: Archive, records: list[Record], attested: None, who: str, action: Action
) -> None:
    """PE-05, invariant 3: the same rule, the same events, the same silence, on every kind of record."""
    archive.clear(archive.clerk, enterprise_level=2, restricted=1)
    kinds = [
        records[0],
        file(archive, archive.clerk).record,
        file(archive, archive.clerk, label="open", register_now="on").record,
        file(archive, archive.clerk, label="core", register_now="on").record,
    ]
    grant(archive, chosen(records[0]))
    ids = [record.pk for record in kinds] + [uuid4()]
    context = archive.context(getattr(archive, who))
    alone = []
    for pk in ids:
        try:
            gate.fetch(context, action, Record, pk)
            alone.append("allowed")
        except Refused as refused:
            alone.append(refused.decision.code)
        except Absent:
            alone.append("absent")
    before = Event.objects.latest("id").pk
    each = list(Event.objects.order_by("-id").values_list(*SEEN)[: len(ids)])[::-1]
    answers = gate.authorize_many(context, action, Record, ids)
    assert ["allowed" if a.permit else a.decision.code if a.decision else "absent" for a in answers] == alone
    assert list(Event.objects.filter(pk__gt=before).order_by("id").values_list(*SEEN)) == each
    assert all(a.target is not None for a in answers if a.decision)
    assert [a.permit.target_id for a in answers if a.permit] == [
        pk for pk, answer in zip(ids, alone, strict=True) if answer == "allowed"
    ]


def test_the_same_grants_sent_twice_are_given_once(archive: Archive, records: list[Record]) -> None:
    ends_at = clock.now() + timedelta(days=3)
    grant(archive, chosen(*records), ends_at=ends_at)
    with pytest.raises(errors.SomeRefused) as refused:
        grant(archive, chosen(*records), ends_at=ends_at)
    assert set(refused.value.codes.values()) == {"grant-held"}
    assert RecordUserPermission.objects.count() == 3
    with pytest.raises(errors.GrantHeld):
        knowledge.grant(
            context=of_account(archive.director),
            record_id=records[0].pk,
            person=archive.stranger.person,
            action=Action.COPY,
            ends_at=ends_at,
        )
    longer = grant(archive, chosen(*records), ends_at=ends_at + timedelta(days=1))
    other = grant(archive, chosen(*records), ends_at=ends_at, action=Action.PRINT)
    assert (longer, other) == (3, 3)


def test_what_changed_since_it_was_chosen_is_refused(archive: Archive, records: list[Record]) -> None:
    stale = chosen(*records)
    Record.objects.filter(pk=records[1].pk).update(version=records[1].version + 1)
    with pytest.raises(errors.SomeRefused) as refused:
        grant(archive, stale)
    assert refused.value.codes == {records[1].pk: "changed-meanwhile"}
    with pytest.raises(errors.SomeRefused):
        move(archive, stale, archive.archive_file())
    assert not RecordUserPermission.objects.exists()


def test_more_than_a_page_is_refused_before_anything_is_looked_for(archive: Archive) -> None:
    before = Event.objects.count()
    for number in (MOST + 1, 10_000):
        with pytest.raises(errors.TooMany):
            grant(archive, [Chosen(uuid4(), 1) for _ in range(number)])
    assert Event.objects.count() == before


# Moving


def move(archive: Archive, records: list[Chosen], to: ArchiveFile, mover: Account | None = None) -> int:
    return together.move_many(
        context=archive.context(mover or archive.archivist),
        chosen=records,
        archive_file_id=to.pk,
    )


@pytest.mark.parametrize(
    ("state", "same_unit", "same_series", "is_there", "code"),
    [
        (RecordState.REGISTERED, True, True, False, None),
        (RecordState.REGISTERED, True, True, True, "move-there-already"),
        (RecordState.REGISTERED, False, True, False, "move-other-unit"),
        (RecordState.REGISTERED, True, False, False, "move-other-series"),
        *(
            (state, True, True, False, "state-forbids")
            for state in RecordState
            if state is not RecordState.REGISTERED
        ),
    ],
)
def test_the_rule_of_moving(
    state: RecordState, same_unit: bool, same_series: bool, is_there: bool, code: str | None
) -> None:
    """HA-01: the whole table."""
    found = move_problem(state, same_unit=same_unit, same_series=same_series, is_there_already=is_there)
    assert found == code


def test_a_move_keeps_its_history_and_labels_both_files_anew(archive: Archive, attested: None) -> None:
    """HA-01, CL-11: from where to where stands in the record's events and in the log."""
    archive.clear(archive.archivist, enterprise_level=2, restricted=1)
    archive.clear(archive.clerk, enterprise_level=2, restricted=1)
    old, new = archive.archive_file("旧卷"), archive.archive_file("新卷")
    knowers = [str(archive.archivist.person.pk)]
    record = file(
        archive, archive.clerk, label="core", knowers=knowers, archive_file=str(old.pk), register_now="on"
    ).record
    old.refresh_from_db()
    assert old.levels.enterprise == 2
    assert move(archive, chosen(record), new) == 1
    for shelf in (old, new, record):
        shelf.refresh_from_db()
    assert (old.levels, new.levels) == (INTERNAL, Levels(enterprise=2, restricted=1))
    assert (record.archive_file_id, record.version) == (new.pk, 3)
    kept = ObjectEvent.objects.get(record=record, type="move")
    assert kept.detail == {"from": str(old.pk), "to": str(new.pk)}
    assert kept.agent_person == archive.archivist.person
    assert told(Action.MOVE)[-1] == ("outcome", "granted", "", str(record.pk))
    page = archive.client(archive.archivist).get(f"/records/{record.pk}/").content.decode()
    assert "移入另一案卷" in page


def test_nothing_moves_when_one_cannot(archive: Archive, records: list[Record]) -> None:
    to = archive.archive_file("新卷")
    move(archive, chosen(records[0]), to)
    records[0].refresh_from_db()
    with pytest.raises(errors.SomeRefused) as refused:
        move(archive, chosen(*records), to)
    assert refused.value.codes == {records[0].pk: "move-there-already"}
    assert Record.objects.filter(archive_file=to).count() == 1


def test_records_move_within_their_unit_and_series_only(archive: Archive, records: list[Record]) -> None:
    """A registered record keeps both: the database itself says so."""
    customers = Series.objects.create(fonds=archive.fonds, code="KH", name="客户")
    for unit, series, code in (
        (archive.other_hall, archive.series, "move-other-unit"),
        (archive.hall, customers, "move-other-series"),
    ):
        to = ArchiveFile(unit=unit, series=series, title="别处", year=2026, created_at=clock.now())
        set_levels(to, INTERNAL)
        to.save()
        with pytest.raises(errors.SomeRefused) as refused:
            move(archive, chosen(records[0]), to)
        assert refused.value.codes == {records[0].pk: code}
    with pytest.raises(Absent):
        together.move_many(
            context=of_account(archive.archivist), chosen=chosen(*records), archive_file_id=uuid4()
        )


# The pages


def boxes(*records: Record) -> list[str]:
    return [f"{record.pk}:{record.version}" for record in records]


def entries(archive: Archive, *records: Record, **changes: object) -> dict[str, object]:
    return {
        "step": "do",
        "record": boxes(*records),
        "person": str(archive.stranger.person.pk),
        "action": Action.COPY.value,
        "ends_on": (today() + timedelta(days=3)).isoformat(),
        **changes,
    }


def test_rows_are_chosen_without_a_script(archive: Archive, records: list[Record]) -> None:
    """Boxes and buttons of one form; an address ticks the whole page. Not for whoever could do nothing with them."""
    client = archive.client(archive.director)
    page = client.get("/records/").content.decode()
    assert page.count('name="record"') == 3
    assert 'formaction="/records/grant/"' in page
    ticked = client.get("/records/?all=1").content.decode()
    assert (page.count(" checked"), ticked.count(" checked")) == (0, 3)
    assert 'name="record"' not in archive.client(archive.clerk).get("/records/").content.decode()
    asked = client.post("/records/grant/", {"record": boxes(*records[:2])})
    assert asked.status_code == 200
    assert asked.content.decode().count('name="record"') == 2
    assert not RecordUserPermission.objects.exists()


def test_the_page_names_what_was_refused_and_keeps_what_was_typed(
    archive: Archive, records: list[Record]
) -> None:
    client = archive.client(archive.director)
    assert client.post("/records/grant/", entries(archive, records[0])).status_code == 302
    refused = client.post("/records/grant/", entries(archive, *records))
    assert refused.status_code == 409
    lines = {line["title"]: line["refused"] for line in refused.context["lines"]}
    assert [bool(lines[record.title]) for record in records] == [True, False, False]
    page = refused.content.decode()
    assert page.count(" checked") == 2
    assert f'value="{archive.stranger.person.pk}" selected' in page
    assert client.post("/records/grant/", entries(archive, *records[1:])).status_code == 302
    wrong = client.post("/records/grant/", entries(archive, records[0], ends_on="2020-01-01"))
    assert wrong.status_code == 400
    assert RecordUserPermission.objects.count() == 3


def test_a_flood_of_ids_and_none_at_all_change_nothing(archive: Archive, records: list[Record]) -> None:
    client = archive.client(archive.director)
    for record in ([], ["x", "1:1"], [f"{uuid4()}:1" for _ in range(MOST + 1)]):
        answer = client.post("/records/grant/", entries(archive, record=record))
        assert (answer.status_code, answer["Location"]) == (302, "/records/")
    flood = client.post("/records/grant/", entries(archive, record=[f"{uuid4()}:1" for _ in range(10_000)]))
    assert flood.status_code in {400, 413}
    assert not RecordUserPermission.objects.exists()


def test_records_are_moved_from_the_page(archive: Archive, records: list[Record]) -> None:
    to = archive.archive_file("新卷")
    client = archive.client(archive.archivist)
    asked = client.post("/records/move/", {"record": boxes(*records)})
    assert f"新卷 · {to.unit.name} · {to.series.code}" in asked.content.decode()
    done = client.post(
        "/records/move/", {"step": "do", "record": boxes(*records), "archive_file": str(to.pk)}
    )
    assert done.status_code == 302
    assert Record.objects.filter(archive_file=to).count() == 3


def test_where_there_is_no_archive_file_to_move_into_the_page_says_where_one_is_opened(
    archive: Archive, records: list[Record]
) -> None:
    client, told = archive.client(archive.archivist), "请先在“案卷”中新建"
    asked = {"record": boxes(*records)}
    assert told in client.post("/records/move/", asked).content.decode()
    archive.archive_file("新卷")
    assert told not in client.post("/records/move/", asked).content.decode()
