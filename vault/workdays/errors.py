"""Refusals of this room that a person may see. Each says what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class WorkdaysError(Exception):
    """Base: a stable code and a sentence that is safe to show."""

    code = "workdays"
    sentence: str | Promise = _("This cannot be done.")
    status = 400

    def __init__(self) -> None:
        super().__init__(str(self.sentence))


class FileUnreadable(WorkdaysError):
    """No text in an encoding that spreadsheets write, or no table."""

    code = "notice-unreadable"
    sentence = _(
        "This is no table that can be read. Save it as CSV in UTF-8 or GB18030, one day on a line: "
        "date, kind, name."
    )


class RowsWrong(WorkdaysError):
    """Some lines are wrong, so none of them is taken."""

    code = "notice-rows-wrong"
    sentence = _("Some lines are wrong. Nothing was changed; correct them and check the notice again.")


class NothingNew(WorkdaysError):
    """The days are those of the notice in force."""

    code = "notice-says-nothing-new"
    sentence = _("The calendar says exactly this already. Nothing was changed.")
    status = 409


class ChangedMeanwhile(WorkdaysError):
    """Another notice of the year was put in force since this one was checked."""

    code = "calendar-changed-meanwhile"
    sentence = _(
        "Somebody changed the calendar since you checked this notice. Check it again, then apply it."
    )
    status = 409


class AlwaysShut(WorkdaysError):
    """By this calendar a due date would never come."""

    code = "calendar-always-shut"
    sentence = _("With this change a calendar would have no open day within a year. Leave some days open.")


class SameAsBefore(WorkdaysError):
    """The unit's week or day is what was asked for already."""

    code = "calendar-same-as-before"
    sentence = _("The unit's calendar says this already. Nothing was changed.")
    status = 409
