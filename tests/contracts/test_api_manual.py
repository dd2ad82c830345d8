"""The manual and the reference page know every code, scope and address of the interface."""

import re
from pathlib import Path

import pytest
from django.test import Client

from accounts.token_rules import TokenScope
from tests.contracts.api_program import problem, program
from tests.support.archive import Archive
from vault.administration.api_refusals import told
from vault.authorization.problems import CODES, refusal_codes
from vault.project.api import interface
from vault.project.api_reference import room_errors

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def documented() -> set[str]:
    """Every code that docs/api.md names."""
    text = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    return set(re.findall(r"`([a-z]+(?:-[a-z]+)*)`", text.partition("## Problems")[2]))


def known() -> set[str]:
    """Every code that an operation may answer with."""
    rooms = {*(error.code for error in room_errors()), *(code for code, _, _ in told())}
    return {*CODES, *refusal_codes(), *rooms}


def test_every_code_stands_in_the_manual_and_on_the_page(archive: Archive):
    codes = known()
    assert codes - documented() == set()
    page = archive.client(archive.clerk).get("/account/tokens/reference/").content.decode()
    assert {code for code in codes if f'id="{code}"' not in page} == set()


def test_the_manual_names_every_scope_and_no_code_that_is_none():
    text = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    assert {scope for scope in TokenScope if f"`{scope}`" not in text} == set()
    fields = {"type", "title", "status", "code", "detail", "errors", "holdings"}
    assert documented() - known() - fields == set()


def test_no_address_stands_twice():
    """Of two routers with one address the second would never be asked."""
    addresses = [str(pattern.pattern) for pattern in interface._get_urls()]
    assert len(addresses) > 25
    assert sorted(addresses) == sorted(set(addresses))


def test_the_description_is_for_any_token_and_declares_every_answer(archive: Archive):
    """interface.md 4: OpenAPI 3.1; each operation says how one is known and what it answers."""
    problem(Client().get("/api/v1/openapi.json"), 401, "token-needed")
    schema = program(archive.auditor, TokenScope.EVENTS_READ).get("/api/v1/openapi.json").json()
    assert schema["openapi"] == "3.1.0"
    operations = [one for methods in schema["paths"].values() for one in methods.values()]
    assert len(operations) == 41
    for one in operations:
        assert one["security"] == [{"Token": []}]
        assert {"401", "403", "404"} <= set(one["responses"])
        if "requestBody" in one:
            assert {"413"} <= set(one["responses"])
    assert schema["components"]["securitySchemes"]["Token"]["scheme"] == "bearer"
