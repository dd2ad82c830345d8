"""The interface's description as a page, for people: addresses, scopes, headers, and what each code means."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.token_rules import SCOPE_NAMES
from vault.administration.api_refusals import told
from vault.approvals.api import MET
from vault.approvals.errors import ApprovalsError
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires
from vault.authorization.explanations import explain, in_one
from vault.authorization.problems import CODES, refusal_codes
from vault.holdings.errors import HoldingsError, PageRefusal
from vault.project.api import described


@require_safe
@requires(Action.READ_API)
def reference(request: HttpRequest) -> HttpResponse:
    """For anybody signed in; programs read /api/v1/openapi.json."""
    gate.authorize(of_request(request), Action.READ_API)
    return render(
        request,
        "project/api_reference.html",
        {
            "operations": list(_operations(described())),
            "scopes": [(scope.value, _(name)) for scope, name in SCOPE_NAMES.items()],
            "codes": list(_codes()),
        },
    )


def _operations(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield {
                "method": method.upper(),
                "path": path,
                "summary": operation["summary"],
                "about": operation.get("description", ""),
                "parameters": ", ".join(
                    f"{one['name']}{'*' if one.get('required') else ''}"
                    for one in operation.get("parameters", [])
                ),
                "answers": ", ".join(str(status) for status in operation["responses"]),
            }


def _codes() -> Iterator[tuple[str, int, str]]:
    """Every code with its status and its sentence: the interface's own, the rule's, the rooms'."""
    for code, kind in CODES.items():
        yield code, int(kind.status), str(kind.sentence)
    for code in refusal_codes():
        yield code, 403, in_one(explain(code))
    for error in room_errors():
        if error.code not in CODES:
            yield error.code, error.status, str(error.sentence)
    for code, status, sentence in told():
        yield code, status, str(sentence)


def room_errors() -> list[type[HoldingsError | ApprovalsError]]:
    """The refusals of the rooms' services that an operation may meet."""
    filing = [error for error in HoldingsError.__subclasses__() if error is not PageRefusal]
    return sorted([*filing, *MET], key=lambda error: error.code)
