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
