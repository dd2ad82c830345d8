"""Making a copy: counted and entered first, then made in memory and handed out, once (7.3; RQ-07, RQ-10)."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from accounts.models import Person
from accounts.rules import ZONE
from audit import clock, outbox
from storage import errors as storage_errors
from storage.forkserver import ForkServerError
from storage.reproduction import MIN_PASSPHRASE, Form, Marks, codes
from vault.approvals import copy_telling, errors
from vault.approvals.models import AccessRequest, Copy, CopyStep
from vault.approvals.reproduction_rules import CopyEvent, CopyState
from vault.approvals.rules import REPRODUCING, RequestEvent
from vault.approvals.scopes import Portion
from vault.approvals.services.journal import facts
from vault.approvals.services.requests import locked, take_use
from vault.approvals.standing import standing
from vault.authorization import gate, journal
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.authorization.facts import Scope
from vault.authorization.permit import Permit
from vault.holdings import custody
from vault.holdings.models import ComponentVersion, LabelDecision, Record
from vault.holdings.rules import IntegrityStatus, LabelStatus

_LONGEST = 1000


@dataclass(frozen=True)
class Made:
    """A copy that is in the register, and its files as they are made: each with its name.

    Whatever becomes of the files, the copy is counted; only when all were made has it a digest.
    """

    copy: Copy
    files: Iterator[tuple[str, bytes]]
    file_count: int


@dataclass(frozen=True)
class _Piece:
    """One portion of what was approved, as it is stored, under its own permit."""

    permit: Permit
    version: ComponentVersion
    pages: tuple[int, ...]

    @property
    def is_paged(self) -> bool:
        return self.version.viewer == "pages"


def produce(*, context: Context, request_id: UUID, version: int, passphrase: str = "") -> Made:
    """Make the next copy of an approved request: for somebody else by whoever keeps the record, and of what is not
    classified by its requester himself.

    It is counted and committed before a byte is made: a double click makes one, and one that breaks half-way is
    accounted for like any other. `passphrase` locks the parts without pages and is kept nowhere. Raises Absent,
    WrongStep, ChangedMeanwhile, WindowOver, LabelMoved, NothingLeft, RequesterUnfit, NothingToCopy,
    PassphraseNeeded, Refused, AuditUnavailable; and its files CopyBroken.
    """
    request = AccessRequest.objects.filter(pk=request_id, action__in=[a.value for a in REPRODUCING]).first()
    if request is None:
        gate.absent(context, Action.PRODUCE, "request", request_id)
    own = request.requester_id == context.subject.person_id and not request.levels.is_classified
    action = request.asked if own else Action.PRODUCE
    pieces = _pieces(context, action, request)
    intents = [piece.permit.event for piece in pieces]
    if own:
        # What one may copy is an answer in the log; that a copy is entered is a change of its own.
        intents = [gate.authorize(context, Action.HOLD_COPY, sealed={"request": str(request_id)}).event]
    with journal.change_of_all(intents, errors.ApprovalsError):
        held = locked(request_id)
        if held.version != version:
            raise errors.ChangedMeanwhile
        if not standing(held, context.instant).is_fit:
            raise errors.RequesterUnfit
        _require_makeable(held, pieces, passphrase)
        producer = Person.objects.select_related("unit").get(pk=pieces[0].permit.actor.person)
        take_use(held, RequestEvent.PRODUCE, by=producer.pk)
        made = _entered(held, producer)
        ended = {"record": str(held.record_id), "copy": str(made.number), "code": made.code}
        outbox.outcomes(
            [outbox.Ended(intent, facts(held), ended, str(held.requester_id)) for intent in intents],
            "granted",
        )
    return Made(made, _files(made, pieces, passphrase), len(pieces))


def _pieces(context: Context, action: Action, request: AccessRequest) -> list[_Piece]:
    """Each portion through the gate, for its own pages."""
    portions: Sequence[Portion] = request.scope.portions
    if not portions:
        # Only paper: asked all the same, so that the answer is the rule's.
        gate.fetch(context, action, Record, request.record_id)
    found = []
    for portion in portions:
        pages = tuple(page for first, last in portion.ranges for page in range(first, last + 1))
        scope = Scope(component_id=portion.component_id, version=portion.version, pages=pages)
        _record, permit = gate.fetch(context, action, Record, request.record_id, scope)
        version = ComponentVersion.objects.select_related("component__record").get(
            component=portion.component_id, number=portion.version
        )
        found.append(_Piece(permit, version, pages))
    return found


def _require_makeable(request: AccessRequest, pieces: Sequence[_Piece], passphrase: str) -> None:
    """What would break for certain is refused before it is counted."""
    if not pieces or any(
        piece.version.integrity == IntegrityStatus.QUARANTINED
        or len(piece.pages or range(piece.version.page_count or 0)) > _LONGEST
        for piece in pieces
    ):
        raise errors.NothingToCopy
    if all(piece.is_paged for piece in pieces):
        return
    if request.asked is Action.PRINT:
        raise errors.NothingToCopy
    if len(passphrase) < MIN_PASSPHRASE or not passphrase.isascii() or not passphrase.isprintable():
        raise errors.PassphraseNeeded


def _entered(request: AccessRequest, producer: Person) -> Copy:
    """The next copy in the register, with its first step."""
    now = clock.now()
    made = Copy(
        id=uuid4(),
        request=request,
        number=request.used,
        amount=request.amount,
        code=codes.new_code(),
        recipient=request.requester,
        recipient_unit=request.requester_unit,
        copying_unit=producer.unit,
        label=_mark(request.record),
        produced_by=producer,
        produced_at=now,
        state=CopyState.PRODUCED,
        holder=request.requester,
    )
    made.save(force_insert=True)
    CopyStep.objects.create(
        copy=made,
        number=made.version,
        event=CopyEvent.MAKE,
        state=CopyState.PRODUCED,
        by=producer,
        to=request.requester,
        at=now,
    )
    made.version += 1
    made.save(update_fields=["version"])
    copy_telling.moved(made, now)
    return made


def _mark(record: Record) -> str:
    """RQ-07: the mark of the original, unchanged."""
    in_force = LabelDecision.objects.filter(
        record=record, state_level=record.state_level, enterprise_level=record.enterprise_level
    ).exclude(status=LabelStatus.REFUSED)
    decision = in_force.order_by("-number").first()
    assert decision is not None, "every record is created with a label decision"
    return str(decision.mark)


def _files(made: Copy, pieces: Sequence[_Piece], passphrase: str) -> Iterator[tuple[str, bytes]]:
    marks = _marks(made)
    # A secret leaves as pictures of its pages: no text to lift out, nothing else in which something can hide.
    form: Form = "drawn" if made.request.levels.is_classified else "faithful"
    digest = hashlib.sha256()
    for number, piece in enumerate(pieces, start=1):
        try:
            if piece.is_paged:
                body = custody.reproduce(
                    piece.permit, piece.version, pages=piece.pages, marks=marks, form=form
                )
            else:
                body = custody.enclose(piece.permit, piece.version, marks=marks, passphrase=passphrase)
        except (storage_errors.StorageError, ForkServerError) as error:
            raise errors.CopyBroken from error
        digest.update(body)
        part = f"-{number}" if len(pieces) > 1 else ""
        if number == len(pieces):
            made.digest = digest.digest()
            made.save(update_fields=["digest"])
        # Its name says what may be known of it outside: the number and no title.
        yield f"{made.request.reference}-{made.number}{part}.pdf", body


def _marks(made: Copy) -> Marks:
    return Marks(
        label=str(made.label),
        unit=made.copying_unit.name,
        copy=made.number,
        copies=made.amount,
        code=made.code,
        recipient=made.recipient.name,
        recipient_unit=made.recipient_unit.name,
        request=made.request.reference,
        time=made.produced_at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M"),
    )


__all__ = ["Made", "produce"]
