"""Proposals that wait for a second person: what, for whom, why, by whom, until when (AD-03)."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import services
from accounts.models import PendingGrant
from accounts.requests import trail
from accounts.rules import TWO_STEP_KINDS, GrantKind, GrantState
from accounts.services.terms import read
from audit.events import ObjectFacts
from vault.administration import presentation, selectors
from vault.administration.views.officer_shared import attempt
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires
from vault.holdings.forms import ReasonForm

PAGE = 50


@require_safe
@requires(Action.READ_GRANTS)
def grants(request: HttpRequest) -> HttpResponse:
    """What waits for me, and the register of all that was proposed."""
    viewer = of_request(request)
    page = Paginator(selectors.grants_for(viewer), PAGE).get_page(request.GET.get("page"))
    gate.authorize(viewer, Action.READ_GRANTS, sealed={"total": page.paginator.count})
    return render(
        request,
        "administration/grants.html",
        {
            "waiting": presentation.grants(selectors.grants_to_decide(viewer), viewer.instant),
            "grants": presentation.grants(page.object_list, viewer.instant),
            "total": page.paginator.count,
            "first": page.start_index(),
            "last": page.end_index(),
            "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
            "prev_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        },
    )


@require_safe
@requires(Action.READ_GRANTS)
def grant(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """One proposal with its steps, and what this person may do about it now."""
    viewer = of_request(request)
    row = _find(request, Action.READ_GRANTS, proposal_id)
    gate.authorize(viewer, Action.READ_GRANTS, about=ObjectFacts(type="pendinggrant", id=str(proposal_id)))
    shown = presentation.grant(row, viewer.instant)
    mine = presentation.may(viewer, Action.WITHDRAW_GRANT) and viewer.subject.person_id != row.person_id
    return render(
        request,
        "administration/grant.html",
        {
            "grant": shown,
            # The name alone is the system officer's to change: whoever decides on it sees what it was before.
            "former": presentation.former(row.person.changes.select_related("former_unit").order_by("at")),
            "steps": _steps(shown),
            "may_decide": selectors.grants_to_decide(viewer).filter(pk=row.pk).exists(),
            "may_withdraw": mine
            and row.state in {GrantState.PENDING, GrantState.CONFIRMED}
            and read(row.kind, row.terms).by in viewer.subject.duty_names,
            "carry_out_url": _carry_out_url(row)
            if selectors.grants_to_carry_out(viewer).filter(pk=row.pk).exists()
            else "",
            "person_url": reverse("administration:person", args=[row.person_id])
            if presentation.may(viewer, Action.READ_PEOPLE)
            else "",
        },
    )


@require_POST
@requires(Action.CONFIRM_RIGHTS)
def confirm(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Agree, as the second person."""
    row = _find(request, Action.CONFIRM_RIGHTS, proposal_id)
    return attempt(
        request,
        lambda: services.confirm_grant(actor=request.user, grant=row, trail=trail(request)),
        _("Confirmed. Whoever proposed it finds it at home and carries it out.")
        if row.kind in TWO_STEP_KINDS
        else _("Confirmed. It counts from the person's next request."),
        reverse("administration:grant", args=[proposal_id]),
    )


@require_POST
@requires(Action.CONFIRM_RIGHTS)
def refuse(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Refuse, with a reason for whoever proposed it."""
    row = _find(request, Action.CONFIRM_RIGHTS, proposal_id)
    return attempt(
        request,
        lambda: services.refuse_grant(
            actor=request.user, grant=row, reason=ReasonForm(request.POST).told(), trail=trail(request)
        ),
        _("Refused. Whoever proposed it sees your reason."),
        reverse("administration:grant", args=[proposal_id]),
    )


@require_POST
@requires(Action.WITHDRAW_GRANT)
def withdraw(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Take a proposal back."""
    row = _find(request, Action.WITHDRAW_GRANT, proposal_id)
    return attempt(
        request,
        lambda: services.withdraw_grant(actor=request.user, grant=row, trail=trail(request)),
        _("Withdrawn."),
        reverse("administration:grant", args=[proposal_id]),
    )


def _find(request: HttpRequest, action: Action, proposal_id: UUID) -> PendingGrant:
    """A proposal that this person may see; any other is as absent as one that never was."""
    viewer = of_request(request)
    row = selectors.grants_for(viewer).filter(pk=proposal_id).first()
    if row is None:
        gate.absent(viewer, action, "pendinggrant", proposal_id)
    return row


def _carry_out_url(row: PendingGrant) -> str:
    if row.kind == GrantKind.ACCOUNT:
        return reverse("administration:new_account", args=[row.person_id])
    account = read(row.kind, row.terms).facts()["account"]
    return reverse("administration:reset_password", args=[row.person_id, account])


def _steps(shown: dict[str, object]) -> list[dict[str, object]]:
    """Proposed, confirmed, in effect; or where it ended instead."""
    state = shown["state"]
    proposed = {
        "label": _("Proposed"),
        "who_when": f"{shown['by']} · {shown['proposed_at']:%Y-%m-%d}",
        "status": "done",
    }
    decided = f"{shown['decided_by']} · {shown['decided_at']:%Y-%m-%d}" if shown["decided_at"] else ""
    confirmed = {
        "label": _("Confirmed by a second person"),
        "who_when": decided,
        "status": "now" if state == GrantState.PENDING else "done",
    }
    if state in {GrantState.REFUSED, "lapsed"}:
        return [proposed, {"label": shown["state_label"], "who_when": decided, "status": "now"}]
    if state == GrantState.WITHDRAWN:
        by = f"{shown['withdrawn_by']} · {shown['withdrawn_at']:%Y-%m-%d}"
        end = {"label": shown["state_label"], "who_when": by, "status": "now"}
        return [proposed, confirmed, end] if decided else [proposed, end]
    effect = {
        "label": _("In effect"),
        "who_when": "",
        "status": {"pending": "todo", "confirmed": "now", "done": "done"}[str(state)],
    }
    return [proposed, confirmed, effect]
