"""What a request says about where it comes from."""

from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest

from accounts import enrolment_rules, marks, rules
from accounts.journal import Trail
from accounts.passkeys import Site
from audit import clock
from audit.events import Source

CERTIFICATE_HEADER = "X-Client-Certificate-SHA256"


def client_address(request: HttpRequest) -> str:
    """The peer's address; behind the trusted proxy, the last one in its X-Forwarded-For, which it added itself."""
    if settings.JINGUI_TRUST_PROXY:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        if forwarded:
            return str(forwarded)
    return str(request.META.get("REMOTE_ADDR", ""))


def client_certificate(request: HttpRequest) -> str:
    """The fingerprint of the client certificate that the proxy checked; empty where it did not come from that proxy.

    By itself it proves nothing: an enrolment asks for it besides its secret.
    """
    proxy = settings.JINGUI_CERTIFICATE_PROXY
    if not proxy or request.META.get("REMOTE_ADDR") != proxy:
        return ""
    given = enrolment_rules.normalise_fingerprint(request.headers.get(CERTIFICATE_HEADER, ""))
    return given if enrolment_rules.is_fingerprint(given) else ""


def terminal_number(request: HttpRequest) -> str:
    """The number of the terminal that showed its secret; empty elsewhere."""
    here = getattr(request, "terminal_here", None)
    return "" if here is None else str(here.number)


def session_reference(request: HttpRequest) -> str:
    """What events call this session, drawn at sign-in, or the token of a program; nobody can continue it by that
    name. Empty before.
    """
    bearer = getattr(request, "bearer", None)
    if bearer is not None:
        return str(bearer.reference)
    session = getattr(request, "session", None)
    return str(session.get(marks.REFERENCE, "")) if session is not None else ""


def request_id(request: HttpRequest) -> str:
    """What the events of one request have in common. Drawn here: what a client sends could hold anybody's data, or
    another request's name.
    """
    found: str | None = getattr(request, "jingui_request_id", None)
    if found is None:
        found = uuid4().hex
        request.jingui_request_id = found  # type: ignore[attr-defined]
    return found


def site(request: HttpRequest) -> Site:
    """Where the browser stands, by the host name that ALLOWED_HOSTS let through."""
    return Site(f"{request.scheme}://{request.get_host()}")


def is_fresh(request: HttpRequest) -> bool:
    """Whether this session's owner proved lately that it is he (`accounts.rules.PROOF_LASTS`)."""
    session = request.session
    return rules.is_fresh(
        now=int(clock.now().timestamp()),
        started=session.get(marks.STARTED, 0),
        proved_again=session.get(marks.PROVED_AGAIN, 0),
    )


def trail(request: HttpRequest) -> Trail:
    """Session, source and request id for the log."""
    return Trail(
        session=session_reference(request),
        source=Source(address=client_address(request), terminal=terminal_number(request)),
        req=request_id(request),
    )
