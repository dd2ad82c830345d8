"""Whom requests tell what by a notice: the request's number, and no title, level or name (RQ-16, 10.1(8))."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.rules import Duty
from accounts.selectors import holders
from vault.approvals import competence, selectors
from vault.approvals.models import AccessRequest
from vault.approvals.rules import UNRELEASED, RequestState
from vault.notices import topics
from vault.notices.services import settle, tell


class Topic(StrEnum):
    """What this room gives notice of."""

    TO_CHECK = "request-to-check"
    TO_DECIDE = "request-to-decide"
    PAPER_WANTED = "request-paper-wanted"
    TO_RELEASE = "emergency-to-release"
    ANSWERED = "request-answered"


def register() -> None:
    """The sentences of this room's notices."""
    topics.register(
        topics.Topic(
            Topic.TO_CHECK,
            _("A request waits for your check"),
            _("The request %(reference)s waits for your check."),
        ),
        topics.Topic(
            Topic.TO_DECIDE,
            _("A request waits for your decision"),
            _("The request %(reference)s waits for your decision."),
        ),
        topics.Topic(
            Topic.PAPER_WANTED,
            _("Your request needs a paper"),
            _("The request %(reference)s goes on once the paper of another unit is recorded with it."),
        ),
        topics.Topic(
            Topic.TO_RELEASE,
            _("An emergency waits for you"),
            _("The emergency %(reference)s waits for your release. It cannot wait."),
        ),
        topics.Topic(
            Topic.ANSWERED,
            _("Your request has moved on"),
            _("What became of the request %(reference)s stands on its page."),
        ),
    )


def moved(request: AccessRequest, at: datetime) -> None:
    """Tell whoever the request waits for now, and its requester what became of it; inside the step's transaction.

    Whoever it waited for before need not look any more.
    """
    path = reverse("approvals:request", args=[request.pk])
    for topic in (Topic.TO_CHECK, Topic.TO_DECIDE, Topic.PAPER_WANTED, Topic.TO_RELEASE):
        settle(topic=topic, reference=request.reference, path=path, now=at)
    for topic, persons in _told(request, at):
        tell(persons=persons, topic=topic, reference=request.reference, path=path, now=at)


def paper_recorded(request: AccessRequest, at: datetime) -> None:
    """The security officers have a paper to compare."""
    path = reverse("approvals:request", args=[request.pk])
    settle(topic=Topic.PAPER_WANTED, reference=request.reference, path=path, now=at)
    tell(persons=_checkers(request, at), topic=Topic.TO_CHECK, reference=request.reference, path=path, now=at)


def _told(request: AccessRequest, at: datetime) -> Iterable[tuple[Topic, Iterable[Person]]]:
    state = RequestState(request.state)
    if state is RequestState.SUBMITTED:
        yield Topic.TO_CHECK, _checkers(request, at)
    elif state is RequestState.CHECKED:
        yield Topic.TO_DECIDE, selectors.deciders(request, at)
    elif state is RequestState.LEADER_APPROVED:
        yield Topic.PAPER_WANTED, [request.requester]
    elif state in UNRELEASED:
        if state is not RequestState.LEADER_RELEASED:
            yield Topic.TO_RELEASE, selectors.deciders(request, at)
        if state is not RequestState.SECOND_RELEASED:
            yield Topic.TO_RELEASE, competence.seconds(request, at)
    elif state not in {RequestState.WITHDRAWN, RequestState.IN_SESSION}:
        yield Topic.ANSWERED, [request.requester]


def _checkers(request: AccessRequest, at: datetime) -> Iterable[Person]:
    return holders(Duty.SECURITY_OFFICER, at, usable=True).exclude(pk=request.requester_id)
