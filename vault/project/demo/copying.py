"""Copies of the demo's last weeks, made of the hall's internal papers: out, lost, called back, accounted for."""

from collections.abc import Callable
from datetime import date

from vault.approvals.models import AccessRequest, Copy
from vault.approvals.reproduction_rules import CopyEvent
from vault.approvals.services import copies, reproduction, requests
from vault.approvals.services.copies import Said
from vault.authorization.actions import Action
from vault.project.demo.asking import approve, ask
from vault.project.demo.desk import Desk

LOST = "送达途中遗失，已沿途查找。"
CALLED_BACK = "客户撤回申请，已发的复制件收回。"
WHO, DIRECTOR, KEEPER = "clerk_south", "director", "archivist"


def request_of_the_hall(desk: Desk, day: date) -> None:
    """Of an internal paper: no check, the hall's director decides."""
    approve(desk, ask(desk, WHO, "slip1", Action.COPY, amount=2), DIRECTOR)


def copies_made(desk: Desk, day: date) -> None:
    """By its requester: one is out, the other is lost."""
    request = AccessRequest.objects.get(
        record=desk.record_id("slip1"), action=Action.COPY, requester=desk.person(WHO)
    )
    _made(desk, request)
    _step(desk, _made(desk, request), WHO, CopyEvent.LOSE, Said(reason=LOST))


def print_made(desk: Desk, day: date) -> None:
    """It is out."""
    _made(desk, _allowed(desk, "slip2", Action.PRINT))


def copy_called_back(desk: Desk, day: date) -> None:
    _called_back(desk, "slip3", Action.COPY)


def print_called_back(desk: Desk, day: date) -> None:
    _called_back(desk, "scan", Action.PRINT)


def copy_accounted_for(desk: Desk, day: date) -> None:
    _closed(desk, "slip2", Action.COPY)


def print_accounted_for(desk: Desk, day: date) -> None:
    _closed(desk, "slip3", Action.PRINT)


def _allowed(desk: Desk, document: str, action: Action) -> AccessRequest:
    return approve(desk, ask(desk, WHO, document, action), DIRECTOR)


def _called_back(desk: Desk, document: str, action: Action) -> None:
    request = _allowed(desk, document, action)
    _made(desk, request)
    request.refresh_from_db()
    requests.revoke(
        context=desk.context(DIRECTOR), request_id=request.pk, version=request.version, reason=CALLED_BACK
    )


def _closed(desk: Desk, document: str, action: Action) -> None:
    request = _allowed(desk, document, action)
    _step(desk, _made(desk, request), KEEPER, CopyEvent.GIVE_BACK)
    request.refresh_from_db()
    copies.close_request(context=desk.context(KEEPER), request_id=request.pk, version=request.version)


def _made(desk: Desk, request: AccessRequest) -> Copy:
    """Printed and signed for by its requester; nothing of its file stays here."""
    request.refresh_from_db()
    made = reproduction.produce(context=desk.context(WHO), request_id=request.pk, version=request.version)
    for _file in made.files:
        pass
    made.copy.refresh_from_db()
    return _step(desk, made.copy, WHO, CopyEvent.RECEIVE)


def _step(desk: Desk, copy: Copy, who: str, event: CopyEvent, said: Said | None = None) -> Copy:
    return copies.advance(
        context=desk.context(who), copy_id=copy.pk, version=copy.version, event=event, said=said
    )


# Days ago, hour of the day in Asia/Shanghai, what was done.
COPYING: tuple[tuple[int, int, Callable[[Desk, date], None]], ...] = (
    (12, 10, copy_accounted_for),
    (12, 11, print_accounted_for),
    (8, 10, copy_called_back),
    (8, 11, print_called_back),
    (6, 9, request_of_the_hall),
    (6, 10, print_made),
    (5, 9, copies_made),
)
