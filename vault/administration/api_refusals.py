"""The refusals of the services of `accounts` as problems: a status and a stable code for each."""

from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise

from accounts import errors
from accounts.errors import AccountsError
from accounts.models import Account
from accounts.requests import trail
from vault.authorization.interface import InterfaceProblem
from vault.authorization.problems import CODES, refusal_codes

# What an operation may meet. Values that no form can judge alone are 422, what stands in the way as things are 409.
STATUS: dict[type[AccountsError], HTTPStatus] = {
    **dict.fromkeys(
        (errors.AccountUnusable, errors.DutyMissing, errors.SelfService, errors.NotYourUnit),
        HTTPStatus.FORBIDDEN,
    ),
    **dict.fromkeys(
        (
            errors.AlreadyStruck,
            errors.CheckBehind,
            errors.GrantNotPending,
            errors.LastOfficer,
            errors.PersonLeft,
            errors.RosterTaken,
            errors.SameAsBefore,
            errors.StepNotOpen,
            errors.TerminalNumberTaken,
            errors.UnitClosed,
            errors.UnitCodeTaken,
            errors.UnitStands,
            errors.UnitsMisplaced,
        ),
        HTTPStatus.CONFLICT,
    ),
    **dict.fromkeys(
        (
            errors.BadDates,
            errors.BadTerminalNumber,
            errors.CertificateOver,
            errors.CheckAhead,
            errors.IntervalRefused,
            errors.NameMissing,
            errors.NotOfUnit,
            errors.RosterTooLong,
            errors.TerminalIncomplete,
            errors.TerminalReasonMissing,
        ),
        HTTPStatus.UNPROCESSABLE_ENTITY,
    ),
}


def do(request: HttpRequest, service: Callable[..., Any], **given: Any) -> Any:
    """A service as the token's owner; its refusals become problems of their own codes."""
    assert isinstance(request.user, Account)
    try:
        return service(actor=request.user, trail=trail(request), **given)
    except errors.ChangedMeanwhile:
        raise InterfaceProblem("version-changed") from None
    except errors.ExclusiveDuties as refusal:
        raise InterfaceProblem("duties-conflict", status=403, detail=str(refusal)) from refusal
    except AccountsError as refusal:
        status = STATUS.get(type(refusal), HTTPStatus.CONFLICT)
        raise InterfaceProblem(code_of(refusal), status=status, detail=str(refusal)) from refusal


def code_of(refusal: AccountsError | type[AccountsError]) -> str:
    """The code as the interface writes codes."""
    return refusal.code.replace("_", "-")


def told() -> Iterator[tuple[str, int, str | Promise]]:
    """Code, status and sentence of each that is not the interface's or the rule's own as well."""
    others = {*CODES, *refusal_codes()}
    for kind, status in sorted(STATUS.items(), key=lambda one: code_of(one[0])):
        if code_of(kind) not in others:
            # What stands in the way is listed behind the beginning of the sentence.
            yield code_of(kind), int(status), getattr(kind, "lead", kind.sentence)
