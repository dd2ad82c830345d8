"""A corrected body comes in under the label that its record has when it becomes a version (CL-23)."""

import pytest

from tests.support.archive import Archive, file, pdf
from vault.authorization.context import of_account
from vault.authorization.levels import INTERNAL, OPEN, Levels
from vault.holdings import errors
from vault.holdings.models import IntakeSession, Record
from vault.holdings.services import correction, intake

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.fixture
def record(archive: Archive) -> Record:
    return file(archive, archive.clerk, register_now="on").record


def sent(archive: Archive, record: Record, levels: Levels) -> IntakeSession:
    """An upload session for the record's component under a label, with one accepted file in it."""
    context = of_account(archive.clerk)
    session = intake.open_session(
        context=context, unit=record.unit, levels=levels, component=record.components.get()
    )
    body = pdf(4)
    received = intake.receive(
        context=context, session=session, position=1, name="补.pdf", size=len(body), body=[body]
    )
    assert received.finding.verdict == "accepted"
    return session


def test_a_body_sent_under_the_record_s_label_becomes_a_version(archive: Archive, record: Record) -> None:
    session = sent(archive, record, record.levels)
    made = correction.correct(
        context=of_account(archive.clerk), record_id=record.pk, session=session, reason="缺页补扫"
    )
    assert (made.number, made.page_count) == (2, 4)


def test_a_body_sent_under_another_label_becomes_none(archive: Archive, record: Record) -> None:
    """Raised meanwhile, the record would hold a body that came in without what its label asks for."""
    assert record.levels == INTERNAL
    session = sent(archive, record, OPEN)
    with pytest.raises(errors.SessionClosed):
        correction.correct(
            context=of_account(archive.clerk), record_id=record.pk, session=session, reason="缺页补扫"
        )
    assert record.components.get().versions.count() == 1
    session.refresh_from_db()
    assert session.closed_at is None
    assert session.files.get().used_at is None
