"""The blob file's prefix and arithmetic, on their own."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import layout
from storage.errors import BlobDamaged, UnsupportedFormat

PREFIX = layout.Prefix(UUID(int=1), UUID(int=2))
FOUR_PIB = 1 << 52


def test_prefix_has_the_documented_bytes_at_the_documented_offsets():
    raw = PREFIX.encode()

    assert raw[:8] == b"\x93JGB\r\n\x1a\n"
    assert raw[8:16] == bytes([1, 1, 14, 0, 0, 0, 0, 0])
    assert raw[16:32] == UUID(int=1).bytes
    assert raw[32:48] == UUID(int=2).bytes
    assert layout.Prefix.decode(raw) == PREFIX


@pytest.mark.parametrize("bit", range(48 * 8))
def test_every_bit_of_the_prefix_is_checked_or_identifies(bit):
    """PF-01: a flipped prefix bit is refused, or names another object, which the reader then refuses."""
    raw = bytearray(PREFIX.encode())
    raw[bit // 8] ^= 1 << bit % 8

    try:
        decoded = layout.Prefix.decode(bytes(raw))
    except (BlobDamaged, UnsupportedFormat):
        assert bit < 16 * 8
    else:
        assert bit >= 16 * 8
        assert decoded != PREFIX


@pytest.mark.parametrize(
    ("offset", "value", "words"),
    [(8, 2, "format version 2"), (9, 3, "SM4-GCM"), (9, 2, "cipher suite 2"), (9, 0, "cipher suite 0")],
)
def test_another_version_or_suite_is_refused_by_name(offset, value, words):
    raw = bytearray(PREFIX.encode())
    raw[offset] = value

    with pytest.raises(UnsupportedFormat, match=words):
        layout.Prefix.decode(bytes(raw))


@pytest.mark.parametrize("log2_chunk", [0, 13, 15, 20, 255])
def test_another_chunk_size_is_refused(log2_chunk):
    raw = bytearray(PREFIX.encode())
    raw[10] = log2_chunk

    with pytest.raises(BlobDamaged):
        layout.Prefix.decode(bytes(raw))


@given(st.integers(0, FOUR_PIB))
def test_plain_size_and_file_size_are_inverse(size):
    assert layout.plain_size(layout.file_size(size)) == size


@given(st.integers(0, 1 << 40))
def test_a_file_size_belongs_to_exactly_one_content_size_or_to_none(size):
    try:
        plain = layout.plain_size(size)
    except BlobDamaged:
        rest = (size - layout.BODY_START) % layout.SEALED_CHUNK
        assert size < layout.BODY_START or rest < layout.TAG
    else:
        assert layout.file_size(plain) == size
