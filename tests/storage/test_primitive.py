"""The sealing primitive and key material that does not show itself."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import NotAuthentic
from storage.primitive import OVERHEAD, Secret, context, expand, new_key, seal, unseal


def test_a_sealed_key_is_104_bytes_and_opens_only_as_it_was():
    key, inner = new_key(), new_key()
    message = seal(key, inner, b"context")

    assert len(message) == 32 + OVERHEAD == 104
    assert unseal(key, message, b"context") == inner


def test_every_bit_of_a_sealed_key_counts():
    """PF-01: every bit of a wrapped key."""
    key = new_key()
    message = seal(key, b"k" * 32, b"context")
    for bit in range(len(message) * 8):
        changed = bytearray(message)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(NotAuthentic):
            unseal(key, bytes(changed), b"context")


@pytest.mark.parametrize("cut", [0, 1, 24, 55, 56, 72, 103])
def test_a_cut_or_lengthened_message_does_not_open(cut):
    key = new_key()
    message = seal(key, b"k" * 32, b"context")

    with pytest.raises(NotAuthentic):
        unseal(key, message[:cut], b"context")
    with pytest.raises(NotAuthentic):
        unseal(key, message + bytes(cut + 1), b"context")


def test_another_key_or_context_does_not_open():
    key = new_key()
    message = seal(key, b"k" * 32, b"context")

    with pytest.raises(NotAuthentic):
        unseal(new_key(), message, b"context")
    with pytest.raises(NotAuthentic):
        unseal(key, message, b"context\0")


@given(st.lists(st.binary(max_size=6), max_size=4), st.lists(st.binary(max_size=6), max_size=4))
def test_different_parts_never_give_one_context(one, other):
    assert (context("a label", *one) == context("a label", *other)) == (one == other)


def test_derived_keys_differ_by_info_and_repeat():
    key = new_key()

    assert expand(key, b"a") == expand(key, b"a") != expand(key, b"b")
    assert expand(key, b"a") != key


def test_key_material_shows_in_no_representation():
    key = Secret(b"\x41" * 32)

    for text in (repr(key), str(key), f"{key}", f"{key!r}", "%s" % key, repr({"k": key}), repr([key])):
        assert "A" * 4 not in text
        assert "\\x41" not in text
    with pytest.raises(TypeError):
        pickle.dumps(key)
