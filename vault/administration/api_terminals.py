"""The register of secure terminals for programs: how each stands, and the system officer's steps (10.1(4))."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from accounts import services
from accounts import terminals as reads
from accounts.models import Terminal
from accounts.rules import local_day
from accounts.terminal_rules import LONGEST_INTERVAL, CheckResult, TerminalState, TerminalStep, Unusable
from accounts.terminals import Standing
from audit.events import ObjectFacts
from vault.administration.api_refusals import do
from vault.administration.api_shapes import Made, Named, named
from vault.administration.api_shared import valid
from vault.administration.terminal_forms import CertificateForm, CheckForm, TerminalForm
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_request
from vault.authorization.decorators import requires
from vault.authorization.idempotency import made_once
from vault.authorization.interface import (
    IF_MATCH,
    LARGEST_PAGE,
    ONCE,
    PAGE_SIZE,
    TAGGED,
    Said,
    Token,
    describe_problems,
    etag,
    require_match,
    tagged,
)
from vault.authorization.paging import page_of
from vault.holdings.forms import ReasonForm

router = Router(tags=["terminals"], auth=Token())


class TerminalQuery(Schema):
    """Where a page begins."""

    state: TerminalState | None = None
    cursor: UUID | None = None
    size: int = Field(PAGE_SIZE, ge=1, le=LARGEST_PAGE)


class TerminalShape(Schema):
    """A terminal as it stands today. `unusable` is everything that keeps it from use; empty is usable. `enrolled`: a
    machine is it; no token makes one so.
    """

    id: UUID
    number: str
    room: str
    equipment: str
    state: TerminalState
    unusable: list[Unusable]
    enrolled: bool
    certificate_no: str
    certificate_until: date
    check_every: int
    last_check_on: date | None
    next_check_on: date | None
    registered_by: Named
    registered_at: datetime


class TerminalList(Schema):
    """One page by number. `next` is the cursor of the following page, null at the end."""

    total: int
    terminals: list[TerminalShape]
    next: UUID | None


class CheckShape(Schema):
    """A technical check that was made."""

    id: UUID
    done_on: date
    result: CheckResult
    note: str
    recorded_by: Named
    recorded_at: datetime


class ChangeShape(Schema):
    """A step that was taken, and why; of a new certificate, the one that it replaced. `by` is null where the system
    itself suspended it: a secret that had been replaced was shown.
    """

    step: TerminalStep
    reason: str
    former_certificate_no: str
    former_certificate_until: date | None
    by: Named | None
    at: datetime


class TerminalDetail(TerminalShape):
    """One terminal with its checks and what was done with it, the latest first."""

    checks: list[CheckShape]
    changes: list[ChangeShape]


class CertificateWanted(Said):
    """What certifies the equipment, and the last day it does."""

    certificate_no: str = Field(max_length=64)
    certificate_until: date


class TerminalWanted(CertificateWanted):
    """A new terminal; `check_every` is the interval of its checks in days."""

    number: str = Field(max_length=32)
    room: str = Field(max_length=120)
    equipment: str = Field(max_length=300)
    check_every: int = Field(ge=1, le=LONGEST_INTERVAL)


class CheckWanted(Said):
    """A technical check that was made; one that failed says in its note what was found."""

    done_on: date
    result: CheckResult
    note: str = Field("", max_length=500)


class StepWanted(Said):
    """What is done with a terminal, and why. `withdraw` is for good."""

    step: Literal["suspend", "reinstate", "withdraw"]
    reason: str = Field(max_length=500)


@router.get(
    "/terminals",
    response={200: TerminalList, **describe_problems(422)},
    url_name="terminals",
    operation_id="list_terminals",
    summary="The register of secure terminals",
)
@requires(Action.READ_TERMINALS)
def terminals(request: HttpRequest, asked: Query[TerminalQuery]) -> dict[str, Any]:
    """For the system and the security officer; one event a page. Scope people:read."""
    viewer = of_request(request)
    rows = reads.register()
    if asked.state is not None:
        rows = rows.filter(state=asked.state)
    total = rows.count()
    page, following = page_of(rows, asked.cursor, asked.size, by="number", among=reads.register())
    gate.authorize(viewer, Action.READ_TERMINALS, sealed={"list": "terminals", "total": total})
    day = local_day(viewer.instant)
    return {"total": total, "terminals": [_row(reads.stands(one, day)) for one in page], "next": following}


@router.get(
    "/terminals/{uuid:terminal_id}",
    response={200: TerminalDetail, 304: None, **describe_problems()},
    url_name="terminal",
    operation_id="read_terminal",
    summary="One terminal",
    openapi_extra={"responses": TAGGED},
)
@requires(Action.READ_TERMINALS)
def terminal(request: HttpRequest, terminal_id: UUID, response: HttpResponse) -> Any:
    """With its checks and changes; an ETag. For the system and the security officer. Scope people:read."""
    viewer = of_request(request)
    found = _standing(viewer, Action.READ_TERMINALS, terminal_id)
    gate.authorize(viewer, Action.READ_TERMINALS, about=ObjectFacts("terminal", str(terminal_id)))
    return tagged(request, response, detail(found))


@router.post(
    "/terminals",
    response={201: Made, **describe_problems(409, 411, 413, 415, 422)},
    url_name="terminals",
    operation_id="register_terminal",
    summary="Register a terminal",
    openapi_extra={"parameters": [ONCE]},
)
@requires(Action.MANAGE_TERMINALS)
def register(request: HttpRequest, wanted: TerminalWanted, response: HttpResponse) -> Any:
    """Its first check is due today. For the system officer. Scope people:write."""

    def make() -> str:
        form = valid(TerminalForm(wanted.model_dump()))
        return str(do(request, services.register_terminal, **form.cleaned_data).pk)

    return Status(201, {"id": made_once(request, response, make)})


@router.post(
    "/terminals/{uuid:terminal_id}/checks",
    response={201: Made, **describe_problems(409, 411, 413, 415, 422)},
    url_name="terminal_checks",
    operation_id="record_check",
    summary="Record a technical check",
    openapi_extra={"parameters": [ONCE]},
)
@requires(Action.MANAGE_TERMINALS)
def check(request: HttpRequest, terminal_id: UUID, wanted: CheckWanted, response: HttpResponse) -> Any:
    """One that failed keeps the terminal from use at once. For the system officer. Scope people:write."""
    found = _standing(of_request(request), Action.MANAGE_TERMINALS, terminal_id).terminal

    def make() -> str:
        form = valid(CheckForm(wanted.model_dump()))
        return str(do(request, services.record_check, terminal=found, **form.cleaned_data).pk)

    return Status(201, {"id": made_once(request, response, make)})


@router.post(
    "/terminals/{uuid:terminal_id}/certificate",
    response={200: TerminalDetail, **describe_problems(409, 411, 412, 413, 415, 422, 428)},
    url_name="terminal_certificate",
    operation_id="renew_certificate",
    summary="Enter a new certificate",
    openapi_extra={"parameters": [IF_MATCH], "responses": TAGGED},
)
@requires(Action.MANAGE_TERMINALS)
def renew(request: HttpRequest, terminal_id: UUID, wanted: CertificateWanted, response: HttpResponse) -> Any:
    """Only with If-Match; the former one stays among the changes. For the system officer. Scope people:write."""
    found = _read(request, terminal_id)
    form = valid(CertificateForm(wanted.model_dump()))
    do(request, services.renew_certificate, terminal=found, **form.cleaned_data)
    return _after(request, response, terminal_id)


@router.post(
    "/terminals/{uuid:terminal_id}/steps",
    response={200: TerminalDetail, **describe_problems(409, 411, 412, 413, 415, 422, 428)},
    url_name="terminal_steps",
    operation_id="step_terminal",
    summary="Suspend, reinstate or withdraw a terminal",
    openapi_extra={"parameters": [IF_MATCH], "responses": TAGGED},
)
@requires(Action.MANAGE_TERMINALS)
def step(request: HttpRequest, terminal_id: UUID, wanted: StepWanted, response: HttpResponse) -> Any:
    """Only with If-Match, and with a reason. For the system officer. Scope people:write."""
    found = _read(request, terminal_id)
    form = valid(ReasonForm({"reason": wanted.reason}))
    do(request, _STEPS[wanted.step], terminal=found, reason=form.cleaned_data["reason"])
    return _after(request, response, terminal_id)


_STEPS = {
    "suspend": services.suspend_terminal,
    "reinstate": services.reinstate_terminal,
    "withdraw": services.withdraw_terminal,
}


def _read(request: HttpRequest, terminal_id: UUID) -> Terminal:
    """The terminal as the program read it last."""
    found = _standing(of_request(request), Action.MANAGE_TERMINALS, terminal_id)
    require_match(request, etag(detail(found)))
    return found.terminal


def _after(request: HttpRequest, response: HttpResponse, terminal_id: UUID) -> Any:
    """What it has become."""
    found = _standing(of_request(request), Action.MANAGE_TERMINALS, terminal_id)
    return tagged(request, response, detail(found))


def _standing(viewer: Context, action: Action, terminal_id: UUID) -> Standing:
    found = reads.standing(terminal_id, local_day(viewer.instant))
    if found is None:
        gate.absent(viewer, action, "terminal", terminal_id)
    return found


def _row(one: Standing) -> dict[str, Any]:
    row = one.terminal
    return {
        "id": row.pk,
        "number": row.number,
        "room": row.room,
        "equipment": row.equipment,
        "state": row.state,
        "unusable": list(one.reasons),
        "enrolled": Unusable.NOT_ENROLLED not in one.reasons,
        "certificate_no": row.certificate_no,
        "certificate_until": row.certificate_until,
        "check_every": row.check_every,
        "last_check_on": one.last.done_on if one.last is not None else None,
        "next_check_on": None if row.state == TerminalState.WITHDRAWN else one.next_check,
        "registered_by": named(row.registered_by),
        "registered_at": row.registered_at,
    }


def detail(one: Standing) -> dict[str, Any]:
    """A terminal whole."""
    return {
        **_row(one),
        "checks": [
            {
                "id": row.pk,
                "done_on": row.done_on,
                "result": row.result,
                "note": row.note,
                "recorded_by": named(row.recorded_by),
                "recorded_at": row.recorded_at,
            }
            for row in reads.checks(one.terminal)
        ],
        "changes": [
            {
                "step": row.step,
                "reason": row.reason,
                "former_certificate_no": row.former_certificate_no,
                "former_certificate_until": row.former_certificate_until,
                "by": named(row.by) if row.by is not None else None,
                "at": row.at,
            }
            for row in reads.changes(one.terminal)
        ],
    }
