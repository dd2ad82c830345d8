"""Who acts, from where, why and when: made once per request, and the only place where a decision's facts are kept.

Nothing is cached on the account: a context lives as long as one request, so every change counts at the next (PE-08).
"""

import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest

from accounts.enrolment import Here
from accounts.models import Account
from accounts.requests import client_address, request_id, session_reference
from accounts.selectors import SubjectFacts
from accounts.token_rules import TokenScope
from audit import clock
from audit.events import Actor, Source
from vault.authorization.facts import NOBODY, Subject

_ATTRIBUTE = "jingui_context"


@dataclass(frozen=True, eq=False)
class Context:
    """One request's actor. `session` is a pseudonym, never the key that would continue the session.

    `purpose` is what the person states for acting, `correlation` joins the events of one business act,
    `request_id` those of one request. `terminal` is the number of the terminal whose machine showed its secret,
    `terminal_id` its id; `terminal_usable` says that nothing keeps it from use at this instant (RR-02). `instant` is
    aware UTC. `scopes` are those of the token that a program shows instead of a session, None for a person. `facts`
    are those that the session's own check of this request has read; without them they are read on first use.
    """

    account: Account | None
    instant: datetime
    session: str = ""
    address: str = ""
    terminal: str = ""
    terminal_id: uuid.UUID | None = None
    terminal_usable: bool = False
    purpose: str = ""
    correlation: str = ""
    request_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    scopes: frozenset[TokenScope] | None = None
    memory: dict[Any, Any] = field(default_factory=dict, repr=False)
    facts: SubjectFacts | None = field(default=None, repr=False)

    @cached_property
    def subject(self) -> Subject:
        """The facts about the person, read once. One query."""
        from vault.authorization.loading import subject_of

        if self.account is None:
            return NOBODY
        return replace(subject_of(self.account, self.instant, self.facts), scopes=self.scopes)

    @cached_property
    def actor(self) -> Actor:
        """The person as the log copies him."""
        if self.account is None:
            return Actor(id="anonymous", session=self.session)
        subject = self.subject
        return Actor(
            id=self.account.staff_no,
            duties=tuple(sorted(subject.duty_names)),
            unit=str(subject.home_unit_id or ""),
            session=self.session,
            account=str(subject.account_id),
            person=str(subject.person_id),
        )

    @cached_property
    def source(self) -> Source:
        """Where from; the log seals the address."""
        return Source(address=self.address, terminal=self.terminal)


def of_account(
    account: Account,
    *,
    purpose: str = "",
    address: str = "",
    correlation: str = "",
    here: Here | None = None,
) -> Context:
    """A context outside a request, for commands and tests that act as a person through the real path."""
    return Context(
        account=account,
        instant=clock.now(),
        purpose=purpose,
        address=address,
        correlation=correlation,
        **_place(here),
    )


def of_request(request: HttpRequest) -> Context:
    """The request's context, made on first use and kept with the request."""
    found = getattr(request, _ATTRIBUTE, None)
    if found is None:
        bearer = getattr(request, "bearer", None)
        found = Context(
            account=_account(request),
            scopes=None if bearer is None else bearer.scopes,
            instant=clock.now(),
            session=session_reference(request),
            address=client_address(request),
            purpose=request.headers.get("X-Jingui-Purpose", "")[:200],
            request_id=request_id(request),
            facts=getattr(request, "subject_facts", None),
            # A program is nowhere, whatever it shows besides (P-02).
            **_place(getattr(request, "terminal_here", None) if bearer is None else None),
        )
        setattr(request, _ATTRIBUTE, found)
    return found


def _place(here: Here | None) -> dict[str, Any]:
    if here is None:
        return {}
    return {"terminal": here.number, "terminal_id": here.terminal_id, "terminal_usable": here.usable}


def _account(request: HttpRequest) -> Account | None:
    user = getattr(request, "user", None)
    return user if isinstance(user, Account) else None
