"""What every step on a terminal has in common: who may, in which state, and what is kept of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import uuid4

from accounts import actions
from accounts.enrolment_rules import EnrolmentEnd
from accounts.errors import StepNotOpen
from accounts.journal import duty_rule
from accounts.models import Terminal, TerminalChange, TerminalCode, TerminalEnrolment
from accounts.rules import Duty
from accounts.services import authority
from accounts.terminal_rules import TERMINAL_STEPS, TerminalState, TerminalStep

RULE = duty_rule(Duty.SYSTEM_OFFICER)
_ACTIONS = {
    TerminalStep.SUSPEND: actions.TERMINAL_SUSPEND,
    TerminalStep.REINSTATE: actions.TERMINAL_REINSTATE,
    TerminalStep.WITHDRAW: actions.TERMINAL_WITHDRAW,
    TerminalStep.RENEW: actions.TERMINAL_RENEW,
    TerminalStep.CHECK: actions.TERMINAL_CHECK,
    TerminalStep.TAKE_BACK: actions.TERMINAL_TAKE_BACK,
}


@contextmanager
def step_on(
    work: authority.Acting, terminal: Terminal, step: TerminalStep, facts: dict[str, object] | None = None
) -> Iterator[Terminal]:
    """One journalled step of the system officer on the terminal's row, held until the transaction ends."""
    with work.change(_ACTIONS[step], terminal, rule=RULE, sealed=facts):
        work.require(Duty.SYSTEM_OFFICER)
        yield held_for(terminal, step)


def held_for(terminal: Terminal, step: TerminalStep) -> Terminal:
    """The terminal's row, held, in a state in which the step is open. Raises StepNotOpen."""
    held = Terminal.objects.select_for_update().get(pk=terminal.pk)
    # What was seen in another state is looked at again: two who act at once do not undo each other.
    if held.state != terminal.state or (TerminalState(held.state), step) not in TERMINAL_STEPS:
        raise StepNotOpen
    return held


def keep(work: authority.Acting, terminal: Terminal, step: TerminalStep, **more: object) -> None:
    """Put the step among the terminal's changes."""
    change = TerminalChange(
        id=uuid4(), terminal=terminal, step=step, by_id=work.facts.person_id, at=work.at, **more
    )
    change.save(force_insert=True)


def end_codes(terminal: Terminal, at: datetime) -> None:
    """A code that is out opens nothing any more."""
    TerminalCode.objects.filter(terminal=terminal, ended_at__isnull=True).update(ended_at=at)


def end_enrolment(terminal: Terminal, end: EnrolmentEnd, at: datetime) -> int:
    """The machine that is the terminal is none from the next request on; returns how many there were."""
    standing = TerminalEnrolment.objects.filter(terminal=terminal, ended_at__isnull=True)
    return standing.update(ended_at=at, end=end)
