"""The steps of a request: each an address of its own, since each asks for another right."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vault.approvals import errors, words
from vault.approvals.forms import PaperForm, StepForm
from vault.approvals.models import AccessRequest
from vault.approvals.rules import Part
from vault.approvals.services import authorisations
from vault.approvals.services import requests as services
from vault.approvals.services.authorisations import Paper
from vault.approvals.views.requests import fetch, page_of
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_request
from vault.authorization.decorators import requires

Step = Callable[..., AccessRequest]


@require_POST
@requires(Action.CHECK_REQUEST)
def check(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The security officer's check: in order, or refused."""
    if request.POST.get("decision") == "reject":
        return _step(request, request_id, Action.CHECK_REQUEST, services.reject, part=Part.CHECKER)
    return _step(request, request_id, Action.CHECK_REQUEST, services.check)


@require_POST
@requires(Action.DECIDE_REQUEST)
def decide(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The approver's decision."""
    if request.POST.get("decision") == "approve":
        return _step(request, request_id, Action.DECIDE_REQUEST, services.approve)
    return _step(request, request_id, Action.DECIDE_REQUEST, services.reject, part=Part.APPROVER)


@require_POST
@requires(Action.WITHDRAW_REQUEST)
def withdraw(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The requester takes it back."""
    return _step(request, request_id, Action.WITHDRAW_REQUEST, services.withdraw, reasoned=False)


@require_POST
@requires(Action.REVOKE_REQUEST)
def revoke(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """An approval is taken back; what runs on it ends."""
    return _step(request, request_id, Action.REVOKE_REQUEST, services.revoke)


@require_POST
@requires(Action.RECORD_AUTHORISATION)
def record_paper(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """A paper of the unit that set the level is entered."""
    viewer = of_request(request)
    found = fetch(viewer, Action.RECORD_AUTHORISATION, request_id)
    form = PaperForm(request.POST)
    if not form.is_valid():
        return page_of(request, viewer, found, paper=form, status=400)
    data = form.cleaned_data
    paper = Paper(
        issuer=data["issuer"],
        document_no=data["document_no"],
        document_date=data["document_date"],
        copies=data["copies"],
        purpose=data["purpose"],
        record_id=data["record"],
    )
    try:
        authorisations.record(context=viewer, request_id=request_id, paper=paper)
    except errors.ApprovalsError as error:
        for name, codes in error.fields.items():
            form.add_error(name, [str(words.PROBLEMS.get(code, code)) for code in codes])
        if not error.fields:
            form.add_error(None, str(error.sentence))
        return page_of(request, viewer, found, paper=form, status=error.status)
    messages.success(request, _("The paper is recorded. The security officer compares it with the original."))
    return _back(request_id)


@require_POST
@requires(Action.VERIFY_AUTHORISATION)
def verify_paper(request: HttpRequest, request_id: UUID, authorisation_id: UUID) -> HttpResponse:
    """The security officer has compared the entry with the paper."""
    return _step(
        request,
        request_id,
        Action.VERIFY_AUTHORISATION,
        lambda *, context, request_id, version, reason: authorisations.verify(
            context=context, authorisation_id=authorisation_id, version=version, reason=reason
        ),
    )


def _step(
    request: HttpRequest, request_id: UUID, action: Action, take: Step, *, reasoned: bool = True, **given: Any
) -> HttpResponse:
    viewer: Context = of_request(request)
    found = fetch(viewer, action, request_id)
    form = StepForm(request.POST)
    if not form.is_valid():
        return page_of(request, viewer, found, step=form, status=400)
    if reasoned:
        given["reason"] = form.cleaned_data["reason"]
    try:
        take(context=viewer, request_id=request_id, version=form.cleaned_data["version"], **given)
    except errors.ApprovalsError as error:
        now = fetch(viewer, action, request_id)
        form = StepForm({**request.POST.dict(), "version": now.version})
        form.add_error("reason" if isinstance(error, errors.ReasonMissing) else None, str(error.sentence))
        return page_of(request, viewer, now, step=form, status=error.status)
    messages.success(request, _("It stands in the request."))
    return _back(request_id)


def _back(request_id: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("approvals:request", args=[request_id]))
