"""The people, objects and bodies of the route table, made once; every request is undone after its answer."""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from http.cookies import SimpleCookie
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Account
from accounts.rules import Duty, UnitKind
from audit import clock, outbox
from audit.models import Event, Outbox
from tests.accounts.people import (
    make_account,
    make_appointment,
    make_clearance,
    make_fit,
    make_person,
    make_token,
    make_unit,
    sign_in_directly,
)
from tests.contracts import route_bodies_of_api_people as bodies_of_api_people
from tests.contracts import route_bodies_of_approvals as bodies_of_approvals
from tests.contracts import route_table, routes_things
from tests.contracts.route_bodies import BODIES, form
from tests.support.archive import Archive

ALIASES = ("default", "audit")
SAFE = {"GET", "HEAD", "OPTIONS"}
ALL_METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "BREW")

# Where a duty is held: the hall whose records are asked for, the company above it, or a department beside it.
PLACES = {
    **dict.fromkeys(route_table.DUTIES, "hall"),
    **dict.fromkeys(
        "archivist leader principal_leader classification_officer system_officer security_officer auditor".split(),
        "company",
    ),
    "department_head": "department",
}
CLEARED = {"classification_officer", "author", "cleared_listed", "cleared_unlisted", "superuser", "leader"}


@dataclass(frozen=True)
class Answer:
    """Everything of an answer that a client can see, but the cookies that change with every request."""

    status: int
    content: bytes
    headers: Mapping[str, str]
    # What the request left in the log, as (outcome, rule); no client sees it.
    events: frozenset[tuple[str, str]] = field(default=frozenset(), compare=False)

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")


@dataclass
class World:
    """Clients by persona; the values that an address takes, by object."""

    archive: Archive
    people: dict[str, Account] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    cookies: dict[str, SimpleCookie] = field(default_factory=dict)
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)  # what a persona's program shows
    nowhere: dict[tuple[str, str], "Answer"] = field(
        default_factory=dict
    )  # what an address answers that nobody made

    def address(self, route: str, thing: str) -> str:
        """The address of a route for an object. A parameter that no object has yet: add it to `_things`."""
        pattern = patterns()[route]
        values = self.objects[thing]
        return reverse(route, kwargs={name: values[name] for name in pattern.pattern.converters})

    def ask(
        self,
        persona: str,
        method: str,
        address: str,
        *,
        body: dict[str, Any] | None = None,
        prime: str = "",
        with_token: bool = True,
    ) -> Answer:
        """One request, undone afterwards, under /api/ with the persona's token; `prime` is opened before it."""
        client = self.clients[persona]
        client.cookies = SimpleCookie(self.cookies[persona].output(header="", sep=";"))
        with undone():
            if prime:
                client.get(prime)
            last = Event.objects.order_by("-id").values_list("id", flat=True)[0]
            waiting = Outbox.objects.aggregate(last=Max("id"))["last"] or 0
            asked = dict(body or {})
            if address.startswith("/api/") and persona in self.tokens and with_token:
                shown = {"Authorization": f"Bearer {self.tokens[persona]}"}
                asked["headers"] = {**shown, **asked.get("headers", {})}
            taken = _taken(client.generic(method, address, **asked))
            left = Event.objects.filter(id__gt=last).values_list("outcome", "rule")
            return replace(taken, events=frozenset(left) | _on_the_way(waiting))

    def body(self, route: str, thing: str, method: str) -> dict[str, Any]:
        """What is sent: the body that the route wants, or a little of anything."""
        if method in SAFE or method == "DELETE":
            return {}
        if route in bodies_of_approvals.ENTRIES:
            return form(bodies_of_approvals.ENTRIES[route](self, self.objects.get(thing, {})))
        made = (BODIES | bodies_of_api_people.BODIES | bodies_of_approvals.BY_PROGRAM).get(route)
        return made(self, self.objects.get(thing, {})) if made else form({})


def patterns() -> dict[str, URLPattern]:
    """Every route of the URLconf by its full name; one without a name goes by its address."""
    return dict(_patterns(get_resolver()))


def _patterns(
    resolver: URLResolver, namespace: str = "", prefix: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _patterns(pattern, inner, route)
        else:
            yield f"{namespace}{pattern.name}" if pattern.name else f"unnamed: {route}", pattern


@contextmanager
def undone() -> Iterator[None]:
    """Nothing of what happens inside stays in either database."""
    with ExitStack() as stack:
        for alias in ALIASES:
            block = transaction.atomic(using=alias)
            # As a test case's own: the log refuses to write inside anybody else's transaction.
            block._from_testcase = True
            stack.enter_context(block)
        try:
            yield
        finally:
            for alias in ALIASES:
                transaction.set_rollback(True, using=alias)


def _on_the_way(after: int) -> frozenset[tuple[str, str]]:
    """How changes ended, which the log is still to be told; the interface writes a service's codes with hyphens."""
    told = [json.loads(row.payload) for row in Outbox.objects.filter(id__gt=after, consumer=outbox.AUDIT)]
    return frozenset((one["outcome"], one["reason"]["rule"].replace("_", "-")) for one in told)


def _taken(answer: HttpResponseBase) -> Answer:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = {name: value for name, value in answer.headers.items() if name != "Set-Cookie"}
    return Answer(answer.status_code, content, headers)


# People


def build(archive: Archive) -> World:
    """Everything the table speaks of."""
    archive.sit()
    world = World(archive)
    department = make_unit(UnitKind.DEPARTMENT, archive.company, name="企业管理部")
    places = {"hall": archive.hall, "company": archive.company, "department": department}
    for name in route_table.DUTIES:
        world.people[name] = _person(archive, name, places[PLACES[name]], Duty(name))
    for name in route_table.OTHERS:
        if name == "anonymous":
            continue
        unit = archive.other_hall if name in {"outsider", "grantee"} else archive.hall
        duty = None if name == "superuser" else Duty.DUTY_CLERK
        world.people[name] = _person(archive, name, unit, duty)
    _make_different(world)
    for name, account in world.people.items():
        world.clients[name] = sign_in_directly(
            archive.seat.take(Client(REMOTE_ADDR="127.0.0.1")), account, proved=name != "unproved"
        )
    world.clients["anonymous"] = archive.seat.take(Client(REMOTE_ADDR="127.0.0.1"))
    for name, client in world.clients.items():
        world.cookies[name] = SimpleCookie(client.cookies.output(header="", sep=";"))
        if name != "anonymous":
            world.tokens[name] = make_token(world.people[name])
    routes_things.make(world)
    suspended = world.people["suspended"]
    suspended.suspended_at = clock.now()
    suspended.save()
    return world


def _person(archive: Archive, name: str, unit: Any, duty: Duty | None) -> Account:
    person = make_person(unit, name=name)
    if name != "untrained":
        make_fit(person)
    if duty is not None:
        make_appointment(person, duty, unit)
    levels = {"state_level": 3, "enterprise_level": 2} if name in CLEARED else {"state_level": 0}
    make_clearance(person, archive.security.person, restricted=1, **levels)
    return make_account(person, must_change_password=name == "newcomer", is_superuser=name == "superuser")


def _make_different(world: World) -> None:
    make_appointment(world.people["conflicted"].person, Duty.AUDITOR, world.archive.company)
