"""What rooms above this one hear of, inside the transaction in which it happens: undone, it was never told."""

from collections.abc import Callable
from typing import Any


class Listeners:
    """Who hears of one thing; the same function twice counts once."""

    def __init__(self) -> None:
        self._heard_by: list[Callable[..., None]] = []

    def connect(self, listener: Callable[..., None]) -> None:
        if listener not in self._heard_by:
            self._heard_by.append(listener)

    def tell(self, *facts: Any) -> None:
        for listener in self._heard_by:
            listener(*facts)


# A record's effective label changed; gives the record, saved.
LABEL_MOVED = Listeners()
# A person was taken off a record's need-to-know list; gives the record and the person's id.
STRUCK = Listeners()
