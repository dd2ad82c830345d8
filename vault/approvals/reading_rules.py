"""What a reading session may become, by whose step, and how long it lasts. Pure tables; no Django.

Sources: rule book 10.1 保密要求(2) and (4), 1.4.2; requirements.md 7.4, 8.4; practice.md P-04.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from accounts.rules import ZONE
from vault.approvals.scopes import Portion, Range

# Without a page for so long, a session is locked; nobody reads longer than this at one sitting.
IDLE = timedelta(minutes=5)
LONGEST = timedelta(minutes=120)
# A locked session that nobody comes back to is closed, and so is one that its reader never began.
FORSAKEN = timedelta(minutes=15)
# Of two requests answered at once the one decided first may be the later one to look; a clock set back is further off.
SLACK = timedelta(minutes=1)

# The hours in which a place can be booked, and how far ahead.
OPENS, CLOSES = 8, 20
AHEAD = timedelta(days=30)


class Medium(StrEnum):
    """P-04: read on a terminal of the room, or the paper itself."""

    SCREEN = "screen"
    PAPER = "paper"


class SessionState(StrEnum):
    """Where a session stands; the last two are final. Booked is a booking's state, the rest a session's."""

    BOOKED = "booked"
    CHECKED_IN = "checked_in"
    READING = "reading"
    LOCKED = "locked"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class SessionEvent(StrEnum):
    """What happens to a session."""

    CANCEL = "cancel"
    CHECK_IN = "check_in"
    BEGIN = "begin"
    HAND_OVER = "hand_over"
    LOCK = "lock"
    ATTEND = "attend"
    DEPART = "depart"
    TAKE_BACK = "take_back"
    CONFIRM = "confirm"
    RESUME = "resume"
    LEAVE = "leave"
    CLOSE = "close"
    END = "end"


class Party(StrEnum):
    """In which part somebody meets a session."""

    READER = "reader"
    KEEPER = "keeper"
    # RR-10: whoever stays beside the reader.
    SECOND = "second"
    SYSTEM = "system"


class Cause(StrEnum):
    """Why a session is over."""

    LEFT = "left"
    CLOSED_BY_KEEPER = "closed-by-keeper"
    TIME_OVER = "time-over"
    FORSAKEN = "forsaken"
    REQUEST_ENDED = "request-ended"
    TERMINAL_UNUSABLE = "terminal-unusable"
    ROOM_CLOSED = "room-closed"
    ROOM_UNINSPECTED = "room-uninspected"
    RETURNED = "paper-returned"
    MISMATCH = "paper-mismatch"


@dataclass(frozen=True)
class Turn:
    """One row: whose step it is and where it leads."""

    parties: frozenset[Party]
    next: SessionState


_S, _E, _P = SessionState, SessionEvent, Party
_READER, _KEEPER, _SYSTEM = frozenset({_P.READER}), frozenset({_P.KEEPER}), frozenset({_P.SYSTEM})
_SECOND = frozenset({_P.SECOND})
LIVE = (_S.CHECKED_IN, _S.READING, _S.LOCKED)

# (state, event) -> row. What is not here is refused and leaves the session unchanged.
TURNS: dict[tuple[SessionState, SessionEvent], Turn] = {
    # By the system: the room was closed.
    (_S.BOOKED, _E.CANCEL): Turn(_READER | _KEEPER | _SYSTEM, _S.CANCELLED),
    (_S.BOOKED, _E.CHECK_IN): Turn(_KEEPER, _S.CHECKED_IN),
    (_S.CHECKED_IN, _E.BEGIN): Turn(_READER, _S.READING),
    # P-04: what is in his hands is opened, whether he confirms it or not.
    (_S.CHECKED_IN, _E.HAND_OVER): Turn(_KEEPER, _S.READING),
    # After a lock the reader begins again, in the browser in which he sits now; that takes no further use.
    (_S.READING, _E.BEGIN): Turn(_READER, _S.READING),
    (_S.READING, _E.LOCK): Turn(_READER | _SYSTEM, _S.LOCKED),
    # RR-10: he says himself that he is here, and that he goes; without him nothing more is shown.
    (_S.CHECKED_IN, _E.ATTEND): Turn(_SECOND, _S.CHECKED_IN),
    (_S.READING, _E.ATTEND): Turn(_SECOND, _S.READING),
    (_S.CHECKED_IN, _E.DEPART): Turn(_SECOND, _S.CHECKED_IN),
    (_S.READING, _E.DEPART): Turn(_SECOND, _S.LOCKED),
    # P-04: counted back in, and confirmed by the reader both times; neither by itself moves it on.
    (_S.READING, _E.TAKE_BACK): Turn(_KEEPER, _S.READING),
    (_S.READING, _E.CONFIRM): Turn(_READER, _S.READING),
    # The keeper has seen who sits there.
    (_S.LOCKED, _E.RESUME): Turn(_KEEPER, _S.READING),
    **{(state, _E.LEAVE): Turn(_READER, _S.CLOSED) for state in LIVE},
    **{(state, _E.CLOSE): Turn(_KEEPER, _S.CLOSED) for state in LIVE},
    **{(state, _E.END): Turn(_SYSTEM, _S.CLOSED) for state in LIVE},
}


def allows(state: SessionState, event: SessionEvent, party: Party) -> bool:
    """Whether the table has this step from here for this part."""
    row = TURNS.get((state, event))
    return row is not None and party in row.parties


def hard_end(checked_in: datetime, last_day: date, until: datetime | None = None) -> datetime:
    """When it is over whatever happens: LONGEST after the check-in, with the request's last day at the latest, and
    with the hour of an emergency, which is over at `until`.
    """
    midnight = datetime.combine(last_day + timedelta(days=1), time.min, ZONE)
    ends = min(checked_in + LONGEST, midnight.astimezone(checked_in.tzinfo))
    return ends if until is None else min(ends, until)


def is_awake(last_at: datetime, at: datetime) -> bool:
    """Whether a session last used then goes on at an instant. A clock that was set back wakes nothing."""
    return last_at - SLACK <= at < last_at + IDLE


# Bookings


def hours_problem(day: date, first: int, last: int, today: date, window: tuple[date, date]) -> str | None:
    """Code of the rule a booking's hours break, or None; from the full hour `first` to the full hour `last`."""
    if not OPENS <= first < last <= CLOSES:
        return "hours-outside"
    if timedelta(hours=last - first) > LONGEST:
        return "hours-long"
    if day < today or not window[0] <= day <= window[1]:
        return "day-outside"
    return "day-ahead" if day > today + AHEAD else None


def places_taken(taken: Iterable[tuple[int, int]], first: int, last: int) -> int:
    """The most places that are taken in any hour of a span; each is two full hours."""
    spans = list(taken)
    return max(sum(begin <= hour < end for begin, end in spans) for hour in range(first, last))


# What is written down

LONGEST_TITLE = 200
# More than that is a copy, and copies are numbered.
LONGEST_TEXT = 20_000


def written_pages_problem(
    ranges: Sequence[Range], approved: Portion | None, shown: Collection[int]
) -> str | None:
    """Code of the rule that the pages of an excerpt break, or None (RQ-12).

    They lie within what was approved for it, and the reader was shown each of them in this session.
    """
    if not ranges:
        return "pages-missing"
    pages = [page for first, last in ranges for page in range(first, last + 1)]
    if approved is None or not all(approved.has_page(page) for page in pages):
        return "pages-outside"
    return None if set(pages) <= set(shown) else "pages-not-shown"


# Paper


def mismatch(*, out: tuple[int, str], back: tuple[int, str], notebook_back: bool) -> bool:
    """P-04: whether what came back is not what was handed over: its pages, its issue number, the notebook."""
    return out != back or not notebook_back
