"""Incidents are raised by anybody and by the system itself, and worked by the security officer step by step."""

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from accounts.models import Account
from accounts.rules import ZONE, Duty
from audit import clock, events, outbox
from audit.events import ObjectFacts
from audit.models import Event as LogEvent
from tests.contracts.test_evidence import execute, rows
from tests.support.archive import Archive
from tests.support.at_once import at_once
from vault.authorization.context import of_account
from vault.authorization.errors import Absent, Refused
from vault.incidents import errors, evidence, services
from vault.incidents.models import Incident, IncidentEntry
from vault.incidents.rules import Event, Kind, State

with_databases = pytest.mark.django_db(databases=["default", "audit"])

WHAT = "柜中少一份标有密级的图纸"
# Written by hand: what the security officer may do from where, and where it leads.
ALLOWED = {
    ("open", "report"): "reported",
    ("reported", "contain"): "contained",
    ("contained", "investigate"): "investigated",
    ("investigated", "decide"): "decided",
    ("decided", "close"): "closed",
    **{
        (state, event): state
        for state in "open reported contained investigated decided".split()
        for event in ("note", "measure")
    },
}


def raise_one(archive: Archive, account: Account | None = None, **changes: object) -> Incident:
    return services.raise_incident(
        **{
            "context": of_account(account or archive.clerk),
            "kind": Kind.LOSS,
            "what": WHAT,
            "unit": archive.hall,
            **changes,
        }
    )


def advance(archive: Archive, incident: Incident, event: Event, account: Account | None = None) -> Incident:
    return services.advance(
        context=of_account(account or archive.security),
        incident_id=incident.pk,
        version=Incident.objects.get(pk=incident.pk).version,
        event=event,
        text=f"说明{event}",
    )


def told() -> None:
    while outbox.relay():
        pass


# Raising


@with_databases
def test_the_report_is_due_24_hours_after_it_became_known(archive: Archive) -> None:
    """AD-11: due computed."""
    known = clock.now() - timedelta(hours=30)
    incident = raise_one(archive, known_at=known)
    assert incident.due_at == known + timedelta(hours=24)
    at_once = raise_one(archive)
    assert at_once.due_at == at_once.known_at + timedelta(hours=24)
    assert at_once.number == incident.number + 1


@with_databases
@pytest.mark.parametrize("duty", list(Duty))
def test_whoever_has_an_account_may_report(archive: Archive, duty: Duty) -> None:
    """保密工作(5): of every duty, officers too."""
    account = archive.add(duty)
    assert raise_one(archive, account).raised_by == account.person


@with_databases
def test_the_system_itself_raises_one_and_says_what_it_is_about(archive: Archive) -> None:
    """Other rooms raise them without a person; the log names the room."""
    about = ObjectFacts("component", str(uuid4()))
    incident = raise_one(archive, context=None, kind=Kind.DAMAGE, source="fixity", about=about)
    told()
    assert incident.raised_by is None
    assert (incident.source, incident.object_type, incident.object_id) == ("fixity", "component", about.id)
    intent, ended = LogEvent.objects.filter(action="incidents:incident:report").order_by("id")
    assert (intent.actor, intent.object_id) == ("system:fixity", about.id)
    assert (ended.closes, ended.outcome, ended.object_id) == (intent.uid, events.GRANTED, str(incident.pk))


@with_databases
def test_raised_in_a_change_that_is_undone_it_is_undone_too(archive: Archive) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        raise_one(archive)
        raise ZeroDivisionError
    assert not Incident.objects.exists()


@with_databases
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"what": "  "}, errors.TextMissing),
        ({"known_at": datetime(2100, 1, 1, tzinfo=UTC)}, errors.NotYetKnown),
        ({"known_at": datetime(2020, 1, 1, tzinfo=UTC)}, errors.NotYetKnown),
    ],
    ids=["empty", "future", "long ago"],
)
def test_what_cannot_be_is_refused_with_its_rule_in_the_log(
    archive: Archive, changes: dict[str, object], error: type[errors.IncidentsError]
) -> None:
    with pytest.raises(error):
        raise_one(archive, **changes)
    told()
    assert not Incident.objects.exists()
    ended = LogEvent.objects.get(action="incidents:incident:report", phase=events.OUTCOME)
    assert (ended.outcome, ended.rule) == (events.FAILED, error.code)
    raise_one(archive)


def test_two_at_once_get_two_numbers(committed_databases) -> None:
    archive = Archive()
    assert at_once(lambda: raise_one(archive), lambda: raise_one(archive)) == [None, None]
    assert sorted(Incident.objects.values_list("number", flat=True)) == [1, 2]


# Working


@pytest.fixture
def people(archive: Archive) -> dict[Duty, Account]:
    """Somebody of each duty, and one without any."""
    return {duty: archive.add(duty) for duty in Duty}


def in_state(archive: Archive, state: State) -> Incident:
    """An incident that got there by its own steps, with a measure."""
    incident = raise_one(archive)
    if state is State.OPEN:
        return incident
    advance(archive, incident, Event.MEASURE)
    for event in (Event.REPORT, Event.CONTAIN, Event.INVESTIGATE, Event.DECIDE, Event.CLOSE):
        if advance(archive, incident, event).state == state:
            return incident
    raise AssertionError(state)


@with_databases
@pytest.mark.parametrize("state", list(State))
def test_every_step_from_every_state_by_every_duty(
    archive: Archive, people: dict[Duty, Account], state: State
) -> None:
    """Requirements 7.12: the full product. What the table does not name is refused, told, and changes nothing."""
    incident = in_state(archive, state)
    wrong = []
    for event, (duty, account) in product(Event, people.items()):
        before, count = rows("incidents_incident"), IncidentEntry.objects.count()
        expected = ALLOWED.get((state.value, event.value)) if duty is Duty.SECURITY_OFFICER else None
        point = transaction.savepoint()
        try:
            advance(archive, incident, event, account)
            seen = Incident.objects.get(pk=incident.pk).state
            if IncidentEntry.objects.count() != count + 1:
                wrong.append(f"{event} {duty}: no row of it")
        except (Refused, errors.WrongState):
            seen = None
            if (rows("incidents_incident"), IncidentEntry.objects.count()) != (before, count):
                wrong.append(f"{event} {duty}: refused and changed")
        transaction.savepoint_rollback(point)
        if seen != expected:
            wrong.append(f"{event} {duty}: expected {expected}, saw {seen}")
    assert wrong == []


@with_databases
def test_the_whole_life_stands_in_the_register_and_in_the_log(archive: Archive) -> None:
    """保密工作(5), AU-01: who did what when, in order."""
    incident = in_state(archive, State.CLOSED)
    told()
    kept = list(incident.entries.order_by("number").values_list("number", "event", "state"))
    assert kept == [
        (1, "measure", "open"),
        (2, "report", "reported"),
        (3, "contain", "contained"),
        (4, "investigate", "investigated"),
        (5, "decide", "decided"),
        (6, "close", "closed"),
    ]
    ended = LogEvent.objects.filter(action="incidents:incident:manage", phase=events.OUTCOME)
    assert {event.object_id for event in ended} == {str(incident.pk)}
    assert ended.count() == 6
    assert Incident.objects.get(pk=incident.pk).reported_at == incident.entries.get(event="report").at


@with_databases
def test_without_a_measure_it_is_not_closed(archive: Archive) -> None:
    """保密工作(5): outcome and corrective action."""
    incident = raise_one(archive)
    for event in (Event.REPORT, Event.CONTAIN, Event.INVESTIGATE, Event.DECIDE):
        advance(archive, incident, event)
    with pytest.raises(errors.MeasureMissing):
        advance(archive, incident, Event.CLOSE)
    assert Incident.objects.get(pk=incident.pk).state == State.DECIDED
    advance(archive, incident, Event.MEASURE)
    assert advance(archive, incident, Event.CLOSE).state == State.CLOSED


@with_databases
def test_a_step_on_what_was_changed_meanwhile_or_without_words_is_refused(archive: Archive) -> None:
    incident = raise_one(archive)
    advance(archive, incident, Event.NOTE)
    given = {"context": of_account(archive.security), "incident_id": incident.pk, "event": Event.REPORT}
    with pytest.raises(errors.ChangedMeanwhile):
        services.advance(**given, version=1, text="已报")
    with pytest.raises(errors.TextMissing):
        services.advance(**given, version=2, text=" \n ")
    assert Incident.objects.get(pk=incident.pk).state == State.OPEN
    assert services.advance(**given, version=2, text="已报").state == State.REPORTED


@with_databases
def test_one_that_is_not_there_is_absent(archive: Archive) -> None:
    with pytest.raises(Absent):
        services.advance(
            context=of_account(archive.security), incident_id=uuid4(), version=1, event=Event.NOTE, text="x"
        )


# Evidence


@with_databases
@pytest.mark.parametrize("table", evidence.TABLES, ids=lambda table: table.table)
def test_what_was_reported_and_done_is_not_written_over(archive: Archive, table: object) -> None:
    """architecture.md section 4: each protected column for itself, and the row."""
    raise_one(archive, context=None, source="fixity", about=ObjectFacts("component", "1"))
    incident = raise_one(archive)
    advance(archive, incident, Event.NOTE)
    before = rows(table.table)
    there = {name for row in before for name, value in row.items() if value is not None}
    columns = [name for name in table.columns or before[0] if name in there]
    assert set(table.columns) <= there
    for name in columns:
        with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
            execute(f'UPDATE {table.table} SET "{name}" = NULL')
    with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
        execute(f"DELETE FROM {table.table}")
    assert rows(table.table) == before


# Pages


@with_databases
def test_the_security_officer_sees_the_clock_at_home_in_the_list_and_on_the_page(archive: Archive) -> None:
    """AD-11: overdue shown."""
    overdue = raise_one(archive, known_at=clock.now() - timedelta(hours=27, minutes=30))
    running = raise_one(archive)
    client = archive.client(archive.security)
    for address in ("/", "/incidents/", f"/incidents/{overdue.pk}/"):
        assert "已逾期 3 小时 30 分" in client.get(address).content.decode()
    assert "还剩 23 小时 59 分" in client.get(f"/incidents/{running.pk}/").content.decode()
    late_only = client.get("/incidents/?clock=late").content.decode()
    assert f"/incidents/{overdue.pk}/" in late_only
    assert f"/incidents/{running.pk}/" not in late_only
    advance(archive, overdue, Event.REPORT)
    page = client.get(f"/incidents/{overdue.pk}/").content.decode()
    assert "逾期上报" in page
    assert f"/incidents/{overdue.pk}/" in client.get("/incidents/?clock=late").content.decode()


@with_databases
def test_a_report_by_the_form_reaches_the_security_officer_and_its_reporter_sees_where_it_stands(
    archive: Archive,
) -> None:
    """AD-11, 保密工作(5)"""
    reporter = archive.client(archive.clerk)
    known = (clock.now() - timedelta(days=2)).replace(second=0, microsecond=0)
    typed = known.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")
    answer = reporter.post(
        "/incidents/report/",
        {"kind": "loss", "unit": str(archive.hall.pk), "known_at": typed, "what": "图纸\n少一份"},
    )
    assert (answer.status_code, answer["Location"]) == (302, "/")
    incident = Incident.objects.get()
    assert (incident.known_at, incident.what, incident.raised_by) == (
        known,
        "图纸\n少一份",
        archive.clerk.person,
    )
    assert "你报告的安全事件" in reporter.get("/").content.decode()
    assert "图纸" not in archive.client(archive.colleague).get("/").content.decode()
    assert "图纸" in archive.client(archive.security).get(f"/incidents/{incident.pk}/").content.decode()


@with_databases
@pytest.mark.parametrize("who", ["clerk", "director", "auditor", "system"])
def test_nobody_else_reads_the_register(archive: Archive, who: str) -> None:
    """AD-01: not even whoever reported it; the set-up is that of the allowed one."""
    incident = raise_one(archive)
    client = archive.client(getattr(archive, who))
    for address in ("/incidents/", f"/incidents/{incident.pk}/"):
        answer = client.get(address)
        assert answer.status_code == 403
        assert WHAT not in answer.content.decode()
    assert archive.client(archive.security).get(f"/incidents/{incident.pk}/").status_code == 200


@with_databases
def test_the_page_offers_what_the_table_allows_and_takes_it(archive: Archive) -> None:
    incident = raise_one(archive)
    client, address = archive.client(archive.security), f"/incidents/{incident.pk}/"
    page = client.get(address).content.decode()
    assert 'value="report"' in page
    assert 'value="close"' not in page
    answer = client.post(f"{address}steps/", {"event": "report", "version": "1", "text": "已电话报主管领导"})
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert "已电话报主管领导" in client.get(address).content.decode()
    again = client.post(f"{address}steps/", {"event": "report", "version": "1", "text": "再报"})
    assert again.status_code == 409
    assert "再报" in again.content.decode()
    assert client.post(f"{address}steps/", {"event": "burn", "version": "2", "text": "x"}).status_code == 400
