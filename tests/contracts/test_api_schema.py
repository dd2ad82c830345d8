"""What the interface's own description promises, asked of it: schemathesis sends what it allows and what it does not."""

from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from tests.accounts.people import make_token
from tests.support.archive import Archive, file
from vault.project.api import described
from vault.project.wsgi import application

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

# A body of the right shape may name a unit that is none, and an entity tag that is well written may be an old one: both
# are refused, and neither can be said in a description.
REFUSED_FOR_WHAT_IT_NAMES = ["2xx", "304", "400", "401", "403", "404", "409", "412", "413", "416", "422"]


@pytest.fixture
def filed(archive: Archive) -> Iterator[Archive]:
    """With one open record. A server closes its connections between requests; here they are the test's, and stay.

    Only after the filing: Django's own client connects what closes them again.
    """
    file(archive, archive.clerk, label="open", register_now="on")
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield archive
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


def loopback(environ, start_response):
    """The program's own server, as asked on this machine."""
    return application({"REMOTE_ADDR": "127.0.0.1", **environ}, start_response)


# Whose token opens what; to anybody else an address says 403, whatever is sent.
BY_TAG = {
    "clerk": {"interface", "records", "events", "requests"},
    "security": {"people"},
    "system": {"units", "terminals"},
    "director": {"grants", "roster"},
}


@pytest.mark.parametrize("who", BY_TAG)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda m: m.value)
def test_the_interface_does_what_it_says_and_nothing_that_it_does_not(
    filed: Archive, mode: GenerationMode, who: str
) -> None:
    """interface.md 4: status, type, headers and shape of every answer; nothing breaks on what is not allowed."""
    shown = {"Authorization": f"Bearer {make_token(getattr(filed, who))}"}
    config = schemathesis.Config.from_dict(
        {"checks": {"positive_data_acceptance": {"expected-statuses": REFUSED_FOR_WHAT_IT_NAMES}}}
    )
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", loopback, headers=shown, config=config)
    silent = set()
    for found in schema.get_all_operations():
        operation, count = found.ok(), 0
        if BY_TAG[who].isdisjoint(operation.definition.raw["tags"]):
            continue

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=4,
            derandomize=True,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        )
        def ask(case) -> None:
            nonlocal count
            count += 1
            case.call_and_validate(headers=shown)

        try:
            ask()
        except schemathesis.errors.SchemathesisError:
            # An address without anything that could be wrong has no wrong request.
            if mode is GenerationMode.POSITIVE:
                raise
        silent |= set() if count else {operation.label}
    assert mode is GenerationMode.NEGATIVE or silent == set()
    assert len(silent) <= 3


def test_every_operation_is_asked_by_somebody() -> None:
    tags = {tag for path in described()["paths"].values() for one in path.values() for tag in one["tags"]}
    assert tags == set().union(*BY_TAG.values())
