"""The register of terminals: the system officer's work (rule book 10.1(4)). It opens nothing by itself."""

from datetime import date
from uuid import uuid4

from django.db import IntegrityError, transaction

from accounts import actions
from accounts.enrolment_rules import EnrolmentEnd
from accounts.errors import (
    BadTerminalNumber,
    CertificateOver,
    ChangedMeanwhile,
    CheckAhead,
    CheckBehind,
    IntervalRefused,
    SameAsBefore,
    TerminalIncomplete,
    TerminalNumberTaken,
    TerminalReasonMissing,
)
from accounts.journal import NO_TRAIL, Trail
from accounts.models import Account, Terminal, TerminalCheck
from accounts.rules import Duty
from accounts.services import authority
from accounts.services.terminal_steps import RULE, end_codes, end_enrolment, keep, step_on
from accounts.terminal_rules import (
    LONGEST_INTERVAL,
    REASONED_STEPS,
    TERMINAL_STEPS,
    CheckResult,
    TerminalState,
    TerminalStep,
    is_number,
    normalise_number,
)

# What a step ends for the machine that is the terminal.
_ENDS = {
    TerminalStep.SUSPEND: EnrolmentEnd.SUSPENDED,
    TerminalStep.WITHDRAW: EnrolmentEnd.WITHDRAWN,
}


def register_terminal(
    *,
    actor: Account,
    number: str,
    room: str,
    equipment: str,
    certificate_no: str,
    certificate_until: date,
    check_every: int,
    trail: Trail = NO_TRAIL,
) -> Terminal:
    """Put a terminal on the register; its first technical check is due the same day.

    Raises DutyMissing, BadTerminalNumber, TerminalNumberTaken, TerminalIncomplete, IntervalRefused, CertificateOver.
    """
    work = authority.acting(actor, trail)
    terminal = Terminal(
        id=uuid4(),
        number=normalise_number(number),
        room=room.strip(),
        equipment=equipment.strip(),
        certificate_no=certificate_no.strip(),
        certificate_until=certificate_until,
        check_every=check_every,
        registered_by_id=work.facts.person_id,
        registered_at=work.at,
    )
    facts = {"number": terminal.number, "every": check_every, **_certificate(terminal)}
    with work.change(actions.TERMINAL_REGISTER, terminal, rule=RULE, sealed=facts):
        work.require(Duty.SYSTEM_OFFICER)
        if not is_number(terminal.number):
            raise BadTerminalNumber
        if not (terminal.room and terminal.equipment and terminal.certificate_no):
            raise TerminalIncomplete
        if not 1 <= check_every <= LONGEST_INTERVAL:
            raise IntervalRefused
        if certificate_until < work.day:
            raise CertificateOver
        if Terminal.objects.filter(number=terminal.number).exists():
            raise TerminalNumberTaken
        try:
            with transaction.atomic():
                terminal.save(force_insert=True)
        except IntegrityError as error:
            raise TerminalNumberTaken from error
    return terminal


def suspend_terminal(*, actor: Account, terminal: Terminal, reason: str, trail: Trail = NO_TRAIL) -> None:
    """Take a terminal out of use until it is reinstated and enrolled again.

    Raises DutyMissing, StepNotOpen, TerminalReasonMissing.
    """
    _move(authority.acting(actor, trail), terminal, TerminalStep.SUSPEND, reason)


def reinstate_terminal(*, actor: Account, terminal: Terminal, reason: str, trail: Trail = NO_TRAIL) -> None:
    """Put a suspended terminal back; a check or a certificate that is wanting still keeps it from use.

    Raises DutyMissing, StepNotOpen, TerminalReasonMissing.
    """
    _move(authority.acting(actor, trail), terminal, TerminalStep.REINSTATE, reason)


def withdraw_terminal(*, actor: Account, terminal: Terminal, reason: str, trail: Trail = NO_TRAIL) -> None:
    """Take a terminal off for good; its row and its checks stay.

    Raises DutyMissing, StepNotOpen, TerminalReasonMissing.
    """
    _move(authority.acting(actor, trail), terminal, TerminalStep.WITHDRAW, reason)


def renew_certificate(
    *,
    actor: Account,
    terminal: Terminal,
    certificate_no: str,
    certificate_until: date,
    trail: Trail = NO_TRAIL,
) -> None:
    """Put a new certificate in the place of the former, which stays among the changes.

    `terminal` is as the actor read it. Raises DutyMissing, StepNotOpen, TerminalIncomplete, CertificateOver,
    SameAsBefore, ChangedMeanwhile where another one was entered since.
    """
    work = authority.acting(actor, trail)
    named = certificate_no.strip()
    facts = {"certificate": named, "until": certificate_until.isoformat()}
    with step_on(work, terminal, TerminalStep.RENEW, facts) as held:
        if not named:
            raise TerminalIncomplete
        if certificate_until < work.day:
            raise CertificateOver
        former = (held.certificate_no, held.certificate_until)
        if former != (terminal.certificate_no, terminal.certificate_until):
            raise ChangedMeanwhile
        if former == (named, certificate_until):
            raise SameAsBefore
        keep(
            work,
            held,
            TerminalStep.RENEW,
            former_certificate_no=former[0],
            former_certificate_until=former[1],
        )
        held.certificate_no, held.certificate_until = named, certificate_until
        held.save(update_fields=["certificate_no", "certificate_until"])
        terminal.certificate_no, terminal.certificate_until = named, certificate_until


def record_check(
    *,
    actor: Account,
    terminal: Terminal,
    done_on: date,
    result: CheckResult,
    note: str = "",
    trail: Trail = NO_TRAIL,
) -> TerminalCheck:
    """Record a technical check; one that failed keeps the terminal from use at once, until one is passed.

    Raises DutyMissing, StepNotOpen, CheckAhead, CheckBehind, TerminalReasonMissing for a failed one without a note.
    """
    work = authority.acting(actor, trail)
    check = TerminalCheck(
        id=uuid4(),
        terminal=terminal,
        done_on=done_on,
        result=result,
        note=note.strip(),
        recorded_by_id=work.facts.person_id,
        recorded_at=work.at,
    )
    facts = {"check": str(check.pk), "done_on": done_on.isoformat(), "result": result.value}
    with step_on(work, terminal, TerminalStep.CHECK, facts) as held:
        if done_on > work.day:
            raise CheckAhead
        if held.checks.filter(done_on__gt=done_on).exists():
            raise CheckBehind
        if result is CheckResult.FAILED and not check.note:
            raise TerminalReasonMissing
        check.save(force_insert=True)
    return check


def _move(work: authority.Acting, terminal: Terminal, step: TerminalStep, reason: str) -> None:
    with step_on(work, terminal, step) as held:
        if step in REASONED_STEPS and not reason.strip():
            raise TerminalReasonMissing
        keep(work, held, step, reason=reason.strip())
        held.state = TERMINAL_STEPS[TerminalState(held.state), step]
        held.save(update_fields=["state"])
        terminal.state = held.state
        if step in _ENDS:
            end_codes(held, work.at)
            end_enrolment(held, _ENDS[step], work.at)


def _certificate(terminal: Terminal) -> dict[str, str]:
    return {"certificate": terminal.certificate_no, "until": terminal.certificate_until.isoformat()}
