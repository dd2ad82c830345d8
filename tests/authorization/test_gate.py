"""The gate at its full path: loads, decides, records before it answers, and tells nobody what is not his."""

import statistics
import time
from datetime import timedelta
from uuid import UUID

import pytest

from accounts.models import Training
from accounts.rules import Duty
from audit import clock, recording
from audit.errors import AuditUnavailable
from audit.models import Event
from tests.accounts.people import (
    make_account,
    make_appointment,
    make_clearance,
    make_fit,
    make_person,
    today,
)
from tests.authorization.conftest import CORE, INTERNAL, MISSING, SECRET, give, last_event, name, statements
from vault.authorization import anonymous, gate, providers
from vault.authorization.actions import GRANTABLE, Action
from vault.authorization.context import Context, of_account
from vault.authorization.decision import Allow, Code, Deny
from vault.authorization.errors import Absent, MisusedAction, Refused
from vault.authorization.facts import Obligation, Scope
from vault.authorization.levels import OPEN, Levels
from vault.authorization.scope import visible_to
from vault.holdings.access_classes import set_levels
from vault.holdings.models import ArchiveFile, Record

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

LABEL = ["state_level", "enterprise_level", "restricted", "access_class"]


def outcome(context: Context, action: Action, record: Record) -> str:
    """`absent`, a refusal's code, or `allowed`."""
    try:
        gate.fetch(context, action, Record, record.pk)
    except Absent:
        return "absent"
    except Refused as refused:
        return refused.code
    return "allowed"


class Answers:
    """Rooms of later work, under the test's hand."""

    def __init__(self) -> None:
        self.requests: set = set()
        self.session = False
        self.excluded: set = set()


@pytest.fixture
def answers():
    given = Answers()
    undo = [
        providers.APPROVED_REQUEST.provide(
            lambda asked: (asked.action, asked.object_id) in given.requests,
            lambda context, action, model: frozenset(pk for a, pk in given.requests if a is action),
        ),
        providers.LIVE_SESSION.provide(
            lambda asked: given.session,
            lambda context, action, model: frozenset(pk for _, pk in given.requests if given.session),
        ),
        providers.EXCLUDED.provide(
            lambda asked: asked.object_id in given.excluded,
            lambda context, action, model: frozenset(given.excluded),
        ),
    ]
    yield given
    for take_back in undo:
        take_back()


# What is recorded, and when


def test_an_allowance_is_in_the_log_before_the_permit_is_in_hand(archive, make):
    """AU-03, architecture 3: one event for the reading and its decision, with who, what, label and rule."""
    record = make()
    found, permit = gate.fetch(of_account(archive.colleague), Action.CONSULT, Record, record.pk)
    event = Event.objects.get(uid=permit.event)
    assert found == record
    assert (event.action, event.outcome, event.phase) == ("holdings:record:consult", "granted", "single")
    assert (event.rule, event.object_id, event.label) == ("unit-scope", str(record.pk), "S0.E0.R1")
    assert (event.person, event.duties) == (str(archive.colleague.person_id), "duty_clerk")


def test_a_refusal_is_in_the_log_with_its_rule(archive, make):
    """PE-04: the person hears nothing, the auditor everything."""
    record = make(SECRET)
    assert outcome(of_account(archive.colleague), Action.DESCRIBE, record) == "absent"
    event = last_event()
    assert (event.outcome, event.rule, event.object_id) == ("denied", "clearance-state", str(record.pk))


def test_a_change_that_is_allowed_is_an_intent(archive, make):
    """audit.md 1.3: the service closes it with an outcome in its own transaction."""
    record = make(state="draft")
    _, permit = gate.fetch(of_account(archive.clerk), Action.REGISTER, Record, record.pk)
    assert Event.objects.get(uid=permit.event).phase == "intent"


def test_nothing_is_released_when_nothing_can_be_recorded(archive, make, monkeypatch):
    """AU-03: break the log, and allowed and refused alike end in 503 with nothing in hand."""
    mine, other = make(), make(SECRET)

    def broken(*args: object, **kwargs: object) -> None:
        raise AuditUnavailable("The audit log cannot be written.")

    monkeypatch.setattr(recording, "record", broken)
    context = of_account(archive.colleague)
    for record in (mine, other):
        with pytest.raises(AuditUnavailable):
            gate.fetch(context, Action.CONSULT, Record, record.pk)
    with pytest.raises(AuditUnavailable):
        gate.authorize_list(context, Action.LIST, Record, filters={}, total=1)
    with pytest.raises(AuditUnavailable):
        gate.authorize_system(Action.FIXITY, [mine.pk])


def test_a_page_of_a_list_is_one_event_with_its_filters_sealed(archive):
    """AU-01, audit.md 2: what somebody looked for is personal; how much there was is not."""
    before = Event.objects.count()
    gate.authorize_list(of_account(archive.clerk), Action.LIST, Record, filters={"year": "2026"}, total=7)
    event = last_event()
    assert Event.objects.count() == before + 1
    assert (event.action, event.object_type) == ("holdings:record:list", "record-list")
    assert b"2026" not in bytes(event.ciphertext)
    assert event.ciphertext


def test_an_opening_that_goes_on_is_decided_again_and_recorded_once(archive, make):
    """storage.md 3: a thousand ranges of one recording are one opening; a right that ended ends it at once."""
    record = make()
    context = of_account(archive.colleague)
    _, first = gate.fetch(context, Action.CONSULT, Record, record.pk)
    before = Event.objects.count()
    _, second = gate.fetch(
        of_account(archive.colleague), Action.CONSULT, Record, record.pk, opened=first.event
    )
    assert (second.event, Event.objects.count()) == (first.event, before)
    archive.colleague.person.appointments.update(ends_on=today() - timedelta(days=1))
    with pytest.raises(Absent):
        gate.fetch(of_account(archive.colleague), Action.CONSULT, Record, record.pk, opened=first.event)


# Absent and forbidden


def test_a_missing_and_a_forbidden_record_are_the_same_from_outside(archive, make, business_sql):
    """PE-05: the same exception with the same text, the same number of queries, one event each of the same shape."""
    forbidden = make(SECRET)
    seen = []
    for pk in (forbidden.pk, MISSING):
        context = of_account(archive.colleague)
        assert context.subject.usable
        with business_sql() as captured, pytest.raises(Absent) as raised:
            gate.fetch(context, Action.CONSULT, Record, pk)
        event = last_event()
        shape = (event.action, event.phase, event.object_type, event.object_id == str(pk))
        seen.append((str(raised.value), raised.value.code, len(statements(captured)), shape))
    assert seen[0] == seen[1]
    assert (last_event().outcome, last_event().rule) == ("failed", "absent")


def test_a_missing_part_of_a_record_is_absent_like_a_missing_record(archive, make):
    """PE-05: a component that is not there says nothing about the record."""
    record = make()
    with pytest.raises(Absent):
        gate.fetch(of_account(archive.colleague), Action.CONSULT, Record, record.pk, lambda pk: None)
    assert (last_event().outcome, last_event().rule) == ("failed", "absent")


def test_a_missing_and_a_forbidden_record_take_the_same_time(archive, make):
    """PE-05: no timing class; medians of 300 interleaved pairs within 10 %, in one of three tries on a busy machine."""
    pair = (make(SECRET).pk, MISSING)
    context = of_account(archive.colleague)
    assert any(_difference(context, *pair) < 0.10 for _ in range(3))


def _difference(context: Context, one: UUID, other: UUID) -> float:
    spent: dict[UUID, list[float]] = {one: [], other: []}
    for _ in range(300):
        for pk, times in spent.items():
            started = time.perf_counter()
            with pytest.raises(Absent):
                gate.fetch(context, Action.CONSULT, Record, pk)
            times.append(time.perf_counter() - started)
    medians = [statistics.median(times) for times in spent.values()]
    return abs(medians[0] - medians[1]) / max(medians)


def test_misses_without_an_account_are_counted_by_the_minute():
    """Architecture 3: a scan leaves one event a minute, not one an address."""
    nobody = Context(account=None, instant=clock.now())
    before = Event.objects.count()
    for _ in range(5):
        with pytest.raises(Absent):
            gate.fetch(nobody, Action.DESCRIBE, Record, MISSING)
    assert Event.objects.count() == before
    anonymous.count(clock.now() + timedelta(minutes=1))
    event = last_event()
    assert (Event.objects.count(), event.action) == (before + 1, anonymous.ACTION)


# The bar


def test_a_decision_takes_at_most_three_queries_beyond_the_object(archive, make, business_sql):
    """The bar: ≤ 3 SQL beyond the object itself and the event's own write, for whoever asks and whatever comes out."""
    record = make(SECRET)
    name(record, archive.cleared.person, archive.clerk.person)
    for account in (archive.archivist, archive.cleared, archive.colleague):
        for action in GRANTABLE:
            with business_sql() as captured:
                outcome(of_account(account), action, record)
            assert len(statements(captured)) - 1 <= 3, statements(captured)


# The rule, case by case


@pytest.mark.parametrize("granted", GRANTABLE)
def test_a_grant_of_one_action_allows_that_action_and_to_know_of_the_record(archive, make, granted):
    """PE-03: the 9×9 matrix; one grant a row, nine actions a column."""
    record = make()
    viewer = archive.stranger
    assert outcome(of_account(viewer), Action.DESCRIBE, record) == "absent"
    give(record, viewer, granted, archive.director.person)
    for action in GRANTABLE:
        allowed = action in {granted, Action.DESCRIBE}
        assert (outcome(of_account(viewer), action, record) == "allowed") is allowed, (granted, action)
        listed = visible_to(of_account(viewer), Record, action).filter(pk=record.pk).exists()
        assert listed is allowed, (granted, action)


def test_a_grant_has_its_first_and_its_last_instant(archive, make):
    """PE-01, PE-11: what ended yesterday is refused today, what begins tomorrow too."""
    record = make()
    now = clock.now()
    by = archive.director.person
    give(record, archive.stranger, Action.CONSULT, by, starts_at=now - timedelta(days=2), ends_at=now)
    give(
        record,
        archive.stranger,
        Action.CONSULT,
        by,
        starts_at=now + timedelta(hours=1),
        ends_at=now + timedelta(days=1),
    )
    assert outcome(of_account(archive.stranger), Action.CONSULT, record) == "absent"
    give(record, archive.stranger, Action.CONSULT, by)
    assert outcome(of_account(archive.stranger), Action.CONSULT, record) == "allowed"


def test_a_grant_to_one_account_counts_for_the_person(archive, make):
    """PE-07: rights hang on persons; the second account of the same person uses the same grant."""
    record = make()
    second = make_account(archive.stranger.person)
    give(record, archive.stranger, Action.CONSULT, archive.director.person)
    assert outcome(of_account(second), Action.CONSULT, record) == "allowed"


@pytest.mark.parametrize(
    ("levels", "cleared", "allowed"),
    [
        (CORE, {"state_level": 3, "restricted": 1}, False),
        (CORE, {"enterprise_level": 2, "restricted": 1}, True),
        (SECRET, {"enterprise_level": 2, "restricted": 1}, False),
        (SECRET, {"state_level": 2, "restricted": 1}, True),
        (Levels(2, 2, 1), {"state_level": 3, "enterprise_level": 1, "restricted": 1}, False),
        (SECRET, {"state_level": 2, "restricted": 0}, False),
    ],
)
def test_a_clearance_dominates_in_every_regime(archive, make, levels, cleared, allowed):
    """CL-01: a reader with 绝密 state clearance and no enterprise clearance is refused 核心商密."""
    person = make_fit(make_person(archive.hall))
    make_clearance(person, archive.security.person, **cleared)
    record = make(levels)
    name(record, person, archive.clerk.person)
    found = outcome(of_account(make_account(person)), Action.DESCRIBE, record)
    assert (found == "allowed") is allowed
    assert (record in visible_to(of_account(person.accounts.get()), Record)) is allowed


def test_a_clearance_that_ended_yesterday_opens_nothing_today(archive, make):
    """PE-01: expired yesterday -> refused today."""
    record = make(SECRET)
    found = []
    for last in (today(), today() - timedelta(days=1)):
        person = make_fit(make_person(archive.hall))
        make_clearance(
            person,
            archive.security.person,
            state_level=2,
            starts_on=today() - timedelta(days=9),
            ends_on=last,
        )
        name(record, person, archive.clerk.person)
        found.append(outcome(of_account(make_account(person)), Action.DESCRIBE, record))
    assert found == ["allowed", "absent"]


def test_a_proposed_label_protects_before_anybody_decided_it(archive, make):
    """CL-05: before the decision, a lower-cleared reader meets nothing; the effective label is what protects."""
    record = make()
    assert outcome(of_account(archive.colleague), Action.CONSULT, record) == "allowed"
    set_levels(record, SECRET)
    record.save(update_fields=LABEL)
    assert outcome(of_account(archive.colleague), Action.CONSULT, record) == "absent"
    assert record not in visible_to(of_account(archive.colleague), Record)


@pytest.mark.parametrize("levels", [SECRET, CORE])
@pytest.mark.parametrize("action", [Action.CONSULT, Action.EXCERPT, Action.QUOTE, Action.COPY, Action.PRINT])
def test_classified_content_needs_list_then_request_then_session(
    archive, make, answers, attested, levels, action
):
    """P-05: refused in that order, each with its own code; with all of them, open."""
    record = make(levels)
    reader = archive.cleared
    assert outcome(of_account(reader), action, record) == "absent"
    name(record, reader.person, archive.clerk.person)
    first = "no-basis-for-action" if action in {Action.COPY, Action.PRINT} else "approved-request-missing"
    assert outcome(of_account(reader), action, record) == first
    answers.requests.add((action, record.pk))
    assert outcome(of_account(reader), action, record) == "live-session-missing"
    answers.session = True
    _, permit = gate.fetch(of_account(reader), action, Record, record.pk)
    assert permit.obligations == frozenset(Obligation)


def test_internal_content_needs_no_session_and_copies_need_a_request(archive, make, answers):
    """P-05: by unit scope or a grant; COPY and PRINT by a grant for that action or an approved request."""
    record = make()
    colleague = archive.colleague
    assert outcome(of_account(colleague), Action.CONSULT, record) == "allowed"
    assert outcome(of_account(colleague), Action.COPY, record) == "no-basis-for-action"
    answers.requests.add((Action.COPY, record.pk))
    assert outcome(of_account(colleague), Action.COPY, record) == "allowed"
    assert outcome(of_account(colleague), Action.PRINT, record) == "no-basis-for-action"
    answers.requests.add((Action.COPY, MISSING))
    assert outcome(of_account(archive.stranger), Action.COPY, record) == "absent"


def test_open_records_are_for_any_active_account(archive, make):
    """P-05: open = any active account, also for copies; never for an officer."""
    record = make(OPEN)
    person = make_fit(make_person(archive.other_hall))
    anybody = make_account(person)
    for action in (Action.DESCRIBE, Action.CONSULT, Action.COPY, Action.PRINT):
        assert outcome(of_account(anybody), action, record) == "allowed"
    assert outcome(of_account(archive.security), Action.DESCRIBE, record) == "absent"


@pytest.mark.parametrize("duty", [Duty.LEADER, Duty.PRINCIPAL_LEADER, Duty.DEPARTMENT_HEAD])
def test_rank_alone_opens_nothing_below(archive, make, duty):
    """PE-10: a head-office leader without need-to-know is refused the hall's record; the archivist is not."""
    record = make()
    leader = archive.add(duty)
    archive.clear(leader, restricted=1)
    assert outcome(of_account(leader), Action.DESCRIBE, record) == "absent"
    assert outcome(of_account(archive.archivist), Action.CONSULT, record) == "allowed"


def test_a_superuser_gets_what_his_duties_give_him(archive, make):
    """PE-04: superuser CONSULT of 机密 -> absent, and in the log."""
    record = make(SECRET)
    archive.stranger.is_superuser = True
    archive.stranger.save()
    assert outcome(of_account(archive.stranger), Action.CONSULT, record) == "absent"
    assert last_event().outcome == "denied"
    assert not archive.stranger.has_perm("holdings.grant_consult", record)


def test_whoever_filed_a_record_has_no_right_by_that(archive, make):
    """PE-04: ownership gives nothing once it is registered and he belongs elsewhere."""
    record = make(filed_by=archive.stranger.person)
    assert outcome(of_account(archive.stranger), Action.DESCRIBE, record) == "absent"


def test_a_member_of_a_listed_unit_who_is_not_named_is_refused(archive, make):
    """PE-02: an entry names a person; the unit through which it came names nobody else."""
    record = make(SECRET)
    archive.clear(archive.director, state_level=2, restricted=1)
    name(record, archive.cleared.person, archive.clerk.person, through_unit=archive.hall)
    assert outcome(of_account(archive.director), Action.DESCRIBE, record) == "absent"
    assert outcome(of_account(archive.cleared), Action.DESCRIBE, record) == "allowed"


def test_a_person_excluded_from_a_matter_is_refused_whatever_else_he_holds(archive, make, answers):
    """PE-06: one function, asked by every machine; the excluded meets nothing."""
    record = make()
    assert outcome(of_account(archive.colleague), Action.CONSULT, record) == "allowed"
    answers.excluded.add(record.pk)
    assert outcome(of_account(archive.colleague), Action.CONSULT, record) == "absent"
    assert visible_to(of_account(archive.colleague), Record).count() == 0


def test_a_draft_is_its_authors_and_his_units_keepers(archive, make):
    """Architecture 4: a colleague does not see it; the director sees it and cannot edit it."""
    draft = make(state="draft")
    assert outcome(of_account(archive.clerk), Action.EDIT_DRAFT, draft) == "allowed"
    assert outcome(of_account(archive.colleague), Action.DESCRIBE, draft) == "absent"
    assert outcome(of_account(archive.director), Action.CONSULT, draft) == "allowed"
    assert outcome(of_account(archive.director), Action.EDIT_DRAFT, draft) == "draft-of-another"
    assert outcome(of_account(archive.clerk), Action.CORRECT, draft) == "state-forbids"


def test_what_is_destroyed_can_only_be_described(archive, make):
    """RD: the stub stays in the register for ever."""
    stub = make(state="destroyed")
    assert outcome(of_account(archive.colleague), Action.DESCRIBE, stub) == "allowed"
    assert outcome(of_account(archive.colleague), Action.CONSULT, stub) == "state-forbids"


def test_quarantined_content_is_for_keepers_only(archive, make):
    """storage.md 3: what inspection held back is no reader's."""
    record = make()
    held = Scope(component_id=MISSING, quarantined=True)
    with pytest.raises(Refused) as refused:
        gate.fetch(of_account(archive.colleague), Action.CONSULT, Record, record.pk, held)
    assert refused.value.code == "content-quarantined"
    gate.fetch(of_account(archive.director), Action.VIEW_QUARANTINE, Record, record.pk, held)


@pytest.mark.parametrize(
    ("demo", "address", "code"),
    [
        (True, "127.0.0.1", None),
        (True, "10.0.0.7", "terminal-not-registered"),
        (False, "127.0.0.1", "terminal-not-registered"),
    ],
)
def test_classified_content_is_filed_from_a_registered_terminal_only(
    archive, attested, settings, demo, address, code
):
    """P-02: until terminals are enrolled, loopback on a demo instance; the register card needs none."""
    settings.JINGUI_DEMO = demo
    context = of_account(archive.cleared, address=address)
    prospect = gate.Prospect(archive.company.pk, SECRET)
    if code is None:
        gate.authorize(context, Action.FILE, prospect)
    else:
        with pytest.raises(Refused) as refused:
            gate.authorize(context, Action.FILE, prospect)
        assert refused.value.code == code
    gate.authorize(context, Action.DRAFT, prospect)


def test_bodies_of_state_secrets_need_the_attestation(archive, settings):
    """P-01: register only, and the refusal names the rule."""
    settings.JINGUI_DEMO = True
    context = of_account(archive.cleared, address="127.0.0.1")
    with pytest.raises(Refused) as refused:
        gate.authorize(context, Action.FILE, gate.Prospect(archive.company.pk, SECRET))
    assert refused.value.code == "state-content-closed"
    gate.authorize(context, Action.FILE, gate.Prospect(archive.company.pk, CORE))


def test_a_person_files_only_where_he_holds_a_duty_and_only_what_he_is_cleared_for(archive):
    """Bad input: a person without the duty, an unknown unit, a label above his clearance."""
    clerk = of_account(archive.clerk)
    gate.authorize(clerk, Action.FILE, gate.Prospect(archive.hall.pk, INTERNAL))
    for unit, levels, code in (
        (archive.other_hall.pk, INTERNAL, "no-basis-for-action"),
        (MISSING, INTERNAL, "no-basis-for-action"),
        (archive.hall.pk, SECRET, "clearance-state"),
    ):
        with pytest.raises(Refused) as refused:
            gate.authorize(clerk, Action.FILE, gate.Prospect(unit, levels))
        assert refused.value.code == code


def test_an_archive_file_hides_with_what_is_in_it(archive, make):
    """CL-11 at the gate: the file's effective label decides, and its readers are those of its records."""
    file = archive.archive_file()
    assert file in visible_to(of_account(archive.colleague), ArchiveFile)
    record = make(SECRET, archive_file=file)
    set_levels(file, SECRET)
    file.save(update_fields=LABEL)
    assert file not in visible_to(of_account(archive.colleague), ArchiveFile)
    assert file not in visible_to(of_account(archive.cleared), ArchiveFile)
    name(record, archive.cleared.person, archive.clerk.person)
    assert file in visible_to(of_account(archive.cleared), ArchiveFile)
    assert isinstance(gate.explain(of_account(archive.cleared), Action.DESCRIBE, file), Allow)


def test_lists_counts_and_pages_are_of_one_mind(archive, make):
    """PE-14: a hidden record is in no list, no count, no page, no facet."""
    for _ in range(3):
        make()
    make(SECRET)
    make(state="draft")
    seen = visible_to(of_account(archive.colleague), Record)
    assert seen.count() == len(seen) == seen.order_by("record_date")[:50].count() == 3
    assert set(seen.values_list("state_level", flat=True).distinct()) == {0}
    assert seen.filter(state_level__gt=0).count() == 0
    assert Record.objects.count() == 5


# Routes


def test_without_training_every_route_but_the_notice_is_closed(archive):
    """PE-09: expired training -> only the notice page, the undertaking, help and the way out."""
    person = make_person(archive.hall)
    yesterday = today() - timedelta(days=1)
    Training.objects.create(person=person, held_on=yesterday, valid_until=yesterday)
    make_appointment(person, Duty.DUTY_CLERK)
    context = of_account(make_account(person))
    for action in (Action.HOME, Action.LIST, Action.CONSULT, Action.FILE):
        with pytest.raises(Refused) as refused:
            gate.knock(context, action)
        assert refused.value.code == "training-expired"
    for action in (Action.READ_NOTICE, Action.SIGN_UNDERTAKING, Action.SIGN_OUT):
        gate.knock(context, action)


def test_an_officer_meets_an_objects_own_answer(archive):
    """PE-05: at the door of a record an officer hears no more than anybody; at a list he is told why."""
    context = of_account(archive.security)
    gate.knock(context, Action.CONSULT)
    with pytest.raises(Refused) as refused:
        gate.knock(context, Action.LIST)
    assert refused.value.code == "officer-sees-no-content"
    assert last_event().rule == "officer-sees-no-content"


def test_only_the_auditor_reads_the_log_and_it_is_recorded(archive):
    """AD-04, audit.md 3: reading the log leaves an event."""
    gate.authorize(of_account(archive.auditor), Action.LOG_READ)
    assert (last_event().action, last_event().outcome) == ("audit:log:read", "granted")
    for account in (archive.security, archive.system, archive.leader):
        with pytest.raises(Refused):
            gate.authorize(of_account(account), Action.LOG_READ)


def test_an_account_suspended_now_is_refused_at_its_next_question(archive, make):
    """PE-08: nothing of the person is remembered from one request to the next."""
    record = make()
    assert outcome(of_account(archive.colleague), Action.CONSULT, record) == "allowed"
    archive.colleague.suspended_at = clock.now()
    archive.colleague.save()
    assert outcome(of_account(archive.colleague), Action.CONSULT, record) == "absent"
    assert last_event().rule == "account-unusable"


def test_whoever_holds_duties_that_exclude_each_other_acts_under_none(archive, make):
    """AD-02: however the pair came about."""
    record = make()
    make_appointment(archive.colleague.person, Duty.AUDITOR, archive.company)
    assert outcome(of_account(archive.colleague), Action.CONSULT, record) == "absent"
    with pytest.raises(Refused) as refused:
        gate.authorize(of_account(archive.colleague), Action.LOG_READ)
    assert refused.value.code == "duties-conflict"


# Machines


def test_a_machine_reads_a_batch_under_one_event(archive, make):
    """Architecture 3: journalled per batch, for its purpose and its batch only."""
    records = [make(), make()]
    permit = gate.authorize_system(Action.FIXITY, [r.pk for r in records], name="record")
    event = last_event()
    assert (event.action, event.actor, event.object_type) == (
        "system:content:fixity",
        "system:fixity",
        "record-batch",
    )
    permit.require_system(Action.FIXITY, records[0].pk)
    with pytest.raises(MisusedAction):
        gate.authorize_system(Action.CONSULT, [records[0].pk])


def test_a_persons_account_never_takes_a_machines_purpose(archive):
    """Architecture 3: what machines may, nobody may by signing in."""
    for account in (archive.system, archive.archivist):
        with pytest.raises(Refused) as refused:
            gate.authorize(of_account(account), Action.RENDER)
        assert refused.value.decision == Deny(Code.DUTY_MISSING)
