"""Asking, checking, deciding, withdrawing and revoking (requirements.md 7.2, 7.3; RQ-01 to RQ-03)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts.models import Person
from accounts.rules import local_day
from audit import clock
from vault.approvals import competence, errors, extents, originators, rules, scopes, selectors, telling
from vault.approvals.digests import digest_of, is_unchanged
from vault.approvals.models import AccessRequest
from vault.approvals.rules import Part, RequestEvent, RequestState
from vault.approvals.services.journal import change, ended, enter
from vault.approvals.standing import has_label, standing
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.authorization.permit import Permit
from vault.holdings.models import Record

_RACES = 5  # each lost race means another request was sent


@dataclass(frozen=True)
class Wanted:
    """What somebody asks for. `pages` are components with the pages typed for each; none is the whole record."""

    action: Action
    purpose: str
    starts_on: date
    ends_on: date
    amount: int
    pages: Mapping[UUID, str] = field(default_factory=dict)


def submit(*, context: Context, record_id: UUID, wanted: Wanted) -> AccessRequest:
    """Ask for one action on a record that one may know of.

    What is not classified goes to its approver at once. Raises Absent, NothingToRequest, RequestIncomplete,
    OriginatorUnknown, AlreadyRequested, LabelMoved, Refused, AuditUnavailable.
    """
    asked, permit = gate.fetch(context, Action.REQUEST_ACCESS, Record, record_id)
    with change(permit.event):
        record = Record.objects.select_related("unit", "originator").get(pk=asked.pk)
        # What the gate allowed it allowed under the label that it saw; to a token most of all (P-02).
        if (record.levels, record.is_shielded) != (asked.levels, asked.is_shielded):
            raise errors.LabelMoved
        if wanted.action not in rules.requestable(record.levels):
            raise errors.NothingToRequest
        now = clock.now()
        extent = _examined(record, wanted, local_day(now))
        if rules.needs_originator(wanted.action, record.levels) and not originators.is_known(record):
            raise errors.OriginatorUnknown
        person = Person.objects.get(pk=permit.actor.person)
        checked = rules.needs_check(record.levels)
        request = AccessRequest(
            id=uuid4(),
            year=local_day(now).year,
            record=record,
            action=wanted.action,
            requester=person,
            requester_unit_id=person.unit_id,
            purpose=wanted.purpose.strip(),
            extent=extent.stored(),
            is_whole=extent.whole,
            starts_on=wanted.starts_on,
            ends_on=wanted.ends_on,
            amount=wanted.amount,
            at_state_level=record.state_level,
            at_enterprise_level=record.enterprise_level,
            at_restricted=record.restricted,
            submitted_at=now,
            state=RequestState.SUBMITTED if checked else RequestState.CHECKED,
        )
        _store(request)
        if not checked:
            _move_past_empty_posts(request)
            request.save(update_fields=["escalations"])
        ended_with = RequestEvent.CHECK if checked else RequestEvent.APPROVE
        telling.moved(request, now)
        ended(permit.event, request, ended_with, purpose=request.purpose)
    return request


def check(*, context: Context, request_id: UUID, version: int, reason: str = "") -> AccessRequest:
    """The security officer finds clearance and need-to-know in order; then it goes to its approver.

    Raises Absent, WrongStep, ChangedMeanwhile, WindowOver, LabelMoved, RequesterUnfit, Refused, AuditUnavailable.
    """
    permit = _begun(context, Action.CHECK_REQUEST, request_id, RequestEvent.CHECK)
    with change(permit.event):
        request = _locked(context, request_id, version, RequestEvent.CHECK, Part.CHECKER)
        _require_current(request)
        if not standing(request, context.instant).is_fit:
            raise errors.RequesterUnfit
        enter(request, RequestEvent.CHECK, RequestState.CHECKED, by=_person(permit), reason=reason)
        _move_past_empty_posts(request)
        request.save(update_fields=["escalations"])
        telling.moved(request, clock.now())
        ended(permit.event, request, RequestEvent.CHECK)
    return request


def approve(*, context: Context, request_id: UUID, version: int, reason: str = "") -> AccessRequest:
    """Approve it in a post that the table names. The approval is bound to all that the request says.

    A top secret goes on to its originator unless the post is at the originator or above it. Raises Absent,
    WrongStep, ChangedMeanwhile, WindowOver, LabelMoved, RequesterUnfit, Refused, AuditUnavailable.
    """
    permit = _begun(context, Action.DECIDE_REQUEST, request_id, RequestEvent.APPROVE)
    with change(permit.event):
        request = _locked(context, request_id, version, RequestEvent.APPROVE, Part.APPROVER)
        seat = competence.seat_of(request, context.subject.person_id, clock.now())
        if seat is None:
            raise errors.WrongStep
        _require_current(request)
        # Read again: between the check and the decision a clearance or a place on the list may have gone.
        if not standing(request, context.instant).is_fit:
            raise errors.RequesterUnfit
        is_originator = originators.may_allow(seat.unit_id, request.record.originator)
        request.digest = digest_of(request)
        reached = rules.after_approval(request.asked, request.levels, is_originator=is_originator)
        below, mutual = _ties(request, permit)
        enter(
            request,
            RequestEvent.APPROVE,
            reached,
            by=_person(permit),
            seat=seat,
            reason=reason,
            is_subordinate=below,
            is_reciprocal=mutual,
        )
        telling.moved(request, clock.now())
        ended(
            permit.event,
            request,
            RequestEvent.APPROVE,
            duty=seat.duty.value,
            subordinate=str(int(below)),
            reciprocal=str(int(mutual)),
        )
    return request


def reject(*, context: Context, request_id: UUID, version: int, part: Part, reason: str) -> AccessRequest:
    """Refuse it with the reason: the security officer as its checker, or its approver.

    Raises Absent, ReasonMissing, WrongStep, ChangedMeanwhile, Refused, AuditUnavailable.
    """
    by_checker = part is Part.CHECKER
    action = Action.CHECK_REQUEST if by_checker else Action.DECIDE_REQUEST
    permit = _begun(context, action, request_id, RequestEvent.REJECT)
    with change(permit.event):
        request = _locked(context, request_id, version, RequestEvent.REJECT, part)
        _require_reason(reason)
        seat = None if by_checker else competence.seat_of(request, context.subject.person_id, clock.now())
        enter(
            request, RequestEvent.REJECT, RequestState.REJECTED, by=_person(permit), seat=seat, reason=reason
        )
        telling.moved(request, clock.now())
        ended(permit.event, request, RequestEvent.REJECT, reason=reason)
    return request


def withdraw(*, context: Context, request_id: UUID, version: int) -> AccessRequest:
    """Take back one's own request before it is approved.

    Raises Absent, WrongStep, ChangedMeanwhile, Refused, AuditUnavailable.
    """
    permit = _begun(context, Action.WITHDRAW_REQUEST, request_id, RequestEvent.WITHDRAW)
    with change(permit.event):
        request = _locked(context, request_id, version, RequestEvent.WITHDRAW, Part.REQUESTER)
        enter(request, RequestEvent.WITHDRAW, RequestState.WITHDRAWN, by=_person(permit))
        telling.moved(request, clock.now())
        ended(permit.event, request, RequestEvent.WITHDRAW)
    return request


def revoke(*, context: Context, request_id: UUID, version: int, reason: str) -> AccessRequest:
    """Take an approval back, at once: whoever may decide it, or the security officer (RQ-11).

    A session that runs on it ends at its next request. Of copies nothing more is made; those that there are stay to
    be accounted for. Raises Absent, ReasonMissing, WrongStep, ChangedMeanwhile, Refused, AuditUnavailable.
    """
    permit = _begun(context, Action.REVOKE_REQUEST, request_id, RequestEvent.REVOKE)
    with change(permit.event):
        request = _locked(context, request_id, version, RequestEvent.REVOKE, Part.CHECKER, Part.APPROVER)
        _require_reason(reason)
        seat = competence.seat_of(request, context.subject.person_id, clock.now())
        row = rules.TRANSITIONS[RequestState(request.state), RequestEvent.REVOKE]
        enter(request, RequestEvent.REVOKE, row.next, by=_person(permit), seat=seat, reason=reason)
        telling.moved(request, clock.now())
        ended(permit.event, request, RequestEvent.REVOKE, reason=reason)
    return request


def take_use(
    request: AccessRequest, event: RequestEvent, *, by: UUID | None, reason: str = ""
) -> AccessRequest:
    """Count one use of a locked request and enter the step. Atomic with what it is used for: the caller's
    transaction.

    Raises NothingLeft, WindowOver, LabelMoved, WrongStep.
    """
    require_usable(request, event)
    row = rules.TRANSITIONS[RequestState(request.state), event]
    request.used += 1
    reached = row.used_up if row.used_up is not None and not request.left else row.next
    enter(request, event, reached, by=by, reason=reason)
    return request


def require_usable(request: AccessRequest, event: RequestEvent) -> None:
    """What every use asks of a locked request: the table's row, its days, its label, its digest, something left.

    Raises NothingLeft, WindowOver, LabelMoved, WrongStep.
    """
    row = rules.TRANSITIONS.get((RequestState(request.state), event))
    if row is None or (row.actions is not None and request.asked not in row.actions):
        raise errors.WrongStep
    _require_current(request)
    if local_day(clock.now()) < request.starts_on:
        raise errors.WindowOver
    if not is_unchanged(request):
        raise errors.LabelMoved
    if request.left < 1:
        raise errors.NothingLeft


def locked(request_id: UUID) -> AccessRequest:
    """A request with its record, held until the transaction ends."""
    AccessRequest.objects.select_for_update().get(pk=request_id)
    return selectors.all_requests().get(pk=request_id)


def _examined(record: Record, wanted: Wanted, today: date) -> scopes.Extent:
    found: dict[str, list[str]] = {}
    if not wanted.purpose.strip():
        found["purpose"] = ["purpose-missing"]
    if (problem := rules.window_problem(wanted.starts_on, wanted.ends_on, today)) is not None:
        found["ends_on"] = [problem]
    if (problem := rules.amount_problem(wanted.amount)) is not None:
        found["amount"] = [problem]
    extent = scopes.Extent(())
    try:
        extent = extents.chosen(record, wanted.pages) if wanted.pages else extents.whole(record)
    except scopes.BadPages as error:
        found["pages"] = [error.code]
    if found:
        raise errors.RequestIncomplete(**found)
    return extent


def _store(request: AccessRequest) -> None:
    """Under the next free number of its year; another one may take it first."""
    for race in range(_RACES):
        same = AccessRequest.objects.filter(
            record=request.record_id,
            requester=request.requester_id,
            action=request.action,
            state__in=rules.OPEN_STATES,
        )
        if same.exists():
            raise errors.AlreadyRequested
        last = AccessRequest.objects.filter(year=request.year).aggregate(last=Max("number"))["last"]
        request.number = (last or 0) + 1
        try:
            with transaction.atomic():
                request.save(force_insert=True)
            return
        except IntegrityError:
            if race == _RACES - 1:
                raise


def _move_past_empty_posts(request: AccessRequest) -> None:
    request.escalations = competence.escalations_at_first(request, clock.now())


def _begun(context: Context, action: Action, request_id: UUID, event: RequestEvent) -> Permit:
    if selectors.request(context, request_id) is None:
        gate.absent(context, action, "request", request_id)
    return gate.authorize(context, action, sealed={"request": str(request_id), "step": event.value})


def _locked(
    context: Context, request_id: UUID, version: int, event: RequestEvent, *parts: Part
) -> AccessRequest:
    """The request, held, and this step open to this person in one of these parts."""
    request = locked(request_id)
    mine = selectors.parts_of(context, request) & frozenset(parts)
    if event not in rules.steps(RequestState(request.state), request.asked, mine):
        raise errors.WrongStep
    if request.version != version:
        raise errors.ChangedMeanwhile
    return request


def _require_current(request: AccessRequest) -> None:
    if request.ends_on < local_day(clock.now()):
        raise errors.WindowOver
    if not has_label(request):
        raise errors.LabelMoved


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise errors.ReasonMissing


def _ties(request: AccessRequest, permit: Permit) -> tuple[bool, bool]:
    """Whether the approver works under the requester, and whether the requester approved something of his.

    He is shown both before he decides; they stay beside his step and in the log.
    """
    person = Person.objects.select_related("unit").get(pk=permit.actor.person)
    now = clock.now()
    return (
        competence.is_above_decider(request, person, now),
        competence.is_reciprocal(request, person, now - rules.RECIPROCAL_WITHIN),
    )


def _person(permit: Permit) -> UUID:
    return UUID(permit.actor.person)


__all__ = [
    "Wanted",
    "approve",
    "check",
    "locked",
    "reject",
    "require_usable",
    "revoke",
    "submit",
    "take_use",
    "withdraw",
]
