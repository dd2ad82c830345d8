"""Asking, checking, deciding, withdrawing and revoking (requirements.md 7.2, 7.3; RQ-01 to RQ-03)."""

from uuid import UUID

from accounts.models import Person
from accounts.rules import local_day
from audit import clock
from vault.approvals import competence, emergencies, emergency_errors, errors, originators, rules, telling
from vault.approvals.digests import digest_of, is_unchanged
from vault.approvals.models import AccessRequest
from vault.approvals.rules import Part, RequestEvent, RequestState
from vault.approvals.services.asking import Wanted, drawn_up, examined, store
from vault.approvals.services.journal import change, ended, enter
from vault.approvals.services.steps import (
    at_step,
    begun,
    locked,
    person_of,
    require_current,
    require_reason,
    ties,
)
from vault.approvals.standing import standing
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.holdings.models import Record


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
        extent = examined(record, wanted, local_day(now))
        if rules.needs_originator(wanted.action, record.levels) and not originators.is_known(record):
            raise errors.OriginatorUnknown
        person = Person.objects.get(pk=permit.actor.person)
        checked = rules.needs_check(record.levels)
        request = drawn_up(
            record,
            person,
            wanted,
            extent,
            now,
            state=RequestState.SUBMITTED if checked else RequestState.CHECKED,
        )
        store(request)
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
    permit = begun(context, Action.CHECK_REQUEST, request_id, RequestEvent.CHECK)
    with change(permit.event):
        request = at_step(context, request_id, version, RequestEvent.CHECK, Part.CHECKER)
        require_current(request)
        if not standing(request, context.instant).is_fit:
            raise errors.RequesterUnfit
        enter(request, RequestEvent.CHECK, RequestState.CHECKED, by=person_of(permit), reason=reason)
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
    permit = begun(context, Action.DECIDE_REQUEST, request_id, RequestEvent.APPROVE)
    with change(permit.event):
        request = at_step(context, request_id, version, RequestEvent.APPROVE, Part.APPROVER)
        seat = competence.seat_of(request, context.subject.person_id, clock.now())
        if seat is None:
            raise errors.WrongStep
        require_current(request)
        # Read again: between the check and the decision a clearance or a place on the list may have gone.
        if not standing(request, context.instant).is_fit:
            raise errors.RequesterUnfit
        is_originator = originators.may_allow(seat.unit_id, request.record.originator)
        request.digest = digest_of(request)
        reached = rules.after_approval(request.asked, request.levels, is_originator=is_originator)
        below, mutual = ties(request, permit)
        enter(
            request,
            RequestEvent.APPROVE,
            reached,
            by=person_of(permit),
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
    permit = begun(context, action, request_id, RequestEvent.REJECT)
    with change(permit.event):
        request = at_step(context, request_id, version, RequestEvent.REJECT, part)
        require_reason(reason)
        seat = None if by_checker else competence.seat_of(request, context.subject.person_id, clock.now())
        enter(
            request,
            RequestEvent.REJECT,
            RequestState.REJECTED,
            by=person_of(permit),
            seat=seat,
            reason=reason,
        )
        telling.moved(request, clock.now())
        ended(permit.event, request, RequestEvent.REJECT, reason=reason)
    return request


def withdraw(*, context: Context, request_id: UUID, version: int) -> AccessRequest:
    """Take back one's own request before it is approved.

    Raises Absent, WrongStep, ChangedMeanwhile, Refused, AuditUnavailable.
    """
    permit = begun(context, Action.WITHDRAW_REQUEST, request_id, RequestEvent.WITHDRAW)
    with change(permit.event):
        request = at_step(context, request_id, version, RequestEvent.WITHDRAW, Part.REQUESTER)
        enter(request, RequestEvent.WITHDRAW, RequestState.WITHDRAWN, by=person_of(permit))
        telling.moved(request, clock.now())
        ended(permit.event, request, RequestEvent.WITHDRAW)
    return request


def revoke(*, context: Context, request_id: UUID, version: int, reason: str) -> AccessRequest:
    """Take an approval back, at once: whoever may decide it, or the security officer (RQ-11).

    A session that runs on it ends at its next request. Of copies nothing more is made; those that there are stay to
    be accounted for. Raises Absent, ReasonMissing, WrongStep, ChangedMeanwhile, Refused, AuditUnavailable.
    """
    permit = begun(context, Action.REVOKE_REQUEST, request_id, RequestEvent.REVOKE)
    with change(permit.event):
        request = at_step(context, request_id, version, RequestEvent.REVOKE, Part.CHECKER, Part.APPROVER)
        require_reason(reason)
        seat = competence.seat_of(request, context.subject.person_id, clock.now())
        row = rules.TRANSITIONS[RequestState(request.state), RequestEvent.REVOKE]
        enter(request, RequestEvent.REVOKE, row.next, by=person_of(permit), seat=seat, reason=reason)
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

    Of an emergency its hour besides. Raises NothingLeft, WindowOver, HourOver, LabelMoved, WrongStep.
    """
    row = rules.TRANSITIONS.get((RequestState(request.state), event))
    if row is None or (row.actions is not None and request.asked not in row.actions):
        raise errors.WrongStep
    require_current(request)
    if local_day(clock.now()) < request.starts_on:
        raise errors.WindowOver
    if request.is_emergency and not emergencies.is_running(request, clock.now()):
        raise emergency_errors.HourOver
    if not is_unchanged(request):
        raise errors.LabelMoved
    if request.left < 1:
        raise errors.NothingLeft


def _move_past_empty_posts(request: AccessRequest) -> None:
    request.escalations = competence.escalations_at_first(request, clock.now())


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
