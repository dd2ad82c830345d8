"""Reading on paper: handed over and taken back by count, each confirmed by the reader under his own account (P-04)."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from audit import clock
from vault.approvals import reading_errors
from vault.approvals.models import PaperReading, ReadingSession
from vault.approvals.reading_rules import Cause, Medium, Party, SessionEvent, mismatch
from vault.approvals.services import beside, reading, sitting
from vault.approvals.services.journal import change
from vault.authorization.context import Context
from vault.incidents.rules import Kind
from vault.incidents.services import raise_incident


@dataclass(frozen=True)
class Counted:
    """What was counted: the pages, and the issue number that stands on the paper."""

    pages: int
    issue_no: str

    @property
    def facts(self) -> tuple[int, str]:
        """As it is compared and stored."""
        return self.pages, self.issue_no.strip()


def hand_over(
    *, context: Context, session_id: UUID, out: Counted, notebook_no: str, telephones_lodged: bool
) -> PaperReading:
    """Hand the paper over to a reader who is checked in, with a numbered notebook, his telephones lodged.

    Raises Absent, SessionStep, PaperIncomplete, SecondReaderAway, Refused, AuditUnavailable.
    """
    permit = sitting.permit_of_keeper(context, session_id, SessionEvent.HAND_OVER)
    with change(permit.event):
        session = sitting.held(session_id)
        reached = sitting.require(session, SessionEvent.HAND_OVER, Party.KEEPER)
        if session.medium != Medium.PAPER:
            raise reading_errors.SessionStep
        if out.pages < 1 or not out.issue_no.strip() or not notebook_no.strip() or not telephones_lodged:
            raise reading_errors.PaperIncomplete
        beside.require(session)
        now = clock.now()
        paper = PaperReading.objects.create(
            session=session,
            pages_out=out.pages,
            issue_no_out=out.issue_no.strip(),
            notebook_no=notebook_no.strip(),
            telephones_lodged=True,
            handed_over_by_id=UUID(permit.actor.person),
            handed_over_at=now,
        )
        # The use is taken here: what is in his hands is opened, whether he confirms it or not.
        reading.open_request(session)
        session.state, session.opened_at, session.last_at = reached, now, now
        session.save(update_fields=["state", "opened_at", "last_at"])
        sitting.ended(permit.event, session, SessionEvent.HAND_OVER, pages=str(out.pages))
    return paper


def confirm(*, context: Context, session_id: UUID) -> PaperReading:
    """The reader confirms what the keeper entered last: that he has it, or that he gave it back.

    Raises Absent, SessionStep, Refused, AuditUnavailable.
    """
    permit = sitting.permit_of_reader(context, session_id, SessionEvent.CONFIRM)
    with change(permit.event):
        session = sitting.held(session_id)
        sitting.require(session, SessionEvent.CONFIRM, Party.READER)
        paper = _paper(session)
        if paper is None:
            raise reading_errors.SessionStep
        if paper.received_at is None:
            paper.received_at = clock.now()
            paper.save(update_fields=["received_at"])
        elif paper.taken_back_at is not None and paper.returned_at is None:
            paper.returned_at = clock.now()
            paper.save(update_fields=["returned_at"])
            sitting.require(session, SessionEvent.LEAVE, Party.READER)
            sitting.close(session, Cause.RETURNED, by=UUID(permit.actor.person))
        else:
            raise reading_errors.SessionStep
        sitting.ended(permit.event, session, SessionEvent.CONFIRM)
    return paper


def take_back(*, context: Context, session_id: UUID, back: Counted, notebook_returned: bool) -> PaperReading:
    """Count the paper back in. What is not as it went out is an incident, and the session is over (AD-11).

    Raises Absent, SessionStep, PaperIncomplete, Refused, AuditUnavailable.
    """
    permit = sitting.permit_of_keeper(context, session_id, SessionEvent.TAKE_BACK)
    with change(permit.event):
        session = sitting.held(session_id)
        sitting.require(session, SessionEvent.TAKE_BACK, Party.KEEPER)
        paper = _paper(session)
        if paper is None or paper.taken_back_at is not None:
            raise reading_errors.SessionStep
        if back.pages < 0 or not back.issue_no.strip():
            raise reading_errors.PaperIncomplete
        paper.pages_in, paper.issue_no_in = back.facts
        paper.notebook_returned = notebook_returned
        paper.taken_back_by_id, paper.taken_back_at = UUID(permit.actor.person), clock.now()
        paper.save(
            update_fields=["pages_in", "issue_no_in", "notebook_returned", "taken_back_by", "taken_back_at"]
        )
        is_wrong = mismatch(
            out=(paper.pages_out, paper.issue_no_out), back=back.facts, notebook_back=notebook_returned
        )
        if is_wrong:
            _raise(context, session, paper)
            sitting.require(session, SessionEvent.CLOSE, Party.KEEPER)
            sitting.close(session, Cause.MISMATCH, by=UUID(permit.actor.person))
        sitting.ended(
            permit.event, session, SessionEvent.TAKE_BACK, pages=str(back.pages), mismatch=str(int(is_wrong))
        )
    return paper


def _paper(session: ReadingSession) -> PaperReading | None:
    return PaperReading.objects.filter(session=session).first()


def _raise(context: Context, session: ReadingSession, paper: PaperReading) -> None:
    """Words without a title: the register of incidents has its own readers."""
    with translation.override(settings.LANGUAGE_CODE):
        what = gettext(
            "After reading on paper for request %(request)s the count differs: %(out)s pages went out and "
            "%(back)s came back, or the issue number or the notebook is another or missing. Look at the session."
        ) % {"request": session.request.reference, "out": paper.pages_out, "back": paper.pages_in}
    raise_incident(
        context=context,
        kind=Kind.MISMATCH,
        what=what,
        unit=session.request.record.unit,
        source="approvals",
        about=sitting.facts(session),
    )


__all__ = ["Counted", "confirm", "hand_over", "take_back"]
