"""Absent and forbidden take the same time, over the whole way of a request (architecture.md section 3)."""

import statistics
import time
from collections.abc import Callable
from uuid import UUID

import pytest
from django.test import Client

from tests.support.archive import Archive, file
from vault.authorization import loading

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

PAIRS = 300
BOUND = 0.10
# A busy machine may spoil a measurement; a real difference spoils every one.
TRIES = 4
MISSING = UUID(int=404)


def difference(ask: Callable[[str], int], one: str, other: str) -> float:
    """How far the medians of interleaved requests lie apart, as a part of the larger."""
    spent: dict[str, list[float]] = {one: [], other: []}
    for number in range(PAIRS):
        for address in (one, other) if number % 2 else (other, one):
            started = time.perf_counter()
            status = ask(address)
            spent[address].append(time.perf_counter() - started)
            assert status == 404
    medians = [statistics.median(times) for times in spent.values()]
    return abs(medians[0] - medians[1]) / max(medians)


@pytest.fixture
def addresses(archive: Archive, attested: None) -> Callable[[str], tuple[str, str]]:
    """Two addresses of a kind: of a 机密 record that the colleague must not know of, and of none."""
    archive.clear(archive.clerk, state_level=2, enterprise_level=1, restricted=1)
    record = file(archive, archive.clerk, label="secret", register_now="on").record
    component = record.components.get()

    def of(kind: str) -> tuple[str, str]:
        return tuple(
            f"/records/{pk}/{kind.replace('COMPONENT', str(part))}"
            for pk, part in ((record.pk, component.pk), (MISSING, MISSING))
        )

    return of


@pytest.fixture
def colleague(archive: Archive) -> Client:
    return archive.client(archive.colleague)


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("method", "kind"), [("GET", ""), ("GET", "components/COMPONENT/pages/1.png"), ("POST", "register/")]
)
def test_a_forbidden_and_a_missing_object_are_one_timing_class(colleague, addresses, method, kind) -> None:
    """PE-05: medians of 300 interleaved request pairs within 10 %."""
    one, other = addresses(kind)
    found = []
    while len(found) < TRIES and not any(apart < BOUND for apart in found):
        found.append(difference(lambda address: _status(colleague, method, address), one, other))
    assert any(apart < BOUND for apart in found), found


def _status(client: Client, method: str, address: str) -> int:
    body = (
        {} if method == "GET" else {"data": b"version=1", "content_type": "application/x-www-form-urlencoded"}
    )
    return client.generic(method, address, **body).status_code


def test_a_short_cut_for_what_is_missing_is_noticed(colleague, addresses, monkeypatch) -> None:
    """The test of the test: a fifth of a request less for what is not there."""
    one, other = addresses("")
    started = time.perf_counter()
    for _ in range(20):
        colleague.get(one)
    fifth = (time.perf_counter() - started) / 20 / 5
    load = loading.load

    def slower_when_found(model, pk):
        found = load(model, pk)
        if found is not None:
            time.sleep(fifth)
        return found

    monkeypatch.setattr(loading, "load", slower_when_found)
    assert difference(lambda address: colleague.get(address).status_code, one, other) > BOUND
