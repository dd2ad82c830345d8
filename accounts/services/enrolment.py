"""Making a machine a terminal, and taking that back: a code given out here, typed there, once (RR-03)."""

from dataclasses import dataclass
from uuid import uuid4

from django.conf import settings

from accounts import actions, alarms, enrolment, journal, rooms
from accounts import enrolment_rules as rules
from accounts.enrolment_rules import EnrolmentEnd
from accounts.errors import (
    CertificateNotShown,
    CodeRefused,
    DutyMissing,
    FingerprintBad,
    NoCertificateProxy,
    NotEnrolled,
    TerminalReasonMissing,
)
from accounts.journal import NO_TRAIL, Trail, duty_rule
from accounts.models import Account, Terminal, TerminalChange, TerminalCode, TerminalEnrolment
from accounts.rules import Duty
from accounts.services import authority
from accounts.services.terminal_steps import RULE, end_codes, end_enrolment, held_for, keep, step_on
from accounts.terminal_rules import TerminalState, TerminalStep
from audit import clock
from audit.events import ObjectFacts, system_actor

ENROLS = (Duty.SYSTEM_OFFICER, Duty.ROOM_KEEPER)
COPIED_RULE = "secret-copied"


@dataclass(frozen=True)
class Enrolled:
    """The terminal, and the cookie that makes the machine it; it is shown to that machine alone."""

    terminal: Terminal
    cookie: str


def issue_code(*, actor: Account, terminal: Terminal, fingerprint: str = "", trail: Trail = NO_TRAIL) -> str:
    """A code that makes one machine this terminal, once, within half an hour; the one before it ends.

    `fingerprint`: of the client certificate that the machine must show from then on. Raises DutyMissing, StepNotOpen,
    FingerprintBad, NoCertificateProxy.
    """
    work = authority.acting(actor, trail)
    code, bound = rules.new_code(), rules.normalise_fingerprint(fingerprint)
    with work.change(actions.TERMINAL_CODE, terminal, rule=RULE, sealed={"fingerprint": bound}):
        work.require(Duty.SYSTEM_OFFICER)
        held = held_for(terminal, TerminalStep.ENROL)
        if bound and not rules.is_fingerprint(bound):
            raise FingerprintBad
        if bound and not settings.JINGUI_CERTIFICATE_PROXY:
            raise NoCertificateProxy
        end_codes(held, work.at)
        TerminalCode(
            id=uuid4(),
            terminal=held,
            digest=enrolment.code_digest(code),
            fingerprint=bound,
            issued_by_id=work.facts.person_id,
            issued_at=work.at,
            ends_at=work.at + rules.CODE_LASTS,
        ).save(force_insert=True)
    return code


def enrol(*, actor: Account, code: str, certificate: str = "", trail: Trail = NO_TRAIL) -> Enrolled:
    """Make the machine at which the code was typed the terminal; one that was it before is none any more.

    Raises DutyMissing, CodeRefused, StepNotOpen, CertificateNotShown.
    """
    work = authority.acting(actor, trail)
    found = enrolment.code_of(code, work.at)
    target = (
        journal.object_facts(found.terminal) if found is not None else ObjectFacts(type="terminal", id="")
    )
    duty = next((one for one in ENROLS if work.facts.holds(one)), Duty.ROOM_KEEPER)
    with work.change(actions.TERMINAL_ENROL, target, rule=duty_rule(duty)):
        work.require(*ENROLS)
        if found is None:
            raise CodeRefused
        held = held_for(found.terminal, TerminalStep.ENROL)
        _require_there(work, held)
        # Of two who type it at the same moment one is served.
        if not TerminalCode.objects.filter(pk=found.pk, ended_at__isnull=True).update(ended_at=work.at):
            raise CodeRefused
        if found.fingerprint and found.fingerprint != certificate:
            raise CertificateNotShown
        end_enrolment(held, EnrolmentEnd.REPLACED, work.at)
        secret = rules.new_secret()
        made = TerminalEnrolment(
            id=uuid4(),
            terminal=held,
            key_version=enrolment.key_version(),
            fingerprint=found.fingerprint,
            enrolled_by_id=work.facts.person_id,
            enrolled_at=work.at,
            changed_at=work.at,
            seen_on=work.day,
        )
        made.digest = enrolment.secret_digest(made, secret)
        made.save(force_insert=True)
        keep(work, held, TerminalStep.ENROL)
    return Enrolled(held, enrolment.cookie_of(made, secret, 0))


def _require_there(work: authority.Acting, terminal: Terminal) -> None:
    """A keeper enrols what stands in a room that he keeps, and what stands in none yet."""
    if work.facts.holds(Duty.SYSTEM_OFFICER):
        return
    room = rooms.room_of(terminal.pk)
    if room is not None and not rooms.is_keeper(work.facts.person_id, room, work.at):
        raise DutyMissing


def take_back(*, actor: Account, terminal: Terminal, reason: str, trail: Trail = NO_TRAIL) -> None:
    """Let no machine be this terminal until one is enrolled again.

    Raises DutyMissing, StepNotOpen, NotEnrolled, TerminalReasonMissing.
    """
    work = authority.acting(actor, trail)
    with step_on(work, terminal, TerminalStep.TAKE_BACK) as held:
        if not reason.strip():
            raise TerminalReasonMissing
        end_codes(held, work.at)
        if not end_enrolment(held, EnrolmentEnd.TAKEN_BACK, work.at):
            raise NotEnrolled
        keep(work, held, TerminalStep.TAKE_BACK, reason=reason.strip())


def suspend_copied(*, found: TerminalEnrolment, trail: Trail = NO_TRAIL) -> None:
    """A replaced word was shown: the secret is in two places, so the terminal is out of use at once.

    The system does it itself, once for an enrolment; whoever registered with `accounts.alarms` is told. Raises
    AuditUnavailable.
    """
    at = clock.now()
    target = journal.object_facts(found.terminal)
    with journal.change(
        actions.TERMINAL_SUSPEND,
        actor=system_actor("terminals"),
        target=target,
        rule=COPIED_RULE,
        trail=trail,
    ):
        held = Terminal.objects.select_for_update().get(pk=found.terminal_id)
        if not end_enrolment(held, EnrolmentEnd.COPIED, at):
            # Another request that showed it was first.
            raise NotEnrolled
        end_codes(held, at)
        if held.state == TerminalState.REGISTERED:
            TerminalChange(id=uuid4(), terminal=held, step=TerminalStep.SUSPEND, at=at).save(
                force_insert=True
            )
            held.state = TerminalState.SUSPENDED
            held.save(update_fields=["state"])
        alarms.tell(held)
