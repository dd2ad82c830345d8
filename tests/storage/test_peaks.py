"""Loudness along a recording, read in the child."""

import io
import math
import struct
import wave

import av
import pytest

from storage import rendering
from storage.inspection.kinds import KINDS
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


def test_what_is_shorter_than_its_parts_is_drawn_throughout() -> None:
    assert read(recording([1.0] * 10)) == [99] * drawn.COLUMNS


def compressed(form: str, codec: str, samples: list[float], rate: int = RATE) -> bytes:
    """The samples as another program would record them."""
    target = io.BytesIO()
    with av.open(target, "w", format=form) as out:
        stream = out.add_stream(codec, rate=rate, layout="mono")
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(samples))
        frame.planes[0].update(struct.pack(f"<{len(samples)}h", *(round(one * 32767) for one in samples)))
        frame.sample_rate = RATE
        for part in av.AudioResampler(format=stream.format, layout="mono", rate=rate).resample(frame):
            out.mux(stream.encode(part))
        out.mux(stream.encode(None))
    return target.getvalue()


CODECS = [
    ("wav", "pcm_alaw", RATE, "audio/wav"),
    ("wav", "pcm_mulaw", RATE, "audio/wav"),
    ("wav", "adpcm_ms", RATE, "audio/wav"),
    ("wav", "pcm_f32le", RATE, "audio/wav"),
    ("mp3", "libmp3lame", RATE, "audio/mpeg"),
    ("mp3", "libmp3lame", 44100, "audio/mpeg"),
    ("ogg", "libopus", 48000, "audio/ogg"),
    ("flac", "flac", RATE, "audio/flac"),
    ("ipod", "aac", 44100, "audio/mp4"),
]


@pytest.mark.parametrize(("form", "codec", "rate", "media_type"), CODECS)
def test_compressed_sound_is_drawn_as_it_is_heard(form: str, codec: str, rate: int, media_type: str) -> None:
    """Interface 1.4: what call centres and telephones record; a loss is audible, not visible."""
    body = compressed(form, codec, [*[0.0] * RATE, *tone(0.5) * 4, *tone(1.0) * 4], rate)
    found = rendering.sound_peaks([body], media_type=media_type)
    assert len(found) == drawn.COLUMNS
    quiet, half, full = found[10:70], found[90:150], found[170:230]
    assert max(quiet) <= 4
    assert all(35 <= value <= 65 for value in half)
    assert all(value >= 70 for value in full)


def test_every_sound_that_is_played_is_drawn() -> None:
    played = {code for code, kind in KINDS.items() if kind.viewer == "audio"}
    assert played == set(drawn.FORMATS)


@pytest.mark.parametrize("body", [b"", b"RIFF", b"RIFF\x00\x00\x00\x00WAVEfmt ", recording([])])
def test_what_is_no_recording_is_refused(body: bytes) -> None:
    with pytest.raises(rendering.NotRenderable):
        read(body)


@pytest.mark.parametrize("media_type", ["audio/mpeg", "audio/ogg", "audio/flac", "audio/mp4"])
def test_nothing_is_made_up_of_what_cannot_be_decoded(media_type: str) -> None:
    noise = bytes((at * 7919 >> 3) % 256 for at in range(50_000))
    with pytest.raises(rendering.NotRenderable):
        rendering.sound_peaks([noise], media_type=media_type)


@pytest.mark.parametrize("rate", [1, 3999])
def test_what_claims_to_last_for_ever_is_refused_at_once(rate: int) -> None:
    """A hundred thousand samples at one a second would be eight hundred million to draw."""
    target = io.BytesIO()
    with wave.open(target, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(bytes(200_000))
    with pytest.raises(rendering.NotRenderable):
        read(target.getvalue())


def test_a_spoilt_stretch_leaves_the_rest() -> None:
    """A player goes on after it, and so does the picture; where most is spoilt there is none."""
    whole = bytearray(compressed("mp3", "libmp3lame", tone(1.0) * 80))
    spoilt = bytearray(whole)
    spoilt[len(whole) // 2 : len(whole) // 2 + 400] = bytes(400)
    assert min(rendering.sound_peaks([bytes(spoilt)], media_type="audio/mpeg")[5:100]) >= 70


@pytest.mark.parametrize(
    "list_of_files", [b"#EXTM3U\nfile:///etc/passwd\n", b"ffconcat version 1.0\nfile /etc/passwd\n"]
)
def test_a_play_list_is_no_recording(list_of_files: bytes) -> None:
    """Requirements, traps: a decoder that guesses formats would open what a list names."""
    with pytest.raises(rendering.NotRenderable):
        rendering.sound_peaks([list_of_files], media_type="audio/mpeg")


@pytest.mark.parametrize("media_type", ["audio/amr", "application/pdf", "x/y"])
def test_what_is_not_played_has_no_picture(media_type: str) -> None:
    assert not rendering.has_peaks(media_type)
    with pytest.raises(rendering.NotRenderable):
        rendering.sound_peaks([recording([1.0])], media_type=media_type)
