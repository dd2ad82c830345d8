"""Refusals of the reading room that a person may see. Each says what to do."""

from django.utils.translation import gettext_lazy as _

from vault.approvals.errors import ApprovalsError


class SessionStep(ApprovalsError):
    """The table of sessions has no such step from here for this person."""

    code = "session-step"
    sentence = _(
        "The session is not in a state that allows this. Open the page again to see what can be done."
    )
    status = 409


class BookingRefused(ApprovalsError):
    """Hours or a day outside the room's or the request's; `fields` says which."""

    code = "booking-refused"
    sentence = _("A place is booked for up to two hours, between 8:00 and 20:00, on a day of the request.")


class RoomFull(ApprovalsError):
    """RR-08: every place is taken."""

    code = "room-full"
    sentence = _("Every place in the room is taken then. Choose other hours, or another day.")
    status = 409


class BookedTwice(ApprovalsError):
    """RR-08: nobody sits on two places."""

    code = "booked-twice"
    sentence = _("This reader has a place booked in these hours already. Cancel it first.")
    status = 409


class RoomClosed(ApprovalsError):
    """Nothing is read in a closed room."""

    code = "room-closed"
    sentence = _("The reading room is closed. Use another room, or ask the system officer.")
    status = 409


class RoomUninspected(ApprovalsError):
    """10.1(4): an inspection of the room is overdue or failed."""

    code = "room-uninspected"
    sentence = _(
        "An inspection of this reading room is overdue or failed. Use another room, or ask the system officer and the "
        "security officer to inspect it."
    )
    status = 409


class KeeperReads(ApprovalsError):
    """RR-01: nobody lets himself in."""

    code = "keeper-reads"
    sentence = _("You cannot let yourself in. Another keeper of the room checks you in.")
    status = 409


class TerminalNotReady(ApprovalsError):
    """RR-02: it stands elsewhere, or something keeps it from use."""

    code = "terminal-not-ready"
    sentence = _("This terminal does not stand in the room or may not be used now. Choose another one.")
    status = 409


class NotAtTerminal(ApprovalsError):
    """RR-01: begun somewhere else than at the terminal of the session."""

    code = "not-at-terminal"
    sentence = _("Begin at the terminal that the keeper gave you, signed in there yourself.")
    status = 409


class InSessionAlready(ApprovalsError):
    """RR-06: one session for each reader, one reader at each terminal."""

    code = "in-session-already"
    sentence = _(
        "This reader has a session that is not over, or the terminal is in use. Close that session first."
    )
    status = 409


class SecondReaderMissing(ApprovalsError):
    """RR-10: nobody reads a top secret alone in this room."""

    code = "second-reader-missing"
    sentence = _(
        "In this room nobody reads a top secret alone. Name a second person who is cleared for it, on its "
        "need-to-know list and present; neither the reader nor you."
    )
    status = 409


class SecondReaderAway(ApprovalsError):
    """RR-10: whoever stays beside the reader has not said himself that he is there."""

    code = "second-reader-away"
    sentence = _(
        "The second reader has not confirmed that he is here. He does so under his own account, at a terminal of "
        "this room."
    )
    status = 409


class NotInRoom(ApprovalsError):
    """RR-10: confirmed somewhere else than in the room of the session."""

    code = "not-in-room"
    sentence = _("Confirm at a terminal of this reading room, signed in there yourself.")
    status = 409


class SecondReaderUnfit(ApprovalsError):
    """RR-10: he could not be approved the record himself any more."""

    code = "second-reader-unfit"
    sentence = _(
        "You are not cleared for this record or not on its need-to-know list now. The keeper lets the reader in "
        "again with somebody else."
    )
    status = 409


class SecondReaderElsewhere(ApprovalsError):
    """RR-10: nobody is in two rooms."""

    code = "second-reader-elsewhere"
    sentence = _("You read or stay beside a reader in another reading room. Leave there first.")
    status = 409


class SessionAsleep(ApprovalsError):
    """RR-06: its time is over, or it was idle too long."""

    code = "session-asleep"
    sentence = _("The session is locked or its time is over. Tell the keeper of the room.")
    status = 409


class ExcerptIncomplete(ApprovalsError):
    """RQ-12, CL-13: something of an excerpt is missing or wrong; `fields` says what."""

    code = "excerpt-incomplete"
    sentence = _("Some entries are missing or wrong. Nothing was kept; correct them and keep it again.")


class KeptOtherwise(ApprovalsError):
    """RQ-12: this form was kept before, and something else stands in it now."""

    code = "kept-otherwise"
    sentence = _(
        "This form was kept already, with other words. What you wrote now is not kept yet: keep it again."
    )
    status = 409


class PaperIncomplete(ApprovalsError):
    """P-04: something of the hand-over is missing."""

    code = "paper-incomplete"
    sentence = _(
        "Count the pages, enter the issue number and the notebook's number, and take the telephones first. "
        "Nothing was handed over."
    )


class PaperOut(ApprovalsError):
    """P-04: what was handed over is not back."""

    code = "paper-out"
    sentence = _("The paper is still with the reader. Count it back in first.")
    status = 409
