"""Training and the secrecy undertaking, without which only the notice page opens (rule book 5.5(4), 10.1; PE-09)."""

from datetime import date
from uuid import uuid4

from accounts import actions, selectors
from accounts.errors import BadDates, DutyMissing, UndertakingOutdated
from accounts.journal import NO_TRAIL, Trail, duty_rule
from accounts.models import Account, Person, Training, Undertaking
from accounts.rules import UNDERTAKING_VERSION, Duty
from accounts.services import authority


def record_training(
    *, actor: Account, person: Person, held_on: date, valid_until: date, trail: Trail = NO_TRAIL
) -> Training:
    """Note that a person was trained on a day, valid through another.

    By a security officer or a head of the person's unit or of one above it, never of oneself. Raises DutyMissing,
    SelfService, BadDates (not held yet, or over already), PersonLeft.
    """
    work = authority.acting(actor, trail)
    training = Training(
        id=uuid4(),
        person=person,
        held_on=held_on,
        valid_until=valid_until,
        recorded_by_id=work.facts.person_id,
    )
    facts = {"person": str(person.pk), "held_on": held_on.isoformat(), "valid_until": valid_until.isoformat()}
    rule = duty_rule(Duty.SECURITY_OFFICER) if work.facts.holds(Duty.SECURITY_OFFICER) else "head_of_unit"
    with work.change(actions.TRAINING_RECORD, training, rule=rule, sealed=facts, subject=str(person.pk)):
        authority.require_sound(work.facts)
        work.refuse_self(person)
        held = authority.locked(person, work.day)
        if not work.facts.holds(Duty.SECURITY_OFFICER) and not selectors.is_subordinate(
            held, work.account.person, work.at
        ):
            raise DutyMissing
        if held_on > work.day or valid_until < work.day:
            raise BadDates
        training.save(force_insert=True)
    return training


def sign_undertaking(*, actor: Account, version: int, trail: Trail = NO_TRAIL) -> Undertaking:
    """Sign the secrecy undertaking in force, for oneself; signing it again changes nothing.

    `version` is that of the text that was shown. Raises UndertakingOutdated, AccountUnusable.
    """
    work = authority.acting(actor, trail)
    undertaking = Undertaking(id=uuid4(), person_id=work.facts.person_id, version=version, signed_at=work.at)
    with work.change(actions.UNDERTAKING_SIGN, undertaking, rule="oneself", sealed={"version": version}):
        authority.require_usable(work.facts)
        if version != UNDERTAKING_VERSION:
            raise UndertakingOutdated
        authority.locked(actor.person, work.day)
        signed = Undertaking.objects.filter(person_id=work.facts.person_id, version=version).first()
        if signed is None:
            undertaking.save(force_insert=True)
        else:
            undertaking = signed
    return undertaking
