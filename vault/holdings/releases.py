"""Who enters each page of classified content before it is shown (RR-07). Unanswered, none is shown.

A room answers by `provide` when Django starts.
"""

from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from vault.authorization.context import Context
from vault.authorization.decision import Code, Deny
from vault.authorization.errors import Refused
from vault.holdings.models import ComponentVersion


class Release(Protocol):
    """A page about to be shown: what its watermark says besides the reader, and its entry."""

    mark: str

    def enter(self, version: ComponentVersion, number: int) -> None:
        """Put the page into the register; raised from here, nothing is shown."""


Find = Callable[[Context, UUID], Release | None]
_find: list[Find] = []


def provide(find: Find) -> Callable[[], None]:
    """Answer; a later room is asked before an earlier one. Returns what takes it back, for tests."""
    _find.append(find)
    return lambda: _find.remove(find)


def of(context: Context, record_id: UUID) -> Release:
    """What enters the pages of a record. Raises Refused where nobody does: what is not entered is not shown."""
    for find in reversed(_find):
        found = find(context, record_id)
        if found is not None:
            return found
    raise Refused(Deny(Code.SESSION_MISSING))
