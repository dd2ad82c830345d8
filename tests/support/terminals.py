"""A terminal that is in order, and machines that are it: what tests of classified content sit at."""

from dataclasses import dataclass
from datetime import timedelta

from django.test import Client

from accounts import services
from accounts.enrolment import Here
from accounts.models import Account, Terminal
from accounts.terminal_middleware import cookie_name
from accounts.terminal_rules import CheckResult
from tests.accounts.people import today
from vault.authorization import providers
from vault.authorization.context import Context, of_request


@dataclass
class Seat:
    """An enrolled machine."""

    terminal: Terminal
    cookie: str

    def take(self, client: Client) -> Client:
        """Let this browser be on it."""
        client.cookies[cookie_name()] = self.cookie
        return client

    @property
    def here(self) -> Here:
        """The same for a context outside a request."""
        return Here(self.terminal.pk, self.terminal.number, self.terminal.room)


def register(system: Account, number: str = "SEAT-1", **changed: object) -> Terminal:
    """A terminal whose check was passed today."""
    given = {
        "room": "保密室一",
        "equipment": "国产终端一台",
        "certificate_no": "ZS-2026-1",
        "certificate_until": today() + timedelta(days=300),
        "check_every": 90,
    }
    terminal = services.register_terminal(actor=system, number=number, **given | changed)
    services.record_check(actor=system, terminal=terminal, done_on=today(), result=CheckResult.PASSED)
    return terminal


def enrol(system: Account, terminal: Terminal) -> Seat:
    """A machine made this terminal, as the two steps do it."""
    made = services.enrol(actor=system, code=services.issue_code(actor=system, terminal=terminal))
    return Seat(made.terminal, made.cookie)


def seated(system: Account, number: str = "SEAT-1", **changed: object) -> Seat:
    """A machine that is a usable terminal."""
    return enrol(system, register(system, number, **changed))


class Elsewhere(Client):
    """A browser in the building: plain HTTP is for loopback only."""

    def generic(self, *args: object, secure: bool = True, **kwargs: object):
        return super().generic(*args, secure=True, **kwargs)


class Machine:
    """A browser, and which terminal the system takes it for."""

    def __init__(self, seat: Seat | None = None, **sent: str) -> None:
        self.client = Elsewhere(REMOTE_ADDR="10.0.0.7", **sent)
        if seat is not None:
            seat.take(self.client)

    def context(self) -> Context:
        """What a request of it is; of a page that shows the bar to nobody."""
        return of_request(self.client.get("/sign-in/").wsgi_request)

    def is_terminal(self) -> bool:
        return providers.REGISTERED_TERMINAL(self.context())

    @property
    def cookie(self) -> str:
        return self.client.cookies[cookie_name()].value
