"""Register cards for programs: records of paper whose body is not stored here (P-01); never of anything classified.

The list of records has the same address, so both are operations of one router: whoever puts the interface together
takes it from here.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Status

from accounts.models import Person
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires
from vault.authorization.idempotency import made_once
from vault.authorization.interface import ONCE, describe_problems
from vault.holdings import api_shapes as shapes
from vault.holdings import labels
from vault.holdings.api import do, fields_refused, router
from vault.holdings.api_intake import entries
from vault.holdings.forms import CardForm
from vault.holdings.services import filing
from vault.holdings.views.filing import said

__all__ = ["router"]


@router.post(
    "/records",
    response={201: shapes.CardShape, **describe_problems(409, 411, 413, 415, 422)},
    url_name="records",
    operation_id="make_card",
    summary="Make a register card",
    openapi_extra={"parameters": [ONCE]},
)
@requires(Action.DRAFT)
def make_card(request: HttpRequest, wanted: shapes.CardWanted, response: HttpResponse) -> Any:
    """Of paper that stays where it lies: a draft, or registered at once. Scope records:write."""
    viewer = of_request(request)
    levels = labels.CHOICES[wanted.label]
    if levels.is_classified:
        # Refused and recorded as such, before the form asks for what only classified records have.
        gate.authorize(viewer, Action.DRAFT, gate.Prospect(wanted.unit, levels))

    def make() -> str:
        filer = Person.objects.get(pk=viewer.subject.person_id)
        form = CardForm(entries(wanted), viewer=viewer, filer=filer)
        if not form.is_valid():
            raise fields_refused(form)
        made = do(filing.register_card, context=viewer, filing=said(form))
        if form.cleaned_data["register_now"]:
            made = do(filing.register, context=viewer, record_id=made.pk, version=made.version)
        return str(made.pk)

    return Status(201, {"id": made_once(request, response, make)})
