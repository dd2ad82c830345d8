"""What every step of a request asks first: that it is known, held, open to this person, and still current."""

from uuid import UUID

from accounts.models import Person
from accounts.rules import local_day
from audit import clock
from vault.approvals import competence, errors, rules, selectors
from vault.approvals.models import AccessRequest
from vault.approvals.rules import Part, RequestEvent, RequestState
from vault.approvals.standing import has_label
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.authorization.permit import Permit


def locked(request_id: UUID) -> AccessRequest:
    """A request with its record, held until the transaction ends."""
    AccessRequest.objects.select_for_update().get(pk=request_id)
    return selectors.all_requests().get(pk=request_id)


def begun(context: Context, action: Action, request_id: UUID, event: RequestEvent) -> Permit:
    """The permit of a step of a request in which somebody has a part; to anybody else it is absent. Raises Absent."""
    if selectors.request(context, request_id) is None:
        gate.absent(context, action, "request", request_id)
    return gate.authorize(context, action, sealed={"request": str(request_id), "step": event.value})


def at_step(
    context: Context, request_id: UUID, version: int | None, event: RequestEvent, *parts: Part
) -> AccessRequest:
    """The request, held, and this step open to this person in one of these parts.

    Without a version what others did meanwhile is no matter. Raises WrongStep, ChangedMeanwhile.
    """
    request = locked(request_id)
    mine = selectors.parts_of(context, request) & frozenset(parts)
    if event not in rules.steps(RequestState(request.state), request.asked, mine):
        raise errors.WrongStep
    if version is not None and request.version != version:
        raise errors.ChangedMeanwhile
    return request


def require_current(request: AccessRequest) -> None:
    """Its days are not over and its record bears the label of then. Raises WindowOver, LabelMoved."""
    if request.ends_on < local_day(clock.now()):
        raise errors.WindowOver
    if not has_label(request):
        raise errors.LabelMoved


def require_reason(reason: str) -> None:
    """Something is said. Raises ReasonMissing."""
    if not reason.strip():
        raise errors.ReasonMissing


def ties(request: AccessRequest, permit: Permit) -> tuple[bool, bool]:
    """Whether the approver works under the requester, and whether the requester approved something of his.

    He is shown both before he decides; they stay beside his step and in the log.
    """
    person = Person.objects.select_related("unit").get(pk=permit.actor.person)
    now = clock.now()
    return (
        competence.is_above_decider(request, person, now),
        competence.is_reciprocal(request, person, now - rules.RECIPROCAL_WITHIN),
    )


def person_of(permit: Permit) -> UUID:
    """Whose step it is."""
    return UUID(permit.actor.person)
