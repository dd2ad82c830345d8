"""How the suite itself is spread over its workers."""

import pytest

from tests.support.spreading import Spreading

RAN: list[str] = []


@pytest.mark.parametrize("number", range(4))
def test_what_shares_a_fixture_stays_on_one_worker(request: pytest.FixtureRequest, number: int) -> None:
    """Found on two: each demo had been made twice, and stories met each other's half-done work."""
    here = [item.name for item in request.session.items if item.path == request.path]
    assert here[: len(RAN)] == RAN
    RAN.append(request.node.name)


def test_all_browser_stories_are_one_piece_of_work() -> None:
    pieces = Spreading._split_scope
    assert len({pieces(None, f"tests/browser/test_{name}.py::test_x[a/b.py::c]") for name in "ab"}) == 1  # type: ignore[arg-type]
    assert pieces(None, "tests/audit/test_a.py::test_x[@y]") == "tests/audit/test_a.py"  # type: ignore[arg-type]
