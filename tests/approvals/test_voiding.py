"""What ends a request by itself, and what silence does."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from accounts.models import Account, Person
from accounts.rules import UnitKind
from audit import outbox
from audit.models import Event
from tests.accounts.people import make_unit, today
from tests.approvals.desk import Desk
from vault.approvals import answers, digests, selectors, voiding
from vault.approvals.models import AccessRequest
from vault.approvals.rules import RequestState
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.authorization.errors import ForgedPermit
from vault.authorization.facts import WHOLE, Scope
from vault.authorization.providers import Asked
from vault.authorization.scope import visible_to
from vault.holdings import custody
from vault.holdings.labelling import LabelProposal
from vault.holdings.models import KnowledgeEntry, Record
from vault.holdings.rules import LabelSource, Period, PeriodKind
from vault.holdings.services import knowledge, labelling

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
SHANGHAI = ZoneInfo("Asia/Shanghai")


def approves(desk: Desk, record: Record, action: Action = Action.CONSULT, scope: Scope = WHOLE) -> bool:
    return answers.ask(Asked(of_account(desk.reader), action, Record, record.pk, scope))


def state(request: AccessRequest) -> str:
    return AccessRequest.objects.get(pk=request.pk).state


def raise_to_top(
    desk: Desk, record: Record, by: Account | None = None, knowers: tuple[Person, ...] = ()
) -> None:
    desk.archive.clear(desk.archive.clerk, state_level=3, enterprise_level=2)
    labelling.propose_label(
        context=desk.archive.context(by or desk.archive.officer),
        record_id=record.pk,
        label=LabelProposal(
            levels=type(record.levels)(3, 0, 1),
            source=LabelSource.RECEIVED,
            issued_on=date(2026, 9, 18),
            period=Period(PeriodKind.YEARS, 30),
            basis="补发通知",
            received_mark="绝密★30年",
            has_originator=True,
            has_decider=True,
        ),
        originator=desk.archive.authority,
        decider=desk.reader.person,
        knowers=knowers,
    )


def test_raising_the_label_voids_what_was_approved_in_the_same_transaction(desk: Desk) -> None:
    """CL-15, RQ-11: at once, entered in the request and told in the log."""
    record = desk.record()
    desk.name(record, desk.archive.officer)
    request = desk.approved(record)
    assert approves(desk, record)
    raise_to_top(desk, record)
    assert not approves(desk, record)
    step = selectors.history(request)[-1]
    assert (state(request), step.by, step.cause) == ("revoked", None, "label-changed")
    while outbox.relay():
        pass
    assert Event.objects.filter(action="approvals:request:void", phase="outcome").count() == 1


def test_striking_from_the_list_voids_at_once_and_naming_again_revives_nothing(desk: Desk) -> None:
    """RQ-11: another reader's request about the same record stays."""
    record = desk.record()
    desk.name(record, desk.in_charge)
    other = desk.check(desk.submit(record, by=desk.in_charge))
    request = desk.approved(record)
    entry = KnowledgeEntry.objects.get(record=record, person=desk.reader.person)
    desk.name(record, desk.archive.officer)
    knowledge.strike_knower(
        context=of_account(desk.archive.officer), record_id=record.pk, entry_id=entry.pk, reason="调离"
    )
    assert (state(request), state(other)) == ("revoked", "checked")
    desk.name(record, desk.reader)
    assert not approves(desk, record)


def test_a_change_of_unit_voids_at_once_and_moving_back_revives_nothing(desk: Desk) -> None:
    """RQ-11."""
    record = desk.record()
    request = desk.approved(record)
    person, former = desk.reader.person, desk.reader.person.unit
    person.unit = make_unit(UnitKind.DEPARTMENT, desk.archive.company)
    person.save()
    assert not approves(desk, record)
    voiding.sweep()
    person.unit = former
    person.save()
    assert not approves(desk, record)
    assert state(request) == "revoked"


def test_a_clearance_that_ends_at_midnight_ends_the_approval_with_it(desk: Desk) -> None:
    """RQ-11: the last day in Shanghai counts to its end; renewed the next morning, it is asked for anew."""
    record = desk.record()
    request = desk.approved(record)
    desk.reader.person.clearances.update(revoked_on=today() + timedelta(days=1))
    midnight = datetime.combine(today() + timedelta(days=1), datetime.min.time(), SHANGHAI)
    with time_machine.travel(midnight - timedelta(seconds=1), tick=False):
        voiding.sweep()
        assert state(request) == "approved"
    with time_machine.travel(midnight, tick=False):
        voiding.sweep()
        assert state(request) == "revoked"
        desk.archive.clear(desk.reader, state_level=3, enterprise_level=2)
        assert not approves(desk, record)


def test_the_last_day_counts_and_the_next_one_does_not(desk: Desk) -> None:
    """RQ-02, RQ-11: in Asia/Shanghai."""
    record = desk.record()
    request = desk.approved(record, ends_on=today())
    midnight = datetime.combine(today() + timedelta(days=1), datetime.min.time(), SHANGHAI)
    with time_machine.travel(midnight - timedelta(seconds=1), tick=False):
        assert approves(desk, record)
    with time_machine.travel(midnight, tick=False):
        assert not approves(desk, record)
        voiding.sweep()
        assert state(request) == "expired"


def test_before_its_first_day_it_opens_nothing(desk: Desk) -> None:
    """RQ-02."""
    record = desk.record()
    desk.approved(record, starts_on=today() + timedelta(days=1), ends_on=today() + timedelta(days=3))
    assert not approves(desk, record)


def test_silence_moves_it_on_after_two_working_days_and_approves_nothing(desk: Desk) -> None:
    """RQ-18: again after two more; at the top it waits."""
    record = desk.record()
    request = desk.checked(record, ends_on=today() + timedelta(days=29))
    until = voiding.waits_until(request)
    with time_machine.travel(datetime.combine(until, datetime.max.time(), SHANGHAI), tick=False):
        voiding.sweep()
        assert AccessRequest.objects.get(pk=request.pk).escalations == 0
    late = datetime.combine(until + timedelta(days=1), datetime.min.time(), SHANGHAI)
    with time_machine.travel(late, tick=False):
        voiding.sweep()
        voiding.sweep()
        moved = AccessRequest.objects.get(pk=request.pk)
        assert (moved.state, moved.escalations) == (RequestState.CHECKED, 1)
        people = {person.pk for person in selectors.deciders(moved, late)}
        assert people == {desk.in_charge.person_id, desk.principal.person_id}
    with time_machine.travel(late + timedelta(days=14), tick=False):
        voiding.sweep()
        waiting = AccessRequest.objects.get(pk=request.pk)
        assert (waiting.state, waiting.escalations) == (RequestState.CHECKED, 1)


def test_what_was_changed_behind_the_system_opens_nothing_any_more(desk: Desk, monkeypatch) -> None:
    """Trap 8: whatever the database says, the digest of what was approved is asked at each use."""
    record = desk.record()
    request = desk.approved(record)
    monkeypatch.setattr(digests, "digest_of", lambda _request: b"another")
    assert not approves(desk, record)
    voiding.sweep()
    monkeypatch.undo()
    assert (state(request), selectors.history(request)[-1].cause) == ("revoked", "not-as-approved")


def test_the_list_form_of_the_answer_names_the_same_records(desk: Desk) -> None:
    """decide ≡ visible_to: whole records only, of the action asked for, of the person alone."""
    whole, part = desk.record(), desk.record()
    desk.approved(whole)
    desk.approved(part, pages={part.components.get().pk: "1-3"})
    context = of_account(desk.reader)
    ids = set(Record.objects.filter(pk__in=answers.ids(context, Action.CONSULT, Record)))
    assert ids == {whole}
    for action in (Action.EXCERPT, Action.COPY, Action.DESCRIBE):
        assert not Record.objects.filter(pk__in=answers.ids(context, action, Record)).exists()
    assert not Record.objects.filter(
        pk__in=answers.ids(of_account(desk.in_charge), Action.CONSULT, Record)
    ).exists()
    # Without a session neither form opens the content.
    assert not visible_to(context, Record, Action.CONSULT).filter(pk=whole.pk).exists()


def test_pages_outside_the_scope_are_not_covered(desk: Desk) -> None:
    """RR-05: page 4 of 1-3."""
    record = desk.record()
    component = record.components.get()
    desk.approved(record, pages={component.pk: "1-3"})
    inside = Scope(component_id=component.pk, version=1, pages=(3,))
    outside = Scope(component_id=component.pk, version=1, pages=(4,))
    assert approves(desk, record, scope=inside)
    assert not approves(desk, record, scope=outside)
    assert not approves(desk, record)


def test_an_approved_copy_does_not_open_the_original(desk: Desk) -> None:
    """RQ-02, RQ-07: it is made and counted one by one; the original stays with whoever holds a grant."""
    record = desk.record("internal")
    request = desk.submit(record, by=desk.archive.clerk, action=Action.COPY)
    desk.approve(request, by=desk.archive.director)
    client = desk.archive.client(desk.archive.clerk)
    component = record.components.get()
    answer = client.get(f"/records/{record.pk}/components/{component.pk}/original")
    assert answer.status_code == 404
    assert AccessRequest.objects.get(pk=request.pk).used == 0
    # Nor would a route that forgot to look: custody itself refuses the permit.
    version = component.versions.get()
    scope = Scope(component_id=component.pk, version=version.number)
    _record, permit = gate.fetch(of_account(desk.archive.clerk), Action.COPY, Record, record.pk, scope)
    with pytest.raises(ForgedPermit):
        custody.open_content(permit, version)
