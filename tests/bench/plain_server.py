"""The served application, except that custody opens plain files: the other arm of the download bars.

View, gate, journal, lease, headers and the pieces' size are the product's own; only what reads the bytes differs. The
plain files stand in the folder JINGUI_BENCH_PLAIN, each under the id of the blob that it stands for.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Self
from uuid import UUID

from vault.project.wsgi import application

__all__ = ["application"]

PIECE = 64 * 1024  # as storage.blobs.PIECE, which _exchange holds it to


class PlainReader:
    """What a BlobReader offers, over a file that anybody could read."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self.size = os.fstat(self._descriptor).st_size

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        os.close(self._descriptor)

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        stop = self.size if stop is None else stop
        while start < stop:
            piece = os.pread(self._descriptor, min(PIECE, stop - start), start)
            yield piece
            start += len(piece)


class PlainBlobs:
    """Stands where custody expects `storage.blobs`."""

    @staticmethod
    def open_blob(version_id: UUID, *, binding: bytes) -> PlainReader:
        return PlainReader(Path(os.environ["JINGUI_BENCH_PLAIN"]) / version_id.hex)


def _exchange() -> None:
    from storage import blobs
    from vault.holdings import custody

    assert blobs.PIECE == PIECE, "both arms read and send pieces of the same size"
    custody.blobs = PlainBlobs  # type: ignore[assignment]


_exchange()
