"""The calendar: a page for everybody, and the system officer's notices and unit calendars."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Unit
from accounts.rules import local_day
from audit import clock
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_request
from vault.authorization.decision import Allow, decide
from vault.authorization.decorators import requires
from vault.authorization.facts import UNRELATED
from vault.workdays import due, errors, notice_file, presentation, selectors, services
from vault.workdays.forms import DayForm, NoticeForm, WeekForm
from vault.workdays.models import DayState, Recomputation


@require_safe
@requires(Action.READ_CALENDAR)
def calendar_page(request: HttpRequest) -> HttpResponse:
    """One year of the company's or a unit's calendar, where its days come from, and what changes moved."""
    viewer = of_request(request)
    gate.authorize(viewer, Action.READ_CALENDAR)
    today = local_day(clock.now())
    year = _year(request.GET.get("year", ""), today.year)
    unit = _chosen(request.GET.get("unit", ""))
    calendar = selectors.calendar(unit.pk if unit is not None else None)
    manages = isinstance(decide(Action.MANAGE_CALENDAR, viewer.subject, None, UNRELATED), Allow)
    return render(
        request,
        "workdays/calendar.html",
        {
            "year": year,
            "unit": unit,
            "is_provisional": calendar.is_provisional(year),
            "months": presentation.year_in_months(calendar, year, today),
            "heads": presentation.HEADS,
            "legend": presentation.legend(calendar, year),
            "open_days": presentation.open_days(calendar, year),
            "days": presentation.special_days(calendar, year, unit),
            "notice": presentation.notice_facts(selectors.notices_of(year)),
            "changes": [presentation.change_row(change) for change in selectors.changes(due.listed())],
            "older_changes": selectors.older_changes(),
            "years": (selectors.FIRST_YEAR, selectors.LAST_YEAR),
            "units": selectors.units(),
            "prev_year": _address(year - 1, unit),
            "next_year": _address(year + 1, unit),
            "notice_url": f"{reverse('workdays:notice')}?year={year}" if manages else "",
            "unit_url": reverse("workdays:unit", args=[unit.pk]) if manages and unit is not None else "",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.MANAGE_CALENDAR)
def notice(request: HttpRequest) -> HttpResponse:
    """Check a notice, see what it changes, and put it in force: two steps, and the first stores nothing."""
    if request.method != "POST":
        year = _year(request.GET.get("year", ""), local_day(clock.now()).year + 1)
        return _notice(request, NoticeForm(initial={"year": year}))
    form = NoticeForm(request.POST, request.FILES)
    if not form.is_valid() or form.table is None:
        return _notice(request, form, status=400)
    data = form.cleaned_data
    try:
        if request.POST.get("step") != "apply":
            return _notice(request, form, services.preview(data["year"], form.table))
        made = services.import_notice(
            context=of_request(request),
            year=data["year"],
            title=data["title"],
            document_no=data["document_no"],
            table=form.table,
            seen=data["seen"] or 0,
        )
    except errors.WorkdaysError as error:
        form.add_error(None, str(error.sentence))
        return _notice(request, form, status=error.status)
    _say_moved(request, _("The notice is in force."), made)
    return HttpResponseRedirect(_address(data["year"], None))


@require_safe
@requires(Action.MANAGE_CALENDAR)
def unit_page(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """A unit's own week and days."""
    viewer = of_request(request)
    unit = _fetch(viewer, unit_id)
    gate.authorize(viewer, Action.READ_CALENDAR, sealed={"unit": str(unit.pk)})
    return _unit(request, unit)


@require_POST
@requires(Action.MANAGE_CALENDAR)
def set_week(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """On which weekdays a unit opens from a day on."""
    viewer = of_request(request)
    unit = _fetch(viewer, unit_id)
    form = WeekForm(request.POST, auto_id="id_week_%s")
    if form.is_valid():
        try:
            made = services.set_week(context=viewer, unit=unit, **form.cleaned_data)
        except errors.WorkdaysError as error:
            form.add_error(None, str(error.sentence))
            return _unit(request, unit, week_form=form, status=error.status)
        _say_moved(request, _("The week is set."), made)
        return HttpResponseRedirect(reverse("workdays:unit", args=[unit.pk]))
    return _unit(request, unit, week_form=form, status=400)


@require_POST
@requires(Action.MANAGE_CALENDAR)
def set_day(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """Open or shut one day of a unit."""
    viewer = of_request(request)
    unit = _fetch(viewer, unit_id)
    form = DayForm(request.POST, auto_id="id_day_%s")
    if form.is_valid():
        data = form.cleaned_data
        try:
            made = services.set_day(
                context=viewer,
                unit=unit,
                day=data["day"],
                state=DayState(data["state"]),
                reason=data["reason"],
            )
        except errors.WorkdaysError as error:
            form.add_error(None, str(error.sentence))
            return _unit(request, unit, day_form=form, status=error.status)
        _say_moved(request, _("The day is set."), made)
        return HttpResponseRedirect(reverse("workdays:unit", args=[unit.pk]))
    return _unit(request, unit, day_form=form, status=400)


def _notice(
    request: HttpRequest, form: NoticeForm, preview: services.Preview | None = None, *, status: int = 200
) -> HttpResponse:
    table = form.table
    shown: dict[str, Any] = {}
    if preview is not None and table is not None:
        names = {day.day: day for day in table.days}
        moves = presentation.preview_moves(preview.moved, selectors.MOVES_SHOWN)
        shown = {
            "differences": [presentation.difference_row(one, names) for one in preview.differences],
            "moves": moves,
            "more_moves": preview.moves - len(moves),
            "examined": preview.examined,
            "replaces": preview.seen,
            "held": {
                "year": form.cleaned_data["year"],
                "document_no": form.cleaned_data["document_no"],
                "title": form.cleaned_data["title"],
                "rows": notice_file.write(table.days),
                "seen": preview.seen,
            },
        }
    return render(
        request,
        "workdays/notice.html",
        {
            "form": form,
            "wrong": table.wrong if table is not None else (),
            "checked": preview is not None,
            "calendar_url": reverse("workdays:calendar"),
            **shown,
        },
        status=status,
    )


def _unit(
    request: HttpRequest,
    unit: Unit,
    *,
    week_form: WeekForm | None = None,
    day_form: DayForm | None = None,
    status: int = 200,
) -> HttpResponse:
    today = local_day(clock.now())
    week = selectors.calendar(unit.pk).week_of(today)
    known = {
        "starts_on": today,
        "weekdays": sorted(str(day) for day in week.weekdays),
        "open_on_holidays": week.open_on_holidays,
    }
    weeks, days = selectors.weeks_set(unit), selectors.days_set(unit, today.year)
    return render(
        request,
        "workdays/unit.html",
        {
            "unit": unit,
            "week_form": week_form or WeekForm(initial=known, auto_id="id_week_%s"),
            "day_form": day_form or DayForm(auto_id="id_day_%s"),
            "weeks": [presentation.week_row(row) for row in weeks],
            "days": [presentation.day_row(row) for row in days + selectors.days_set(unit, today.year + 1)],
            "calendar_url": _address(today.year, unit),
        },
        status=status,
    )


def _fetch(viewer: Context, unit_id: UUID) -> Unit:
    unit = selectors.unit(unit_id)
    if unit is None:
        gate.absent(viewer, Action.MANAGE_CALENDAR, "unit", unit_id)
    return unit


def _say_moved(request: HttpRequest, said: str, made: Recomputation) -> None:
    moved = ngettext("%(count)s due date moved.", "%(count)s due dates moved.", made.moved)
    messages.success(request, f"{said} {moved % {'count': made.moved}}")


def _address(year: int, unit: Unit | None) -> str:
    """The calendar's page of a year; none outside the years there are."""
    if not selectors.FIRST_YEAR <= year <= selectors.LAST_YEAR:
        return ""
    chosen = f"&unit={unit.pk}" if unit is not None else ""
    return f"{reverse('workdays:calendar')}?year={year}{chosen}"


def _year(text: str, otherwise: int) -> int:
    if text.isascii() and text.isdecimal() and len(text) == 4:
        return min(max(int(text), selectors.FIRST_YEAR), selectors.LAST_YEAR)
    return otherwise


def _chosen(text: str) -> Unit | None:
    try:
        return selectors.unit(UUID(text))
    except ValueError:
        return None
