"""What officers do with somebody's account or training through a program: what asks for no fresh proof."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from accounts import services
from accounts.models import Account, Person
from vault.administration import api_shapes as shapes
from vault.administration.api_refusals import do
from vault.administration.api_shapes import AccountShape, Made
from vault.administration.api_shared import find, valid
from vault.administration.officer_forms import TrainingForm
from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires
from vault.authorization.idempotency import made_once
from vault.authorization.interface import ONCE, Said, Token, describe_problems

router = Router(tags=["people"], auth=Token())


class TrainingWanted(Said):
    """A training that was held, and the last day it is good for."""

    held_on: date
    valid_until: date


@router.post(
    "/people/{uuid:person_id}/trainings",
    response={201: Made, **describe_problems(409, 411, 413, 415, 422)},
    url_name="trainings",
    operation_id="record_training",
    summary="Record a training",
    openapi_extra={"parameters": [ONCE]},
)
@requires(Action.RECORD_TRAINING)
def record_training(
    request: HttpRequest, person_id: UUID, wanted: TrainingWanted, response: HttpResponse
) -> Any:
    """Never of oneself. For the security officer. Scope people:write."""
    found = find(of_request(request), Action.RECORD_TRAINING, Person.objects.all(), person_id)

    def make() -> str:
        form = valid(TrainingForm(wanted.model_dump()))
        made = do(request, services.record_training, person=found, **form.cleaned_data)
        return str(made.pk)

    return Status(201, {"id": made_once(request, response, make)})


@router.post(
    "/people/{uuid:person_id}/accounts/{uuid:account_id}/suspension",
    response={200: AccountShape, **describe_problems(409, 411, 413, 415)},
    url_name="account_suspension",
    operation_id="suspend_account",
    summary="Suspend an account",
)
@requires(Action.SUSPEND_ACCOUNT, bodiless=True)
def suspend(request: HttpRequest, person_id: UUID, account_id: UUID) -> dict[str, Any]:
    """It stops at its next request, its sessions and tokens end. Never of oneself. Takes no body; again, it changes
    nothing. For the system and the security officer; lifting it asks for a fresh proof. Scope people:write.
    """
    return _act(request, services.suspend, person_id, account_id)


@router.post(
    "/people/{uuid:person_id}/accounts/{uuid:account_id}/sign-out",
    response={200: AccountShape, **describe_problems(409, 411, 413, 415)},
    url_name="account_sign_out",
    operation_id="end_sessions",
    summary="Sign an account out everywhere",
)
@requires(Action.SUSPEND_ACCOUNT, bodiless=True)
def sign_out(request: HttpRequest, person_id: UUID, account_id: UUID) -> dict[str, Any]:
    """Its sessions and its tokens end; it may sign in again at once. Takes no body. For the system and the security
    officer. Scope people:write.
    """
    return _act(request, services.end_sessions, person_id, account_id)


def _act(
    request: HttpRequest, service: Callable[..., object], person_id: UUID, account_id: UUID
) -> dict[str, Any]:
    rows = Account.objects.select_related("person")
    found = find(of_request(request), Action.SUSPEND_ACCOUNT, rows, account_id, person_id=person_id)
    do(request, service, account=found)
    return shapes.account(found)
