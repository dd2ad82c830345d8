"""Refusals about duties, clearances and what takes a second person."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.errors.base import AccountsError
from accounts.rules import Exclusion


class ExclusiveDuties(AccountsError):
    """The person would hold two duties that exclude each other (AD-02)."""

    def __init__(self, exclusion: Exclusion) -> None:
        self.code = exclusion.code
        self.sentence = _(exclusion.sentence)
        super().__init__(exclusion.code)


class SelfService(AccountsError):
    """Nobody changes his own rights, under whichever of his accounts (AD-04, PE-07)."""

    code = "self_service"
    sentence = _("Nobody changes his own rights. Ask another officer to do it.")


class SecondPersonMissing(AccountsError):
    """A privileged duty, a headship or a clearance takes two persons (AD-03)."""

    code = "second_person_missing"
    sentence = _(
        "This takes a second person: the head of the unit or of one above it, or another security officer."
    )


class GrantNotPending(AccountsError):
    """A proposal is decided once; of two who decide at once the second meets this."""

    code = "grant_not_pending"
    sentence = _("This proposal was decided or withdrawn meanwhile. Look at it again.")


class GrantLapsed(AccountsError):
    """Nobody confirmed in time."""

    code = "grant_lapsed"
    sentence = _("Nobody confirmed this proposal in time. Propose it anew.")


class ProposerGone(AccountsError):
    """Who proposed it may no longer do so; a confirmation needs two standing persons."""

    code = "proposer_gone"
    sentence = _("Whoever proposed this no longer holds the duty for it. Another officer proposes it anew.")


class AlreadyProposed(AccountsError):
    """The very same proposal for this person is waiting."""

    code = "already_proposed"
    sentence = _(
        "The same is proposed for this person already. Withdraw that proposal first if nobody can confirm it any more."
    )


class ReasonMissing(AccountsError):
    """A privileged change says why, so that the second person can judge it."""

    code = "grant_reason_missing"
    sentence = _("Say why, in one line: the second person decides on it.")


class NotEntitledToConfirm(AccountsError):
    """The second person is neither a head above the person concerned nor another security officer."""

    code = "not_entitled_to_confirm"
    sentence = _(
        "This person may not confirm it. Ask the head of the unit or of one above it, or another security officer."
    )


class DutyMissing(AccountsError):
    """The actor does not hold the duty that this change belongs to (AD-01)."""

    code = "duty_missing"
    sentence = _("This belongs to another officer's duty.")


class LastOfficer(AccountsError):
    """The last security officer or auditor stays (AD-04)."""

    code = "last_officer"
    sentence = _(
        "This is the last person with this duty. Appoint a successor first; "
        "to stop a misused account, reset its password."
    )


class AboveCeiling(AccountsError):
    """The clearance exceeds what the person's category allows."""

    code = "above_ceiling"
    sentence = _("The clearance is higher than the person's secrecy post allows. Change the post first.")


class ClearancesStand(AccountsError):
    """A category is not lowered beneath a clearance that is still in force."""

    code = "clearances_stand"
    sentence = _("A clearance above the new secrecy post is still in force. Revoke it first.")


class EmptyClearance(AccountsError):
    """A clearance for nothing, or for a level that does not exist."""

    code = "empty_clearance"
    sentence = _("Choose the levels of the clearance: state 0 to 3, enterprise 0 to 2.")


class BadDates(AccountsError):
    """The end lies before the beginning, or the whole period is over."""

    code = "bad_dates"
    sentence = _("The last day must not lie before the first day or before today.")


class AlreadyOver(AccountsError):
    """What is to be ended has ended already."""

    code = "already_over"
    sentence = _("This has ended already.")


class UnitCannotAppoint(AccountsError):
    """An external authority or a closed unit has no people here."""

    code = "unit_cannot_appoint"
    sentence = _("An external authority or a closed unit appoints nobody here. Choose another unit.")


class NotAHead(AccountsError):
    """Only a leading duty heads a unit, and a unit has one head at a time."""

    code = "not_a_head"
    sentence = _(
        "Only a director, department head or leader heads a unit, and only one at a time; beside the head one other "
        "person acts."
    )


class ActingWithoutEnd(AccountsError):
    """Acting for a head begins and ends on a day that is known from the start (P-30)."""

    code = "acting_without_end"
    sentence = _("Whoever acts as head does so until a last day. Give it.")


class DeSecrecyFirst(AccountsError):
    """Whoever was in a secrecy post leaves only after the de-secrecy period."""

    code = "de_secrecy_first"
    sentence = _(
        "This person is in a secrecy post. The security officer begins the de-secrecy period first; "
        "the last day lies at its end or later."
    )


class DeSecrecyRuns(AccountsError):
    """The period has begun and is not over."""

    code = "de_secrecy_runs"
    sentence = _("The de-secrecy period is running; no clearance is given and no post is changed meanwhile.")

    def __init__(self, ends_on: date | None = None) -> None:
        if ends_on is not None:
            self.sentence = _(
                "The de-secrecy period runs until %(day)s; the last day cannot lie before it."
            ) % {"day": ends_on.isoformat()}
        super().__init__(self.code)


class LastDayRecorded(AccountsError):
    """Whoever leaves on a recorded day would have no time for the period that a post brings."""

    code = "last_day_recorded"
    sentence = _(
        "A last day is recorded for this person. A secrecy post, and a clearance in one, bring a de-secrecy period "
        "that he would leave without."
    )


class NoSecrecyPost(AccountsError):
    """There is no period for somebody who is in no secrecy post."""

    code = "no_secrecy_post"
    sentence = _("This person is in no secrecy post, so no de-secrecy period runs.")
