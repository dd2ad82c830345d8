"""RFC 9457 problem documents: what the programs' interface answers instead of a page.

Every code stands in CODES with its status, a title and what to do, and in docs/api.md. A refusal of the rule brings
its own code and sentence (`explanations`); a room's error brings its own as well.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vault.authorization.decision import Code

MEDIA_TYPE = "application/problem+json"
# Where the codes are explained; relative, so that it holds on every host.
DOCUMENTED_AT = "/account/tokens/reference/#"


@dataclass(frozen=True)
class Kind:
    """One cause: its status, and the sentence that says what to do."""

    status: HTTPStatus
    sentence: Promise


CODES: dict[str, Kind] = {
    "bad-request": Kind(
        HTTPStatus.BAD_REQUEST, _("The request cannot be read. Correct it and send it again.")
    ),
    "body-not-json": Kind(
        HTTPStatus.BAD_REQUEST,
        _(
            "The body is no JSON in UTF-8, names a key twice, holds a number that JSON has not, or is nested too deep."
        ),
    ),
    "token-in-address": Kind(
        HTTPStatus.BAD_REQUEST,
        _("A token never stands in an address. Revoke it, make another one and send that in the header."),
    ),
    "cursor-refused": Kind(
        HTTPStatus.BAD_REQUEST, _("This is no cursor of this list. Begin with its first page.")
    ),
    "token-needed": Kind(
        HTTPStatus.UNAUTHORIZED,
        _("Send a token that works: Authorization: Bearer jg_…, never in the address."),
    ),
    "forbidden": Kind(HTTPStatus.FORBIDDEN, _("This is not open to you now.")),
    "absent": Kind(HTTPStatus.NOT_FOUND, _("There is nothing at this address.")),
    "method-refused": Kind(
        HTTPStatus.METHOD_NOT_ALLOWED, _("This address does not take the method. See the Allow header.")
    ),
    "not-acceptable": Kind(
        HTTPStatus.NOT_ACCEPTABLE, _("The answer has another type than the Accept header takes.")
    ),
    "length-needed": Kind(HTTPStatus.LENGTH_REQUIRED, _("Say how long the body is: Content-Length.")),
    "idempotency-in-progress": Kind(
        HTTPStatus.CONFLICT,
        _(
            "A request with this Idempotency-Key is at work, or broke off. Send it again later; if it lasts, look "
            "whether it was made before you take a new key."
        ),
    ),
    "version-changed": Kind(
        HTTPStatus.PRECONDITION_FAILED,
        _("Somebody changed it since you read it. Read it again and send the change with its new ETag."),
    ),
    "body-too-large": Kind(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _("The body is larger than this address takes.")
    ),
    "media-type-refused": Kind(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE, _("The body has another type than this address takes.")
    ),
    "range-refused": Kind(
        HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, _("The range lies outside the file. See Content-Range.")
    ),
    "fields-refused": Kind(
        HTTPStatus.UNPROCESSABLE_ENTITY, _("Some values are missing or wrong; `errors` says which and why.")
    ),
    "idempotency-key-reused": Kind(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        _("This Idempotency-Key came with another body before. Take a new key for a new request."),
    ),
    "idempotency-key-refused": Kind(
        HTTPStatus.BAD_REQUEST, _("An Idempotency-Key has 1 to 255 printable ASCII characters.")
    ),
    "if-match-needed": Kind(
        HTTPStatus.PRECONDITION_REQUIRED,
        _("Send the ETag that you read as If-Match, so that nothing of others' work is overwritten."),
    ),
    "too-many-bad-tokens": Kind(
        HTTPStatus.TOO_MANY_REQUESTS,
        _("Too many tokens that open nothing came from your address. Wait as long as Retry-After says."),
    ),
    "failed": Kind(
        HTTPStatus.INTERNAL_SERVER_ERROR, _("Something went wrong here. Tell the system officer when it was.")
    ),
    "unavailable": Kind(
        HTTPStatus.SERVICE_UNAVAILABLE,
        _(
            "Nothing is released now: the log, a key or the store does not answer. Wait as long as Retry-After says."
        ),
    ),
    "storage-full": Kind(
        HTTPStatus.INSUFFICIENT_STORAGE, _("The store is full. Nothing was stored; tell the system officer.")
    ),
}

# What an answer without a code of its own means, by its status.
_BY_STATUS = {int(kind.status): code for code, kind in reversed(CODES.items())}
# Carried over from what another layer answered; everything else is the document's own.
KEPT = ("Retry-After", "Allow", "WWW-Authenticate", "Content-Range")


def problem(
    code: str,
    *,
    status: int | None = None,
    detail: str | Promise | None = None,
    errors: Sequence[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The document of a code. One that stands not in CODES, a refusal's for instance, brings status and detail."""
    kind = CODES.get(code)
    number = int(status if status is not None else kind.status if kind else HTTPStatus.FORBIDDEN)
    body: dict[str, Any] = {
        "type": f"{DOCUMENTED_AT}{code}",
        "title": HTTPStatus(number).phrase,
        "status": number,
        "code": code,
        "detail": str(detail if detail is not None else kind.sentence if kind else ""),
    }
    if errors:
        body["errors"] = list(errors)
    return HttpResponse(
        json.dumps(body, ensure_ascii=False),
        status=number,
        content_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def in_place_of(answer: HttpResponse) -> HttpResponse:
    """The document that stands for another layer's answer: a page, a redirect, a few bare words."""
    code = getattr(answer, "problem", None)
    if code is None:
        status = HTTPStatus.UNAUTHORIZED if answer.status_code in {301, 302} else answer.status_code
        code = _BY_STATUS.get(status) or ("failed" if status >= 500 else "bad-request")
    made = problem(code, detail=getattr(answer, "explained", None))
    for name in KEPT:
        if answer.has_header(name):
            made[name] = answer[name]
    if made.status_code == HTTPStatus.UNAUTHORIZED:
        made["WWW-Authenticate"] = "Bearer"
    return made


def refusal_codes() -> list[str]:
    """The codes of the rule's refusals that a token may meet."""
    named = [code for code in Code if code not in _NEVER_MET]
    return [str(code) for code in named]


# What an action rests on, and what the interface answers otherwise: 401 or 404.
_NEVER_MET = frozenset(
    {
        Code.NOT_SIGNED_IN,
        Code.PUBLIC,
        Code.ACCOUNT,
        Code.OPEN,
        Code.UNIT_SCOPE,
        Code.NEED_TO_KNOW,
        Code.GRANTED,
        Code.APPROVED,
        Code.DUTY,
        Code.SYSTEM,
        Code.ABSENT,
    }
)
