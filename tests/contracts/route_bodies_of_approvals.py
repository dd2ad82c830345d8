"""What is sent to the addresses of requests."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.accounts.people import today
from vault.approvals import api_shapes
from vault.approvals.models import AccessRequest, Copy
from vault.authorization.interface import etag

if TYPE_CHECKING:
    from tests.contracts.routes_world import World


def later(days: int) -> str:
    return (today() + timedelta(days=days)).isoformat()


def _version(asked: Mapping[str, Any]) -> str:
    """As the page was opened; anything, of one that is not there."""
    found = AccessRequest.objects.filter(pk=asked["request_id"]).first()
    return str(found.version if found is not None else 1)


def _step(**entries: str) -> Callable[["World", Mapping[str, Any]], dict[str, Any]]:
    return lambda _world, asked: {**entries, "version": _version(asked)}


def _copy_step(event: str, **entries: str) -> Callable[["World", Mapping[str, Any]], dict[str, Any]]:
    def entered(_world: "World", asked: Mapping[str, Any]) -> dict[str, Any]:
        found = Copy.objects.filter(pk=asked["copy_id"]).first()
        return {"event": event, **entries, "version": str(found.version if found is not None else 1)}

    return entered


ENTRIES: dict[str, Callable[["World", Mapping[str, Any]], dict[str, Any]]] = {
    "approvals:new": lambda _world, asked: {
        "action": "copy" if asked.get("is_internal") else "consult",
        "purpose": "核对方案",
        "starts_on": later(0),
        "ends_on": later(3),
        "amount": "1",
        "part": "all",
    },
    "approvals:book": lambda world, _: {
        "room": world.archive.extra["reading_room"],
        "day": later(2),
        "first": "9",
        "last": "11",
    },
    "approvals:cancel_booking": lambda _world, _: {},
    "approvals:check_in": lambda world, _: {"reference": world.archive.extra["at_the_door"]},
    "approvals:sit": lambda _world, _: {"step": "leave"},
    "approvals:write": lambda _world, _: {
        **dict.fromkeys(("key", "request", "component"), "00000000-0000-4000-8000-000000000001"),
        "pages": "1",
        "title": "摘录",
        "text": "一级响应",
    },
    "approvals:keep": lambda _world, _: {"step": "close"},
    "approvals:new_emergency": lambda world, _: {
        "purpose": "核对关阀顺序",
        "why": "北门站泄漏",
        "room": world.archive.extra["reading_room"],
        "part": "all",
    },
    "approvals:release": lambda _world, asked: {"as": asked.get("as", "leader"), "version": _version(asked)},
    "approvals:confirm_emergency": lambda _world, _: {"text": "事态紧急，属实", "justified": "yes"},
    "approvals:decide_knowers": lambda _world, _: {"decision": "approve"},
    "approvals:withdraw_knowers": lambda _world, _: {},
    "approvals:check": _step(decision="pass"),
    "approvals:find_copy": lambda _world, _: {
        "file": SimpleUploadedFile("扫描件.txt", b"plain words", "text/plain")
    },
    "approvals:hold_copy": _copy_step("receive"),
    "approvals:manage_copy": _copy_step("give_back"),
    "approvals:decide_copy": _copy_step("allow_transfer"),
    "approvals:lose_copy": _copy_step("lose", reason="会后未找到"),
    "approvals:make_copy": _step(passphrase=""),
    "approvals:close_copies": _step(),
    "approvals:count_copies": lambda world, _: {
        "unit": str(world.archive.hall.pk),
        "month": (today().replace(day=1) - timedelta(days=1)).strftime("%Y-%m"),
    },
    "approvals:decide": _step(decision="approve"),
    "approvals:withdraw": _step(),
    "approvals:revoke": _step(reason="用途变更"),
    "approvals:record_paper": lambda world, _: {
        "issuer": str(world.archive.authority.pk),
        "document_no": "应急〔2026〕13号",
        "document_date": later(0),
        "copies": "1",
        "purpose": "核对方案",
        "record": str(world.objects["core"]["record_id"]),
    },
    "approvals:verify_paper": _step(reason="与原件逐项核对"),
    "approvals:approvers": lambda world, _: {
        "row": "enterprise-2",
        "unit": "",
        "duty": "principal_leader",
        "reason": "从严",
    },
    "approvals:decide_approver": lambda world, _: {"decision": "confirm"},
    "approvals:delegations": lambda world, _: {
        "post": "0",
        "to": str(world.archive.colleague.person.pk),
        "starts_on": later(0),
        "ends_on": later(9),
        "reason": "出差",
    },
}


def _tag(asked: Mapping[str, Any]) -> dict[str, str]:
    """If-Match of what is read; anything, of what is not there."""
    found = AccessRequest.objects.filter(pk=asked["request_id"]).first()
    return {"If-Match": etag(api_shapes.detail(found)) if found is not None else '"absent"'}


# What a program sends. A copy: the author has an open request for a print.
BY_PROGRAM: dict[str, Callable[["World", Mapping[str, Any]], dict[str, Any]]] = {
    "api:requests": lambda world, _: {
        "data": json.dumps(
            {
                "record": str(world.objects["internal"]["record_id"]),
                "action": "copy",
                "purpose": "核对方案",
                "starts_on": later(0),
                "ends_on": later(3),
            }
        ),
        "content_type": "application/json",
    },
    "api:request_withdrawal": lambda _world, asked: {"headers": _tag(asked)},
}
