"""What the calendar and the register of incidents put on people's home pages and into the navigation."""

from datetime import timedelta

import pytest

from accounts.models import Account
from accounts.rules import local_day
from audit import clock
from tests.support.archive import Archive
from vault.authorization.context import of_account
from vault.incidents import services as incidents
from vault.incidents.rules import Event, Kind
from vault.workdays import selectors, services
from vault.workdays.notice_file import read

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

CALENDAR, REPORT, REGISTER = "/calendar/", "/incidents/report/", "/incidents/"


@pytest.fixture
def archive(db: None, settings) -> Archive:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return Archive()


def home(archive: Archive, account: Account) -> str:
    return archive.client(account).get("/").content.decode()


@pytest.mark.parametrize("who", ["clerk", "director", "archivist", "leader", "system", "security", "auditor"])
def test_everybody_is_led_to_the_calendar_and_to_the_report_and_one_to_the_register(
    archive: Archive, who: str
) -> None:
    shown = home(archive, getattr(archive, who))
    assert f'href="{CALENDAR}"' in shown
    assert f'href="{REPORT}"' in shown
    assert (f'href="{REGISTER}"' in shown) is (who == "security")


def test_the_system_officer_is_told_which_notice_is_missing_until_it_is_in_force(archive: Archive) -> None:
    """RP-12: nobody finds out in January."""
    year = local_day(clock.now()).year
    for one in (year, year + 1):
        if selectors.notice_of(one) is None:
            assert f"/calendar/notice/?year={one}" in home(archive, archive.system)
            assert f"/calendar/notice/?year={one}" not in home(archive, archive.security)
            services.import_notice(
                context=of_account(archive.system),
                year=one,
                title="放假安排",
                document_no="9号",
                table=read(f"{one}-10-01,放假,国庆节", one),
                seen=0,
            )
        assert f"/calendar/notice/?year={one}" not in home(archive, archive.system)


def test_incidents_stand_before_the_security_officer_by_their_clock_until_they_are_concluded(
    archive: Archive,
) -> None:
    """AD-11"""

    def raised(hours: int) -> str:
        made = incidents.raise_incident(
            context=of_account(archive.clerk),
            kind=Kind.LOSS,
            what="少一份图纸",
            unit=archive.hall,
            known_at=clock.now() - timedelta(hours=hours),
        )
        return str(made.pk)

    fresh, overdue, soon = raised(1), raised(30), raised(20)
    shown = home(archive, archive.security)
    assert shown.index(overdue) < shown.index(soon) < shown.index(fresh)
    steps = (Event.MEASURE, Event.REPORT, Event.CONTAIN, Event.INVESTIGATE, Event.DECIDE, Event.CLOSE)
    for version, event in enumerate(steps, start=1):
        incidents.advance(
            context=of_account(archive.security),
            incident_id=overdue,
            version=version,
            event=event,
            text="说明",
        )
    assert overdue not in home(archive, archive.security)
    assert "安全事件 2" not in home(archive, archive.clerk)
    assert "安全事件 3" in home(archive, archive.clerk)
