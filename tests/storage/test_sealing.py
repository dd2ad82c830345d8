"""Personal data in the log: sealed per subject, gone with the subject's key."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from storage import hooks, keyring
from storage.errors import HookMissing, NotAuthentic
from storage.models import SubjectKey
from storage.sealing import Sealer

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
SUBJECT = "person:6f1c"


@pytest.fixture(autouse=True)
def _with_keys(ring_path, events):
    pass


def test_what_was_sealed_is_opened_and_shows_nothing():
    sealed = Sealer().seal(SUBJECT, b'{"name":"MARKER"}')

    assert UUID(sealed.kid)
    assert len(sealed.commitment) == 64
    assert b"MARKER" not in sealed.ciphertext
    assert Sealer().open(sealed.kid, sealed.ciphertext) == b'{"name":"MARKER"}'
    assert Sealer().matches(sealed) is True


def test_one_subject_has_one_key_and_two_have_two():
    sealer = Sealer()
    kids = [sealer.seal(subject, b"x").kid for subject in (SUBJECT, SUBJECT, "person:other")]

    assert kids[0] == kids[1] != kids[2]
    assert SubjectKey.objects.count() == 2


def test_equal_plaintexts_give_unrelated_ciphertexts_and_commitments():
    one, other = Sealer().seal(SUBJECT, b"x"), Sealer().seal(SUBJECT, b"x")

    assert one.ciphertext != other.ciphertext
    assert one.commitment != other.commitment


def test_a_destroyed_key_blanks_the_person_and_no_one_else(events):
    mine, theirs = Sealer().seal(SUBJECT, b"mine"), Sealer().seal("person:other", b"theirs")

    assert Sealer().destroy(SUBJECT) == 1
    assert Sealer().open(mine.kid, mine.ciphertext) is None
    assert Sealer().matches(mine) is None
    assert Sealer().open(theirs.kid, theirs.ciphertext) == b"theirs"
    assert events == [("subject_key.destroyed", {"kid": mine.kid})]
    assert SubjectKey.objects.get(pk=mine.kid).wrapped_key is None
    assert Sealer().destroy(SUBJECT) == 0

    again = Sealer().seal(SUBJECT, b"again")
    assert again.kid != mine.kid
    assert Sealer().open(again.kid, again.ciphertext) == b"again"


def test_a_destruction_that_cannot_be_recorded_does_not_happen():
    sealed = Sealer().seal(SUBJECT, b"x")
    hooks.set_on_key_event(None)
    with pytest.raises(HookMissing):
        Sealer().destroy(SUBJECT)
    assert Sealer().open(sealed.kid, sealed.ciphertext) == b"x"


def test_every_bit_of_the_sealed_part_and_the_commitment_counts():
    sealed = Sealer().seal(SUBJECT, b"x")
    for bit in range(0, len(sealed.ciphertext) * 8, 5):
        raw = bytearray(sealed.ciphertext)
        raw[bit // 8] ^= 1 << bit % 8
        with pytest.raises(NotAuthentic):
            Sealer().open(sealed.kid, bytes(raw))
    assert Sealer().matches(replace(sealed, ciphertext=bytes(raw))) is False
    assert Sealer().matches(replace(sealed, commitment="0" * 64)) is False


def test_another_subjects_key_does_not_open_it_even_when_its_row_is_copied():
    mine, theirs = Sealer().seal(SUBJECT, b"x"), Sealer().seal("person:other", b"x")
    with pytest.raises(NotAuthentic):
        Sealer().open(theirs.kid, mine.ciphertext)
    with pytest.raises(NotAuthentic):
        Sealer().open(str(uuid4()), mine.ciphertext)
    row = SubjectKey.objects.get(pk=theirs.kid)
    SubjectKey.objects.filter(pk=mine.kid).update(wrapped_key=row.wrapped_key)
    with pytest.raises(NotAuthentic):
        Sealer().open(mine.kid, mine.ciphertext)


def test_the_table_does_not_say_whose_keys_these_are():
    Sealer().seal(SUBJECT, b"x")
    row = SubjectKey.objects.get()

    assert SUBJECT.encode() not in bytes(row.subject) + bytes(row.wrapped_key)
    assert len(bytes(row.subject)) == 32


def test_a_rotation_keeps_the_subjects_key():
    before = Sealer().seal(SUBJECT, b"x")
    keyring.current().rotate("audit")

    assert Sealer().seal(SUBJECT, b"y").kid == before.kid
    assert Sealer().open(before.kid, before.ciphertext) == b"x"


def test_two_processes_that_add_one_subject_at_once_share_the_first_key(monkeypatch):
    from storage import sealing

    first = Sealer().seal(SUBJECT, b"x")
    row = sealing._add(sealing._names(SUBJECT)[0])

    assert str(row.pk) == first.kid
    assert SubjectKey.objects.count() == 1
