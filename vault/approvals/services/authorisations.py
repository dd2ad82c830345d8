"""What the unit that set the level, or one above it, allowed on paper (RQ-04 to RQ-06; 保密要求(3), P-09)."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from accounts.exclusions import part_in
from accounts.models import Unit
from accounts.rules import local_day
from audit import clock, outbox
from vault.approvals import errors, originators, rules, selectors, telling
from vault.approvals.digests import is_unchanged
from vault.approvals.models import AccessRequest, ExternalAuthorisation
from vault.approvals.rules import Part, RequestEvent, RequestState
from vault.approvals.services.journal import change, ended, enter, facts
from vault.approvals.services.requests import locked
from vault.approvals.standing import has_label, standing
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.holdings.models import ComponentVersion, Record
from vault.holdings.rules import IntegrityStatus


@dataclass(frozen=True)
class Paper:
    """An authorisation as its paper says. `record_id` is the scan, filed as a record."""

    issuer: Unit
    document_no: str
    document_date: date
    copies: int
    purpose: str
    record_id: UUID


def record(*, context: Context, request_id: UUID, paper: Paper) -> ExternalAuthorisation:
    """Enter a paper for a request that waits for its originator: its requester, or who approved it.

    Raises Absent, WrongStep, IssuerUnrelated, PaperUsed, PaperTooFew, PaperAbsent, RequestIncomplete, Refused,
    AuditUnavailable.
    """
    if selectors.request(context, request_id) is None:
        gate.absent(context, Action.RECORD_AUTHORISATION, "request", request_id)
    # Known to who records it: the scan is no way to learn of another record.
    scan, _permit = gate.fetch(context, Action.DESCRIBE, Record, paper.record_id)
    permit = gate.authorize(context, Action.RECORD_AUTHORISATION, sealed={"request": str(request_id)})
    with change(permit.event):
        request = locked(request_id)
        person_id = UUID(permit.actor.person)
        concerned = part_in(person_id, concerned=[request.requester_id]) is not None or selectors.has_acted(
            context, request
        )
        if request.state != RequestState.LEADER_APPROVED or not concerned:
            raise errors.WrongStep
        _examine(request, paper, scan)
        made = ExternalAuthorisation(
            id=uuid4(),
            request=request,
            issuer=paper.issuer,
            document_no=paper.document_no.strip(),
            document_index=normal_number(paper.document_no),
            document_date=paper.document_date,
            copies=paper.copies,
            purpose=paper.purpose.strip(),
            paper=scan,
            recorded_by_id=person_id,
            recorded_at=clock.now(),
        )
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError:
            raise errors.PaperUsed from None
        telling.paper_recorded(request, clock.now())
        outbox.outcome(permit.event, "granted", object=facts(request), sealed={"paper": str(scan.pk)})
    return made


def verify(*, context: Context, authorisation_id: UUID, version: int, reason: str) -> AccessRequest:
    """The security officer has compared the entry with the paper; with that the request is approved.

    `reason` says how he compared it. Raises Absent, WrongStep, ChangedMeanwhile, ReasonMissing, SamePerson,
    IssuerUnrelated, PaperTooFew, WindowOver, LabelMoved, RequesterUnfit, Refused, AuditUnavailable.
    """
    made = ExternalAuthorisation.objects.filter(pk=authorisation_id).first()
    if made is None or selectors.request(context, made.request_id) is None:
        gate.absent(context, Action.VERIFY_AUTHORISATION, "authorisation", authorisation_id)
    permit = gate.authorize(
        context, Action.VERIFY_AUTHORISATION, sealed={"authorisation": str(authorisation_id)}
    )
    with change(permit.event):
        request = locked(made.request_id)
        made = ExternalAuthorisation.objects.select_for_update().get(pk=authorisation_id)
        person_id = UUID(permit.actor.person)
        mine = selectors.parts_of(context, request) & {Part.CHECKER}
        if RequestEvent.AUTHORISE not in rules.steps(RequestState(request.state), request.asked, mine):
            raise errors.WrongStep
        if request.version != version:
            raise errors.ChangedMeanwhile
        if not reason.strip():
            raise errors.ReasonMissing
        if part_in(person_id, acted=[made.recorded_by_id]) is not None:
            raise errors.SamePerson
        if not originators.may_allow(made.issuer_id, request.record.originator):
            raise errors.IssuerUnrelated
        if made.copies < request.amount:
            raise errors.PaperTooFew
        if request.ends_on < local_day(clock.now()):
            raise errors.WindowOver
        if not has_label(request) or not is_unchanged(request):
            raise errors.LabelMoved
        if not standing(request, context.instant).is_fit:
            raise errors.RequesterUnfit
        made.verified_by_id, made.verified_at = person_id, clock.now()
        made.save(update_fields=["verified_by", "verified_at"])
        enter(request, RequestEvent.AUTHORISE, RequestState.APPROVED, by=person_id, reason=reason)
        telling.moved(request, clock.now())
        ended(permit.event, request, RequestEvent.AUTHORISE, issuer=str(made.issuer_id))
    return request


def normal_number(text: str) -> str:
    """The one spelling under which a document number is looked up: no width, no blanks, one kind of brackets."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).casefold()
    return plain.translate(str.maketrans("〔【[(", "((((")).translate(str.maketrans("〕】])", "))))"))


def _examine(request: AccessRequest, paper: Paper, scan: Record) -> None:
    found: dict[str, list[str]] = {}
    if not paper.document_no.strip():
        found["document_no"] = ["document-no-missing"]
    if paper.document_date > local_day(clock.now()):
        found["document_date"] = ["document-date-ahead"]
    if not paper.purpose.strip():
        found["purpose"] = ["purpose-missing"]
    if paper.copies < 1:
        found["copies"] = ["amount"]
    if found:
        raise errors.RequestIncomplete(**found)
    # The in-house leader is never enough, and neither is a sister unit (RQ-04).
    if not originators.may_allow(paper.issuer.pk, request.record.originator):
        raise errors.IssuerUnrelated
    if paper.copies < request.amount:
        raise errors.PaperTooFew
    body = ComponentVersion.objects.filter(component__record=scan, integrity=IntegrityStatus.ACCEPTED)
    if scan.pk == request.record_id or not body.exists():
        raise errors.PaperAbsent
