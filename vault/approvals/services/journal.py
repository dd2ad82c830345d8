"""How a step of a request is entered, and how its intent ends in the log."""

from contextlib import AbstractContextManager
from uuid import UUID

from accounts.models import Person
from audit import clock, outbox, recording
from audit.events import ObjectFacts, Reason, system_actor
from vault.approvals import errors
from vault.approvals.competence import Seat
from vault.approvals.models import AccessRequest, RequestStep
from vault.approvals.rules import RequestEvent, RequestState
from vault.authorization import journal
from vault.holdings.errors import HoldingsError

# What the system does by itself; people's own steps are actions of the gate.
ESCALATE, EXPIRE, VOID, OVERDUE = (
    "approvals:request:escalate",
    "approvals:request:expire",
    "approvals:request:void",
    "approvals:emergency:overdue",
)
SYSTEM_ACTIONS = (ESCALATE, EXPIRE, VOID, OVERDUE)


def change(intent: UUID) -> AbstractContextManager[None]:
    """The business transaction of an intent; what this room refuses inside it is told."""
    return journal.change(intent, errors.ApprovalsError)


def told(intent: UUID) -> AbstractContextManager[None]:
    """The same where a body is brought in before the transaction; what the holdings refuse is told too."""
    return journal.told(intent, errors.ApprovalsError, HoldingsError)


def system_intent(action: str, request: AccessRequest, rule: str) -> UUID:
    """The intent of a step that the system takes itself."""
    return recording.intent(
        action, reason=Reason(rule=rule), actor=system_actor("approvals"), object=facts(request)
    )


def facts(request: AccessRequest) -> ObjectFacts:
    """A request as the log names it: never what it is about."""
    return ObjectFacts("request", str(request.pk), version=f"{request.state} {request.version}")


def enter(
    request: AccessRequest,
    event: RequestEvent,
    state: RequestState,
    *,
    by: UUID | None,
    seat: Seat | None = None,
    reason: str = "",
    cause: str = "",
    is_subordinate: bool = False,
    is_reciprocal: bool = False,
) -> RequestStep:
    """Enter a step of a locked request and move it on; the caller has asked the table."""
    step = RequestStep(
        request=request,
        number=request.version,
        event=event,
        state=state,
        by=None if by is None else Person.objects.get(pk=by),
        duty=seat.duty if seat else "",
        unit_id=seat.unit_id if seat else None,
        instead_of_id=seat.instead_of if seat else None,
        reason=reason.strip(),
        cause=cause,
        is_subordinate=is_subordinate,
        is_reciprocal=is_reciprocal,
        at=clock.now(),
    )
    step.save(force_insert=True)
    request.state, request.version = state, request.version + 1
    request.save(update_fields=["state", "version", "used", "escalations", "digest"])
    return step


def ended(intent: UUID, request: AccessRequest, event: RequestEvent, **sealed: str) -> None:
    """The outcome of what went well: which request, and sealed which record."""
    outbox.outcome(
        intent,
        "granted",
        object=facts(request),
        sealed={"record": str(request.record_id), "asked": request.action, "step": event.value, **sealed},
        subject=str(request.requester_id),
    )
