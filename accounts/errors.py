"""Refusals of this package: one class per cause, a stable code, a sentence that is safe to show and says what to do."""

from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.rules import Exclusion


class AccountsError(Exception):
    """Base of all. `code` is stable and goes into the log; `sentence` is translated when shown."""

    code = "accounts"
    sentence: str | Promise = _("This change was refused.")

    def __str__(self) -> str:
        return str(self.sentence)


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
    sentence = _("Only a director, department head or leader heads a unit, and only one at a time.")


class BadStaffNumber(AccountsError):
    """The sign-in name would say who the person is, or has the wrong form."""

    code = "bad_staff_number"
    sentence = _("A staff number has 3 to 32 capital letters, digits or hyphens and at least one digit.")


class StaffNumberTaken(AccountsError):
    """Staff numbers are never reused."""

    code = "staff_number_taken"
    sentence = _("This staff number is in use or was used before. Choose another one.")


class UnitCodeTaken(AccountsError):
    """Unit codes are unique."""

    code = "unit_code_taken"
    sentence = _("This unit code is in use. Choose another one.")


class NameMissing(AccountsError):
    """A person or a unit without a name."""

    code = "name_missing"
    sentence = _("Enter a name.")


class UnitsMisplaced(AccountsError):
    """A unit below an external authority, or a tree deeper than its path can hold."""

    code = "units_misplaced"
    sentence = _("A unit cannot stand here in the tree. Choose another unit above it.")


class PersonLeft(AccountsError):
    """The person has left; rights and accounts are not given any more."""

    code = "person_left"
    sentence = _("This person has left.")


class HeldBack(AccountsError):
    """Something is open in the leaver's name (AD-12); the sentence says what."""

    code = "leaver_held_back"

    def __init__(self, matters: "list[str | Promise]") -> None:
        self.sentence = " ".join(
            [
                str(_("Before this person leaves, the following must be ended or handed over.")),
                *map(str, matters),
            ]
        )
        super().__init__(self.code)


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


class NoSecrecyPost(AccountsError):
    """There is no period for somebody who is in no secrecy post."""

    code = "no_secrecy_post"
    sentence = _("This person is in no secrecy post, so no de-secrecy period runs.")


class UndertakingOutdated(AccountsError):
    """The text that was shown is not the one in force."""

    code = "undertaking_outdated"
    sentence = _("The undertaking has changed. Read the new text and sign again.")


class AccountUnusable(AccountsError):
    """A suspended or inactive account, or one whose person has left."""

    code = "account_unusable"
    sentence = _("This account is suspended or closed.")


class NotSuspended(AccountsError):
    """There is nothing to lift."""

    code = "not_suspended"
    sentence = _("This account is not suspended.")


class AlreadyInitialised(AccountsError):
    """`init` runs once, on an empty system."""

    code = "already_initialised"
    sentence = _("This system has people already. A new one starts on an empty database.")


class NotFourPersons(AccountsError):
    """`init` needs four different persons (AD-07)."""

    code = "not_four_persons"
    sentence = _(
        "System officer, security officer, auditor and leader are four different persons with four staff numbers."
    )


class SecondFactorUnproved(AccountsError):
    """A token is made only where the second factor was proved (interface.md section 4)."""

    code = "second_factor_unproved"
    sentence = _("A token is made only in a session with a second factor. Set one up or sign in with it.")


class ScopeMissing(AccountsError):
    """A token for nothing."""

    code = "token_scope_missing"
    sentence = _("Choose what the token is for.")


class TokenLifeRefused(AccountsError):
    """Longer than a token may live, or no day at all."""

    code = "token_life_refused"
    sentence = _("A token lives from one to thirty days.")


class TooManyTokens(AccountsError):
    """More than anybody keeps track of."""

    code = "too_many_tokens"
    sentence = _("You have twenty tokens that work. Revoke one of them first.")


class TokenGone(AccountsError):
    """There is no such token of this person, or it has ended."""

    code = "token_gone"
    sentence = _("This token has ended already.")
