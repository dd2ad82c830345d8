"""Proposals to widen a need-to-know list: made, listed, decided, taken back (PE-02)."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Person
from vault.approvals import errors, presentation, widenings, words
from vault.approvals import widening_presentation as shown
from vault.approvals.models import Widening
from vault.approvals.services import widening as services
from vault.approvals.widening_forms import WideningForm
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_request
from vault.authorization.decorators import requires
from vault.holdings import selectors as holdings
from vault.holdings.forms import KnowersForm
from vault.holdings.models import Record
from vault.holdings.views.record import frame, require
from vault.holdings.widening import is_by_two

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.DESCRIBE, unsafe=Action.PROPOSE_KNOWERS)
def propose(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Propose persons for a record's list."""
    viewer = of_request(request)
    record, _permit = gate.fetch(viewer, Action.DESCRIBE, Record, record_id)
    require(viewer, Action.PROPOSE_KNOWERS, record)
    namer = Person.objects.get(accounts=viewer.subject.account_id)
    form, status = KnowersForm(request.POST if request.method == "POST" else None, namer=namer), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                made = services.propose(
                    context=viewer,
                    record_id=record_id,
                    persons=list(form.cleaned_data["persons"]),
                    reason=form.cleaned_data["reason"],
                )
            except errors.ApprovalsError as error:
                status = error.status
                for name, codes in error.fields.items():
                    form.add_error(name, [str(words.PROBLEMS.get(code, code)) for code in codes])
                if not error.fields:
                    form.add_error(None, str(error.sentence))
            else:
                messages.success(
                    request,
                    ngettext(
                        "%(count)s person proposed. A leader decides it.",
                        "%(count)s persons proposed. A leader decides each.",
                        len(made),
                    )
                    % {"count": len(made)},
                )
                return HttpResponseRedirect(reverse("approvals:widenings"))
    return render(
        request,
        "approvals/widening_new.html",
        {
            **frame(record, holdings.latest_decision(record)),
            "form": form if is_by_two(record) else None,
            "direct_url": reverse("holdings:knowers", args=[record_id]),
        },
        status=status,
    )


@require_safe
@requires(Action.READ_WIDENINGS)
def lists(request: HttpRequest) -> HttpResponse:
    """What waits for the viewer's decision, and what he proposed or decided."""
    viewer = of_request(request)
    waiting = widenings.to_decide(viewer)
    page = Paginator(widenings.mine(viewer), PAGE).get_page(request.GET.get("page"))
    gate.authorize(
        viewer,
        Action.READ_WIDENINGS,
        sealed={"list": "need-to-know", "total": page.paginator.count + len(waiting)},
    )
    own = list(page.object_list)
    records = presentation.known(viewer, [*waiting, *own])
    return render(
        request,
        "approvals/widenings.html",
        {
            "waiting": [shown.row(each, records.get(each.record_id)) for each in waiting],
            "own": [shown.row(each, records.get(each.record_id)) for each in own],
            "total": page.paginator.count,
            "first": page.start_index(),
            "last": page.end_index(),
            "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
            "prev_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        },
    )


@require_safe
@requires(Action.READ_WIDENINGS)
def one(request: HttpRequest, widening_id: UUID) -> HttpResponse:
    """One proposal."""
    viewer = of_request(request)
    found = _fetch(viewer, Action.READ_WIDENINGS, widening_id)
    gate.authorize(viewer, Action.READ_WIDENINGS, about=services.facts(found))
    return _page(request, viewer, found)


@require_POST
@requires(Action.DECIDE_KNOWERS)
def decide(request: HttpRequest, widening_id: UUID) -> HttpResponse:
    """Put the person on the list, or refuse it with the reason."""
    viewer = of_request(request)
    found = _fetch(viewer, Action.DECIDE_KNOWERS, widening_id)
    form = WideningForm(request.POST)
    if not form.is_valid():
        return _page(request, viewer, found, form, 400)
    try:
        done = services.decide(
            context=viewer,
            widening_id=widening_id,
            approve=form.approves,
            reason=form.cleaned_data["reason"],
        )
    except errors.ApprovalsError as error:
        form.add_error("reason" if isinstance(error, errors.ReasonMissing) else None, str(error.sentence))
        return _page(request, viewer, _fetch(viewer, Action.DECIDE_KNOWERS, widening_id), form, error.status)
    messages.success(
        request,
        _("%(name)s is on the list now.") % {"name": done.person.name}
        if form.approves
        else _("Refused. Nobody was put on the list."),
    )
    return HttpResponseRedirect(reverse("approvals:widening", args=[widening_id]))


@require_POST
@requires(Action.WITHDRAW_KNOWERS)
def withdraw(request: HttpRequest, widening_id: UUID) -> HttpResponse:
    """Whoever proposed it takes it back."""
    viewer = of_request(request)
    found = _fetch(viewer, Action.WITHDRAW_KNOWERS, widening_id)
    try:
        services.withdraw(context=viewer, widening_id=widening_id)
    except errors.ApprovalsError as error:
        form = WideningForm(request.POST)
        form.add_error(None, str(error.sentence))
        return _page(request, viewer, found, form, error.status)
    messages.success(request, _("Taken back. Nobody was put on the list."))
    return HttpResponseRedirect(reverse("approvals:widening", args=[widening_id]))


def _fetch(viewer: Context, action: Action, widening_id: UUID) -> Widening:
    found = widenings.one(viewer, widening_id)
    if found is None:
        gate.absent(viewer, action, "widening", widening_id)
    return found


def _page(
    request: HttpRequest,
    viewer: Context,
    found: Widening,
    form: WideningForm | None = None,
    status: int = 200,
) -> HttpResponse:
    record = presentation.known(viewer, [found]).get(found.record_id)
    decides = widenings.may_decide(viewer, found)
    return render(
        request,
        "approvals/widening.html",
        {
            "widening": shown.row(found, record),
            "id": found.pk,
            "reason": found.reason,
            "record_url": reverse("holdings:record", args=[record.pk]) if record is not None else "",
            "person": shown.person_facts(found),
            "facts": shown.facts(found),
            "warnings": shown.warnings(found, viewer) if decides else [],
            "steps": shown.steps(found),
            "ending": shown.ending(found),
            "waiting": shown.waiting(found, viewer),
            "form": form or (WideningForm() if decides else None),
            "may_decide": decides,
            "may_withdraw": widenings.may_withdraw(viewer, found),
        },
        status=status,
    )
