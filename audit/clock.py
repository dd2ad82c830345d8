"""The one clock. Services, events, checkpoints and deadlines all read it; nothing else asks the machine for
the time.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from audit.errors import ClockRefused

Clock = Callable[[], datetime]


def system_now() -> datetime:
    """The machine's time, aware, UTC."""
    return datetime.now(UTC)


def now() -> datetime:
    """The present instant, aware, UTC."""
    return _clock()


def set_clock(clock: Clock | None) -> None:
    """Inject a clock; None puts the machine's back. A naive or other-zone answer is our bug and is refused at
    once.
    """
    global _clock
    chosen = clock or system_now
    if chosen().utcoffset() != timedelta(0):
        raise ClockRefused("A clock must answer in aware UTC.")
    _clock = chosen


class ForwardClock:
    """A clock that starts in the past and runs; it can be moved forward, never back and never beyond the
    present.

    A demo instance tells its own past with it. Whoever sets it must refuse to on any other instance.
    """

    def __init__(self, start: datetime) -> None:
        if start > system_now():
            raise ClockRefused("The demo's clock starts in the past.")
        self._instant = start.astimezone(UTC)
        self._since = time.monotonic()

    def __call__(self) -> datetime:
        elapsed = timedelta(seconds=time.monotonic() - self._since)
        return min(self._instant + elapsed, system_now())

    def move_to(self, instant: datetime) -> None:
        """Go forward to `instant`. Raises ClockRefused for an instant already passed or still to come."""
        if instant < self():
            raise ClockRefused("The demo's clock never goes back: events already carry a later time.")
        if instant > system_now():
            raise ClockRefused("The demo's clock never goes beyond the present.")
        self._instant, self._since = instant.astimezone(UTC), time.monotonic()

    def advance(self, step: timedelta) -> None:
        """Go forward by `step`, at most to the present."""
        self.move_to(min(max(self() + step, self()), system_now()))


_clock: Clock = system_now
