"""The rule, case by case, through the gate and the database."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.enrolment import Here
from accounts.rules import Duty
from accounts.terminal_rules import Unusable
from audit import clock
from tests.accounts.people import (
    make_account,
    make_clearance,
    make_fit,
    make_person,
    today,
)
from tests.authorization.conftest import (
    CORE,
    INTERNAL,
    LABEL,
    MISSING,
    SECRET,
    give,
    last_event,
    name,
    outcome,
)
from vault.authorization import gate, scope
from vault.authorization.actions import GRANTABLE, Action
from vault.authorization.asked import Prospect
from vault.authorization.context import of_account
from vault.authorization.decision import Allow
from vault.authorization.errors import Refused
from vault.authorization.facts import Obligation, Scope
from vault.authorization.levels import OPEN, Levels
from vault.authorization.scope import visible_to
from vault.holdings.access_classes import set_levels
from vault.holdings.models import ArchiveFile, Record

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

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


@pytest.mark.parametrize("written_out", [0, 1, 2, 3, 4, 1000])
def test_a_record_found_in_two_ways_hides_no_other(archive, make, monkeypatch, written_out):
    """PE-14: granted, kept and written by himself; however few ids are written out, his other draft shows as well."""
    monkeypatch.setattr(scope, "ROWS_WRITTEN_OUT", written_out)
    director = archive.director
    often = make(state="draft", filed_by=director.person)
    give(often, director, Action.DESCRIBE, archive.clerk.person)
    other = make(OPEN, state="draft", filed_by=director.person, unit=archive.other_hall)
    seen = visible_to(of_account(director), Record)
    assert set(seen) == {often, other}
    assert seen.count() == 2


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


AT_ONE = Here(uuid4(), "BM-01", "保密室")


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ({"here": AT_ONE}, None),
        ({"here": replace(AT_ONE, reasons=(Unusable.SUSPENDED,))}, "terminal-not-registered"),
        ({"here": replace(AT_ONE, reasons=(Unusable.CERTIFICATE_EXPIRED,))}, "terminal-not-registered"),
        ({"address": "127.0.0.1"}, "terminal-not-registered"),
        ({}, "terminal-not-registered"),
    ],
)
def test_classified_content_is_filed_from_a_registered_terminal_only(archive, attested, where, code):
    """P-02, RR-02, RR-03: a machine that proved itself and is usable; no address does. The register card needs none."""
    context = of_account(archive.cleared, **where)
    prospect = Prospect(archive.company.pk, SECRET)
    if code is None:
        gate.authorize(context, Action.FILE, prospect)
    else:
        with pytest.raises(Refused) as refused:
            gate.authorize(context, Action.FILE, prospect)
        assert refused.value.code == code
    gate.authorize(context, Action.DRAFT, prospect)


def test_bodies_of_state_secrets_need_the_attestation(archive, settings):
    """P-01: register only, and the refusal names the rule."""
    archive.sit()
    context = archive.context(archive.cleared)
    with pytest.raises(Refused) as refused:
        gate.authorize(context, Action.FILE, Prospect(archive.company.pk, SECRET))
    assert refused.value.code == "state-content-closed"
    gate.authorize(context, Action.FILE, Prospect(archive.company.pk, CORE))


def test_a_person_files_only_where_he_holds_a_duty_and_only_what_he_is_cleared_for(archive):
    """Bad input: a person without the duty, an unknown unit, a label above his clearance."""
    clerk = of_account(archive.clerk)
    gate.authorize(clerk, Action.FILE, Prospect(archive.hall.pk, INTERNAL))
    for unit, levels, code in (
        (archive.other_hall.pk, INTERNAL, "no-basis-for-action"),
        (MISSING, INTERNAL, "no-basis-for-action"),
        (archive.hall.pk, SECRET, "clearance-state"),
    ):
        with pytest.raises(Refused) as refused:
            gate.authorize(clerk, Action.FILE, Prospect(unit, levels))
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
