"""Who may import, and who proves that it is he."""

from datetime import date, timedelta

import pytest

from accounts.models import Appointment
from audit.models import Event
from tests.accounts.people import PASSWORD
from tests.support.importing import Desk
from vault.authorization.actions import Action
from vault.holdings.models import Record, StagedFile
from vault.holdings.services import importing

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def test_a_duty_that_ends_between_the_dry_run_and_the_run_ends_the_import(desk: Desk, monkeypatch) -> None:
    """PE-08: the run asks again, and so does every batch and the end of it."""
    desk.put("一.pdf")
    given = {"table": False, "label": "内部"}
    assert desk.run("--dry-run", "--date=2026-10-09", **given).code == 0
    finish = importing.finish

    def without_duty(**more: object) -> int:
        yesterday = date.today() - timedelta(days=1)
        Appointment.objects.filter(person=desk.archive.clerk.person).update(ends_on=yesterday)
        return finish(**{**more, "context": _fresh(more["context"])})

    monkeypatch.setattr(importing, "finish", without_duty)
    assert desk.run("--date=2026-10-09", **given).code == 1
    assert not Record.objects.exists()
    monkeypatch.setattr(importing, "finish", finish)
    assert desk.run("--dry-run", "--date=2026-10-09", **given).codes == ["not-allowed"]


def _fresh(context):
    from vault.authorization.context import of_account

    return of_account(context.account)


def test_nobody_imports_for_a_unit_where_he_has_no_duty(desk: Desk) -> None:
    """PE-01: the clerk of the hall shares the allowed set-up."""
    desk.put("一.pdf")
    elsewhere = desk.archive.other_hall.code
    refused = desk.run("--date=2026-10-09", table=False, label="内部", unit=elsewhere)
    assert (refused.code, refused.codes) == (1, ["not-allowed"])
    assert desk.run("--date=2026-10-09", table=False, label="内部").code == 0


@pytest.mark.parametrize("stdin", [f"{PASSWORD}\n000000\n", "wrong\n", ""])
def test_without_proof_of_who_acts_nothing_is_looked_at(desk: Desk, stdin: str) -> None:
    """AU-01: the log never says that somebody imported who did not."""
    desk.put("一.pdf")
    refused = desk.run("--date=2026-10-09", table=False, label="内部", stdin=stdin)
    assert refused.code == 1
    assert not Record.objects.exists()
    assert not StagedFile.objects.exists()
    assert not Event.objects.filter(action=str(Action.IMPORT)).exists()
