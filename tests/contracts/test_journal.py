"""Every service of a room that writes leaves an intent and an outcome in the log (AU-02)."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile

from accounts.models import Account
from audit import clock, events, outbox
from audit.models import Event, Outbox
from tests.contracts import (
    daily_work,
    journal_of_approvals,
    journal_of_arrangement,
    journal_of_emergencies,
    journal_of_imports,
    journal_of_reading,
    journal_of_widenings,
    small_rooms,
    tray,
)
from tests.support.archive import Archive, file, given_long_ago, newest, pdf
from tests.support.sealed import unnamed
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.authorization.errors import Absent, Refused
from vault.authorization.levels import INTERNAL, Levels
from vault.holdings import errors, services
from vault.holdings.labelling import LabelProposal
from vault.holdings.models import IntakeSession, Record, RecordUserPermission, StagedFile
from vault.holdings.rules import LabelSource, Period, PeriodKind
from vault.holdings.services import correction, filing, intake, knowledge, labelling, staging

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

READS = {"intake.session_for"}
Act = Callable[[], object]


class Stage:
    """An archive in which each service has something to do."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        for account in (archive.clerk, archive.director):
            archive.clear(account, enterprise_level=2, restricted=1)

    def as_(self, account: Account) -> Context:
        return self.archive.context(account)

    def open(self, **more: object) -> IntakeSession:
        return intake.open_session(
            context=self.as_(self.archive.clerk), unit=self.archive.hall, levels=INTERNAL, **more
        )

    def receive(self, session: IntakeSession, body: bytes | None = None) -> None:
        body = body or pdf(1)
        intake.receive(
            context=self.as_(self.archive.clerk),
            session=session,
            position=1,
            name="通知.pdf",
            size=len(body),
            body=ContentFile(body).chunks(),
        )

    def draft(self, **changes: object) -> Record:
        return file(self.archive, self.archive.clerk, **changes).record

    def registered(self, **changes: object) -> Record:
        return self.draft(register_now="on", **changes)

    def filing(self, **changes: object) -> filing.Filing:
        return filing.Filing(
            **{
                "unit": self.archive.hall,
                "series": self.archive.series,
                "retention_class": self.archive.retention,
                "record_date": date(2026, 10, 9),
                "label": LabelProposal(levels=INTERNAL, source=None, issued_on=None),
                "title": "标题",
                **changes,
            }
        )

    def core(self) -> LabelProposal:
        return LabelProposal(
            levels=Levels(enterprise=2, restricted=1),
            source=LabelSource.RECEIVED,
            issued_on=date(2026, 9, 1),
            period=Period(PeriodKind.YEARS, 5),
            received_mark="核心商密",
            has_originator=True,
        )


def open_session(stage: Stage) -> Act:
    return stage.open


def receive(stage: Stage) -> Act:
    session = stage.open()
    return lambda: stage.receive(session)


def drop(stage: Stage) -> Act:
    session = stage.open()
    stage.receive(session)
    return lambda: intake.drop(context=stage.as_(stage.archive.clerk), session=session, position=1)


def close_quarantine(stage: Stage) -> Act:
    stage.receive(stage.open(), b"MZ\x90\x00" + b"\x00" * 200)
    held = StagedFile.objects.get()
    return lambda: staging.close_quarantine(
        context=stage.as_(stage.archive.archivist), file_id=held.pk, reason="发错文件"
    )


def file_records(stage: Stage) -> Act:
    session = stage.open()
    stage.receive(session)
    return lambda: filing.file_records(
        context=stage.as_(stage.archive.clerk), session=session, filing=stage.filing()
    )


def register_card(stage: Stage) -> Act:
    return lambda: filing.register_card(
        context=stage.as_(stage.archive.clerk), filing=stage.filing(place="柜 3")
    )


def register(stage: Stage) -> Act:
    record = stage.draft()
    return lambda: filing.register(
        context=stage.as_(stage.archive.clerk), record_id=record.pk, version=record.version
    )


def edit_draft(stage: Stage) -> Act:
    record = stage.draft()
    return lambda: filing.edit_draft(
        context=stage.as_(stage.archive.clerk),
        record_id=record.pk,
        version=record.version,
        changes={"title": "别的"},
    )


def correct(stage: Stage) -> Act:
    record = stage.registered()
    session = stage.open(component=record.components.get())
    stage.receive(session)
    return lambda: correction.correct(
        context=stage.as_(stage.archive.clerk), record_id=record.pk, session=session, reason="错页"
    )


def name_knowers(stage: Stage) -> Act:
    record = stage.registered()
    return lambda: knowledge.name_knowers(
        context=stage.as_(stage.archive.director),
        record_id=record.pk,
        persons=[stage.archive.officer.person],
        reason="参与检修",
    )


def strike_knower(stage: Stage) -> Act:
    record = stage.registered(label="core", knowers=people(stage.archive.director, stage.archive.cleared))
    entry = record.knowledge_entries.get(person=stage.archive.cleared.person)
    return lambda: knowledge.strike_knower(
        context=stage.as_(stage.archive.director), record_id=record.pk, entry_id=entry.pk, reason="调离"
    )


def grant(stage: Stage) -> Act:
    record = stage.registered()
    return lambda: knowledge.grant(
        context=stage.as_(stage.archive.director),
        record_id=record.pk,
        person=stage.archive.colleague.person,
        action=Action.COPY,
        ends_at=clock.now() + timedelta(days=3),
    )


def end_grant(stage: Stage) -> Act:
    grant(stage)()
    row = RecordUserPermission.objects.get()
    return lambda: knowledge.end_grant(
        context=stage.as_(stage.archive.director), record_id=row.content_object_id, grant_id=row.pk
    )


def keep_grant(stage: Stage) -> Act:
    grant(stage)()
    row = given_long_ago(RecordUserPermission.objects.get())
    return lambda: knowledge.keep_grant(
        context=stage.as_(stage.archive.director), record_id=row.content_object_id, grant_id=row.pk
    )


def propose_label(stage: Stage) -> Act:
    record = stage.draft()
    return lambda: labelling.propose_label(
        context=stage.as_(stage.archive.director),
        record_id=record.pk,
        label=stage.core(),
        originator=stage.archive.company,
        decider=None,
    )


def decide_label(stage: Stage) -> Act:
    record = stage.registered(
        label="core", source="proposed", received_mark="", decider=str(stage.archive.officer.person.pk)
    )
    return lambda: labelling.decide_label(
        context=stage.as_(stage.archive.officer),
        record_id=record.pk,
        proposal_id=newest(record).pk,
        confirm=True,
    )


WALKED: dict[str, tuple[Callable[[Stage], Act], Action]] = {
    **journal_of_arrangement.WALKED,
    "intake.open_session": (open_session, Action.FILE),
    "intake.receive": (receive, Action.RECEIVE),
    "intake.drop": (drop, Action.DROP_RECEIVED),
    "filing.file_records": (file_records, Action.FILE),
    "filing.register_card": (register_card, Action.DRAFT),
    "filing.register": (register, Action.REGISTER),
    "filing.edit_draft": (edit_draft, Action.EDIT_DRAFT),
    "correction.correct": (correct, Action.CORRECT),
    "staging.close_quarantine": (close_quarantine, Action.CLOSE_QUARANTINE),
    "knowledge.name_knowers": (name_knowers, Action.NAME_KNOWERS),
    "knowledge.strike_knower": (strike_knower, Action.NAME_KNOWERS),
    "knowledge.grant": (grant, Action.GRANT),
    "knowledge.end_grant": (end_grant, Action.GRANT),
    "knowledge.keep_grant": (keep_grant, Action.GRANT),
    "labelling.propose_label": (propose_label, Action.CHANGE_LABEL),
    "labelling.decide_label": (decide_label, Action.DECIDE_LABEL),
    **journal_of_imports.WALKED,
    **tray.WALKED,
    **small_rooms.WALKED,
    **daily_work.WALKED,
    **journal_of_approvals.WALKED,
    **journal_of_reading.WALKED,
    **journal_of_emergencies.WALKED,
    **journal_of_widenings.WALKED,
}


def people(*accounts: Account) -> list[str]:
    return [str(account.person.pk) for account in accounts]


def public_services() -> Iterator[str]:
    """Those that act for somebody: they take a context."""
    modules = {
        module.name: importlib.import_module(f"{services.__name__}.{module.name}")
        for module in pkgutil.iter_modules(services.__path__)
    }
    for room, loaded in (
        modules
        | small_rooms.SERVICES
        | journal_of_approvals.SERVICES
        | journal_of_reading.SERVICES
        | journal_of_emergencies.SERVICES
        | journal_of_widenings.SERVICES
    ).items():
        for name, value in vars(loaded).items():
            if (
                inspect.isfunction(value)
                and value.__module__ == loaded.__name__
                and not name.startswith("_")
                and "context" in inspect.signature(value).parameters
            ):
                yield f"{room}.{name}"


@pytest.fixture
def stage(archive: Archive, attested: None) -> Stage:
    return Stage(archive)


def told() -> None:
    """Move every waiting outcome into the log."""
    while outbox.relay():
        pass


def seen() -> set[object]:
    return set(Event.objects.values_list("uid", flat=True))


def test_no_service_is_left_out() -> None:
    assert set(public_services()) == set(WALKED) | READS


@pytest.mark.parametrize("name", WALKED)
def test_a_service_that_writes_leaves_an_intent_and_its_outcome(stage: Stage, name: str) -> None:
    """AU-02, AU-03, AU-07: the intent is there before the change, the outcome with it; the auditor reads both in words."""
    prepare, action = WALKED[name]
    act = prepare(stage)
    told()
    before = seen()
    act()
    told()
    # Keys that go with the change are storage's own events, each with its own intent and outcome.
    fresh = Event.objects.exclude(uid__in=before).exclude(action__startswith="storage:")
    intents = list(fresh.filter(phase=events.INTENT))
    assert len(intents) == journal_of_imports.INTENTS.get(name, 1)
    for intent in intents:
        assert (intent.action, intent.outcome) == (str(action), events.GRANTED)
        closing = fresh.get(closes=intent.uid, action=str(action), outcome="granted", phase="outcome")
        assert closing.person == intent.person != ""
        assert fresh.filter(closes=intent.uid).count() == 1
    assert unnamed(fresh) == set()
    assert not Outbox.objects.filter(consumer=outbox.AUDIT).exists()


def test_what_is_refused_leaves_its_refusal_and_no_intent(stage: Stage) -> None:
    """AU-02: the stranger shares the allowed set-up of `register`."""
    record = stage.draft()
    told()
    before = seen()
    with pytest.raises((Absent, Refused)):
        filing.register(
            context=stage.as_(stage.archive.stranger), record_id=record.pk, version=record.version
        )
    told()
    event = Event.objects.exclude(uid__in=before).get()
    assert (event.action, event.outcome) == (str(Action.REGISTER), events.DENIED)
    assert event.phase != events.INTENT


def test_a_change_that_a_rule_refuses_ends_as_failed_with_the_rule(stage: Stage) -> None:
    """AU-01: the log says at once how it ended and why, and the record is unchanged."""
    record = stage.draft()
    told()
    before = seen()
    with pytest.raises(errors.ChangedMeanwhile):
        filing.register(
            context=stage.as_(stage.archive.clerk), record_id=record.pk, version=record.version + 1
        )
    told()
    fresh = Event.objects.exclude(uid__in=before)
    closing = fresh.get(closes=fresh.get(phase=events.INTENT).uid)
    assert (closing.outcome, closing.rule) == (events.FAILED, "changed-meanwhile")
    assert Record.objects.get(pk=record.pk).state == "draft"


def test_a_file_that_is_cut_off_ends_as_failed_with_the_rule(stage: Stage) -> None:
    """AU-01, PF-05"""
    session = stage.open()
    told()
    before = seen()
    with pytest.raises(errors.UploadCut):
        intake.receive(
            context=stage.as_(stage.archive.clerk),
            session=session,
            position=1,
            name="通知.pdf",
            size=10_000,
            body=[b"%PDF-1.7"],
        )
    told()
    fresh = Event.objects.exclude(uid__in=before)
    closing = fresh.get(closes=fresh.get(phase=events.INTENT).uid)
    assert (closing.outcome, closing.rule) == (events.FAILED, "upload-cut")


def test_a_change_that_breaks_down_leaves_an_intent_that_nobody_calls_done(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AU-03: the outcome shares the transaction of the change, so it goes with it."""
    record = stage.draft()
    told()
    before = seen()

    def broken(*_args: object, **_more: object) -> None:
        raise OSError

    monkeypatch.setattr(filing, "note", broken)
    with pytest.raises(OSError):
        filing.register(context=stage.as_(stage.archive.clerk), record_id=record.pk, version=record.version)
    told()
    event = Event.objects.exclude(uid__in=before).get()
    assert (event.action, event.phase) == (str(Action.REGISTER), events.INTENT)
    assert Record.objects.get(pk=record.pk).state == "draft"
