"""The rule table and delegations."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Person, Unit
from accounts.rules import Duty, local_day
from vault.approvals import errors, presentation, words
from vault.approvals.forms import ApproverForm, DelegationForm
from vault.approvals.models import ApproverRule, Delegation
from vault.approvals.rules import RANK
from vault.approvals.services import delegations
from vault.approvals.services import table as services
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_request
from vault.authorization.decision import Allow, decide_at_the_door
from vault.authorization.decorators import requires
from vault.holdings.selectors import nameable_persons

SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.READ_APPROVERS, unsafe=Action.PROPOSE_APPROVER)
def approvers(request: HttpRequest) -> HttpResponse:
    """Who approves what; the security officer proposes another row."""
    viewer = of_request(request)
    form, status = None, 200
    if request.method == "POST":
        form, status = ApproverForm(request.POST, labels=presentation.row_labels()), 400
        if form.is_valid():
            data = form.cleaned_data
            try:
                services.propose(
                    context=viewer,
                    row=form.chosen,
                    unit=data["unit"],
                    duty=Duty(data["duty"]),
                    reason=data["reason"],
                )
            except errors.ApprovalsError as error:
                form.add_error(None, str(error.sentence))
                status = error.status
            else:
                messages.success(request, _("Proposed. It counts once a second person has confirmed it."))
                return HttpResponseRedirect(reverse("approvals:approvers"))
    else:
        gate.authorize(viewer, Action.READ_APPROVERS)
    return _approvers(request, viewer, form, status)


@require_POST
@requires(Action.CONFIRM_APPROVER)
def decide_approver(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """A second person confirms or refuses a proposed row."""
    return _settled(
        request,
        lambda viewer: services.decide(
            context=viewer, rule_id=rule_id, confirm=request.POST.get("decision") == "confirm"
        ),
    )


@require_POST
@requires(Action.PROPOSE_APPROVER)
def withdraw_approver(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """Whoever proposed a row takes it back."""
    return _settled(request, lambda viewer: services.withdraw(context=viewer, rule_id=rule_id))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.READ_REQUESTS, unsafe=Action.MANAGE_DELEGATIONS)
def delegate(request: HttpRequest) -> HttpResponse:
    """Who decides in whose place: given by oneself, and to oneself."""
    viewer = of_request(request)
    posts = _posts(viewer)
    form, status = None, 200
    if posts:
        given: dict[str, Any] = {"posts": posts, "people": _people(viewer)}
        form = DelegationForm(request.POST, **given) if request.method == "POST" else DelegationForm(**given)
    if request.method == "POST":
        status = 400
        if form is None:
            gate.authorize(viewer, Action.MANAGE_DELEGATIONS)
        elif form.is_valid():
            data = form.cleaned_data
            duty, unit = form.chosen
            try:
                delegations.delegate(
                    context=viewer,
                    to=data["to"],
                    duty=duty,
                    unit=unit,
                    starts_on=data["starts_on"],
                    ends_on=data["ends_on"],
                    reason=data["reason"],
                )
            except errors.DelegationRefused as error:
                form.add_error(None, str(words.PROBLEMS.get(error.problem, error.sentence)))
                status = error.status
            except errors.ApprovalsError as error:
                form.add_error(None, str(error.sentence))
                status = error.status
            else:
                messages.success(request, _("Given. What is decided for you carries both names."))
                return HttpResponseRedirect(reverse("approvals:delegations"))
    else:
        gate.authorize(viewer, Action.READ_REQUESTS, sealed={"list": "delegations"})
    person_id = viewer.subject.person_id
    shown = Delegation.objects.select_related("giver", "delegate", "unit").order_by("-given_at", "pk")
    today = local_day(viewer.instant)
    return render(
        request,
        "approvals/delegations.html",
        {
            "form": form,
            "given": [presentation.delegation(one, today) for one in shown.filter(giver=person_id)[:SHOWN]],
            "held": [presentation.delegation(one, today) for one in shown.filter(delegate=person_id)[:SHOWN]],
        },
        status=status,
    )


@require_POST
@requires(Action.MANAGE_DELEGATIONS)
def end_delegation(request: HttpRequest, delegation_id: UUID) -> HttpResponse:
    """Whoever gave it ends it."""
    try:
        delegations.end(context=of_request(request), delegation_id=delegation_id)
        messages.success(request, _("It has ended; you decide yourself again."))
    except errors.ApprovalsError as error:
        messages.error(request, str(error.sentence))
    return HttpResponseRedirect(reverse("approvals:delegations"))


def _approvers(request: HttpRequest, viewer: Context, form: ApproverForm | None, status: int) -> HttpResponse:
    waiting = ApproverRule.objects.filter(state=ApproverRule.State.PROPOSED).select_related(
        "unit", "proposed_by"
    )
    may_propose = _may(viewer, Action.PROPOSE_APPROVER)
    may_confirm = _may(viewer, Action.CONFIRM_APPROVER)
    return render(
        request,
        "approvals/approvers.html",
        {
            "rows": presentation.rule_rows(),
            "proposals": [presentation.proposal(one, viewer) for one in waiting.order_by("proposed_at")]
            if may_propose or may_confirm
            else None,
            "may_confirm": may_confirm,
            "form": form or (ApproverForm(labels=presentation.row_labels()) if may_propose else None),
        },
        status=status,
    )


def _settled(request: HttpRequest, settle: Any) -> HttpResponse:
    try:
        settle(of_request(request))
        messages.success(request, _("It stands in the rule table."))
    except errors.ApprovalsError as error:
        messages.error(request, str(error.sentence))
    return HttpResponseRedirect(reverse("approvals:approvers"))


def _may(viewer: Context, action: Action) -> bool:
    return isinstance(decide_at_the_door(action, viewer.subject), Allow)


def _posts(viewer: Context) -> list[tuple[Duty, Unit]]:
    """The viewer's own posts that decide requests."""
    held = [(duty, unit) for duty, unit in viewer.subject.duties if duty in RANK]
    units = Unit.objects.in_bulk([unit for _duty, unit in held])
    found = [(duty, units[unit]) for duty, unit in held if unit in units]
    return sorted(found, key=lambda one: (RANK.index(one[0]), one[1].path))


def _people(viewer: Context) -> Any:
    return nameable_persons(excluding=Person.objects.get(accounts=viewer.subject.account_id))
