"""How loud a recording is along its length. Runs in the child."""

import array
import io
from collections.abc import Iterator
from typing import Any

import av
import av.subtitles.stream  # which av loads at its first use, when a child opens no file any more

from storage.inspection.outcome import Rejected

COLUMNS = 240
HIGHEST = 100
FORMATS = {"wav": "wav", "mp3": "mp3", "ogg": "ogg", "flac": "flac", "m4a": "mov"}

_RATE = 8000
_BLOCK = 80  # samples: ten milliseconds, finer than a part of anything longer than three seconds
_FULL = 1 << 15
# Nothing is recorded more slowly; a header that says so would have a second made of each of its samples.
_SLOWEST = 4000


def peaks(data: bytes, kind: str) -> list[int]:
    """The loudest sample of each of `COLUMNS` equal parts, 0 to `HIGHEST`. Raises Rejected.

    What is shorter than its parts are fine gives neighbours the same height.
    """
    loudest = array.array("H", _blocks(data, kind))
    count = len(loudest)
    if not count:
        raise Rejected("malformed_file")
    found = []
    for n in range(COLUMNS):
        first = count * n // COLUMNS
        found.append(max(loudest[first : max(first + 1, count * (n + 1) // COLUMNS)]) * HIGHEST // _FULL)
    return found


def _blocks(data: bytes, kind: str) -> Iterator[int]:
    """The loudest sample of each block, 0 to `_FULL`."""
    waiting = array.array("h")
    for frame in _frames(data, kind):
        # A plane may be longer than its samples.
        waiting.frombytes(bytes(frame.planes[0])[: frame.samples * 2])
        whole = len(waiting) // _BLOCK * _BLOCK
        for at in range(0, whole, _BLOCK):
            yield _loudest(waiting[at : at + _BLOCK])
        del waiting[:whole]
    if waiting:
        yield _loudest(waiting)


def _frames(data: bytes, kind: str) -> Iterator[Any]:
    """One channel of whole numbers at a telephone's rate. Packets that cannot be decoded are left out as a player
    leaves them out, unless they are most of it.
    """
    spoilt = good = 0
    # The format is said: left to guess, the library would also read play lists, which name other files.
    try:
        with av.open(io.BytesIO(data), "r", format=FORMATS[kind]) as sound:
            stream = sound.streams.audio[0]
            if stream.codec_context.sample_rate < _SLOWEST:
                raise Rejected("malformed_file")
            stream.codec_context.thread_count = 1  # a child starts no thread
            resampler = av.AudioResampler(format="s16", layout="mono", rate=_RATE)
            for packet in sound.demux(stream):
                try:
                    frames = packet.decode()
                except av.error.InvalidDataError:
                    spoilt += 1
                    continue
                good += bool(frames)
                for frame in frames:
                    yield from resampler.resample(frame)
            yield from resampler.resample(None)
    except (av.error.FFmpegError, IndexError, ValueError) as error:
        raise Rejected("malformed_file") from error
    if spoilt > good:
        raise Rejected("malformed_file")


def _loudest(part: "array.array[int]") -> int:
    highest, lowest = max(part), min(part)
    return max(highest, -lowest)
