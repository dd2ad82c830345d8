"""What is sent to each route of the table: the body that it wants."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts import services
from accounts.models import Person, Terminal
from tests.accounts.people import today
from tests.support.archive import newest, pdf
from vault.authorization.interface import etag
from vault.holdings.api_shapes import detail
from vault.holdings.models import Record

if TYPE_CHECKING:
    from tests.contracts.routes_world import World


def form(entries: Mapping[str, Any], files: Mapping[str, SimpleUploadedFile] | None = None) -> dict[str, Any]:
    """A form as a browser sends it."""
    from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

    return {
        "data": encode_multipart(BOUNDARY, {**entries, **(files or {})}),
        "content_type": MULTIPART_CONTENT,
    }


def _person_id(name: str) -> Callable[["World"], str]:
    return lambda world: str(world.people[name].person.pk)


def _description(world: "World") -> dict[str, str]:
    return {
        "version": "1",
        "title": "改过的题名",
        "record_date": "2026-10-09",
        "series": str(world.archive.series.pk),
        "retention_class": str(world.archive.retention.pk),
    }


def _proposal(asked: Mapping[str, Any]) -> UUID:
    """What a decider of this record was shown; nothing, of one that is not there."""
    record = Record.objects.filter(pk=asked["record_id"]).first()
    return newest(record).pk if record is not None else UUID(int=404)


def _terminal_code(world: "World") -> str:
    """A code that is good now."""
    terminal = Terminal.objects.get(pk=world.objects["terminal"]["terminal_id"])
    return services.issue_code(actor=world.archive.system, terminal=terminal)


def _json(body: Mapping[str, Any], **headers: str) -> dict[str, Any]:
    """A body as a program sends it."""
    return {"data": json.dumps(body), "content_type": "application/json", "headers": headers}


def _tagged(asked: Mapping[str, Any]) -> dict[str, str]:
    """If-Match of what the author reads of a record; anything, of one that is not there."""
    record = Record.objects.select_related("unit").filter(pk=asked["record_id"]).first()
    found = etag(detail(record, archive_file_known=False)) if record is not None else '"absent"'
    return {"If-Match": found}


def _nameable(world: "World") -> Person:
    """Somebody of no persona, so that nobody names or grants himself."""
    return world.archive.colleague.person


def _as_chosen(world: "World") -> str:
    """The internal record as the list's box sends it."""
    record = Record.objects.get(pk=world.objects["internal"]["record_id"])
    return f"{record.pk}:{record.version}"


BODIES: dict[str, Callable[["World", Mapping[str, Any]], dict[str, Any]]] = {
    "set_language": lambda world, _: form({"language": "en"}),
    "set_theme": lambda world, _: form({"theme": "dark"}),
    "account_login": lambda world, _: form({"login": "S1", "password": "not this one"}),
    "end_my_session": lambda world, _: form({"session": "0123456789abcdef"}),
    "rename_passkey": lambda world, _: form({"name": "平板"}),
    "accounts_notice": lambda world, _: form({"version": "1", "agreed": "on"}),
    "holdings:file": lambda world, _: form(
        world.archive.entries(), {"files": SimpleUploadedFile("表.pdf", pdf(1), "application/pdf")}
    ),
    "holdings:intake": lambda world, _: form(world.archive.entries()),
    "holdings:register_intake": lambda world, _: {
        "data": json.dumps({"files": [1]}),
        "content_type": "application/json",
    },
    "holdings:receive": lambda world, _: {
        "data": pdf(1),
        "content_type": "application/octet-stream",
        "headers": {"X-File-Name": "a.pdf"},
    },
    "holdings:import": lambda world, _: form(
        {**world.archive.entries(), "files": json.dumps([["通知.pdf", 9]]), "step": "begin"}
    ),
    "holdings:import_file": lambda world, _: {"data": pdf(1), "content_type": "application/octet-stream"},
    "holdings:edit": lambda world, _: form(_description(world)),
    "holdings:register": lambda world, _: form({"version": "1"}),
    "holdings:propose_label": lambda world, _: form({"label": "internal"}),
    "holdings:decide_label": lambda world, asked: form(
        {"decision": "confirm", "proposal": str(_proposal(asked))}
    ),
    "holdings:knowers": lambda world, _: form({"persons": [str(_nameable(world).pk)], "reason": "工作需要"}),
    "approvals:propose_knowers": lambda world, _: form(
        {"persons": [str(_nameable(world).pk)], "reason": "工作需要"}
    ),
    "holdings:grants": lambda world, _: form(
        {
            "person": str(_nameable(world).pk),
            "action": "holdings:record:copy",
            "ends_on": (today() + timedelta(days=3)).isoformat(),
        }
    ),
    "holdings:export": lambda world, _: form({"record": str(world.objects["open"]["record_id"])}),
    "holdings:views": lambda world, _: form({"name": "本年在册", "query": "state=registered"}),
    "holdings:rename_view": lambda world, _: form({"name": "改过的名称"}),
    "holdings:grant_many": lambda world, _: form(
        {
            "step": "do",
            "record": [_as_chosen(world)],
            "person": str(_nameable(world).pk),
            "action": "holdings:record:print",
            "ends_on": (today() + timedelta(days=3)).isoformat(),
        }
    ),
    "holdings:move_many": lambda world, _: form(
        {
            "step": "do",
            "record": [_as_chosen(world)],
            "archive_file": str(world.objects["shelf"]["file_id"]),
        }
    ),
    "holdings:correction": lambda world, _: form({"reason": "缺页补扫"}),
    "holdings:card": lambda world, _: form(world.archive.entries(title="来文一份", place="柜 3")),
    "holdings:add_fonds": lambda world, _: form({"fonds_no": "B9", "name": "二厂"}),
    "holdings:add_series": lambda world, _: form(
        {"fonds": str(world.archive.fonds.pk), "code": "KH", "name": "客户"}
    ),
    "holdings:new_archive_file": lambda world, _: form(
        {
            "unit": str(world.archive.hall.pk),
            "series": str(world.archive.series.pk),
            "year": "2026",
            "title": "检修",
            "label": "internal",
        }
    ),
    "holdings:put_undecided": lambda world, _: form(
        {
            "kind": "paper",
            "what": "无落款的合同一份",
            "reason": "不知应归何处",
            "decider": str(_nameable(world).pk),
            "next_on": (today() + timedelta(days=7)).isoformat(),
        }
    ),
    "holdings:advance_undecided": lambda world, _: form(
        {"event": "decide", "version": "1", "outcome": "file", "reason": "归入文书"}
    ),
    "holdings:strike": lambda world, _: form({"reason": "不再参与"}),
    "holdings:close_quarantine": lambda world, _: form({"reason": "发错文件"}),
    "holdings:correct": lambda world, _: form(
        {"reason": "缺页补扫"}, {"file": SimpleUploadedFile("一.pdf", pdf(2), "application/pdf")}
    ),
    "administration:new_unit": lambda world, _: form(
        {"kind": "hall", "code": "YYT09", "name": "城东营业厅", "parent": str(world.archive.company.pk)}
    ),
    "administration:new_person": lambda world, _: form(
        {"name": "新来者", "unit": str(world.archive.hall.pk), "staff_no": "N9001"}
    ),
    "administration:people": lambda world, _: form({"q": "某某", "unit": str(world.archive.hall.pk)}),
    "administration:leave": lambda world, _: form({"left_on": today().isoformat()}),
    "administration:new_account": lambda world, _: form({"staff_no": "N9002", "reason": "原账号停用"}),
    "administration:reset_password": lambda world, _: form({"reason": "忘记"}),
    "administration:appoint": lambda world, _: form(
        {"duty": "agent", "unit": str(world.archive.hall.pk), "starts_on": today().isoformat()}
    ),
    "administration:clear": lambda world, _: form(
        {
            "state_level": "0",
            "enterprise_level": "1",
            "starts_on": today().isoformat(),
            "ends_on": (today() + timedelta(days=30)).isoformat(),
            "reason": "轮岗",
        }
    ),
    "administration:categorise": lambda world, _: form({"category": "general", "reason": "轮岗"}),
    "administration:train": lambda world, _: form(
        {"held_on": today().isoformat(), "valid_until": (today() + timedelta(days=300)).isoformat()}
    ),
    "administration:rename_unit": lambda world, _: form({"name": "城南客户中心"}),
    "choose_mail": lambda world, _: form({"mail": "off"}),
    "administration:person_email": lambda world, _: form({"email": "someone@example.com"}),
    "administration:rename_person": lambda world, _: form({"name": "某某某"}),
    "administration:move_person": lambda world, _: form({"unit": str(world.archive.company.pk)}),
    "administration:roster": lambda world, _: form(
        {
            "unit": str(world.archive.company.pk),
            "person": str(world.people["archivist"].person.pk),
            "starts_on": (today() + timedelta(days=5)).isoformat(),
            "ends_on": (today() + timedelta(days=6)).isoformat(),
        }
    ),
    "administration:new_terminal": lambda world, _: form(
        {
            "number": "BM-02",
            "room": "保密室",
            "equipment": "终端一台",
            "check_every": "90",
            "certificate_no": "ZS-2",
            "certificate_until": (today() + timedelta(days=300)).isoformat(),
        }
    ),
    "rooms:new_room": lambda world, _: form(
        {
            "code": "BMS-2",
            "name": "保密室二",
            "unit": str(world.archive.company.pk),
            "capacity": "4",
            "inspect_every": "30",
        }
    ),
    "rooms:change_room": lambda world, _: form({"capacity": "6", "inspect_every": "30"}),
    "rooms:inspect_room": lambda world, _: form(
        {"kind": "technical", "done_on": today().isoformat(), "result": "passed"}
    ),
    "rooms:place_terminal": lambda world, _: form(
        {"terminal": str(world.objects["terminal"]["terminal_id"])}
    ),
    **dict.fromkeys(("rooms:close_room", "rooms:reopen_room"), lambda world, _: form({"reason": "装修"})),
    "administration:terminal_code": lambda world, _: form({"fingerprint": ""}),
    "this_machine": lambda world, _: form({"code": _terminal_code(world)}),
    "administration:check_terminal": lambda world, _: form(
        {"done_on": today().isoformat(), "result": "failed", "note": "封签破损"}
    ),
    "administration:renew_certificate": lambda world, _: form(
        {"certificate_no": "ZS-3", "certificate_until": (today() + timedelta(days=300)).isoformat()}
    ),
    **dict.fromkeys(
        (
            "administration:take_back_terminal",
            "administration:suspend_terminal",
            "administration:reinstate_terminal",
            "administration:withdraw_terminal",
        ),
        lambda world, _: form({"reason": "送修"}),
    ),
    "administration:why": lambda world, _: form(
        {
            "staff_no": world.people["staff"].staff_no,
            "action": "holdings:record:consult",
            "object": str(world.objects["core"]["record_id"]),
        }
    ),
    "administration:refuse_grant": lambda world, _: form({"reason": "不必"}),
    "workdays:notice": lambda world, _: form(
        {
            "step": "apply",
            "year": "2027",
            "title": "放假安排",
            "document_no": "9号",
            "rows": "2027-10-01,放假,国庆节\n",
        }
    ),
    "workdays:set_week": lambda world, _: form({"starts_on": "2026-01-01", "weekdays": [*"0123456"]}),
    "workdays:set_day": lambda world, _: form({"day": "2026-07-05", "state": "open", "reason": "值班"}),
    "incidents:report": lambda world, _: form(
        {
            "kind": "loss",
            "unit": str(world.archive.hall.pk),
            "known_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
            "what": "柜中少一份图纸",
        }
    ),
    "incidents:advance": lambda world, _: form({"event": "report", "version": "1", "text": "已报分管领导"}),
    "api:record": lambda world, asked: _json({"title": "改过的题名"}, **_tagged(asked)),
    "api:registration": lambda world, asked: {"headers": _tagged(asked)},
    "api:records": lambda world, _: _json(
        {
            **{
                name: world.archive.entries()[name]
                for name in ("unit", "series", "retention_class", "record_date", "label")
            },
            "title": "来文一份",
            "place": "柜 3",
        }
    ),
    "api:uploads": lambda world, _: _json(
        {
            name: world.archive.entries()[name]
            for name in ("unit", "series", "retention_class", "record_date", "label")
        }
    ),
    "api:upload_file": lambda world, _: {
        "data": pdf(1),
        "content_type": "application/octet-stream",
        "headers": {"X-File-Name": "a.pdf"},
    },
    "api:filed": lambda world, _: {},
    "administration_new_token": lambda world, _: form(
        {"name": "程序", "scopes": ["records:read"], "days": "7"}
    ),
}
