"""The life of a copy: the whole table, when a request may close, what is overdue."""

from datetime import date
from itertools import product

import pytest

from vault.approvals import reproduction_rules as rules
from vault.approvals.reproduction_rules import CopyEvent, CopyPart, CopyState
from vault.approvals.rules import RequestState

OUT = ("produced", "issued", "transfer_asked", "transfer_allowed")
# Written by hand from requirements 7.3: state, event, part → next. All else is refused.
ALLOWED = {
    ("produced", "receive", "holder"): "issued",
    ("produced", "hand_over", "keeper"): "issued",
    ("issued", "ask_transfer", "holder"): "transfer_asked",
    ("transfer_asked", "allow_transfer", "approver"): "transfer_allowed",
    ("transfer_asked", "refuse_transfer", "approver"): "issued",
    ("transfer_asked", "drop_transfer", "holder"): "issued",
    ("transfer_allowed", "drop_transfer", "holder"): "issued",
    ("transfer_allowed", "receive", "successor"): "issued",
    ("transfer_allowed", "hand_over", "keeper"): "issued",
    **{(state, "give_back", "keeper"): "returned" for state in OUT},
    ("returned", "file", "keeper"): "filed",
    ("returned", "propose_destruction", "keeper"): "destruction_proposed",
    ("destruction_proposed", "destroy", "second"): "destroyed",
    ("destruction_proposed", "keep", "keeper"): "returned",
    **{(state, "lose", part): "lost" for state in OUT for part in ("holder", "keeper", "checker")},
    **{
        (state, "lose", part): "lost"
        for state in ("returned", "destruction_proposed")
        for part in ("keeper", "checker")
    },
    ("lost", "find", "keeper"): "returned",
}
# Steps that spread a copy further end when its request was recalled; all that bring it home go on.
SPREADING = {"receive", "hand_over", "ask_transfer", "allow_transfer"}


@pytest.mark.parametrize("request_state", RequestState)
def test_every_state_event_and_part_of_a_copy_is_as_it_was_agreed(request_state: RequestState) -> None:
    """RQ-07: the full product; what is not in the table leads nowhere."""
    for state, event, part in product(CopyState, CopyEvent, CopyPart):
        expected = ALLOWED.get((state.value, event.value, part.value))
        stopped = event.value in SPREADING and request_state is not RequestState.PRODUCED
        open_here = event in rules.copy_steps(state, frozenset({part}), request_state)
        assert open_here is (expected is not None and not stopped), (state, event, part)
        if expected is not None:
            assert rules.COPY_TRANSITIONS[state, event].next == expected


def test_nothing_comes_back_from_being_destroyed_or_filed() -> None:
    """RQ-08"""
    everybody = frozenset(CopyPart)
    for state in (CopyState.DESTROYED, CopyState.FILED):
        assert rules.copy_steps(state, everybody, RequestState.PRODUCED) == []


@pytest.mark.parametrize("closed", [True, False])
@pytest.mark.parametrize("state", CopyState)
def test_a_request_closes_only_over_copies_that_are_accounted_for(state: CopyState, closed: bool) -> None:
    """RQ-08: one outstanding copy holds it open; a lost one until its incident is closed."""
    home = state in {"returned", "destroyed", "filed"} or (state == "lost" and closed)
    assert rules.is_accounted(state, incident_closed=closed) is home
    assert rules.closable([(CopyState.DESTROYED, False), (state, closed)]) is home


@pytest.mark.parametrize(
    ("state", "request_state", "due", "late"),
    [
        ("issued", "produced", date(2026, 11, 27), False),
        ("issued", "produced", date(2026, 11, 26), True),
        ("transfer_allowed", "produced", date(2026, 11, 26), True),
        ("issued", "recalled", date(2026, 12, 24), True),
        ("returned", "recalled", date(2026, 11, 1), False),
        ("lost", "produced", date(2026, 11, 1), False),
    ],
)
def test_a_copy_is_overdue_after_its_days_or_once_recalled(
    state: str, request_state: str, due: date, late: bool
) -> None:
    found = rules.is_overdue(CopyState(state), RequestState(request_state), due, date(2026, 11, 27))
    assert found is late


@pytest.mark.parametrize(
    ("year", "month", "may"),
    [
        (2026, 11, False),
        (2026, 10, True),
        (2025, 11, True),
        (2025, 10, False),
        (2026, 13, False),
        (2026, 0, False),
        (0, 5, False),
        (9999, 12, False),
    ],
)
def test_a_month_is_reconciled_when_it_is_over(year: int, month: int, may: bool) -> None:
    assert rules.reconcilable(year, month, date(2026, 11, 27)) is may
    assert rules.reconcilable(2026, 11, date(2026, 11, 30))
