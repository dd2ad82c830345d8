import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from audit import canonical
from audit.errors import NotCanonical

_strings = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_scalars = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | _strings
_names = st.text(st.characters(max_codepoint=127), max_size=8)
_documents = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(_names, inner, max_size=5),
    max_leaves=20,
)


@given(_documents)
def test_canonical_bytes_are_rfc_8785_and_survive_the_round_trip(document):
    data = canonical.encode(document)
    assert data == rfc8785.dumps(document)
    assert canonical.decode(data) == document


@given(_documents)
def test_any_other_spelling_of_the_same_document_is_refused(document):
    data = canonical.encode(document)
    for other in (
        json.dumps(document),
        json.dumps(document, indent=1),
        json.dumps(document, ensure_ascii=True) + " ",
    ):
        if other.encode() != data:
            with pytest.raises(NotCanonical):
                canonical.decode(other.encode())


@given(st.binary(max_size=40))
def test_arbitrary_bytes_are_either_canonical_or_refused(data):
    try:
        document = canonical.decode(data)
    except NotCanonical:
        return
    assert canonical.encode(document) == data


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        float("nan"),
        2**53,
        -(2**53),
        {"a": 1.0},
        {1: 2},
        {"名": 1},
        "\ud800",
        {"a": "\udfff"},
        b"bytes",
        {"a": {1, 2}},
    ],
)
def test_what_could_be_spelt_in_two_ways_is_not_encoded(value):
    with pytest.raises(NotCanonical):
        canonical.encode(value)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}',
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b"1.0",
        b"1e3",
        b"-0",
        b"01",
        b"9007199254740992",
        b"1" * 5000,
        b"NaN",
        b"Infinity",
        b'"\\u0041"',
        b'"\\ud800"',
        b'"\\/"',
        '{"é":1}'.encode(),
        b"\xff",
        b"",
        b"[" * 100_000,
        b"\xef\xbb\xbf1",
    ],
)
def test_bytes_outside_the_restricted_form_are_not_decoded(data):
    with pytest.raises(NotCanonical):
        canonical.decode(data)


def test_control_characters_and_separators_are_spelt_as_rfc_8785_asks():
    assert (
        canonical.encode('\x00\b\t\n\f\r\x1f"\\/\x7f\u2028€')
        == '"\\u0000\\b\\t\\n\\f\\r\\u001f\\"\\\\/\x7f\u2028€"'.encode()
    )
