"""What ends a request by itself: its record's label, its requester's standing, its days, and silence.

What ends an approval takes effect at the next request anyway: `answers` reads the label, the unit and the days, the
access rule the clearance and the list. This enters it, so that nothing revives when the cause goes away again.
"""

from datetime import date, datetime

from django.db.models import Q, QuerySet

from accounts.rules import local_day
from audit import clock
from vault.approvals import emergencies, selectors, telling
from vault.approvals.digests import is_unchanged
from vault.approvals.models import AccessRequest
from vault.approvals.rules import IN_FORCE, SILENCE, TRANSITIONS, RequestEvent, RequestState
from vault.approvals.services.journal import ESCALATE, EXPIRE, VOID, change, ended, enter, system_intent
from vault.approvals.services.requests import locked
from vault.approvals.standing import has_label, standing
from vault.holdings.models import Record
from vault.workdays import selectors as workdays
from vault.workdays.rules import working_days_on

LABEL, STANDING, TAMPERED = "label-changed", "requester-unfit", "not-as-approved"
SET_BACK, HOUR_OVER = "clock-set-back", "hour-over"


def on_label_moved(record: Record) -> None:
    """RQ-11, CL-15: in the transaction that moves a label, all that was asked for under the former one ends."""
    for request in _of(record=record):
        _void(request, LABEL)


def on_struck(record: Record, person_id: object) -> None:
    """Removal from the need-to-know list voids the person's requests about the record in the same transaction."""
    for request in _of(record=record, requester=person_id):
        _void(request, STANDING)


def sweep() -> int:
    """End what has lapsed, and move on what nobody decides. Returns how many steps; the worker calls it.

    Each in a transaction of its own, and none is passed by however many there are. Raises AuditUnavailable.
    """
    now = clock.now()
    done = 0
    for request_id in list(selectors.open_requests().order_by("submitted_at").values_list("pk", flat=True)):
        request = selectors.open_requests().filter(pk=request_id).first()
        done += request is not None and _swept(request, now)
    return done


def waits_until(request: AccessRequest) -> date:
    """The last working day on which whoever may decide it is in time (RQ-18)."""
    last = (
        request.steps.filter(event__in=[RequestEvent.CHECK, RequestEvent.ESCALATE])
        .order_by("-number")
        .first()
    )
    since = last.at if last is not None else request.submitted_at
    return working_days_on(workdays.calendar(request.record.unit_id), local_day(since), SILENCE)


def _swept(request: AccessRequest, now: datetime) -> bool:
    state = RequestState(request.state)
    cause = _cause(request)
    if cause is not None and (state, RequestEvent.REVOKE) in TRANSITIONS:
        return _by_system(request, VOID, RequestEvent.REVOKE, cause)
    # PE-17: while somebody reads, the end of his session ends it, which has the hour's end.
    if state is RequestState.APPROVED and request.is_emergency and not emergencies.is_running(request, now):
        return _by_system(request, EXPIRE, RequestEvent.EXPIRE, HOUR_OVER)
    if request.ends_on < local_day(now) and (state, RequestEvent.EXPIRE) in TRANSITIONS:
        return _by_system(request, EXPIRE, RequestEvent.EXPIRE, "window-over")
    if state is RequestState.CHECKED and _is_silent(request, now):
        return _by_system(request, ESCALATE, RequestEvent.ESCALATE, "silence")
    return False


def _cause(request: AccessRequest) -> str | None:
    """Why it ends, if anything ends it. Before the check an unfit requester is the security officer's to tell."""
    if not has_label(request):
        return LABEL
    if request.digest is not None and not is_unchanged(request):
        return TAMPERED
    # PE-17: for good, so that it does not go on when the time of its last page comes again.
    if request.is_emergency and request.state in IN_FORCE and emergencies.was_set_back(request, clock.now()):
        return SET_BACK
    unfit = request.state != RequestState.SUBMITTED and not standing(request, clock.now()).is_fit
    return STANDING if unfit else None


def _is_silent(request: AccessRequest, now: datetime) -> bool:
    return selectors.can_escalate(request) and local_day(now) > waits_until(request)


def _by_system(request: AccessRequest, action: str, event: RequestEvent, cause: str) -> bool:
    intent = system_intent(action, request, cause)
    with change(intent):
        held = locked(request.pk)
        row = TRANSITIONS.get((RequestState(held.state), event))
        if row is None or held.version != request.version:
            ended(intent, held, event)
            return False
        if event is RequestEvent.ESCALATE:
            held.escalations += 1
        enter(held, event, row.next, by=None, cause=cause)
        telling.moved(held, clock.now())
        ended(intent, held, event, cause=cause)
    return True


def _of(**found: object) -> QuerySet[AccessRequest]:
    states = [state for state, event in TRANSITIONS if event is RequestEvent.REVOKE]
    return AccessRequest.objects.filter(Q(**found), state__in=states).order_by("pk")


def _void(request: AccessRequest, cause: str) -> None:
    """Inside the transaction of what voids it, and told by an event of its own."""
    intent = system_intent(VOID, request, cause)
    held = locked(request.pk)
    row = TRANSITIONS[RequestState(held.state), RequestEvent.REVOKE]
    enter(held, RequestEvent.REVOKE, row.next, by=None, cause=cause)
    telling.moved(held, clock.now())
    ended(intent, held, RequestEvent.REVOKE, cause=cause)
