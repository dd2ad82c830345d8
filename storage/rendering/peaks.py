"""How loud a recording is along its length. Runs in the child.

WAV alone, with whole-number samples: nothing among our packages decodes compressed sound, and a picture that is not the
recording's own would be worse than none.
"""

import array
import io
import sys
import wave

from storage.inspection.outcome import Rejected

COLUMNS = 240
HIGHEST = 100


def peaks(data: bytes) -> list[int]:
    """The loudest sample of each of `COLUMNS` equal parts, 0 to `HIGHEST`. Raises Rejected."""
    try:
        with wave.open(io.BytesIO(data)) as sound:
            width, frames = sound.getsampwidth(), sound.readframes(sound.getnframes())
    except (wave.Error, EOFError) as error:
        raise Rejected("malformed_file") from error
    samples, full = _samples(frames, width)
    if not samples:
        raise Rejected("malformed_file")
    count = len(samples)
    return [
        _loudest(samples[count * n // COLUMNS : count * (n + 1) // COLUMNS], full) for n in range(COLUMNS)
    ]


def _samples(frames: bytes, width: int) -> tuple["array.array[int]", int]:
    """The samples of all channels as they follow one another, and the value of a full one."""
    if width == 1:
        # Without a sign, around 128.
        return array.array("b", frames.translate(_CENTRED)), 128
    if width == 3:
        # The lowest byte is far below what a picture shows.
        pairs = bytearray(len(frames) // 3 * 2)
        pairs[0::2], pairs[1::2] = frames[1 : len(frames) // 3 * 3 : 3], frames[2::3]
        frames, width = bytes(pairs), 2
    samples = array.array({2: "h", 4: "i"}[width])
    samples.frombytes(frames[: len(frames) // width * width])
    if sys.byteorder == "big":
        samples.byteswap()
    return samples, 1 << (8 * width - 1)


def _loudest(part: "array.array[int]", full: int) -> int:
    if not part:
        return 0
    highest, lowest = max(part), min(part)
    return max(highest, -lowest) * HIGHEST // full


_CENTRED = bytes((value - 128) % 256 for value in range(256))
