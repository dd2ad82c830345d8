"""What the services of the rooms with one module of them do, for the test that walks every service."""

from collections.abc import Callable
from datetime import date
from typing import Any

from audit import clock
from vault.authorization.actions import Action
from vault.holdings.telling import Topic
from vault.incidents import services as incidents
from vault.incidents.rules import Event, Kind
from vault.notices import services as notices
from vault.notices.models import Notice
from vault.workdays import services as workdays
from vault.workdays.models import DayState
from vault.workdays.notice_file import read

Act = Callable[[], object]


def import_notice(stage: Any) -> Act:
    return lambda: workdays.import_notice(
        context=stage.as_(stage.archive.system),
        year=2027,
        title="放假安排",
        document_no="9号",
        table=read("2027-10-01,放假,国庆节", 2027),
        seen=0,
    )


def set_week(stage: Any) -> Act:
    return lambda: workdays.set_week(
        context=stage.as_(stage.archive.system),
        unit=stage.archive.hall,
        starts_on=date(2026, 1, 1),
        weekdays=range(7),
        open_on_holidays=False,
    )


def set_day(stage: Any) -> Act:
    return lambda: workdays.set_day(
        context=stage.as_(stage.archive.system),
        unit=stage.archive.hall,
        day=date(2026, 7, 5),
        state=DayState.OPEN,
        reason="值班",
    )


def raise_incident(stage: Any) -> Act:
    return lambda: incidents.raise_incident(
        context=stage.as_(stage.archive.clerk), kind=Kind.LOSS, what="少一份图纸", unit=stage.archive.hall
    )


def advance(stage: Any) -> Act:
    incident = incidents.raise_incident(
        context=stage.as_(stage.archive.clerk), kind=Kind.LOSS, what="少一份图纸", unit=stage.archive.hall
    )
    return lambda: incidents.advance(
        context=stage.as_(stage.archive.security),
        incident_id=incident.pk,
        version=1,
        event=Event.REPORT,
        text="已报分管领导",
    )


def _told(stage: Any) -> Notice:
    person = stage.archive.clerk.person
    return Notice.objects.create(
        person=person, topic=Topic.LABEL_WAITS, reference="R-1", path="/records/", at=clock.now()
    )


def mark_read(stage: Any) -> Act:
    notice = _told(stage)
    return lambda: notices.mark_read(context=stage.as_(stage.archive.clerk), notice_id=notice.pk)


def mark_all_read(stage: Any) -> Act:
    _told(stage)
    return lambda: notices.mark_all_read(context=stage.as_(stage.archive.clerk))


SERVICES = {"workdays": workdays, "incidents": incidents, "notices": notices}
WALKED: dict[str, tuple[Callable[[Any], Act], Action]] = {
    "workdays.import_notice": (import_notice, Action.MANAGE_CALENDAR),
    "workdays.set_week": (set_week, Action.MANAGE_CALENDAR),
    "workdays.set_day": (set_day, Action.MANAGE_CALENDAR),
    "incidents.raise_incident": (raise_incident, Action.REPORT_INCIDENT),
    "notices.mark_read": (mark_read, Action.MARK_NOTICES),
    "notices.mark_all_read": (mark_all_read, Action.MARK_NOTICES),
    "incidents.advance": (advance, Action.MANAGE_INCIDENTS),
}
