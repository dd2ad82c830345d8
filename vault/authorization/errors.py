"""What the gate raises. Texts are safe to show; `code` is stable."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vault.authorization.decision import Deny


class AuthorizationError(Exception):
    """Base of this package's errors."""

    code = "authorization"


class UnknownAction(AuthorizationError):
    """Our bug: an action without a row in the table."""

    code = "unknown-action"

    def __init__(self, action: object) -> None:
        super().__init__(f"{action!r} has no row in vault.authorization.actions.RULES.")


class MisusedAction(AuthorizationError):
    """Our bug: an action asked about the wrong kind of thing, such as a route asked about an object."""

    code = "misused-action"


class ForgedPermit(AuthorizationError):
    """Our bug: a permit made elsewhere than at the gate, or shown for something it was not given for."""

    code = "forged-permit"


class Unprotected(AuthorizationError):
    """Our bug: a model asked for that registered no Protection."""

    code = "unprotected-model"


class Absent(AuthorizationError):
    """There is nothing here for this person. The same for a missing and for a forbidden object (PE-05)."""

    code = "absent"

    def __init__(self) -> None:
        super().__init__("There is nothing at this address.")


class Refused(AuthorizationError):
    """The person may know of the object, or the refusal is about no object, and is told why."""

    def __init__(self, decision: "Deny") -> None:
        super().__init__(decision.code)
        self.decision = decision
        self.code = str(decision.code)


class PermitExpired(AuthorizationError):
    """The permit is older than its few minutes; ask the gate again."""

    code = "permit-expired"
