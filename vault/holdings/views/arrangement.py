"""Where records stand: fonds and series, archive files and what is in them."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_request
from vault.authorization.decision import Allow, decide
from vault.authorization.decorators import requires
from vault.authorization.errors import Refused
from vault.authorization.explanations import explain
from vault.authorization.facts import UNRELATED
from vault.holdings import errors, labels, presentation, selectors
from vault.holdings.forms import ArchiveFileForm, FondsForm, SeriesForm
from vault.holdings.models import ArchiveFile
from vault.holdings.selectors import RecordFilter
from vault.holdings.services import arrangement

PAGE_SIZE = 50


@require_safe
@requires(Action.LIST)
def arrangement_page(request: HttpRequest) -> HttpResponse:
    """Fonds, series and retention classes; they carry no label. The archivist adds to them."""
    viewer = of_request(request)
    gate.authorize(viewer, Action.LIST, sealed={"list": "arrangement"})
    return _arrangement(request, viewer)


@require_POST
@requires(Action.ARRANGE)
def add_fonds(request: HttpRequest) -> HttpResponse:
    """A new fonds."""
    form = FondsForm(request.POST, auto_id="id_fonds_%s")
    if _added(request, form, arrangement.create_fonds, _("The fonds is added.")):
        return HttpResponseRedirect(reverse("holdings:arrangement"))
    return _arrangement(request, of_request(request), fonds_form=form)


@require_POST
@requires(Action.ARRANGE)
def add_series(request: HttpRequest) -> HttpResponse:
    """A new series of a fonds."""
    form = SeriesForm(request.POST, auto_id="id_series_%s")
    if _added(request, form, arrangement.create_series, _("The series is added.")):
        return HttpResponseRedirect(reverse("holdings:arrangement"))
    return _arrangement(request, of_request(request), series_form=form)


@require_safe
@requires(Action.LIST)
def archive_files(request: HttpRequest) -> HttpResponse:
    """Archive files the viewer may know of: one holding a secret is hidden from the uncleared (CL-11)."""
    viewer = of_request(request)
    after = _after(request)
    page = selectors.archive_file_page(viewer, after, PAGE_SIZE)
    gate.authorize_list(viewer, Action.LIST, ArchiveFile, filters={}, total=page.total)
    shown = selectors.raised_to(viewer, page.rows)
    return render(
        request,
        "holdings/archive_files.html",
        {
            "files": [presentation.archive_file_row(file, shown[file.pk]) for file in page.rows],
            "total": page.total,
            "next_url": f"?after={page.rows[-1].year}_{page.rows[-1].pk}" if page.has_more else "",
            "list_url": reverse("holdings:list"),
            "new_url": reverse("holdings:new_archive_file") if presentation.may_file(viewer) else "",
        },
    )


@require_safe
@requires(Action.DESCRIBE)
def archive_file(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """One archive file and the records in it that the viewer may know of."""
    viewer = of_request(request)
    file, _permit = gate.fetch(viewer, Action.DESCRIBE, ArchiveFile, file_id)
    page = selectors.record_page(viewer, RecordFilter(archive_file=str(file.pk)), None, PAGE_SIZE)
    return render(
        request,
        "holdings/archive_file.html",
        {
            "file": presentation.archive_file(file, selectors.raised_to(viewer, [file])[file.pk]),
            "records": [presentation.row(record) for record in page.rows],
            "total": page.total,
            "all_url": f"{reverse('holdings:list')}?archive_file={file.pk}",
            "list_url": reverse("holdings:list"),
            "files_url": reverse("holdings:archive_files"),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.CREATE_ARCHIVE_FILE)
def new_archive_file(request: HttpRequest) -> HttpResponse:
    """The form of a new archive file."""
    viewer = of_request(request)
    posted = request.method == "POST"
    form = ArchiveFileForm(
        request.POST if posted else None, viewer=viewer, initial={"year": selectors.today().year}
    )
    refusal = None
    if posted and form.is_valid():
        data = form.cleaned_data
        try:
            made = arrangement.create_archive_file(
                context=viewer,
                unit=data["unit"],
                series=data["series"],
                year=data["year"],
                title=data["title"],
                levels=labels.CHOICES[data["label"]],
            )
            return HttpResponseRedirect(reverse("holdings:archive_file", args=[made.pk]))
        except Refused as refused:
            refusal = explain(refused.decision.code)
        except errors.HoldingsError as error:
            form.add_error(None, str(error.sentence))
    return render(
        request,
        "holdings/archive_file_new.html",
        {
            "form": form,
            "refusal": refusal,
            "list_url": reverse("holdings:list"),
            "files_url": reverse("holdings:archive_files"),
        },
        status=403 if refusal else 400 if form.errors else 200,
    )


def _added(request: HttpRequest, form: Form, create: Callable[..., object], said: str) -> bool:
    """Whether the form was valid and the service took it; what is wrong stands at its field."""
    if not form.is_valid():
        return False
    try:
        create(context=of_request(request), **form.cleaned_data)
    except errors.HoldingsError as error:
        for name, texts in (error.fields or {"": [str(error.sentence)]}).items():
            form.add_error(name if name in form.fields else None, texts)
        return False
    messages.success(request, said)
    return True


def _arrangement(
    request: HttpRequest,
    viewer: Context,
    *,
    fonds_form: FondsForm | None = None,
    series_form: SeriesForm | None = None,
) -> HttpResponse:
    arranges = isinstance(decide(Action.ARRANGE, viewer.subject, None, UNRELATED), Allow)
    return render(
        request,
        "holdings/arrangement.html",
        {
            "fonds": selectors.fonds_with_series(),
            "retention": selectors.retention_classes(),
            "fonds_form": (fonds_form or FondsForm(auto_id="id_fonds_%s")) if arranges else None,
            "series_form": (series_form or SeriesForm(auto_id="id_series_%s")) if arranges else None,
            "list_url": reverse("holdings:list"),
        },
        status=400 if fonds_form or series_form else 200,
    )


def _after(request: HttpRequest) -> tuple[int, UUID] | None:
    year, _separator, pk = request.GET.get("after", "").partition("_")
    found = presentation.uuid_or_none(pk)
    return (int(year), found) if found and year.isascii() and year.isdecimal() and len(year) == 4 else None
