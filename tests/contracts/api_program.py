"""A program with a token, for the tests of the interface: what it sends, and what a problem looks like."""

import json
from collections.abc import Callable

import pytest
from django.test import Client

from accounts import services
from accounts.models import Account
from accounts.token_rules import TokenScope
from tests.support.archive import Archive

PROBLEM = "application/problem+json"


def token(account: Account, *scopes: TokenScope, days: int = 30) -> str:
    return services.make_token(
        actor=account, name="归档程序", scopes=scopes or list(TokenScope), days=days, proved=True
    ).token


def program(account: Account, *scopes: TokenScope) -> Client:
    """A program with a token of this person."""
    return Client(REMOTE_ADDR="127.0.0.1", headers={"Authorization": f"Bearer {token(account, *scopes)}"})


def problem(answer, status: int, code: str) -> dict:
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM), answer.content
    body = json.loads(answer.content)
    assert (body["status"], body["code"]) == (status, code), body
    assert body["type"].endswith(f"#{code}")
    assert body["detail"]
    return body


def post(client: Client, address: str, body: object, **headers: str):
    return client.post(address, json.dumps(body), content_type="application/json", headers=headers)


def tag(client: Client, address: str) -> dict[str, str]:
    return {"If-Match": client.get(address)["ETag"]}


def patch(client: Client, address: str, body: object, **headers: str):
    return client.patch(address, json.dumps(body), content_type="application/json", headers=headers)


def meanwhile(monkeypatch: pytest.MonkeyPatch, module: object, act: Callable[[], object]) -> None:
    """Somebody else acts after the tag was compared and before the change is made."""
    compare = module.require_match

    def compared(*given: object) -> None:
        compare(*given)
        act()

    monkeypatch.setattr(module, "require_match", compared)


def bare(client: Client, address: str, **headers: str):
    """A POST without a body, and without a word of its length."""
    return client.generic("POST", address, headers=headers)


def wanted(archive: Archive, **changes: object) -> dict:
    return {
        "unit": str(archive.hall.pk),
        "series": str(archive.series.pk),
        "retention_class": str(archive.retention.pk),
        "record_date": "2026-10-09",
        "label": "internal",
        **changes,
    }


def send(client: Client, upload: str, body: bytes, position: int = 1, name: str = "a.pdf"):
    return client.put(
        f"/api/v1/uploads/{upload}/files/{position}",
        body,
        content_type="application/octet-stream",
        headers={"X-File-Name": name},
    )
