"""Whether a requester may have what he asks for: clearance, need-to-know list, training, undertaking (7.2, check)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from vault.approvals.competence import facts_of, fit_for
from vault.approvals.models import AccessRequest
from vault.authorization.levels import Levels
from vault.authorization.loading import known_rows
from vault.authorization.protection import protection_of
from vault.holdings.models import Record


@dataclass(frozen=True)
class Standing:
    """How a requester stands to a record at an instant."""

    has_account: bool
    clearance: Levels
    is_cleared: bool
    is_listed: bool
    is_trained: bool
    has_undertaken: bool
    same_unit: bool

    @property
    def is_fit(self) -> bool:
        """Whether nothing is wanting."""
        return all(
            (
                self.has_account,
                self.is_cleared,
                self.is_listed,
                self.is_trained,
                self.has_undertaken,
                self.same_unit,
            )
        )


def standing(request: AccessRequest, at: datetime) -> Standing:
    """Read it now. What is not classified has no list."""
    facts = facts_of(request.requester_id, at)
    levels = request.levels
    clearance = Levels(*facts.clearance) if facts else Levels()
    return Standing(
        has_account=facts is not None and not facts.exclusions and not facts.is_officer,
        clearance=clearance,
        is_cleared=clearance.dominates(levels),
        is_listed=not levels.is_classified or is_listed(request.record, request.requester_id, at),
        is_trained=facts is not None and facts.training_valid,
        has_undertaken=facts is not None and facts.undertaking_valid,
        same_unit=facts is not None and facts.home_unit_id == request.requester_unit_id,
    )


def is_listed(record: Record, person_id: UUID, at: datetime) -> bool:
    """Whether somebody is on a record's need-to-know list at the instant."""
    knowers = protection_of(Record).knowers
    return knowers is not None and (
        known_rows(knowers, person_id, at).filter(**{knowers.target: record.pk}).exists()
    )


def may_have(record: Record, person_id: UUID, at: datetime) -> bool:
    """Whether somebody could be approved a record himself: he can act, is cleared, trained and bound, and on the list
    where there is one. Asked of whoever takes a copy over, and of whoever sits beside a reader (RR-10).
    """
    facts = facts_of(person_id, at)
    return (
        facts is not None
        and fit_for(facts, record.levels)
        and (not record.levels.is_classified or is_listed(record, person_id, at))
    )


def has_label(request: AccessRequest) -> bool:
    """Whether the record still bears the label it bore when it was asked for."""
    return bool(request.record.levels == request.levels)
