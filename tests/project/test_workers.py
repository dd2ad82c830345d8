"""How the suite itself is spread over its workers."""

import os

import pytest


@pytest.mark.skipif(not os.environ.get("PYTEST_XDIST_WORKER"), reason="one process has nothing to spread")
def test_what_shares_a_fixture_stays_on_one_worker(request: pytest.FixtureRequest) -> None:
    """Found on two: each demo had been made twice, and stories met each other's half-done work."""
    assert request.node._nodeid.endswith(f"@{request.node.path}")
