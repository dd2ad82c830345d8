"""Importing from the browser: look, send the files one by one, then register all of them or none."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_request
from vault.authorization.decorators import requires
from vault.authorization.errors import Refused
from vault.authorization.explanations import explain, in_one
from vault.holdings import errors, http_content, presentation
from vault.holdings.http_body import pieces
from vault.holdings.import_form import TOO_MUCH, ImportForm
from vault.holdings.importing import columns, screen
from vault.holdings.importing import plan as plans
from vault.holdings.importing.errors import ImportRefused, Trouble
from vault.holdings.importing.plan import Plan
from vault.holdings.services import importing, intake

SHOWN = 100  # rows of a list of what is wrong


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.IMPORT, body_limit=settings.JINGUI_FORM_LIMIT)
def import_page(request: HttpRequest) -> HttpResponse:
    """The open import, or the form of a new one. A POST looks at it, and with `step=begin` opens it if it is sound."""
    viewer = of_request(request)
    if request.method != "POST":
        wanted = None if "new" in request.GET else screen.opened(viewer)
        return _page(request, viewer, opened=wanted)
    form = ImportForm(request.POST, request.FILES, viewer=viewer)
    if not form.is_valid():
        return _page(request, viewer, form=form, status=400)
    found, twice = screen.listed(form.cleaned_data["files"])
    plan = plans.hold(viewer, found, form.table_bytes(), form.defaults(), troubles=twice)
    if plan.troubles or request.POST.get("step") != "begin":
        return _page(request, viewer, form=form, plan=plan, status=400 if plan.troubles else 200)
    try:
        former = screen.opened(viewer)
        run = importing.begin(context=viewer, plan=plan, instead_of=former and former.run)
        importing.open_sessions(context=viewer, run=run, plan=plan)
    except Refused as refused:
        form.add_error(None, in_one(explain(refused.decision.code)))
        return _page(request, viewer, form=form, status=403)
    return _page(request, viewer, opened=screen.opened(viewer), status=201)


@require_safe
@requires(Action.IMPORT)
def template(request: HttpRequest) -> HttpResponseBase:
    """An empty table with every column."""
    chinese = (get_language() or "zh").startswith("zh")
    return HttpResponse(
        columns.template(chinese=chinese),
        headers={
            **http_content.NEVER_KEPT,
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": content_disposition_header(
                as_attachment=True, filename="导入表.csv" if chinese else "import-table.csv"
            ),
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


@require_http_methods(["PUT"])
@requires(Action.RECEIVE, body_limit=settings.JINGUI_UPLOAD_LIMIT)
def receive(request: HttpRequest, run_id: UUID, position: int) -> JsonResponse:
    """One file of an open import as a raw body, under the name that its plan has."""
    viewer = of_request(request)
    place = screen.place_of(viewer, run_id, position)
    if place is None:
        gate.absent(viewer, Action.RECEIVE, "import_run", run_id)
    try:
        staged = intake.receive(
            context=viewer,
            session=place.session,
            position=position,
            name=place.name,
            size=int(request.headers.get("Content-Length") or 0),
            body=pieces(request),
        ).staged
    except errors.HoldingsError as error:
        return JsonResponse(
            {"state": "refused", "code": error.code, "reasons": [str(error.sentence)]}, status=error.status
        )
    return JsonResponse(
        {"state": str(staged.integrity), "reasons": presentation.reasons(staged.finding)}, status=201
    )


@require_POST
@requires(Action.IMPORT)
def finish(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Register all of it in one transaction. Refused, the page names the rows and nothing is stored."""
    viewer = of_request(request)
    opened = screen.opened(viewer, run_id)
    if opened is None:
        gate.absent(viewer, Action.IMPORT, "import_run", run_id)
    try:
        if opened.troubles:
            raise ImportRefused(opened.troubles)
        made = importing.finish(context=viewer, run=opened.run, plan=opened.plan)
    except ImportRefused as refused:
        return _page(request, viewer, opened=opened, troubles=refused.troubles, status=409)
    except Refused as refused:
        return JsonResponse(
            {"detail": in_one(explain(refused.decision.code)), "code": refused.code}, status=403
        )
    except errors.HoldingsError as error:
        return JsonResponse({"detail": str(error.sentence), "code": error.code}, status=error.status)
    said = ngettext(
        "%(count)s record is imported and registered.", "%(count)s records are imported and registered.", made
    )
    messages.success(request, said % {"count": made})
    return JsonResponse({"location": reverse("holdings:list"), "imported": made}, status=201)


def _page(
    request: HttpRequest,
    viewer: Context,
    *,
    form: ImportForm | None = None,
    plan: Plan | None = None,
    opened: screen.Opened | None = None,
    troubles: list[Trouble] | None = None,
    status: int = 200,
) -> HttpResponse:
    found = (plan.troubles if plan else troubles) or (opened.plan.troubles if opened else [])
    context: dict[str, object] = {
        "troubles": found[:SHOWN],
        "more_troubles": max(0, len(found) - SHOWN),
        "list_url": reverse("holdings:list"),
        "too_much": TOO_MUCH,
        "most_files": screen.MOST_FILES,
        "most_bytes": screen.MOST_BYTES,
    }
    if opened is not None:
        context |= {"opened": opened, "total": len(opened.plan.lines), "sending": _sending(opened)}
    else:
        context |= {
            "form": form or ImportForm(viewer=viewer),
            "plan": plan,
            "former": screen.opened(viewer),
        }
    return render(request, "holdings/import.html", context, status=status)


def _sending(opened: screen.Opened) -> list[dict[str, object]]:
    """The files that are still to come, those that were held back among them: another one may take their place."""
    held = {line.number for line in opened.held_back}
    return [
        {
            "path": line.file.path,
            "row": line.number,
            "size_label": presentation.size_label(line.file.size),
            "held_back": line.number in held,
            "url": reverse("holdings:import_file", args=[opened.run.pk, line.number]),
        }
        for line in sorted([*opened.waiting, *opened.held_back], key=lambda line: line.number)
    ]
