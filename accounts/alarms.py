"""Who is told when a terminal's secret turns up a second time. Rooms above this package register."""

from collections.abc import Callable

from accounts.models import Terminal

Listener = Callable[[Terminal], None]
_listeners: list[Listener] = []


def register(listener: Listener) -> None:
    """Add who is told, inside the transaction that suspends the terminal; the same function twice counts once."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(terminal: Terminal) -> None:
    """Tell everybody."""
    for listener in _listeners:
        listener(terminal)
