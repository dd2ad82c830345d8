"""Emergency access: what it is never for, how long it lasts, by when it is confirmed in writing. Pure; no Django.

Sources: requirements.md PE-17; practice.md P-10. It shortens the channel and not the approval: the mandatory rules, the
reading room and both persons stay.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum

from accounts.rules import Duty
from vault.approvals.reading_rules import SLACK
from vault.approvals.rules import TOP_SECRET
from vault.authorization.levels import Levels

# From the release by the later of the two; reading ends hard with it.
LASTS = timedelta(hours=1)
CONFIRM_WITHIN = timedelta(hours=24)
# One hour is one sitting.
USES = 1
# What nobody has released by the end of the next day was no emergency. The hour may go past midnight.
WAITS = timedelta(days=1)
# Who releases it besides the leader: of the keepers those of the room in which it is read.
SECONDS = (Duty.SECURITY_OFFICER, Duty.ROOM_KEEPER)


class Problem(StrEnum):
    """Why there is no emergency access to a record."""

    NOT_CLASSIFIED = "emergency-not-classified"
    TOP_SECRET = "emergency-top-secret"  # noqa: S105  a kind of refusal
    SHIELDED = "emergency-shielded"


class Confirmation(StrEnum):
    """How the written confirmation stands."""

    AWAITED = "awaited"
    OVERDUE = "overdue"
    GIVEN = "given"
    GIVEN_LATE = "given-late"
    NOT_JUSTIFIED = "not-justified"


def problem(levels: Levels, *, is_shielded: bool) -> Problem | None:
    """PE-17: never for 绝密. What the law shields from people's own superiors is not hurried past them either."""
    if levels.state >= TOP_SECRET:
        return Problem.TOP_SECRET
    if is_shielded:
        return Problem.SHIELDED
    return None if levels.is_classified else Problem.NOT_CLASSIFIED


def window(today: date) -> tuple[date, date]:
    """First and last day of an emergency's request."""
    return today, today + WAITS


def ends_at(starts_at: datetime) -> datetime:
    """When reading ends whatever happens."""
    return starts_at + LASTS


def runs(starts_at: datetime, at: datetime) -> bool:
    """Whether the hour runs at an instant. Before its beginning it does not: a clock was set back."""
    return starts_at - SLACK <= at < ends_at(starts_at)


def is_set_back(latest: datetime, at: datetime) -> bool:
    """Whether the clock was set back behind something that has happened already."""
    return at < latest - SLACK


def confirm_by(starts_at: datetime) -> datetime:
    """P-10: by when the written confirmation is there; that instant is still in time."""
    return starts_at + CONFIRM_WITHIN


def is_late(starts_at: datetime, at: datetime, told_at: datetime | None) -> bool:
    """Whether a confirmation given at an instant is late. What was told as overdue stays so under a clock set back."""
    return told_at is not None or at > confirm_by(starts_at)


def confirmation(
    starts_at: datetime,
    confirmed_at: datetime | None,
    *,
    is_justified: bool,
    now: datetime,
    told_at: datetime | None,
) -> Confirmation:
    """How the written confirmation stands now; `told_at` is when it was told as overdue."""
    if confirmed_at is None:
        return Confirmation.OVERDUE if is_late(starts_at, now, told_at) else Confirmation.AWAITED
    if not is_justified:
        return Confirmation.NOT_JUSTIFIED
    return Confirmation.GIVEN_LATE if is_late(starts_at, confirmed_at, told_at) else Confirmation.GIVEN
