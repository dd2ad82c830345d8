"""Databases, clocks and an organisation for the tests of people and sign-in."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache

from audit import clock
from tests.support.databases import committed_databases, migrated_databases  # noqa: F401  fixtures

if TYPE_CHECKING:
    from django.test import Client

    from tests.accounts.people import Organisation


class MovableClock:
    """The one clock, under the test's hand."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def __call__(self) -> datetime:
        return self.instant

    def forward(self, **step: float) -> None:
        self.instant += timedelta(**step)


@pytest.fixture(autouse=True)
def _quick_passwords(settings: object, request: pytest.FixtureRequest) -> None:
    """Argon2 is the product's; most tests need only some hash."""
    if "real_passwords" not in request.fixturenames:
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def real_passwords() -> None:
    """Asks for the product's own hasher."""


@pytest.fixture
def at() -> Iterator[MovableClock]:
    movable = MovableClock(datetime(2026, 11, 2, 1, 0, 0, tzinfo=UTC))
    clock.set_clock(movable)
    yield movable
    clock.set_clock(None)


@pytest.fixture
def org() -> "Organisation":
    # Models are there only once Django is set up, which is after this file is read.
    from tests.accounts.people import Organisation

    return Organisation()


@pytest.fixture
def inside(client: "Client", org: "Organisation") -> "Client":
    """The clerk, signed in."""
    from tests.accounts.people import PASSWORD

    client.post("/sign-in/", {"login": org.clerk.staff_no, "password": PASSWORD})
    assert client.get("/").status_code == 200
    return client
