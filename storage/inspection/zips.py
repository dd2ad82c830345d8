"""Zip containers, checked before anything inside is believed: size, ratio, count, overlap, truth of the
directory.
"""

import io
import itertools
import zipfile
import zlib

from storage.inspection.kinds import MIB
from storage.inspection.outcome import Rejected

MAX_ENTRIES = 10_000
MAX_TOTAL = 2048 * MIB
# Log files reach 50:1 and sheets of equal rows 100:1; a bomb starts in the hundreds.
MAX_RATIO = 150
RATIO_FROM = 16 * MIB
# How much is really unpacked to prove the directory's sizes and checksums; what lies beyond is only begun.
UNPACK_BUDGET = 256 * MIB
HEAD = 4096

_STORED, _DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
_ENCRYPTED = 0x1
_LOCAL_HEADER = 30
_SLICE = 64 * 1024
_CENTRAL_MAGIC = b"PK\x01\x02"


class Container:
    """An opened zip whose members keep to the bounds; raises `Rejected` when they do not."""

    def __init__(self, data: bytes) -> None:
        if data.count(_CENTRAL_MAGIC) > MAX_ENTRIES:
            raise Rejected("archive_bomb")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise Rejected("malformed_file") from error
        self._data = data
        self.members = [info for info in self._zip.infolist() if not info.is_dir()]
        self.names = {info.filename for info in self.members}
        if len(self.names) < len(self.members):
            # Two members of one name: readers disagree about which of them counts.
            raise Rejected("malformed_file")
        self.encrypted = any(info.flag_bits & _ENCRYPTED for info in self.members)
        self._check_bounds()

    def read(self, name: str, limit: int) -> bytes:
        """At most `limit` bytes of a member; empty when there is no such member."""
        try:
            with self._zip.open(name) as stream:
                return stream.read(limit)
        except KeyError:
            return b""
        except (zipfile.BadZipFile, zlib.error, ValueError, RuntimeError, EOFError) as error:
            # A directory that is off by some bytes points before the file's beginning: ValueError.
            raise Rejected("malformed_file") from error

    def prove(self) -> None:
        """Unpack the members, up to the budget, against their declared size and checksum."""
        budget = UNPACK_BUDGET
        for info in self.members:
            if info.compress_type == _DEFLATED:
                budget -= self._prove_deflated(info, budget)
            elif info.compress_type != _STORED and info.file_size:
                self.read(info.filename, HEAD)
            if budget <= 0:
                return

    def _check_bounds(self) -> None:
        total = sum(info.file_size for info in self.members)
        packed = sum(info.compress_size for info in self.members)
        steepest = max(
            (
                info.file_size / max(1, info.compress_size)
                for info in self.members
                if info.file_size > RATIO_FROM
            ),
            default=0,
        )
        if (
            total > MAX_TOTAL
            or packed > len(self._data)
            or steepest > MAX_RATIO
            or (total > RATIO_FROM and total > MAX_RATIO * len(self._data))
            or self._overlaps()
        ):
            raise Rejected("archive_bomb")

    def _overlaps(self) -> bool:
        spans = sorted(
            (info.header_offset, info.header_offset + _LOCAL_HEADER + info.compress_size)
            for info in self.members
        )
        return any(first[1] > second[0] for first, second in itertools.pairwise(spans))

    def _prove_deflated(self, info: zipfile.ZipInfo, budget: int) -> int:
        start = info.header_offset
        header = self._data[start : start + _LOCAL_HEADER]
        if header[:4] != b"PK\x03\x04" or len(header) < _LOCAL_HEADER:
            raise Rejected("malformed_file")
        start += (
            _LOCAL_HEADER + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        )
        end = start + info.compress_size
        unpacker, size, checksum = zlib.decompressobj(-15), 0, 0
        try:
            while start < end and not unpacker.eof and size <= min(info.file_size, budget):
                # In slices: what the unpacker leaves over is copied, and of a whole member again and again.
                pending = self._data[start : min(end, start + _SLICE)]
                start += len(pending)
                while pending and size <= min(info.file_size, budget):
                    piece = unpacker.decompress(pending, MIB)
                    pending = unpacker.unconsumed_tail
                    size += len(piece)
                    checksum = zlib.crc32(piece, checksum)
        except zlib.error as error:
            raise Rejected("malformed_file") from error
        if size > info.file_size:
            raise Rejected("archive_bomb")
        if size <= budget and (size != info.file_size or checksum != info.CRC):
            raise Rejected("malformed_file")
        return size
