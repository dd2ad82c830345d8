"""Invariant 4: every address, asked by everybody, gives exactly what the hand-written table says; 404 by default."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType

import pytest
from django.http import HttpResponse
from django.urls import clear_url_caches, path, reverse, set_urlconf

from accounts.rules import Duty
from tests.contracts import route_table, routes_world
from tests.contracts.routes_world import ALL_METHODS, SAFE, Answer, World, patterns, undone
from tests.support.archive import Archive
from vault.holdings import custody
from vault.project import urls as real

CODE = re.compile(r'(?:<div class="rule">[^<]*?|"code": ")([a-z]+(?:-[a-z]+)+)')
PERSONAS = (*route_table.DUTIES, *route_table.OTHERS)
# Wrong methods are answered before any object, so these few stand for everybody.
ASKERS = ("anonymous", "author", "auditor", "superuser", "suspended", "conflicted")


@dataclass(frozen=True)
class Row:
    """One line of the table: the answer each persona gets, by persona; and who is kept out before the view."""

    route: str
    method: str
    thing: str
    is_empty: bool
    door: str
    answers: dict[str, str]
    barred: frozenset[str]


def members(names: str) -> Iterator[str]:
    for name in names.replace(",", " ").split():
        if name in route_table.GROUPS:
            yield from members(route_table.GROUPS[name])
        else:
            assert name in PERSONAS, f"nobody is called {name!r} in the table"
            yield name


def parse(line: str) -> Iterator[Row]:
    route, methods, thing, *rest = line.split()
    for method in methods.split(","):
        yield _parse(line, route, method, thing, rest[:])


def _parse(line: str, route: str, method: str, thing: str, rest: list[str]) -> Row:
    door = rest.pop()[1:] if rest and rest[-1].startswith("@") else "usual"
    is_empty, method = method.endswith("?"), method.rstrip("?")
    stated: dict[str, str] = {}
    for answer, _, who in (part.rpartition("=") for part in rest):
        for name in members(who):
            assert stated.setdefault(name, answer) == answer, f"{name} has two answers in: {line}"
    kept_out = route_table.DOORS[door, kind(method)]
    answers = {name: stated.get(name) or kept_out.get(name, "404") for name in PERSONAS}
    return Row(route, method, thing, is_empty, door, answers, frozenset(kept_out) - set(stated))


def kind(method: str) -> str:
    return "safe" if method in SAFE else "unsafe"


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def declared_methods() -> dict[str, set[str]]:
    return {
        route: set(methods) - {"+duty"}
        for route, *methods in (line.split() for line in lines(route_table.METHODS))
    }


ROWS = [row for line in lines(route_table.ROWS) for row in parse(line)]
ASK_FOR_DUTY = {line.split()[0] for line in lines(route_table.METHODS) if line.endswith("+duty")}


def matches(expected: str, answer: Answer) -> bool:
    """Whether an answer is the expected one: status, the code of a refusal, where a redirect leads."""
    status, _, detail = expected.partition(":")
    if answer.status != int(status):
        return False
    if detail == "":
        return True
    if status == "302":
        return (
            answer.headers["Location"].startswith(detail)
            if detail != "/"
            else answer.headers["Location"] == "/"
        )
    return CODE.findall(answer.text) == [detail]


def seen(answer: Answer) -> str:
    if answer.status == 302:
        return f"302:{answer.headers['Location']}"
    return f"403:{','.join(CODE.findall(answer.text))}" if answer.status == 403 else str(answer.status)


def is_untold(row: Row, expected: str, answer: Answer) -> bool:
    """Whether an answer that belongs into the log is not there (AU-01)."""
    status, _, code = expected.partition(":")
    if status == "403":
        return ("denied", code) not in answer.events
    is_about_something = row.thing not in {"-", "offered"}
    return is_about_something and status in {"200", "201", "404"} and not answer.events


@pytest.fixture(scope="module")
def _built(migrated_databases, django_db_blocker) -> Iterator[World]:
    """The world, made once for all routes and gone afterwards."""
    from datetime import date, timedelta

    from django.test import override_settings

    from vault.project.environment import StateContent

    hasher = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    attested = StateContent("attested", "演练", "0001", date(2099, 1, 1))
    with (
        # Everybody signs in once, and what a request marks is undone: on a busy machine the walk outlasts the idle time.
        override_settings(PASSWORD_HASHERS=hasher, JINGUI_STATE_CONTENT=attested, JINGUI_IDLE_MINUTES=600),
        pytest.MonkeyPatch.context() as patch,
        django_db_blocker.unblock(),
        undone(),
    ):
        # The proof at that sign-in likewise; that it grows old has its own tests (AD-05).
        patch.setattr("accounts.rules.PROOF_LASTS", timedelta(hours=10))
        # Who gets a page, not what is on it: the body is read and decrypted, and drawing it has its own tests.
        patch.setattr(custody, "draw_page", lambda chunks, **_: b"\x89PNG" + bytes(len(b"".join(chunks)) > 0))
        yield routes_world.build(Archive())


@pytest.fixture
def world(_built: World, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock():
        yield _built


# The table and the URLconf are of one another


def strangers() -> tuple[set[str], set[str]]:
    """Routes of the URLconf without a row, and rows of no route."""
    there, written = set(patterns()), set(declared_methods())
    return there - written, written - there


def test_every_route_has_its_row_and_every_row_its_route() -> None:
    """Invariant 4: a route missing from the table fails, and so does a row of a route that is gone."""
    assert strangers() == (set(), set())
    rows = {(row.route, row.method) for row in ROWS}
    named = {(route, method) for route, methods in declared_methods().items() for method in methods}
    assert rows == named


def test_a_planted_route_and_a_forgotten_row_are_noticed(settings) -> None:
    """The test of the test: with a name, without one, and one taken away."""
    planted = ModuleType("planted")
    planted.urlpatterns = [
        *(entry for entry in real.urlpatterns if getattr(entry, "name", "") != "health"),
        path("back-door/", lambda request: HttpResponse("come in"), name="back_door"),
        path("cat-flap/", lambda request: HttpResponse("come in")),
    ]
    settings.ROOT_URLCONF = planted
    clear_url_caches()
    set_urlconf(None)
    assert strangers() == ({"back_door", "unnamed: cat-flap/"}, {"health"})


def test_the_table_knows_every_duty_and_its_groups_are_whole() -> None:
    """A new duty that the table forgets would be walked by nobody."""
    assert set(route_table.DUTIES) == {duty.value for duty in Duty}
    assert set(members("everybody")) == set(PERSONAS)
    assert len(ROWS) == len({(row.route, row.method, row.thing, row.is_empty) for row in ROWS})


def test_an_address_that_nobody_made_is_absent(world: World) -> None:
    """404 by default; to whoever is not signed in the same as to everybody, for there is nothing to hide."""
    for persona in set(ASKERS) - {"suspended"}:
        assert world.ask(persona, "GET", "/nowhere/").status == 404
    assert world.ask("suspended", "GET", "/nowhere/").status == 302


# The walk


@pytest.mark.parametrize("route", sorted(declared_methods()))
def test_everybody_gets_exactly_the_answer_of_the_table(world: World, route: str) -> None:
    """Invariant 4, PE-03, PE-04, PE-05, PE-09, PE-10, AU-01, AU-04: every persona, method and object of one route.

    A 404 is the same answer, byte for byte, as that of an address which nobody ever made. Each refusal is in the log
    with its rule, and so is each look at an object, found or not.
    """
    wrong = []
    for row in (row for row in ROWS if row.route == route):
        address = world.address(route, row.thing)
        body = routes_world.form({}) if row.is_empty else world.body(route, row.thing, row.method)
        prime = reverse("mfa_activate_totp") if row.thing == "offered" else ""
        for persona, expected in row.answers.items():
            answer = world.ask(persona, row.method, address, body=body, prime=prime)
            if not matches(expected, answer):
                wrong.append(f"{row.method} {row.thing} {persona}: expected {expected}, got {seen(answer)}")
            if is_untold(row, expected, answer):
                wrong.append(f"{row.method} {row.thing} {persona}: {expected} and nothing of it in the log")
            if answer.status == 404:
                area = "/api/v1/nowhere" if address.startswith("/api/") else "/nowhere/"
                if (persona, area) not in world.nowhere:
                    world.nowhere[persona, area] = world.ask(persona, "GET", area)
                nowhere = world.nowhere[persona, area]
                if nowhere.status == 404 and answer != nowhere:
                    wrong.append(f"{row.method} {row.thing} {persona}: a 404 unlike the one of no address")
    assert not wrong, "\n".join([f"{len(wrong)} answers of {route} differ:", *wrong])


@pytest.mark.parametrize("route", sorted(declared_methods()))
def test_a_method_that_the_table_does_not_name_is_refused(world: World, route: str) -> None:
    """HEAD goes with GET; anything else is 405 to whoever gets past the door, and never does a thing."""
    methods = declared_methods()[route]
    rows = {row.method: row for row in reversed(ROWS) if row.route == route and not row.is_empty}
    of_route = [row for row in ROWS if row.route == route and not row.is_empty]
    first = of_route[0]
    # Looking and changing may be different duties' at the door; each is asked by the first row of its kind.
    by_kind = {kind(row.method): row for row in reversed(of_route)}
    address = world.address(route, first.thing)
    wrong = []
    unnamed = [method for method in ALL_METHODS if method not in methods]
    whole = next((method for method in unnamed if method not in SAFE), None)
    for method in unnamed:
        expected = {
            persona: rows["GET"].answers[persona].partition(":")[0]
            if method == "HEAD" and "GET" in methods
            else _refusal(route, by_kind.get(kind(method), first), persona, method)
            for persona in ASKERS
        }
        # Everybody tries one method; the others one person of each answer, for the door knows no methods of a kind.
        askers = (
            ASKERS if whole in {method, None} else {answer: one for one, answer in expected.items()}.values()
        )
        body = {} if method in SAFE else {"data": b"{}", "content_type": "application/json"}
        for persona in askers:
            answer = world.ask(persona, method, address, body=body)
            told = expected[persona].partition(":")[0] if method == "HEAD" else expected[persona]
            if not matches(told, answer) or (method == "HEAD" and answer.content):
                wrong.append(f"{method} {persona}: expected {expected[persona]}, got {seen(answer)}")
    assert not wrong, "\n".join([f"{len(wrong)} answers of {route} differ:", *wrong])


def _refusal(route: str, row: Row, persona: str, method: str) -> str:
    """What a method that is not named gets: the door's answer, or 405 behind it."""
    if route in ASK_FOR_DUTY and row.answers[persona].startswith("403:"):
        return row.answers[persona]
    return route_table.DOORS[row.door, kind(method)][persona] if persona in row.barred else "405"


# Each way to change something, with somebody who may.
CHANGES = [
    (row, next(name for name in PERSONAS if name != "anonymous" and row.answers[name] == done))
    for row in ROWS
    for done in ("200", "201", "302:/records/", "302:/calendar/", "302:/incidents/", "302:/")
    if row.method not in SAFE
    and not row.is_empty
    and not row.route.startswith(("account_login", "mfa_authenticate"))
    if done in {answer for name, answer in row.answers.items() if name != "anonymous"}
]


@pytest.mark.parametrize(
    ("row", "persona"), CHANGES, ids=[f"{row.method} {row.route} {row.thing}" for row, _ in CHANGES]
)
def test_nothing_is_changed_from_another_site(world: World, row: Row, persona: str) -> None:
    """Whoever may change something needs his session's own token for it as well."""
    client = world.clients[persona]
    client.handler.enforce_csrf_checks = True
    try:
        address, body = world.address(row.route, row.thing), world.body(row.route, row.thing, row.method)
        answer = world.ask(persona, row.method, address, body=body, with_token=False)
    finally:
        client.handler.enforce_csrf_checks = False
    # Under /api/ another site has nothing to send: the browser's session is no token.
    is_api = address.startswith("/api/")
    assert (answer.status, CODE.findall(answer.text)) == ((401, ["token-needed"]) if is_api else (403, []))
