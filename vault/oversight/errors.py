"""Refusals of this room that a person may see. Each says what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class OversightError(Exception):
    """Base: a stable code and a sentence that is safe to show."""

    code = "oversight"
    sentence: str | Promise = _("This cannot be done.")

    def __init__(self) -> None:
        super().__init__(str(self.sentence))


class NoEvidence(OversightError):
    """None of the matching events stands in a signed tree."""

    code = "no-evidence"
    sentence = _(
        "None of these events is in the signed tree yet, so there is nothing to export. Wait a minute, or choose "
        "other events."
    )


class TooMuchEvidence(OversightError):
    """More events than a page sends; the operator's command has no limit."""

    code = "too-much-evidence"
    sentence = _(
        "These are more than 10,000 events, and a page exports no more. Narrow the filter, or ask the operator to "
        "run manage.py audit_export."
    )
