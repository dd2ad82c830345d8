"""Loudness along a recording, read in the child; of WAV alone."""

import io
import math
import struct
import wave

import pytest

from storage import rendering
from storage.rendering import peaks as drawn

RATE = 8000


def recording(samples: list[float], width: int = 2, channels: int = 1) -> bytes:
    """A WAV of samples between -1 and 1."""
    target = io.BytesIO()
    with wave.open(target, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(width)
        out.setframerate(RATE)
        out.writeframes(b"".join(_packed(sample, width) for sample in samples for _ in range(channels)))
    return target.getvalue()


def _packed(sample: float, width: int) -> bytes:
    if width == 1:
        return struct.pack("B", 128 + round(sample * 127))
    return struct.pack("<i", round(sample * (2 ** (8 * width - 1) - 1)))[:width]


def tone(loud: float) -> list[float]:
    return [loud * math.sin(at * 0.9) for at in range(RATE // 4)]


def read(body: bytes) -> list[int]:
    return rendering.sound_peaks([body], media_type="audio/wav")


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize("channels", [1, 2])
def test_what_is_loud_stands_high_and_silence_low(width: int, channels: int) -> None:
    """Interface 1.4: for every width of samples; silence, then half as loud, then full."""
    found = read(recording([*[0.0] * (RATE // 4), *tone(0.5), *tone(1.0)], width, channels))
    assert len(found) == drawn.COLUMNS
    quiet, half, full = found[5:75], found[85:155], found[165:235]
    assert max(quiet) <= 1
    assert all(45 <= value <= 51 for value in half)
    assert all(94 <= value <= 100 for value in full)


def test_the_lowest_sample_there_is_is_full_and_not_more() -> None:
    """-32768 has no counterpart above nought."""
    target = io.BytesIO()
    with wave.open(target, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(struct.pack("<h", -32768) * 1000)
    assert read(target.getvalue()) == [100] * drawn.COLUMNS


def test_fewer_samples_than_parts_leave_parts_empty() -> None:
    assert sum(value > 0 for value in read(recording([1.0] * 10))) == 10


@pytest.mark.parametrize("body", [b"", b"RIFF", b"RIFF\x00\x00\x00\x00WAVEfmt ", recording([])])
def test_what_is_no_recording_is_refused(body: bytes) -> None:
    with pytest.raises(rendering.NotRenderable):
        read(body)


@pytest.mark.parametrize("media_type", ["audio/mpeg", "audio/ogg", "audio/flac", "application/pdf", "x/y"])
def test_no_picture_is_made_up_of_what_cannot_be_decoded(media_type: str) -> None:
    assert not rendering.has_peaks(media_type)
    with pytest.raises(rendering.NotRenderable):
        rendering.sound_peaks([recording([1.0])], media_type=media_type)
