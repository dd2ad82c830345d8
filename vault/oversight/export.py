"""Evidence from the log, taken away by the auditor or the operator; taking it is itself an event (AU-07)."""

import zipfile
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from urllib.parse import urlencode

from accounts.rules import ZONE
from audit import bundles, clock
from audit.bundles import Selection
from audit.errors import NothingSequenced
from audit.selectors import EventFilter
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
    outlet = _Outlet()
    at = clock.now().astimezone(ZONE).timetuple()[:6]
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]  it only writes
        for name, chunks in bundles.files(selection):
            entry = zipfile.ZipInfo(str(folder / name), at)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o100600 << 16
            with archive.open(entry, "w") as member:
                for chunk in chunks:
                    member.write(chunk)
                    yield outlet.take()
    yield outlet.take()


class _Outlet:
    """Takes what is written and hands it on; it cannot go back, so the zip is written as a stream."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def take(self) -> bytes:
        """What was written since the last time."""
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken
