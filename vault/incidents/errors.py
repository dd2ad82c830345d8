"""Refusals of this room that a person may see. Each says what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class IncidentsError(Exception):
    """Base: a stable code and a sentence that is safe to show."""

    code = "incidents"
    sentence: str | Promise = _("This cannot be done.")
    status = 400

    def __init__(self) -> None:
        super().__init__(str(self.sentence))


class TextMissing(IncidentsError):
    """Every step says what was done."""

    code = "incident-text-missing"
    sentence = _("Say in a few words what happened or what was done. Nothing was stored.")


class NotYetKnown(IncidentsError):
    """It became known in the future, or longer ago than anybody reports."""

    code = "incident-known-at-wrong"
    sentence = _("It became known now or within the last year. Correct the time.")


class WrongState(IncidentsError):
    """The state table has no such step from here."""

    code = "wrong-state"
    sentence = _("The incident is not in a state that allows this. Open it again to see what can be done.")
    status = 409


class ChangedMeanwhile(IncidentsError):
    """Somebody else worked on it since the page was opened."""

    code = "changed-meanwhile"
    sentence = _(
        "Somebody else worked on this incident since you opened it. Read what was added, then send yours again."
    )
    status = 409


class MeasureMissing(IncidentsError):
    """Closed without anything put right."""

    code = "measure-missing"
    sentence = _("Add at least one measure first: an incident is closed when something was put right.")
    status = 409
