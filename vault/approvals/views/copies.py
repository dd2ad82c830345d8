"""The register of copies, one copy with its life, and making the next one."""

import secrets
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Person
from accounts.rules import local_day
from audit.events import ObjectFacts
from storage.zipstream import zipped
from vault.approvals import copy_presentation, errors, presentation, reproduction, words
from vault.approvals.copy_forms import CopyStepForm, MakeForm
from vault.approvals.models import AccessRequest, Copy
from vault.approvals.reproduction_rules import OUT, CopyEvent, CopyState
from vault.approvals.services import copies as services
from vault.approvals.services.copies import Said
from vault.approvals.services.reproduction import Made, produce
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_request
from vault.authorization.decision import Allow, decide_at_the_door
from vault.authorization.decorators import requires
from vault.holdings.http_content import NEVER_KEPT
from vault.holdings.models import Record

PAGE = 50
# Four of 32 signs in each group: 100 bits.
_GROUPS, _SIGNS = 5, "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@require_safe
@requires(Action.READ_COPIES)
def lists(request: HttpRequest) -> HttpResponse:
    """Copies that the viewer has, keeps or oversees, and requests of which he makes the next one."""
    viewer = of_request(request)
    tabs = _tabs(viewer)
    chosen = request.GET.get("list", "")
    chosen = chosen if chosen in tabs else "mine"
    code = request.GET.get("code", "").strip()[:100]
    permit = {"list": f"copies {chosen}", "total": tabs[chosen][1].count()}
    gate.authorize(viewer, Action.READ_COPIES, sealed={**permit, **({"code": code} if code else {})})
    found = reproduction.by_code(viewer, code) if code else None
    if found is not None:
        return HttpResponseRedirect(reverse("approvals:copy", args=[found.pk]))
    page = Paginator(tabs[chosen][1], PAGE).get_page(request.GET.get("page"))
    today = local_day(viewer.instant)
    making = chosen == "make"
    return render(
        request,
        "approvals/copies.html",
        {
            "tabs": [
                {"label": label, "url": f"?list={name}", "current": name == chosen}
                for name, (label, _rows) in tabs.items()
            ],
            "heading": tabs[chosen][0],
            "code": code,
            "making": making,
            "counts": isinstance(decide_at_the_door(Action.MANAGE_COPIES, viewer.subject), Allow),
            "rows": copy_presentation.makeable(viewer, page.object_list)
            if making
            else copy_presentation.rows(viewer, page.object_list, today),
            "total": page.paginator.count,
            "first": page.start_index(),
            "last": page.end_index(),
            "next_url": f"?list={chosen}&page={page.next_page_number()}" if page.has_next() else "",
            "prev_url": f"?list={chosen}&page={page.previous_page_number()}" if page.has_previous() else "",
        },
    )


@require_safe
@requires(Action.READ_COPIES)
def one(request: HttpRequest, copy_id: UUID) -> HttpResponse:
    """One copy."""
    viewer = of_request(request)
    found = fetch(viewer, Action.READ_COPIES, copy_id)
    gate.authorize(viewer, Action.READ_COPIES, about=ObjectFacts("copy", str(found.pk), version=found.state))
    return page_of(request, viewer, found)


def fetch(viewer: Context, action: Action, copy_id: UUID) -> Copy:
    """A copy in which the viewer has a part; any other is absent."""
    found = reproduction.copy(viewer, copy_id)
    if found is None:
        gate.absent(viewer, action, "copy", copy_id)
    return found


def page_of(
    request: HttpRequest,
    viewer: Context,
    found: Copy,
    *,
    form: CopyStepForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Everything about one copy, and what the viewer may do with it now."""
    open_steps = reproduction.steps_for(viewer, found)
    label, kind = copy_presentation.STATE_LABELS[found.state]
    history = reproduction.history(found)
    return render(
        request,
        "approvals/copy.html",
        {
            "copy": found,
            "what": presentation.title(found.request, _known(viewer, found.request)),
            "state": {"label": label, "kind": kind},
            "facts": copy_presentation.facts(found),
            "entries": copy_presentation.timeline(history),
            "broken": found.digest is None,
            "form": form or CopyStepForm(initial={"version": found.version}, people=_readers(viewer, found)),
            "steps": [
                {
                    "event": event.value,
                    "label": copy_presentation.STEP_LABELS[event.value],
                    "url": reverse(f"approvals:{_ROUTES[services.ACTIONS[event]]}", args=[found.pk]),
                    "grave": event in {CopyEvent.DESTROY, CopyEvent.LOSE, CopyEvent.REFUSE_TRANSFER},
                }
                for event in open_steps
            ],
            "asks_to": CopyEvent.ASK_TRANSFER in open_steps,
            "asks_receipt": CopyEvent.HAND_OVER in open_steps,
            "request_url": reverse("approvals:request", args=[found.request_id])
            if found.request.requester_id == viewer.subject.person_id
            else "",
            "closes": reproduction.can_close(viewer, found.request),
        },
        status=status,
    )


@require_POST
@requires(Action.HOLD_COPY)
def hold(request: HttpRequest, copy_id: UUID) -> HttpResponse:
    """A step of its holder: signing for it, passing it on."""
    return _step(request, copy_id, Action.HOLD_COPY)


@require_POST
@requires(Action.MANAGE_COPIES)
def manage(request: HttpRequest, copy_id: UUID) -> HttpResponse:
    """A step of its keeper."""
    return _step(request, copy_id, Action.MANAGE_COPIES)


@require_POST
@requires(Action.DECIDE_REQUEST)
def decide(request: HttpRequest, copy_id: UUID) -> HttpResponse:
    """Whoever may decide its request lets it be passed on, or not."""
    return _step(request, copy_id, Action.DECIDE_REQUEST)


@require_POST
@requires(Action.LOSE_COPY)
def lose(request: HttpRequest, copy_id: UUID) -> HttpResponse:
    """It is lost: an incident."""
    return _step(request, copy_id, Action.LOSE_COPY)


_ROUTES = {
    Action.HOLD_COPY: "hold_copy",
    Action.MANAGE_COPIES: "manage_copy",
    Action.DECIDE_REQUEST: "decide_copy",
    Action.LOSE_COPY: "lose_copy",
}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.READ_COPIES, unsafe=Action.PRODUCE)
def make(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """Make the next copy of a request: the answer is the copy itself, and it is counted before it is made."""
    viewer = of_request(request)
    posted = request.method == "POST"
    found = reproduction.to_make(viewer).filter(pk=request_id).first()
    if found is None:
        gate.absent(viewer, Action.PRODUCE if posted else Action.READ_COPIES, "request", request_id)
    form = MakeForm(request.POST) if posted else None
    status = 400 if posted else 200
    if form is None:
        gate.authorize(viewer, Action.READ_COPIES, about=ObjectFacts("request", str(request_id)))
    elif form.is_valid():
        try:
            made = produce(
                context=viewer,
                request_id=request_id,
                version=form.cleaned_data["version"],
                passphrase=form.cleaned_data["passphrase"],
            )
            return _handed_out(made, inline=found.asked is Action.PRINT)
        except errors.ApprovalsError as error:
            status = error.status
            form.add_error(
                "passphrase" if isinstance(error, errors.PassphraseNeeded) else None, str(error.sentence)
            )
    now = AccessRequest.objects.get(pk=request_id)
    locked = copy_presentation.has_unpaged(found)
    return render(
        request,
        "approvals/copy_make.html",
        {
            "asked": found,
            "what": presentation.title(found, _known(viewer, found)),
            "action_label": words.ACTION_LABELS[found.action],
            "facts": presentation.facts(found, _known(viewer, found)),
            "form": form or MakeForm(initial={"passphrase": _passphrase() if locked else ""}),
            "version": now.version,
            "next": now.used + 1,
            "left": now.left,
            "locked": locked,
        },
        status=status,
    )


@require_POST
@requires(Action.MANAGE_COPIES)
def close(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Close a request whose copies are all accounted for."""
    viewer = of_request(request)
    version = request.POST.get("version", "")
    try:
        services.close_request(
            context=viewer,
            request_id=request_id,
            version=int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0,
        )
    except errors.ApprovalsError as error:
        messages.error(request, str(error.sentence))
    else:
        messages.success(request, _("The request is closed. Every copy is accounted for."))
    return HttpResponseRedirect(f"{reverse('approvals:copies')}?list=register")


def _step(request: HttpRequest, copy_id: UUID, action: Action) -> HttpResponse:
    viewer = of_request(request)
    found = fetch(viewer, action, copy_id)
    form = CopyStepForm(request.POST, people=_readers(viewer, found))
    if not form.is_valid() or services.ACTIONS.get(CopyEvent(form.cleaned_data["event"])) is not action:
        return page_of(request, viewer, found, form=form, status=400)
    data = form.cleaned_data
    try:
        services.advance(
            context=viewer,
            copy_id=copy_id,
            version=data["version"],
            event=CopyEvent(data["event"]),
            said=Said(to=data["to"], receipt=data["receipt"], reason=data["reason"]),
        )
    except errors.ApprovalsError as error:
        now = fetch(viewer, action, copy_id)
        form = CopyStepForm({**request.POST.dict(), "version": now.version}, people=_readers(viewer, now))
        where = {errors.ReasonMissing: "reason", errors.ReceiptMissing: "receipt"}.get(type(error))
        form.add_error(where, str(error.sentence))
        return page_of(request, viewer, now, form=form, status=error.status)
    messages.success(request, _("It stands in the register of copies."))
    return HttpResponseRedirect(reverse("approvals:copy", args=[copy_id]))


def _handed_out(made: Made, *, inline: bool) -> HttpResponseBase:
    """One file as it is, several as a zip that is made as it is sent; none of it is kept anywhere.

    The first is made before the status line goes out, so that a page can say that it broke.
    """
    name, body = next(made.files)
    if made.file_count == 1:
        answer: HttpResponseBase = HttpResponse(body, content_type="application/pdf", headers=NEVER_KEPT)
        disposition = content_disposition_header(not inline, name)
    else:
        stem = f"{made.copy.request.reference}-{made.copy.number}"
        files = _chained((name, body), made.files)
        answer = StreamingHttpResponse(
            zipped(files, at=made.copy.produced_at, compress=False),
            content_type="application/zip",
            headers=NEVER_KEPT,
        )
        disposition = content_disposition_header(True, f"{stem}.zip")
    answer.headers["Content-Disposition"] = disposition or "attachment"
    return answer


def _chained(
    first: tuple[str, bytes], rest: Iterable[tuple[str, bytes]]
) -> Iterator[tuple[str, list[bytes]]]:
    yield first[0], [first[1]]
    for name, body in rest:
        yield name, [body]


def _passphrase() -> str:
    groups = ("".join(secrets.choice(_SIGNS) for _sign in range(4)) for _group in range(_GROUPS))
    return "-".join(groups)


def _tabs(viewer: Context) -> dict[str, tuple[str, Any]]:
    register = reproduction.register(viewer)
    found: dict[str, tuple[str, Any]] = {
        "mine": (_("Mine"), reproduction.mine(viewer)),
        "make": (_("To be made"), reproduction.unmade(viewer)),
        "out": (_("Out"), register.filter(state__in=OUT).order_by("request__ends_on", "pk")),
        "overdue": (_("Overdue"), reproduction.overdue(viewer)),
        "lost": (_("Lost"), register.filter(state=CopyState.LOST)),
        "register": (_("Register"), register),
    }
    return found


def _known(viewer: Context, request: AccessRequest) -> Record | None:
    """The record of a request, where the viewer may know of it."""
    return presentation.known(viewer, [request]).get(request.record_id)


def _readers(viewer: Context, copy: Copy) -> QuerySet[Person]:
    """To whom it might be passed on; whoever was struck from its record's list is not told who is on it."""
    found = reproduction.readers(copy)
    return found if _known(viewer, copy.request) is not None else found.none()
