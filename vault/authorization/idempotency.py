"""A request that makes something is made once, however often it is sent (Idempotency-Key).

Neither key nor body is kept: keyed digests of both, and a reference to what came of it, for a day.
"""

import hashlib
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from accounts import tokens
from accounts.models import ReplayedRequest
from accounts.token_rules import REPLAY_LIFE
from audit import clock
from vault.authorization.context import of_request
from vault.authorization.interface import InterfaceProblem

LONGEST_KEY = 255
REPLAYED = "Idempotency-Replayed"


def once(request: HttpRequest, make: Callable[[], str]) -> tuple[str, bool]:
    """What `make` returns, a reference to what it made, and whether that was made by an earlier sending.

    What `make` raises is forgotten, so that the request may be corrected and sent again. Raises InterfaceProblem for a
    key that came with another body, or whose first request is still at work.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return make(), False
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise InterfaceProblem("idempotency-key-refused")
    now = clock.now()
    ReplayedRequest.objects.filter(at__lt=now - REPLAY_LIFE).delete()
    account = of_request(request).subject.account_id
    asked = f"{account}\n{request.method}\n{request.path_info}\n{key}"
    body = hashlib.sha256(request.body).hexdigest()
    found = ReplayedRequest.objects.filter(key__in=list(tokens.candidates(asked, "key"))).first()
    if found is None:
        try:
            with transaction.atomic():
                found = ReplayedRequest.objects.create(
                    key=tokens.digest(asked, "key"), body=tokens.digest(body, "body"), at=now
                )
        except IntegrityError:
            raise InterfaceProblem("idempotency-in-progress", headers={"Retry-After": "5"}) from None
        return _made(found, make), False
    if found.body not in tokens.candidates(body, "body"):
        raise InterfaceProblem("idempotency-key-reused")
    if not found.made:
        raise InterfaceProblem("idempotency-in-progress", headers={"Retry-After": "5"})
    return found.made, True


def made_once(request: HttpRequest, response: HttpResponse, make: Callable[[], str]) -> str:
    """As `once`; the answer says by a header where it was made before."""
    made, replayed = once(request, make)
    if replayed:
        response[REPLAYED] = "true"
    return made


def _made(row: ReplayedRequest, make: Callable[[], str]) -> str:
    try:
        made = make()
    except Exception:
        ReplayedRequest.objects.filter(pk=row.pk).delete()
        raise
    ReplayedRequest.objects.filter(pk=row.pk).update(made=made)
    return made
