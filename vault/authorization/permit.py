"""Permits: what the gate hands out, and the only thing for which custody opens content.

A permit can be made with the gate's token alone, so a forgotten check ends without a permit and without bytes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn
from uuid import UUID

from django.db.models import Model

from audit import clock
from audit.events import Actor
from vault.authorization.actions import Action
from vault.authorization.decision import Code
from vault.authorization.errors import ForgedPermit, PermitExpired
from vault.authorization.facts import WHOLE, Obligation, Scope

LIFETIME = timedelta(minutes=5)
_TOKEN = object()


@dataclass(frozen=True)
class _Bound:
    """What both kinds of permit have: an action, when it ends, and the event that was committed before it was made."""

    token: object
    action: Action
    event: UUID
    expires_at: datetime

    def __post_init__(self) -> None:
        if self.token is not _TOKEN:
            raise ForgedPermit("Permits are made by vault.authorization.gate and nowhere else.")

    def __reduce__(self) -> NoReturn:
        raise ForgedPermit("A permit is never stored or sent: ask the gate again.")

    def _refuse_late(self) -> None:
        if clock.now() >= self.expires_at:
            raise PermitExpired("The permit has expired. Open the page again.")


@dataclass(frozen=True)
class Permit(_Bound):
    """A person may take one action on one object (or none, for a route) in one scope, for a few minutes.

    `target_type` is the protected model's name in the log. `actor` is the person as the log has him.
    """

    actor: Actor
    target_type: str = ""
    target_id: UUID | None = None
    scope: Scope = WHOLE
    code: Code = Code.ACCOUNT
    obligations: frozenset[Obligation] = frozenset()

    def require(self, target: Model, actions: Action | frozenset[Action], scope: Scope = WHOLE) -> None:
        """Refuse any other use than the one the permit is for. Raises ForgedPermit, PermitExpired."""
        allowed = actions if isinstance(actions, frozenset) else {actions}
        if self.action not in allowed or target.pk != self.target_id or not self.scope.covers(scope):
            raise ForgedPermit(
                f"The permit is for {self.action} on {self.target_type} {self.target_id} only."
            )
        self._refuse_late()


@dataclass(frozen=True)
class SystemPermit(_Bound):
    """A machine may read a batch of objects for one purpose; what it yields reaches a person by his own permit only."""

    targets: frozenset[UUID] | None = None

    def require_system(self, purpose: Action, target_id: UUID | None = None) -> None:
        """Refuse any other use; a permit without a batch is for every object. Raises ForgedPermit, PermitExpired."""
        outside = self.targets is not None and target_id not in self.targets
        if purpose is not self.action or outside:
            raise ForgedPermit(f"The permit is for {self.action} on its own batch only.")
        self._refuse_late()


def _mint(**facts: Any) -> Permit:
    return Permit(token=_TOKEN, expires_at=clock.now() + LIFETIME, **facts)


def _mint_system(*, lifetime: timedelta, **facts: Any) -> SystemPermit:
    return SystemPermit(token=_TOKEN, expires_at=clock.now() + lifetime, **facts)
