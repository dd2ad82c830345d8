"""Refusals about the register of people and units, and the roster."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.errors.base import AccountsError


class SameAsBefore(AccountsError):
    """A change that changes nothing."""

    code = "same_as_before"
    sentence = _("That is how it stands already. Nothing was changed.")


class BadEmail(AccountsError):
    """Mail is sent to one plain address."""

    code = "bad_email"
    sentence = _(
        "This is no e-mail address: type one like name@example.com, at most 254 characters, or leave it empty."
    )


class ChangedMeanwhile(AccountsError):
    """Of two who change the same thing at once, the second overwrites nothing that he has not seen."""

    code = "changed_meanwhile"
    sentence = _("Somebody else changed this since you read it. Look at it again.")


class UnitClosed(AccountsError):
    """What is closed stays as it was."""

    code = "unit_closed"
    sentence = _("This unit is closed and stays as it was.")


class _Stands(AccountsError):
    """What stands in the way, in one sentence with the list of it."""

    lead: str | Promise

    def __init__(self, matters: "list[str | Promise]") -> None:
        self.sentence = " ".join([str(self.lead), *map(str, matters)])
        super().__init__(self.code)


class UnitStands(_Stands):
    """A unit with people, duties, units below it or open matters is not closed."""

    code = "unit_stands"
    lead = _("Before this unit is closed, the following must be ended or moved.")


class PersonStands(_Stands):
    """A person whose duties hang on the unit he works in is not moved to another one."""

    code = "person_stands"
    lead = _("Before this person moves, the following must be ended.")


class ProposalWaits(AccountsError):
    """Who decides on a person's rights goes by his name, so it does not change meanwhile."""

    code = "proposal_waits"
    sentence = _(
        "A change of this person's rights waits for its second person, who goes by the name. Change the name when it "
        "is decided, or let it be withdrawn first."
    )


class NotYourUnit(AccountsError):
    """A unit's roster is its head's, or that of whoever acts for him."""

    code = "not_your_unit"
    sentence = _("Only the head of the unit, or whoever acts as its head, changes its roster.")


class NotOfUnit(AccountsError):
    """Somebody of another unit, gone, without an account, or an officer of the system."""

    code = "not_of_unit"
    sentence = _("Choose somebody who works in this unit, can sign in and is none of the three officers.")


class RosterTaken(AccountsError):
    """One duty clerk a day."""

    code = "roster_taken"
    sentence = _("Somebody stands on the roster on one of these days already. Strike that entry first.")


class RosterTooLong(AccountsError):
    """A roster is made for the weeks to come."""

    code = "roster_too_long"
    sentence = _("Choose days from today on, at most 31 at once and none more than a year ahead.")


class AlreadyStruck(AccountsError):
    """Struck before, or past: what was is not rewritten."""

    code = "already_struck"
    sentence = _("This entry was struck already, or its days are over.")


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
    """A unit of ours below an external authority or the other way round, one below a closed unit, or a tree deeper than
    its path can hold.
    """

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
