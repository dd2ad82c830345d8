"""Suspending, reactivating and resetting what people sign in with. Each ends the account's sessions (PE-08).

The system officer resets passwords, the security officer resets second factors: neither alone can take over an
account that has both.
"""

from datetime import datetime

from django.db.models import F, Q

from accounts import actions, lockout, second_factor, tokens
from accounts.errors import NotSuspended, SecondPersonMissing
from accounts.journal import NO_TRAIL, Trail, duty_rule
from accounts.models import Account, Appointment, Clearance
from accounts.rules import ONE_TIME_PASSWORD_LASTS, PRIVILEGED_DUTIES, Duty, local_day
from accounts.services import authority, grants
from accounts.services.grants import Given
from accounts.services.people import one_time_password
from accounts.services.terms import PasswordTerms

_SYSTEM = duty_rule(Duty.SYSTEM_OFFICER)
_SECURITY = duty_rule(Duty.SECURITY_OFFICER)


def suspend(*, actor: Account, account: Account, trail: Trail = NO_TRAIL) -> None:
    """Stop an account at its next request. By the system or the security officer.

    Raises DutyMissing, SelfService, LastOfficer when it is the last usable one of an indispensable officer.
    """
    work = authority.acting(actor, trail)
    rule = _SECURITY if work.facts.holds(Duty.SECURITY_OFFICER) else _SYSTEM
    with work.change(actions.ACCOUNT_SUSPEND, account, rule=rule, subject=str(account.person_id)):
        work.require(Duty.SECURITY_OFFICER, Duty.SYSTEM_OFFICER)
        work.refuse_self(account.person)
        # All of the person's, so that two suspensions at once do not each count on the other's account.
        held = Account.objects.select_for_update(of=("self",)).select_related("person").order_by("pk")
        rows = {one.pk: one for one in held.filter(person=account.person_id)}
        row = rows.pop(account.pk)
        if not any(one.is_active and one.suspended_at is None for one in rows.values()):
            duties = Appointment.objects.filter(person=row.person).in_force(work.day)
            authority.refuse_leaving_none(
                row.person, {Duty(d.duty) for d in duties}, from_day=work.day, at=work.at
            )
        row.suspended_at = row.suspended_at or work.at
        _end_sessions(row, "suspended_at")
        account.suspended_at, account.session_epoch = row.suspended_at, row.session_epoch


def reactivate(*, actor: Account, account: Account, trail: Trail = NO_TRAIL) -> None:
    """Lift a suspension. By the security officer, never for oneself. Raises NotSuspended, DutyMissing, SelfService."""
    work = authority.acting(actor, trail)
    with work.change(actions.ACCOUNT_REACTIVATE, account, rule=_SECURITY, subject=str(account.person_id)):
        work.require(Duty.SECURITY_OFFICER)
        work.refuse_self(account.person)
        row = Account.objects.select_for_update().get(pk=account.pk)
        if row.suspended_at is None:
            raise NotSuspended
        row.suspended_at = None
        _end_sessions(row, "suspended_at")
        account.suspended_at, account.session_epoch = None, row.session_epoch


def reset_password(*, actor: Account, account: Account, trail: Trail = NO_TRAIL) -> str:
    """Replace a forgotten password by a one-time password, which is returned and kept nowhere.

    Where the password alone would open rights that it took two persons to give, `propose_password` and a second person
    come first. Raises DutyMissing, SelfService, SecondPersonMissing.
    """
    work = authority.acting(actor, trail)
    with work.change(actions.PASSWORD_RESET, account, rule=_SYSTEM, subject=str(account.person_id)):
        work.require(Duty.SYSTEM_OFFICER)
        work.refuse_self(account.person)
        row = (
            Account.objects.select_for_update(of=("self",)).select_related("person__unit").get(pk=account.pk)
        )
        if password_takes_second_person(row, work.at) and not grants.use_confirmed(
            work, row.person, PasswordTerms(row.pk), row.pk
        ):
            raise SecondPersonMissing
        first = one_time_password()
        row.set_password(first)
        row.must_change_password = True
        row.password_until = work.at + ONE_TIME_PASSWORD_LASTS
        _end_sessions(row, "password", "must_change_password", "password_until")
        account.refresh_from_db()
        return first


def propose_password(*, actor: Account, account: Account, reason: str, trail: Trail = NO_TRAIL) -> Given:
    """Propose a new one-time password where it alone would open the account; `reset_password` then makes it.

    Raises DutyMissing, SelfService, PersonLeft, ReasonMissing, AlreadyProposed.
    """
    return grants.give(
        actor=actor, person=account.person, terms=PasswordTerms(account.pk), reason=reason, trail=trail
    )


def password_takes_second_person(account: Account, at: datetime) -> bool:
    """Whether a password alone would open rights, now or later, that it took two persons to give (AD-03).

    A head is asked for no second factor, and confirms: whoever made his password alone would be both persons of a step.
    """
    if second_factor.is_enrolled(account):
        return False
    day = local_day(at)
    by_two = Q(is_head=True) | Q(duty__in=PRIVILEGED_DUTIES)
    return (
        Appointment.objects.filter(by_two, person=account.person_id).not_over(day).exists()
        or Clearance.objects.filter(person=account.person_id).not_over(day).exists()
    )


def end_sessions(*, actor: Account, account: Account, trail: Trail = NO_TRAIL) -> None:
    """Sign an account out everywhere at its next request; it may sign in again at once.

    By the system or the security officer. Raises DutyMissing.
    """
    work = authority.acting(actor, trail)
    rule = _SECURITY if work.facts.holds(Duty.SECURITY_OFFICER) else _SYSTEM
    with work.change(actions.SESSIONS_END, account, rule=rule, subject=str(account.person_id)):
        work.require(Duty.SECURITY_OFFICER, Duty.SYSTEM_OFFICER)
        row = Account.objects.select_for_update().get(pk=account.pk)
        _end_sessions(row)
        account.session_epoch = row.session_epoch


def change_password(*, actor: Account, password: str, trail: Trail = NO_TRAIL) -> None:
    """Set the account's own password, which was validated by the caller; other sessions of the account end, and so do
    its tokens: whoever knew the former password may have made one.
    """
    work = authority.acting(actor, trail)
    with work.change(actions.PASSWORD_CHANGE, actor, rule="oneself"):
        authority.require_usable(work.facts)
        # As at the making of a token: one that is made this moment ends too.
        held = Account.objects.select_for_update().get(pk=actor.pk)
        tokens.standing(held, work.at).update(revoked_at=work.at)
        actor.set_password(password)
        actor.must_change_password = False
        actor.password_until = None
        actor.save(update_fields=["password", "must_change_password", "password_until"])


def reset_second_factor(*, actor: Account, account: Account, trail: Trail = NO_TRAIL) -> None:
    """Remove a lost second factor and its recovery codes; where one is required it is set up anew at sign-in.

    A one-time password that was not used yet goes with it where it alone would open what two persons gave: the system
    officer made it alone, because there was a second factor. By the security officer, never for oneself. Raises
    DutyMissing, SelfService.
    """
    work = authority.acting(actor, trail)
    with work.change(actions.SECOND_FACTOR_RESET, account, rule=_SECURITY, subject=str(account.person_id)):
        work.require(Duty.SECURITY_OFFICER)
        work.refuse_self(account.person)
        row = Account.objects.select_for_update().get(pk=account.pk)
        was_enrolled = second_factor.is_enrolled(row)
        second_factor.remove(row)
        if was_enrolled and row.must_change_password and password_takes_second_person(row, work.at):
            row.set_unusable_password()
            row.password_until = work.at  # so that the officers' pages say that it is over
        _end_sessions(row, "password", "password_until")
        account.session_epoch = row.session_epoch


def lift_lockout(*, actor: Account, account: Account, trail: Trail = NO_TRAIL) -> None:
    """Forget failed attempts on a staff number before the cooling-off is over. By the security officer."""
    work = authority.acting(actor, trail)
    with work.change(actions.SESSION_UNLOCK, account, rule=_SECURITY, subject=str(account.person_id)):
        work.require(Duty.SECURITY_OFFICER)
        work.refuse_self(account.person)
        lockout.forget(account.staff_no)


def _end_sessions(row: Account, *changed: str) -> None:
    row.session_epoch = F("session_epoch") + 1
    row.save(update_fields=["session_epoch", *changed])
    row.refresh_from_db(fields=["session_epoch"])
