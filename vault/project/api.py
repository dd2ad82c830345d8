"""The programs' interface, put together from the rooms' operations; version 1 under /api/v1/."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

import vault
from vault.administration.api import router as people
from vault.administration.api_accounts import router as accounts
from vault.administration.api_grants import router as grants
from vault.administration.api_roster import router as roster
from vault.administration.api_terminals import router as terminals
from vault.administration.api_units import router as units
from vault.approvals.api import router as requests
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires
from vault.authorization.interface import Interface, StrictParser, Token, describe_problems, handle_problems
from vault.holdings.api_cards import router as records
from vault.holdings.api_intake import router as uploads
from vault.oversight.api import router as events

PREFIX = "/api/v1/"
itself = Router(tags=["interface"], auth=Token())

_ABOUT = """Records, requests, people, units, terminals and events for programs, by the same rule and the same log as
the pages. Every request shows a token: `Authorization: Bearer jg_…`. Nothing classified goes through a token, in or
out: it is absent. Every error is a problem document (RFC 9457) with a stable `code`."""


@itself.get(
    "/openapi.json",
    response={200: dict[str, Any], **describe_problems()},
    url_name="openapi",
    operation_id="read_description",
    summary="This description",
)
@requires(Action.READ_API)
def description(request: HttpRequest) -> Any:
    """OpenAPI 3.1. Any scope."""
    gate.authorize(of_request(request), Action.READ_API)
    return described()


interface = Interface(
    title="Jingui",
    version=vault.__version__,
    description=_ABOUT,
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
    parser=StrictParser(),
)
for _router in (
    itself,
    records,
    uploads,
    requests,
    people,
    accounts,
    units,
    grants,
    terminals,
    roster,
    events,
):
    interface.add_router("", _router)
handle_problems(interface)


def described() -> Any:
    """The interface's description, as a program reads it."""
    return interface.get_openapi_schema(path_prefix=PREFIX)


urls = interface.urls
