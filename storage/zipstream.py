"""A zip in pieces as they are made: nothing of it is kept in a file, and no more of it in memory than one piece."""

import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime

PRIVATE = 0o100600 << 16


def zipped(
    files: Iterable[tuple[str, Iterable[bytes]]], *, at: datetime, compress: bool = True
) -> Iterator[bytes]:
    """Each file by its path within the zip; `at` is the day and time that all of them bear."""
    outlet = _Outlet()
    how = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    with zipfile.ZipFile(outlet, "w", how) as archive:  # type: ignore[call-overload]  # it only writes
        for path, chunks in files:
            entry = zipfile.ZipInfo(path, at.timetuple()[:6])
            entry.compress_type, entry.external_attr = how, PRIVATE
            # Its size is not known yet, and may pass what a plain zip can say.
            with archive.open(entry, "w", force_zip64=True) as member:
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
