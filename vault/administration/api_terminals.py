"""The register of secure terminals for programs: how each stands (10.1(4))."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from accounts import terminals as reads
from accounts.rules import local_day
from accounts.terminal_rules import CheckResult, TerminalState, TerminalStep, Unusable
from accounts.terminals import Standing
from audit.events import ObjectFacts
from vault.administration.api_shapes import Named, named
from vault.administration.api_shared import page_of
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_request
from vault.authorization.decorators import requires
from vault.authorization.interface import LARGEST_PAGE, PAGE_SIZE, TAGGED, Token, describe_problems, tagged

router = Router(tags=["terminals"], auth=Token())


class TerminalQuery(Schema):
    """Where a page begins."""

    state: TerminalState | None = None
    cursor: UUID | None = None
    size: int = Field(PAGE_SIZE, ge=1, le=LARGEST_PAGE)


class TerminalShape(Schema):
    """A terminal as it stands today. `unusable` is everything that keeps it from use; empty is usable."""

    id: UUID
    number: str
    room: str
    equipment: str
    state: TerminalState
    unusable: list[Unusable]
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
    """A step that was taken, and why; of a new certificate, the one that it replaced."""

    step: TerminalStep
    reason: str
    former_certificate_no: str
    former_certificate_until: date | None
    by: Named
    at: datetime


class TerminalDetail(TerminalShape):
    """One terminal with its checks and what was done with it, the latest first."""

    checks: list[CheckShape]
    changes: list[ChangeShape]


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
    return tagged(request, response, _detail(found))


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
        "certificate_no": row.certificate_no,
        "certificate_until": row.certificate_until,
        "check_every": row.check_every,
        "last_check_on": one.last.done_on if one.last is not None else None,
        "next_check_on": None if row.state == TerminalState.WITHDRAWN else one.next_check,
        "registered_by": named(row.registered_by),
        "registered_at": row.registered_at,
    }


def _detail(one: Standing) -> dict[str, Any]:
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
                "by": named(row.by),
                "at": row.at,
            }
            for row in reads.changes(one.terminal)
        ],
    }
