"""Exact look-up without the value."""

import pytest
from django.db import IntegrityError, connection
from hypothesis import given
from hypothesis import strategies as st

from storage import blind, keyring
from storage.errors import CellMisuse
from tests.storage.cells import Person
from tests.storage.test_columns import stored


@pytest.fixture(autouse=True)
def _in_a_database(cell_tables):
    pass


@pytest.mark.parametrize(
    "typed",
    [
        "13812345678",
        "138-1234-5678",
        "138 1234 5678",
        "１３８１２３４５６７８",
        "١٣٨١٢٣٤٥٦٧٨",
        "(138)12345678",
    ],
)
def test_a_number_is_found_however_it_is_written(typed):
    person = Person.objects.create(name="n", telephone="138-12345678")

    assert Person.objects.get(by_telephone=typed) == person
    assert Person.objects.get(by_telephone__in=["1", typed]) == person
    assert not Person.objects.filter(by_telephone="13812345679").exists()
    assert not Person.objects.exclude(by_telephone=typed).exists()


@pytest.mark.parametrize("typed", ["ABC-１", "abc-1", " aBc-1 ", "ａｂｃ-1"])
def test_text_is_found_in_any_case_and_width(typed):
    Person.objects.create(name="n", by_number="Abc-1")

    assert Person.objects.filter(by_number=typed).count() == 1
    assert Person.objects.filter(by_number="abc1").count() == 0


def test_the_index_follows_its_source():
    person = Person.objects.create(name="n", telephone="111")
    person = Person.objects.get()
    person.telephone = "222"
    person.save()

    assert not Person.objects.filter(by_telephone="111").exists()
    assert Person.objects.get(by_telephone="222") == person
    assert len(stored(person, "by_telephone")) == 16


def test_the_last_four_digits_are_an_index_of_their_own():
    Person.objects.create(name="n", telephone="138-1234-5678")
    Person.objects.create(name="short", telephone="678")

    assert Person.objects.get(last_four="5678").name == Person.objects.get(last_four="99995678").name == "n"
    assert not Person.objects.filter(last_four="678").exists()


@pytest.mark.parametrize("empty", ["", "  ", "---", None])
def test_nothing_is_never_indexed_and_never_found(empty):
    Person.objects.create(name="n", telephone=empty or "")
    person = Person.objects.get()

    assert stored(person, "by_telephone") is None
    if empty is not None:
        assert not Person.objects.filter(by_telephone=empty).exists()
        assert not Person.objects.filter(by_telephone__in=[empty, None]).exists()


def test_digests_of_two_columns_rings_and_versions_are_unrelated(ring_path, tmp_path):
    options = {"version": 1}
    one = blind.digest("13812345678", cell="a", **options)
    other = blind.digest("13812345678", cell="b", **options)
    keyring.KeyRing.create(tmp_path / "other" / "ring")
    keyring.configure(tmp_path / "other" / "ring")

    assert len({one, other, blind.digest("13812345678", cell="a", **options)}) == 3


def test_both_keys_are_tried_while_a_rotation_is_under_way():
    Person.objects.create(name="old", telephone="111", by_number="1")
    keyring.current().rotate("pii")
    Person.objects.create(name="new", telephone="111", by_number="2")

    assert {p.name for p in Person.objects.filter(by_telephone="111")} == {"old", "new"}
    old = Person.objects.get(by_number="1")
    old.save()
    keyring.current().retire_below("pii", 2)
    assert Person.objects.filter(by_telephone="111").count() == 2


def test_uniqueness_is_kept_by_the_database():
    Person.objects.create(name="a", by_number="x1")
    Person.objects.create(name="b")
    Person.objects.create(name="c")

    with pytest.raises(IntegrityError):
        Person.objects.create(name="d", by_number="X1")


@pytest.mark.parametrize("lookup", ["contains", "startswith", "gt", "range", "regex"])
def test_only_equality_is_answered(lookup):
    with pytest.raises(CellMisuse, match="equality only"):
        Person.objects.filter(**{f"by_number__{lookup}": "x"})


def test_other_types_are_refused():
    with pytest.raises(CellMisuse, match="takes text"):
        Person.objects.create(name="n", by_number=7)
    with pytest.raises(CellMisuse, match="takes text"):
        list(Person.objects.filter(by_number=b"0123456789abcdef"))


def test_update_and_bulk_create_digest_too():
    Person.objects.bulk_create([Person(name="a", telephone="1-2-3")])
    Person.objects.update(by_number="N1")

    assert Person.objects.get(by_telephone="123", by_number="n1").name == "a"
    assert connection.vendor in ("sqlite", "postgresql")


@given(st.text(max_size=30))
def test_normalising_twice_changes_nothing(value):
    for digits_only in (False, True):
        once = blind.normalise(value, digits_only=digits_only)
        assert blind.normalise(once, digits_only=digits_only) == once
