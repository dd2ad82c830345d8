"""Refusals of emergency access that a person may see. Each says what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vault.approvals.emergency_rules import Problem
from vault.approvals.errors import ApprovalsError

PROBLEMS: dict[Problem, Promise] = {
    Problem.TOP_SECRET: _(
        "There is no emergency access to a top secret. Ask in the ordinary way: the security officer checks, the "
        "principal leader decides."
    ),
    Problem.SHIELDED: _(
        "There is no emergency access to a shielded record. Ask in the ordinary way, or have one who is on its list "
        "look."
    ),
    Problem.NOT_CLASSIFIED: _(
        "This record is read without an approval: by whoever may know of it, by unit or by grant. There is nothing to "
        "release."
    ),
}


class NoEmergency(ApprovalsError):
    """PE-17: what is never released in an emergency; `problem` says why."""

    code = "no-emergency"
    status = 409

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.sentence = PROBLEMS[problem]
        super().__init__()


class HourOver(ApprovalsError):
    """PE-17: read after its hour, or under a clock that was set back."""

    code = "hour-over"
    sentence = _("The hour of this emergency is over. Who needs more asks in the ordinary way.")
    status = 409


class OtherRoom(ApprovalsError):
    """P-10: it is read in the room that its two persons knew of."""

    code = "other-room"
    sentence = _("This emergency was released for another reading room. The reader goes there.")
    status = 409


class OtherUnfit(ApprovalsError):
    """PE-17: whoever released it first may not release anything any more."""

    code = "other-unfit"
    sentence = _("Who released it first may not do so any more. Refuse it, and have it asked for again.")
    status = 409


class ConfirmationMissing(ApprovalsError):
    """P-10: the written confirmation without words."""

    code = "confirmation-missing"
    sentence = _("Write what the emergency was and why you released it. Nothing was entered.")


class ConfirmedAlready(ApprovalsError):
    """P-10: one confirmation for each release."""

    code = "confirmed-already"
    sentence = _("This emergency was confirmed already. What was written then stands.")
    status = 409
