"""The project's own rules as system checks: each passes as things are, and fails on the defect it is for."""

import pytest
from django.core.management.base import BaseCommand
from django.http import HttpResponse
from django.urls import path
from django.views import View

from vault.authorization import checks, protection, providers
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.authorization.decorators import declaration_of, declares, requires
from vault.authorization.errors import UnknownAction, Unprotected
from vault.holdings.models import ArchiveFile, Record

ALL = (
    checks.labels_are_protected,
    checks.grants_are_declared,
    checks.actions_are_registered,
    checks.views_declare_actions,
    checks.commands_declare_actions,
)


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.__name__)
def test_the_project_keeps_its_own_rules(check):
    """Architecture 2, 6.4: labels protected, grants declared, views and commands with an action."""
    assert check(None) == []


def test_a_model_with_a_label_that_did_not_register_is_found(monkeypatch):
    """Architecture 2: a system check fails on a model with a label that did not register."""
    left = {model: p for model, p in protection._registry.items() if model is not Record}
    monkeypatch.setattr(protection, "_registry", left)
    assert [error.id for error in checks.labels_are_protected(None)] == ["jingui.E101"]
    with pytest.raises(Unprotected):
        protection.protection_of(Record)


def test_a_model_with_grants_but_without_their_permissions_is_found(monkeypatch):
    """PE-03: otherwise a grant could be given that nothing evaluates."""
    monkeypatch.setattr(Record._meta, "permissions", Record._meta.permissions[1:])
    assert [error.id for error in checks.grants_are_declared(None)] == ["jingui.E102"]


def test_a_view_without_an_action_is_found(settings):
    """Architecture 6.4: at run time it answers 404; the check says which it is."""
    settings.ROOT_URLCONF = "tests.authorization.views"
    found = checks.views_declare_actions(None)
    assert [error.id for error in found] == ["jingui.E104"]
    assert "t/undeclared/" in found[0].msg


def test_a_command_without_an_action_is_found(monkeypatch):
    """Architecture 6.4: commands declare their action like views."""

    class Bare(BaseCommand):
        pass

    monkeypatch.setattr(checks, "get_commands", lambda: {"bare": "vault.project", "migrate": "django.core"})
    monkeypatch.setattr(checks, "load_command_class", lambda app, name: Bare())
    assert [error.id for error in checks.commands_declare_actions(None)] == ["jingui.E105"]
    monkeypatch.setattr(checks, "load_command_class", lambda app, name: declares(Action.RUN_DOCTOR)(Bare)())
    assert checks.commands_declare_actions(None) == []


def test_views_of_every_kind_carry_their_declaration():
    """Functions, classes and what as_view() made; by method where they differ."""

    @requires(Action.DESCRIBE, unsafe=Action.CORRECT, body_limit=7)
    def function(request: object) -> HttpResponse:
        return HttpResponse()

    @requires(Action.HOME)
    class Page(View):
        pass

    found = declaration_of(path("x", function).callback)
    assert (found.action_for("HEAD"), found.action_for("PUT"), found.body_limit) == (
        Action.DESCRIBE,
        Action.CORRECT,
        7,
    )
    assert declaration_of(Page.as_view()).action_for("POST") is Action.HOME
    assert declaration_of(View.as_view()) is None
    with pytest.raises(UnknownAction):
        requires("holdings:record:burn")


def test_questions_that_nobody_answers_have_the_safe_answer():
    """Architecture 2: no request, no session, no terminal; nothing is ever past its floor."""
    from datetime import date
    from uuid import uuid4

    asked = providers.Asked(Context(account=None, instant=None), Action.CONSULT, Record, uuid4())
    unanswered = (
        providers.ObjectQuestion("anything?"),
        providers.LIVE_SESSION,  # answered, and nobody is anywhere
        providers.ON_HOLD,
        providers.TICKET_OPEN,
    )
    assert [question(asked) for question in unanswered] == [False] * 4
    assert providers.ContextQuestion("anywhere?")(asked.context) is False
    assert providers.FLOOR_DATE(ArchiveFile, uuid4()) == date.max
