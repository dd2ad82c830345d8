"""What is sent to the programs' addresses about people, units, proposals, terminals and the roster."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from accounts import terminals
from accounts.models import PendingGrant, Unit
from audit import clock
from tests.accounts.people import today
from vault.administration import api_shapes, api_terminals
from vault.authorization.interface import etag

if TYPE_CHECKING:
    from tests.contracts.routes_world import World


def later(days: int) -> str:
    return (today() + timedelta(days=days)).isoformat()


def _sent(body: Mapping[str, Any], **headers: str) -> dict[str, Any]:
    return {"data": json.dumps(body), "content_type": "application/json", "headers": headers}


def _tag(shown: Mapping[str, Any] | None) -> dict[str, str]:
    """If-Match of what is read; anything, of what is not there."""
    return {"If-Match": etag(shown) if shown is not None else '"absent"'}


def _of_unit(asked: Mapping[str, Any]) -> dict[str, str]:
    found = Unit.objects.filter(pk=asked["unit_id"]).first()
    return _tag(api_shapes.unit_detail(found, today()) if found is not None else None)


def _of_proposal(asked: Mapping[str, Any]) -> dict[str, str]:
    found = PendingGrant.objects.filter(pk=asked["proposal_id"]).first()
    return _tag(api_shapes.grant(found, clock.now()) if found is not None else None)


def _of_terminal(asked: Mapping[str, Any]) -> dict[str, str]:
    found = terminals.standing(asked["terminal_id"], today())
    return _tag(api_terminals.detail(found) if found is not None else None)


BODIES: dict[str, Callable[["World", Mapping[str, Any]], dict[str, Any]]] = {
    "api:trainings": lambda world, _: _sent({"held_on": later(0), "valid_until": later(300)}),
    "api:account_suspension": lambda world, _: {},
    "api:account_sign_out": lambda world, _: {},
    "api:units": lambda world, _: _sent(
        {"kind": "hall", "code": "YYT09", "name": "城东营业厅", "parent": str(world.archive.company.pk)}
    ),
    "api:unit": lambda world, asked: _sent({"name": "城南客户中心"}, **_of_unit(asked)),
    "api:unit_closure": lambda world, asked: {"headers": _of_unit(asked)},
    "api:grant_withdrawal": lambda world, asked: {"headers": _of_proposal(asked)},
    "api:terminals": lambda world, _: _sent(
        {
            "number": "BM-02",
            "room": "保密室",
            "equipment": "终端一台",
            "check_every": 90,
            "certificate_no": "ZS-2",
            "certificate_until": later(300),
        }
    ),
    "api:terminal_checks": lambda world, _: _sent(
        {"done_on": later(0), "result": "failed", "note": "封签破损"}
    ),
    "api:terminal_certificate": lambda world, asked: _sent(
        {"certificate_no": "ZS-3", "certificate_until": later(300)}, **_of_terminal(asked)
    ),
    "api:terminal_steps": lambda world, asked: _sent(
        {"step": "suspend", "reason": "送修"}, **_of_terminal(asked)
    ),
    "api:roster": lambda world, _: _sent(
        {
            "unit": str(world.archive.company.pk),
            "person": str(world.people["archivist"].person.pk),
            "starts_on": later(5),
            "ends_on": later(6),
        }
    ),
    "api:roster_strike": lambda world, _: {},
}
