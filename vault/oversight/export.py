"""Evidence from the log, taken away by the auditor or the operator; taking it is itself an event (AU-07)."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from urllib.parse import urlencode

from accounts.rules import ZONE
from audit import bundles, clock
from audit.bundles import Selection
from audit.errors import NothingSequenced
from audit.selectors import EventFilter
from storage import zipstream
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.oversight.errors import NoEvidence, TooMuchEvidence

SCREEN_LIMIT = 10_000  # about 5 MB to send; larger amounts are the operator's, who has no browser waiting


def take(*, context: Context, filters: EventFilter, given: Mapping[str, str]) -> tuple[str, Iterator[bytes]]:
    """The name and the bytes of a zip with the evidence for the events that match; `given` is what was asked, as typed.

    The event with query and count is committed before the first byte. Raises NoEvidence, TooMuchEvidence, Refused,
    AuditUnavailable.
    """

    def told(action: Action, total: int) -> None:
        gate.authorize(context, action, sealed={"filters": urlencode(given), "total": total})

    # Refused, it says all the same whether there are such events, and how many about: that is a search.
    try:
        selection = bundles.select(filters)
    except NothingSequenced:
        told(Action.LOG_SEARCH, 0)
        raise NoEvidence from None
    if selection.count > SCREEN_LIMIT:
        told(Action.LOG_SEARCH, selection.count)
        raise TooMuchEvidence
    told(Action.LOG_EXPORT, selection.count)
    name = f"jingui-evidence-{clock.now().astimezone(ZONE):%Y%m%d-%H%M%S}"
    return f"{name}.zip", zipped(selection, PurePosixPath(name))


def zipped(selection: Selection, folder: PurePosixPath) -> Iterator[bytes]:
    """The bundle as a zip, in pieces as they are made; nothing of it is kept in a file."""
    named = ((str(folder / name), chunks) for name, chunks in bundles.files(selection))
    return zipstream.zipped(named, at=clock.now().astimezone(ZONE))
