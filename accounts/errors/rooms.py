"""Refusals about secure reading rooms."""

from django.utils.translation import gettext_lazy as _

from accounts.errors.base import AccountsError


class BadRoomCode(AccountsError):
    """Not the form of a room's code."""

    code = "room_code_bad"
    sentence = _("A room's code is of capital letters, digits and hyphens, 32 at most.")


class RoomCodeTaken(AccountsError):
    """The code is another room's."""

    code = "room_code_taken"
    sentence = _("This code is another room's.")


class RoomIncomplete(AccountsError):
    """Without a name or places it is no room."""

    code = "room_incomplete"
    sentence = _("Enter the room's name, and from 1 to 200 places.")


class InspectionIntervalRefused(AccountsError):
    """Inspections are regular."""

    code = "inspection_interval"
    sentence = _("The interval of the inspections is from 1 to 366 days.")


class RoomClosed(AccountsError):
    """Nothing is done in a room that is closed, and no terminal put there."""

    code = "room_closed"
    sentence = _("The room is closed. Reopen it first.")


class RoomAsBefore(AccountsError):
    """It is closed, or open, already."""

    code = "room_as_before"
    sentence = _("The room is in this state already. Look at its page again.")


class InspectionAhead(AccountsError):
    """An inspection that is yet to be made."""

    code = "inspection_ahead"
    sentence = _("The inspection lies ahead. Record it when it is done.")


class InspectionBehind(AccountsError):
    """An inspection older than the one that counts would change nothing."""

    code = "inspection_behind"
    sentence = _("A later inspection of this kind is recorded already.")


class FindingsMissing(AccountsError):
    """One that failed and does not say why."""

    code = "inspection_findings"
    sentence = _("Say what was found.")


class TerminalPlaced(AccountsError):
    """A terminal stays where it was registered."""

    code = "terminal_placed"
    sentence = _(
        "This terminal stands in a room already, or is out of use. Another room is another terminal."
    )
