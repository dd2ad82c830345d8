"""The list of records, with filters and keyset paging."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Unit
from vault.authorization import gate
from vault.authorization.actions import Action, duties_for
from vault.authorization.context import Context, of_request
from vault.authorization.decorators import requires
from vault.holdings import exporting, labels, presentation, selectors
from vault.holdings.first_pages import first_pages
from vault.holdings.labels import CHOICES
from vault.holdings.models import Record, RetentionClass, Series
from vault.holdings.rules import RecordState
from vault.holdings.selectors import Cursor, RecordFilter

FILTER_NAMES = ("unit", "series", "label", "state", "retention", "year", "archive_file")
SHOW, PICTURES = "show", "pictures"


@require_safe
@requires(Action.LIST)
def record_list(request: HttpRequest) -> HttpResponse:
    """Records the viewer may know of. One event a page, filters sealed (audit.md section 2)."""
    viewer = of_request(request)
    filters = filters_of(request.GET)
    kept_in = selectors.archive_file_title(viewer, filters.archive_file) if filters.archive_file else None
    if kept_in is None:
        # Not there, or not to be known of: as if not asked.
        filters = replace(filters, archive_file="")
    size = _size(request)
    units = units_offered()
    page = selectors.record_page(viewer, filters, _cursor(request), size, units)
    gate.authorize_list(
        viewer,
        Action.LIST,
        Record,
        filters={name: value for name, value in vars(filters).items() if value},
        total=page.total,
    )
    chosen = {name: value for name, value in vars(filters).items() if value}
    kept = _kept(request, size)
    pictured = first_pages(viewer, page.rows) if SHOW in kept else None
    registrable = filters.state == RecordState.DRAFT and any(
        record.filed_by_id == viewer.subject.person_id for record in page.rows
    )
    exportable = set() if registrable else exporting.exportable(viewer, page.rows)
    acts = [] if registrable else _acts(viewer, exports=bool(exportable))
    return render(
        request,
        "holdings/list.html",
        {
            "records": [
                presentation.row(
                    record,
                    pickable=_is_pickable(viewer, record, registrable, exportable),
                    first_page=(pictured or {}).get(record.pk),
                )
                for record in page.rows
            ],
            "pictured": pictured is not None,
            "pictures_url": "?" + urlencode({**chosen, **_turned(kept), **_place(request)}),
            "filters_kept": list(kept.items()),
            "pick": _pick(request, registrable, acts),
            "registrable": registrable,
            "register_url": reverse("holdings:register_many"),
            "acts": acts,
            "back": urlencode({name: value for name, value in vars(filters).items() if value}),
            "all_url": "?" + urlencode({**chosen, **kept, **_place(request), "all": "1"}),
            "total": page.total,
            "filters": _options(request, filters, units.values(), kept_in),
            "filtered": any(vars(filters).values()),
            "views_url": _views_url(filters),
            "next_url": _page_url({**chosen, **kept}, page.next),
            "prev_url": _page_url({**chosen, **kept}, page.previous),
            "page_size": size,
            "file_url": reverse("holdings:file") if presentation.may_file(viewer) else "",
        },
    )


def _acts(viewer: Context, *, exports: bool) -> list[dict[str, str]]:
    """What may be done to many records at once, for whoever holds a duty for it somewhere; each record decides."""
    offered = [
        (label, name)
        for action, label, name in (
            (Action.GRANT, _("Grant…"), "grant_many"),
            (Action.MOVE, _("Move…"), "move_many"),
        )
        if has_duty_for(viewer, action)
    ]
    offered += [(_("Export"), "export")] if exports else []
    return [{"label": label, "url": reverse(f"holdings:{name}")} for label, name in offered]


def has_duty_for(viewer: Context, action: Action) -> bool:
    """Whether the viewer holds a duty for the action somewhere; where, each record decides."""
    return not viewer.subject.duty_names.isdisjoint(duties_for(action) or ())


def _is_pickable(viewer: Context, record: Record, registrable: bool, exportable: set[UUID]) -> bool:
    if registrable:
        return bool(record.filed_by_id == viewer.subject.person_id)
    works_on_it = has_duty_for(viewer, Action.GRANT) or has_duty_for(viewer, Action.MOVE)
    return record.pk in exportable or (
        works_on_it and record.state not in {RecordState.DRAFT, RecordState.DESTROYED}
    )


def _pick(request: HttpRequest, registrable: bool, acts: list[dict[str, str]]) -> dict[str, object] | None:
    """The column of boxes: under which name they are sent, with which form, and whether all are ticked."""
    if registrable:
        return {"name": "draft", "form": "register-many", "all": True}
    return {"name": "record", "form": "chosen", "all": "all" in request.GET} if acts else None


def _place(request: HttpRequest) -> dict[str, str]:
    """Which page it is, for an address that shows the same again."""
    return {name: request.GET[name] for name in ("after", "before") if name in request.GET}


def filters_of(asked: QueryDict) -> RecordFilter:
    """Values that no option offers are dropped, as if not given."""
    given = {name: asked.get(name, "") for name in FILTER_NAMES}
    if given["label"] not in CHOICES:
        given["label"] = ""
    if given["state"] not in set(RecordState):
        given["state"] = ""
    year = given["year"]
    if not (year.isascii() and year.isdecimal() and len(year) == 4 and 1900 <= int(year) <= 9998):
        given["year"] = ""
    for name in ("unit", "series", "retention", "archive_file"):
        if presentation.uuid_or_none(given[name]) is None:
            given[name] = ""
    return RecordFilter(**given)


def back_to_list(request: HttpRequest) -> str:
    """The list as it was filtered where the rows were chosen (`back` of the form); its filters are checked anew."""
    filters = filters_of(QueryDict(request.POST.get("back", "")))
    kept = urlencode({name: value for name, value in vars(filters).items() if value})
    return f"{reverse('holdings:list')}?{kept}" if kept else reverse("holdings:list")


def _views_url(filters: RecordFilter) -> str:
    """Where one's saved views are, and what is shown now can be kept as one."""
    chosen = urlencode({name: value for name, value in vars(filters).items() if value})
    address = reverse("holdings:views")
    return f"{address}?{chosen}" if chosen else address


def _size(request: HttpRequest) -> int:
    size = request.GET.get("size", "")
    return int(size) if size in {str(n) for n in selectors.PAGE_SIZES} else selectors.PAGE_SIZES[1]


def _kept(request: HttpRequest, size: int) -> dict[str, str]:
    """How the list is shown, beside what it is narrowed to: what filters and pages keep."""
    kept = {} if size == selectors.PAGE_SIZES[1] else {"size": str(size)}
    return kept | ({SHOW: PICTURES} if request.GET.get(SHOW) == PICTURES else {})


def _turned(kept: dict[str, str]) -> dict[str, str]:
    """The same with the pictures on where they are off, and off where they are on."""
    return {name: value for name, value in kept.items() if name != SHOW} | (
        {} if SHOW in kept else {SHOW: PICTURES}
    )


def _cursor(request: HttpRequest) -> Cursor | None:
    for name, backwards in (("after", False), ("before", True)):
        day, _separator, pk = request.GET.get(name, "").partition("_")
        if presentation.uuid_or_none(pk) is not None:
            try:
                return Cursor(date.fromisoformat(day), pk, backwards)
            except ValueError:
                return None
    return None


def _page_url(chosen: dict[str, str], cursor: Cursor | None) -> str:
    if cursor is None:
        return ""
    name = "before" if cursor.backwards else "after"
    return "?" + urlencode({**chosen, name: f"{cursor.day.isoformat()}_{cursor.pk}"})


Choices = dict[str, tuple[str, list[tuple[str, str]]]]


def units_offered() -> dict[UUID, Unit]:
    """The company's own units in their order."""
    return Unit.objects.exclude(kind="external").order_by("path").in_bulk()


def choices_of(units: Iterable[Unit]) -> Choices:
    """What each filter offers, by its name: its label, and values with their words."""
    this_year = selectors.today().year
    return {
        "unit": (
            _("Unit"),
            [(str(u.pk), u.name) for u in units],
        ),
        "series": (_("Series"), [(str(s.pk), f"{s.code} {s.name}") for s in Series.objects.order_by("code")]),
        "label": (_("Level"), labels.names()),
        "state": (_("State"), [(s.value, presentation.state_label(s)) for s in RecordState]),
        "retention": (
            _("Retention"),
            [(str(r.pk), f"{r.code} {r.name}") for r in RetentionClass.objects.order_by("code")],
        ),
        "year": (_("Year"), [(str(y), str(y)) for y in range(this_year, this_year - 12, -1)]),
    }


def in_words(viewer: Context, query: str, choices: Choices) -> list[str]:
    """The filters of a query as the list's chips say them; an archive file one may not know of is left out."""
    filters = filters_of(QueryDict(query))
    said = []
    for name, (label, options) in choices.items():
        if value := getattr(filters, name):
            said.append(f"{label}: {dict(options).get(value, value)}")
    title = selectors.archive_file_title(viewer, filters.archive_file) if filters.archive_file else None
    return said if title is None else [*said, f"{_('Archive file')}: {title}"]


def _options(
    request: HttpRequest, filters: RecordFilter, units: Iterable[Unit], kept_in: str | None
) -> list[dict[str, object]]:
    choices = choices_of(units)
    if kept_in is not None:
        choices["archive_file"] = (_("Archive file"), [(filters.archive_file, kept_in)])
    built = []
    for name, (label, options) in choices.items():
        value = getattr(filters, name)
        rest = request.GET.copy()
        for gone in (name, "after", "before"):
            rest.pop(gone, None)
        built.append(
            {
                "name": name,
                "label": label,
                "value": value,
                "value_label": dict(options).get(value, value),
                "options": [{"value": v, "label": text, "selected": v == value} for v, text in options],
                "clear_url": "?" + rest.urlencode(),
            }
        )
    return built
