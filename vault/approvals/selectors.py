"""Reads of requests. Whoever has no part in a request does not know that there is one."""

from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from accounts.exclusions import part_in
from accounts.models import Person, Unit
from accounts.rules import Duty, local_day
from vault.approvals import competence
from vault.approvals.emergency_rules import LASTS, SECONDS
from vault.approvals.models import AccessRequest, RequestStep
from vault.approvals.reading_rules import SLACK
from vault.approvals.rules import (
    FINAL,
    IN_FORCE,
    RANK,
    UNRELEASED,
    Part,
    RequestEvent,
    RequestState,
    competent,
    highest_escalation,
    steps,
)
from vault.authorization.context import Context


def all_requests() -> QuerySet[AccessRequest]:
    """Every request with what each page of one needs; nobody's list."""
    return AccessRequest.objects.select_related(
        "record__unit", "record__originator", "requester__unit", "requester_unit", "room__unit"
    )


def request(viewer: Context, request_id: UUID) -> AccessRequest | None:
    """One request in which the viewer has a part; through a token only his own, and none of a secret."""
    if viewer.subject.scopes is not None:
        return mine(viewer).filter(pk=request_id).first()
    found = all_requests().filter(pk=request_id).first()
    return found if found is not None and (parts_of(viewer, found) or has_acted(viewer, found)) else None


def parts_of(viewer: Context, of: AccessRequest) -> frozenset[Part]:
    """In which parts the viewer meets it now; the requester in no other (PE-06), a checker in no second one."""
    person_id = viewer.subject.person_id
    if part_in(person_id, concerned=[of.requester_id]) is not None:
        return frozenset({Part.REQUESTER} if person_id == of.requester_id else ())
    found = set()
    if Duty.SECURITY_OFFICER in viewer.subject.duty_names:
        found.add(Part.CHECKER)
    # Before the check there is nothing to decide, and so nobody to be told of it.
    elif (
        of.state != RequestState.SUBMITTED
        and not viewer.subject.is_officer
        and competence.seat_of(of, person_id, viewer.instant) is not None
    ):
        found.add(Part.APPROVER)
    # PE-17: beside the leader, who may be either and is never both.
    if (
        of.state in UNRELEASED
        and not viewer.subject.duty_names.isdisjoint(SECONDS)
        and competence.second_duty(of, person_id, viewer.instant) is not None
    ):
        found.add(Part.SECOND)
    return frozenset(found)


def has_acted(viewer: Context, of: AccessRequest) -> bool:
    """Whether the viewer took a step of it: what he did he may read."""
    return of.steps.filter(by=viewer.subject.person_id).exists()


def steps_for(viewer: Context, of: AccessRequest) -> list[RequestEvent]:
    """What the viewer may do with it now."""
    return steps(RequestState(of.state), of.asked, parts_of(viewer, of))


def history(of: AccessRequest) -> list[RequestStep]:
    """What was done with it, in order."""
    return list(of.steps.select_related("by__unit", "unit", "instead_of").order_by("number"))


# Lists

# P-02: a token tells of no request about what is or was classified, or is shielded.
_BORNE_BY_TOKEN = Q(
    at_state_level=0,
    at_enterprise_level=0,
    record__state_level=0,
    record__enterprise_level=0,
    record__is_shielded=False,
)


def mine(viewer: Context) -> QuerySet[AccessRequest]:
    """The viewer's own, the newest first."""
    own = all_requests().filter(requester=viewer.subject.person_id).order_by("-submitted_at", "-pk")
    return own if viewer.subject.scopes is None else own.filter(_BORNE_BY_TOKEN)


def to_check(viewer: Context) -> QuerySet[AccessRequest]:
    """What waits for a security officer, the oldest first; never his own."""
    if Duty.SECURITY_OFFICER not in viewer.subject.duty_names:
        return AccessRequest.objects.none()
    waiting = all_requests().filter(state__in=[RequestState.SUBMITTED, RequestState.LEADER_APPROVED])
    return waiting.exclude(requester=viewer.subject.person_id).order_by("submitted_at", "pk")


def to_decide(viewer: Context) -> list[AccessRequest]:
    """What waits for the viewer's decision, the oldest first.

    Narrowed by his posts' units before each is asked; whoever holds no such post is asked about nothing.
    """
    below = below_posts(viewer)
    if below is None:
        return []
    waiting = all_requests().filter(below, state=RequestState.CHECKED).order_by("submitted_at", "pk")
    return [one for one in waiting if Part.APPROVER in parts_of(viewer, one)]


def below_posts(viewer: Context) -> Q | None:
    """What lies at or below the units of the posts in which the viewer decides, his own and those he sits in for
    another; None without any. What has a record is narrowed by it before each is asked.
    """
    if viewer.subject.is_officer:
        return None
    posts = {unit for duty, unit in viewer.subject.duties if duty in RANK}
    posts |= {one.unit_id for one in competence.delegations_to(viewer.subject.person_id, viewer.instant)}
    below = Q()
    for path in Unit.objects.filter(pk__in=posts).values_list("path", flat=True):
        below |= Q(record__unit__path__startswith=path)
    return below or None


def deciders(of: AccessRequest, at: datetime) -> list[Person]:
    """Who may decide it now, each once."""
    ids = dict.fromkeys(seat.person_id for seat in competence.seats(of, at))
    found = Person.objects.select_related("unit").in_bulk(list(ids))
    return [found[pk] for pk in ids]


def register(viewer: Context) -> QuerySet[AccessRequest]:
    """Every request there is, for the security officer, the newest first."""
    if Duty.SECURITY_OFFICER not in viewer.subject.duty_names:
        return AccessRequest.objects.none()
    return all_requests().order_by("-submitted_at", "-pk")


def of_record(viewer: Context, record_id: UUID) -> QuerySet[AccessRequest]:
    """The viewer's own requests about a record, the newest first."""
    return mine(viewer).filter(record=record_id)


def in_force(at: datetime) -> QuerySet[AccessRequest]:
    """Requests that open something at an instant: approved, within their days, the record and the requester where
    they were. Whether each still says what was approved, its digest tells.
    """
    day = local_day(at)
    return AccessRequest.objects.filter(
        state__in=IN_FORCE,
        starts_on__lte=day,
        ends_on__gte=day,
        at_state_level=F("record__state_level"),
        at_enterprise_level=F("record__enterprise_level"),
        at_restricted=F("record__restricted"),
        requester_unit=F("requester__unit"),
    ).filter(
        # PE-17: an emergency for its hour, whatever its days; the queryset form of `emergency_rules.runs`.
        Q(is_emergency=False) | Q(emergency__starts_at__gt=at - LASTS, emergency__starts_at__lte=at + SLACK)
    )


def open_requests() -> QuerySet[AccessRequest]:
    """Everything that is not over."""
    return all_requests().exclude(state__in=FINAL)


def can_escalate(of: AccessRequest) -> bool:
    """Whether anybody is above whom it waits for."""
    return of.escalations < highest_escalation(competence.required(of))


def posts_asked(of: AccessRequest) -> tuple[Duty, ...]:
    """The posts that may decide it now."""
    return competent(competence.required(of), of.escalations)
