"""The tables of requests: who takes which step, who is asked, which days and numbers stand."""

from datetime import date, timedelta
from itertools import product

import pytest

from accounts.rules import Duty
from vault.approvals import rules
from vault.approvals.rules import Part, Regime, RequestEvent, RequestState
from vault.authorization.actions import Action
from vault.authorization.levels import Levels

READ, NOTE, MAKE = {"consult"}, {"excerpt", "quote"}, {"copy", "print"}
ANY = READ | NOTE | MAKE
UNRELEASED = ("urgent", "leader_released", "second_released")

# Written by hand from requirements 7.2 and 7.3: state, event, part → next, for which actions. All else is refused.
ALLOWED = {
    ("submitted", "check", "checker"): ("checked", ANY),
    ("submitted", "reject", "checker"): ("rejected", ANY),
    ("submitted", "withdraw", "requester"): ("withdrawn", ANY),
    ("submitted", "expire", "system"): ("expired", ANY),
    ("submitted", "revoke", "system"): ("revoked", ANY),
    ("checked", "approve", "approver"): ("approved", ANY),
    ("checked", "reject", "approver"): ("rejected", ANY),
    ("checked", "withdraw", "requester"): ("withdrawn", ANY),
    ("checked", "escalate", "system"): ("checked", ANY),
    ("checked", "expire", "system"): ("expired", ANY),
    ("checked", "revoke", "system"): ("revoked", ANY),
    ("leader_approved", "authorise", "checker"): ("approved", ANY),
    ("leader_approved", "reject", "checker"): ("rejected", ANY),
    ("leader_approved", "withdraw", "requester"): ("withdrawn", ANY),
    ("leader_approved", "expire", "system"): ("expired", ANY),
    # PE-17, P-10: the leader and a second person, in either order.
    ("urgent", "release", "approver"): ("leader_released", READ),
    ("urgent", "countersign", "second"): ("second_released", READ),
    ("leader_released", "countersign", "second"): ("approved", READ),
    ("second_released", "release", "approver"): ("approved", READ),
    **{(state, "reject", who): ("rejected", READ) for state in UNRELEASED for who in ("approver", "second")},
    **{(state, "withdraw", "requester"): ("withdrawn", ANY) for state in UNRELEASED},
    **{(state, "expire", "system"): ("expired", ANY) for state in UNRELEASED},
    **{(state, "revoke", "system"): ("revoked", READ) for state in UNRELEASED},
    **{("leader_approved", "revoke", who): ("revoked", ANY) for who in ("checker", "approver", "system")},
    ("approved", "expire", "system"): ("expired", ANY),
    **{("approved", "revoke", who): ("revoked", ANY) for who in ("checker", "approver", "system")},
    ("approved", "open", "keeper"): ("in_session", READ),
    **{("in_session", "leave", who): ("approved", READ) for who in ("keeper", "requester", "system")},
    **{("in_session", "revoke", who): ("revoked", READ) for who in ("checker", "approver", "system")},
    ("approved", "note", "requester"): ("approved", NOTE),
    ("approved", "produce", "producer"): ("produced", MAKE),
    ("produced", "produce", "producer"): ("produced", MAKE),
    **{("produced", "close", who): ("closed", MAKE) for who in ("producer", "system")},
    **{("recalled", "close", who): ("closed", MAKE) for who in ("producer", "system")},
    **{("produced", "revoke", who): ("recalled", MAKE) for who in ("checker", "approver", "system")},
}


@pytest.mark.parametrize("action", rules.REQUESTABLE, ids=lambda action: action.name.lower())
def test_every_state_event_and_part_is_as_it_was_agreed(action: Action) -> None:
    """RQ-01, PE-06: the full product; what is not in the table leads nowhere."""
    for state, event, part in product(RequestState, RequestEvent, Part):
        row = rules.TRANSITIONS.get((state, event))
        expected = ALLOWED.get((state.value, event.value, part.value))
        open_here = event in rules.steps(state, action, frozenset({part}))
        assert open_here is (expected is not None and action.name.lower() in expected[1]), (
            state,
            event,
            part,
        )
        if open_here:
            assert row is not None
            assert row.next.value == expected[0]


def test_what_is_over_leads_nowhere_and_silence_approves_nothing() -> None:
    """RQ-18: a system's step never ends in an approval, but by ending a session that ran on one."""
    assert not [state for state, _event in rules.TRANSITIONS if state in rules.FINAL]
    by_system = {event for (_s, event), row in rules.TRANSITIONS.items() if Part.SYSTEM in row.parts}
    assert RequestEvent.APPROVE not in by_system
    assert not {RequestEvent.AUTHORISE, RequestEvent.RELEASE, RequestEvent.COUNTERSIGN} & by_system
    approving = {
        (state, event)
        for (state, event), row in rules.TRANSITIONS.items()
        if row.next is RequestState.APPROVED
    }
    assert {event for _s, event in approving if event in by_system} == {RequestEvent.LEAVE}


@pytest.mark.parametrize(
    ("levels", "duty"),
    [
        (Levels(0, 0, 1), Duty.HALL_DIRECTOR),
        (Levels(0, 1, 1), Duty.DEPARTMENT_HEAD),
        (Levels(0, 2, 1), Duty.LEADER),
        (Levels(1, 0, 1), Duty.LEADER),
        (Levels(2, 0, 1), Duty.LEADER),
        (Levels(3, 0, 1), Duty.PRINCIPAL_LEADER),
        # Two regimes ask the stronger of both.
        (Levels(1, 1, 1), Duty.LEADER),
        (Levels(3, 2, 1), Duty.PRINCIPAL_LEADER),
    ],
)
def test_the_table_as_shipped_names_the_approver(levels: Levels, duty: Duty) -> None:
    """RQ-03, P-09: 内部 hall director, 普通商密 department head, 核心商密 秘密 机密 leader, 绝密 principal leader."""
    assert rules.required_duty(levels, rules.SHIPPED) is duty


def test_nothing_is_asked_for_what_is_open() -> None:
    """P-05: open is anybody's; internal asks for copies and prints; classified for each of the five."""
    assert rules.requestable(Levels()) == ()
    assert set(rules.requestable(Levels(0, 0, 1))) == {Action.COPY, Action.PRINT}
    assert set(rules.requestable(Levels(1, 0, 1))) == set(rules.REQUESTABLE)
    with pytest.raises(ValueError, match="empty"):
        rules.required_duty(Levels(), rules.SHIPPED)


@pytest.mark.parametrize("action", rules.REQUESTABLE, ids=lambda action: action.name.lower())
@pytest.mark.parametrize("level", [1, 2, 3])
def test_only_a_top_secret_needs_its_originator_and_not_for_reading(action: Action, level: int) -> None:
    """P-09, RQ-04: copies, prints, excerpts and quotes of 绝密."""
    needed = rules.needs_originator(action, Levels(level, 2, 1))
    assert needed is (level == 3 and action is not Action.CONSULT)
    reached = rules.after_approval(action, Levels(level, 2, 1), is_originator=False)
    assert reached is (RequestState.LEADER_APPROVED if needed else RequestState.APPROVED)
    assert rules.after_approval(action, Levels(3, 0, 1), is_originator=True) is RequestState.APPROVED


def test_the_principal_leader_keeps_the_top_secrets() -> None:
    """P-09: no row of the table gives them to a weaker post."""
    top = (Regime.STATE, 3)
    assert [duty for duty in rules.RANK if not rules.weakens(top, duty)] == [Duty.PRINCIPAL_LEADER]
    assert not any(rules.weakens((Regime.STATE, 2), duty) for duty in rules.RANK)


def test_silence_reaches_one_post_further_each_time() -> None:
    """RQ-18."""
    assert rules.competent(Duty.DEPARTMENT_HEAD, 0) == (Duty.DEPARTMENT_HEAD,)
    assert rules.competent(Duty.DEPARTMENT_HEAD, 1) == (Duty.DEPARTMENT_HEAD, Duty.LEADER)
    assert rules.highest_escalation(Duty.PRINCIPAL_LEADER) == 0
    assert rules.competent(Duty.LEADER, 9) == (Duty.LEADER, Duty.PRINCIPAL_LEADER)


DAY = date(2026, 11, 5)


@pytest.mark.parametrize(
    ("starts", "ends", "problem"),
    [
        (0, 0, None),
        (0, 29, None),
        (0, 30, "window-long"),
        (5, 4, "window-backwards"),
        (-9, -1, "window-past"),
        (-9, 0, None),
        (90, 95, None),
        (91, 95, "window-ahead"),
    ],
)
def test_a_window_is_bounded(starts: int, ends: int, problem: str | None) -> None:
    """RQ-02."""
    first, last = DAY + timedelta(days=starts), DAY + timedelta(days=ends)
    assert rules.window_problem(first, last, DAY) == problem


@pytest.mark.parametrize(("amount", "good"), [(0, False), (1, True), (20, True), (21, False), (-1, False)])
def test_uses_and_copies_are_bounded(amount: int, good: bool) -> None:
    """RQ-02."""
    assert (rules.amount_problem(amount) is None) is good


@pytest.mark.parametrize(
    ("starts", "ends", "problem"),
    [
        (0, 0, None),
        (0, 59, None),
        (0, 60, "delegation-long"),
        (1, 0, "delegation-backwards"),
        (-1, 3, "delegation-past"),
    ],
)
def test_a_delegation_is_bounded(starts: int, ends: int, problem: str | None) -> None:
    """PE-12."""
    assert rules.delegation_days(DAY + timedelta(days=starts), DAY + timedelta(days=ends), DAY) == problem
