"""What a reader writes down becomes a record, linked to the pages that it comes from (RQ-12, CL-12, CL-13)."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Person
from audit import clock, outbox
from audit.events import ObjectFacts
from vault.approvals import errors, reading, reading_errors, scopes, selectors
from vault.approvals.models import AccessRequest, ReadingSession, SourceLink
from vault.approvals.reading_rules import written_pages_problem
from vault.approvals.rules import NOTING, RequestEvent
from vault.approvals.scopes import BadPages, Range
from vault.approvals.services.journal import told
from vault.approvals.services.requests import locked, take_use
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.authorization.facts import Scope
from vault.authorization.levels import Levels
from vault.authorization.permit import Permit
from vault.holdings.derivation import lower_problem
from vault.holdings.models import ComponentVersion, Record
from vault.holdings.services import deriving
from vault.holdings.services.deriving import Derivation


@dataclass(frozen=True)
class Noted:
    """What a reader wrote, and from which pages of one part. `key` is the form's: sent twice, it is kept once.

    `lower` is a label below the source's, proposed by the secret point `point`.
    """

    request_id: UUID
    key: UUID
    title: str
    text: str
    component_id: UUID
    pages: str
    lower: Levels | None = None
    point: str = ""


def keep(*, context: Context, session_id: UUID, noted: Noted) -> Record:
    """Keep what was written in a live session as a record, and take one use of its approval, or nothing of it.

    Its label is its source's and waits for a second person, as every derived label does; a lower one is only proposed.
    Whoever sends the same form again is given the same record. Raises Absent, ExcerptIncomplete, KeptOtherwise,
    SessionStep, NothingLeft, WindowOver, LabelMoved, WrongStep, TextHeldBack, NotScanned, StorageFull, FormRefused,
    Refused, AuditUnavailable.
    """
    session = reading.all_sessions().filter(pk=session_id, reader=context.subject.person_id).first()
    if session is None:
        gate.absent(context, Action.READ_IN_ROOM, "session", session_id)
    request = (
        selectors.mine(context)
        .filter(pk=noted.request_id, record=session.request.record_id, action__in=NOTING)
        .first()
    )
    if request is None:
        gate.absent(context, Action.EXCERPT, "request", noted.request_id)
    if (made := _made(session, noted)) is not None:
        return made
    source = request.record
    ranges, scope = _examined(session, request, noted)
    permit = gate.authorize(context, request.asked, source, scope)
    name = f"{request.reference}-{request.used + 1}.txt"
    account = context.subject.account_id
    assert account is not None  # the gate has let this account in
    with (
        told(permit.event),
        deriving.written(permit, account_id=account, source=source, text=noted.text, name=name) as written,
        transaction.atomic(),
    ):
        # The record first, as where its label is moved: raised meanwhile, the request is void and nothing is kept.
        source = (
            Record.objects.select_for_update()
            .select_related("unit", "originator", "series", "retention_class")
            .get(pk=source.pk)
        )
        request = locked(request.pk)
        ReadingSession.objects.select_for_update().get(pk=session.pk)
        if (made := _made(session, noted)) is not None:
            deriving.drop(written)
            _ended(permit, source, request, made, "")
            return made
        if source.levels != written.session.levels:
            raise errors.LabelMoved
        going_on = reading.live(context, source.pk)
        if going_on is None or going_on.pk != session.pk:
            raise reading_errors.SessionStep
        take_use(request, RequestEvent.NOTE, by=UUID(permit.actor.person))
        made = deriving.keep(
            writer=Person.objects.get(pk=permit.actor.person),
            at=context.instant,
            written=written,
            sources=[source],
            derivation=Derivation(noted.title, _basis(request), noted.lower, noted.point),
        )
        _link(made, session, request, noted, ranges, scope.version)
        _ended(permit, source, request, made, scopes.written(ranges))
    return made


def _examined(
    session: ReadingSession, request: AccessRequest, noted: Noted
) -> tuple[tuple[Range, ...], Scope]:
    """The pages as ranges, and as the gate is asked. Raises ExcerptIncomplete."""
    found: dict[str, list[str]] = {}
    if not noted.title.strip():
        found["title"] = ["title-missing"]
    if not noted.text.strip():
        found["text"] = ["text-missing"]
    problem = lower_problem(noted.lower, request.record.levels, noted.point)
    if problem is not None:
        found["lower" if problem == "level-not-lower" else "point"] = [problem]
    portion = request.scope.portion(noted.component_id)
    version = (
        None
        if portion is None
        else ComponentVersion.objects.filter(
            component=noted.component_id, component__record=request.record_id, number=portion.version
        ).first()
    )
    ranges: tuple[Range, ...] = ()
    try:
        count = (version.page_count if version is not None else None) or 0
        ranges = scopes.pages(noted.pages, count) if noted.pages.strip() else ()
        shown = (
            reading.pages_shown(session, portion.component_id, portion.version) if portion is not None else ()
        )
        problem = written_pages_problem(ranges, portion, shown)
    except BadPages as error:
        problem = error.code if portion is not None else "pages-outside"
    if problem is not None:
        found["pages"] = [problem]
    if found or portion is None:
        raise reading_errors.ExcerptIncomplete(**found)
    pages = tuple(page for first, last in ranges for page in range(first, last + 1))
    return ranges, Scope(portion.component_id, portion.version, pages)


def _made(session: ReadingSession, noted: Noted) -> Record | None:
    """What became of the same form, sent before. Raises KeptOtherwise where something else stood in it."""
    link = SourceLink.objects.select_related("derived").filter(session=session, key=noted.key).first()
    if link is None:
        return None
    first = ComponentVersion.objects.filter(component__record=link.derived).earliest("number")
    if bytes(first.digest) != hashlib.sha256(noted.text.encode()).digest():
        raise reading_errors.KeptOtherwise
    return link.derived


def _basis(request: AccessRequest) -> str:
    """P-06: the source by the number of the request, which tells nothing to whoever may not know of it."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("As its source, which was read under %(reference)s.") % {"reference": request.reference}


def _link(
    made: Record,
    session: ReadingSession,
    request: AccessRequest,
    noted: Noted,
    ranges: tuple[Range, ...],
    version: int,
) -> None:
    now = clock.now()
    SourceLink.objects.bulk_create(
        SourceLink(
            derived=made,
            source_id=request.record_id,
            component_id=noted.component_id,
            version=version,
            first_page=first,
            last_page=last,
            session=session,
            request=request,
            person_id=request.requester_id,
            key=noted.key,
            at=now,
        )
        for first, last in ranges
    )


def _ended(permit: Permit, source: Record, request: AccessRequest, made: Record, pages: str) -> None:
    """The outcome stands with the source, as what was done with it; what came of it and from which pages is sealed."""
    outbox.outcome(
        permit.event,
        "granted",
        object=ObjectFacts(
            "record", str(source.pk), version=str(source.version), label=source.levels.canonical()
        ),
        sealed={"derived": str(made.pk), "request": request.reference, "pages": pages},
        subject=str(request.requester_id),
    )


__all__ = ["Noted", "keep"]
