"""What everybody does about his own account: his other sessions, passkeys, recovery codes, and mail or none."""

from accounts import actions, passkeys, second_factor, sessions
from accounts.errors import NotThere, SecondFactorMissing
from accounts.journal import NO_TRAIL, Trail
from accounts.models import Account, Person
from accounts.passkeys import Site
from accounts.rules import SessionEnd
from accounts.services import authority

_RULE = "oneself"


def end_session(*, actor: Account, reference: str, trail: Trail = NO_TRAIL) -> None:
    """Sign one of one's own sessions out, as from a browser left open elsewhere. Raises NotThere."""
    work = authority.acting(actor, trail)
    sealed = {"session": reference, "why": SessionEnd.ELSEWHERE.value}
    with work.change(actions.SESSION_END, actor, rule=_RULE, sealed=sealed, subject=str(actor.person_id)):
        authority.require_usable(work.facts)
        if not sessions.end(actor, reference):
            raise NotThere


def end_other_sessions(*, actor: Account, trail: Trail = NO_TRAIL) -> int:
    """Sign all of one's own sessions out but the one at work (`trail.session`); returns how many."""
    work = authority.acting(actor, trail)
    with work.change(actions.SESSIONS_END, actor, rule=_RULE, subject=str(actor.person_id)):
        authority.require_usable(work.facts)
        return sessions.end_all_but(actor, trail.session)


def add_passkey(
    *,
    actor: Account,
    site: Site,
    challenge: dict[str, object] | None,
    answer: str,
    name: str,
    trail: Trail = NO_TRAIL,
) -> None:
    """Keep a passkey that the browser made, beside the app.

    Raises SecondFactorMissing, PasskeyRefused, TooManyPasskeys.
    """
    work = authority.acting(actor, trail)
    sealed = {"name": name}
    with work.change(actions.PASSKEY_ADD, actor, rule=_RULE, sealed=sealed, subject=str(actor.person_id)):
        authority.require_usable(work.facts)
        if not second_factor.is_enrolled(actor):
            raise SecondFactorMissing
        passkeys.add(actor, site, challenge, answer, name=name)


def rename_passkey(*, actor: Account, passkey: int, name: str, trail: Trail = NO_TRAIL) -> None:
    """Call one of one's own passkeys something else. Raises NotThere."""
    work = authority.acting(actor, trail)
    sealed = {"passkey": passkey, "name": name}
    with work.change(actions.PASSKEY_RENAME, actor, rule=_RULE, sealed=sealed, subject=str(actor.person_id)):
        authority.require_usable(work.facts)
        if not passkeys.rename(actor, passkey, name):
            raise NotThere


def remove_passkey(*, actor: Account, passkey: int, trail: Trail = NO_TRAIL) -> None:
    """Forget one of one's own passkeys. Raises NotThere."""
    work = authority.acting(actor, trail)
    sealed = {"passkey": passkey}
    with work.change(actions.PASSKEY_REMOVE, actor, rule=_RULE, sealed=sealed, subject=str(actor.person_id)):
        authority.require_usable(work.facts)
        if not passkeys.remove(actor, passkey):
            raise NotThere


def renew_recovery_codes(*, actor: Account, trail: Trail = NO_TRAIL) -> None:
    """Make new recovery codes; the old ones are worthless from now on. Raises SecondFactorMissing."""
    work = authority.acting(actor, trail)
    with work.change(actions.RECOVERY_CODES_RENEW, actor, rule=_RULE, subject=str(actor.person_id)):
        authority.require_usable(work.facts)
        if not second_factor.is_enrolled(actor):
            raise SecondFactorMissing
        second_factor.renew_recovery_codes(actor)


def choose_mail(*, actor: Account, wanted: bool, trail: Trail = NO_TRAIL) -> None:
    """Have one's notices sent by mail too, or not; what is chosen twice stays so."""
    work = authority.acting(actor, trail)
    with work.change(
        actions.PERSON_CHOOSE_MAIL,
        actor.person,
        rule=_RULE,
        sealed={"mail": "on" if wanted else "off"},
        subject=str(actor.person_id),
    ):
        authority.require_usable(work.facts)
        Person.objects.filter(pk=actor.person_id).update(no_mail=not wanted)
