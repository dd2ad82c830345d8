"""Encrypted columns: ordinary use works, every other use is refused, and nothing moves between cells."""

from uuid import uuid4

import pytest
from django.core import checks, serializers
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import Count, F, Max, Q, Value
from django.db.models.functions import Lower
from django.forms import modelform_factory
from django.test.utils import isolate_apps
from django.utils.functional import SimpleLazyObject

from storage import hooks, keyring
from storage.columns import Cell, EncryptedTextField, open_cell, seal_cell
from storage.errors import CellDamaged, CellMisuse, KeyUnavailable
from tests.storage.cells import Letter, Person

VALUES = ["", "x", "王小明", "a\nb\0c", "🗝" * 100, "long " * 20_000]


@pytest.fixture(autouse=True)
def _in_a_database(cell_tables):
    pass


def stored(row: models.Model, column: str) -> bytes | None:
    table = connection.ops.quote_name(row._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column} FROM {table} WHERE id = %s",
            [row.pk.hex if connection.vendor == "sqlite" else row.pk],
        )
        value = cursor.fetchone()[0]
    return None if value is None else bytes(value)


def overwrite(row: models.Model, column: str, value: bytes | None) -> None:
    table = connection.ops.quote_name(row._meta.db_table)
    key = row.pk.hex if connection.vendor == "sqlite" else row.pk
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [value, key])


class TestOrdinaryUse:
    @pytest.mark.parametrize("value", VALUES, ids=lambda v: str(len(v)))
    def test_what_was_saved_is_read_and_only_ciphertext_is_stored(self, value):
        person = Person.objects.create(name=value, photo=value.encode())

        assert person.name == value
        assert Person.objects.get().name == value
        assert Person.objects.get().photo == value.encode()
        for column in ("name", "photo"):
            raw = stored(person, column)
            assert len(raw) == 5 + 72 + len(value.encode()) + 16 * (len(value.encode()) // 16384)
            assert len(value) < 2 or value.encode() not in raw

    def test_null_stays_null_and_empty_stays_empty(self):
        Person.objects.create(name="", note=None, photo=b"")
        person = Person.objects.get()

        assert (person.name, person.note, person.photo) == ("", None, b"")
        assert stored(person, "note") is None

    def test_equal_values_give_unrelated_cells_and_every_save_a_new_one(self):
        one, other = Person.objects.create(name="same"), Person.objects.create(name="same")
        first = stored(one, "name")
        one.save()

        assert len({first, stored(one, "name"), stored(other, "name")}) == 3

    def test_an_unread_cell_is_not_decrypted_and_survives_a_save(self):
        Person.objects.create(name="kept", note="n")
        person = Person.objects.get()
        before = stored(person, "name")
        assert isinstance(person.__dict__["name"], Cell)
        person.rank = 3
        person.save()

        assert stored(person, "name") == before
        assert Person.objects.get(rank=3).name == "kept"

    def test_changing_one_cell_leaves_the_others(self):
        Person.objects.create(name="old", note="n")
        person = Person.objects.get()
        person.name = "new"
        person.save(update_fields=["name"])

        again = Person.objects.get()
        assert (again.name, again.note) == ("new", "n")

    def test_bulk_create_and_get_or_create(self):
        Person.objects.bulk_create([Person(name=f"n{i}", rank=i) for i in range(300)])
        made, created = Person.objects.get_or_create(rank=1000, defaults={"name": "made"})
        again, created_again = Person.objects.update_or_create(rank=1000, defaults={"name": "changed"})

        assert [p.name for p in Person.objects.filter(rank__lt=300).order_by("rank")] == [
            f"n{i}" for i in range(300)
        ]
        assert (created, created_again, made.pk == again.pk, Person.objects.get(rank=1000).name) == (
            True, False, True, "changed",
        )  # fmt: skip

    def test_deferred_columns_are_fetched_when_they_are_read(self, django_assert_num_queries):
        Person.objects.create(name="n", note="t")
        for person in (
            Person.objects.defer("name").get(),
            Person.objects.only("rank").get(),
            Person.objects.only("note").get(),
        ):
            assert "name" in person.get_deferred_fields()
            with django_assert_num_queries(1):
                assert (person.name, person.name) == ("n", "n")
            assert person.note == "t"

    def test_refresh_from_db(self):
        person = Person.objects.create(name="old")
        other = Person.objects.get()
        other.name = "new"
        other.save()

        person.refresh_from_db(fields=["rank"])
        assert person.name == "old"
        person.refresh_from_db(fields=["name"])
        assert person.name == "new"
        person.name = "unsaved"
        person.refresh_from_db()
        assert person.name == "new"

    def test_related_rows_of_every_kind(self):
        person = Person.objects.create(name="sender")
        Letter.objects.create(sender=person, text="hello")

        assert Letter.objects.select_related("sender").get().sender.name == "sender"
        assert Person.objects.prefetch_related("letters").get().letters.all()[0].text == "hello"
        assert Person.objects.annotate(n=Count("letters")).get().name == "sender"
        assert Letter.objects.filter(sender__in=Person.objects.all()).get().text == "hello"
        assert Letter.objects.filter(sender__rank=0).distinct().count() == 1
        assert next(iter(Person.objects.raw("SELECT * FROM tests_person"))).name == "sender"
        assert Person.objects.order_by("rank")[:1].get().name == "sender"
        assert (Person.objects.filter(rank=0) | Person.objects.filter(rank=1)).union(
            Person.objects.filter(rank=5)
        ).get().name == "sender"
        assert Person.objects.in_bulk([person.pk])[person.pk].name == "sender"
        assert [p.name for p in Person.objects.iterator()] == ["sender"]
        person.delete()
        assert not Letter.objects.exists()

    def test_isnull_is_the_only_question(self):
        Person.objects.create(name="a", note=None)
        Person.objects.create(name="b", note="", by_number="2")

        assert Person.objects.get(note__isnull=True).name == Person.objects.get(note=None).name == "a"
        assert Person.objects.get(~Q(note__isnull=True)).name == "b"
        assert Letter.objects.filter(sender__note__isnull=False).count() == 0

    def test_forms_and_full_clean_see_the_value(self):
        form = modelform_factory(Person, fields=["name", "note"])
        filled = form({"name": "王", "note": ""})
        assert filled.is_valid(), filled.errors
        person = filled.save()
        assert (Person.objects.get().name, person.note) == ("王", None)
        assert form(instance=Person.objects.get())["name"].value() == "王"
        assert not form({"name": "x" * 21}).is_valid()
        with pytest.raises(ValidationError):
            Person(name="x" * 21).full_clean()

    def test_lazy_rows_and_rows_copied_by_a_new_key(self):
        person = Person.objects.create(name="n")
        assert SimpleLazyObject(Person.objects.get).name == "n"

        person.pk, person._state.adding = uuid4(), True
        person.save()
        assert {p.name for p in Person.objects.all()} == {"n"}

    def test_a_value_written_before_a_rotation_is_read_after_it(self):
        Person.objects.create(name="old")
        keyring.current().rotate("pii")
        Person.objects.create(name="new")

        assert {p.name for p in Person.objects.all()} == {"old", "new"}
        assert {stored(p, "name")[:5] for p in Person.objects.all()} == {b"\1\0\0\0\1", b"\1\0\0\0\2"}
        keyring.current().retire_below("pii", 2)
        with pytest.raises(KeyUnavailable):
            _ = {p.name for p in Person.objects.all()}


class TestAttacks:
    def test_every_bit_of_a_cell(self):
        """PF-01 for cells."""
        row = uuid4()
        good = seal_cell(b"value", cell="a.b", row=row)
        assert open_cell(good, cell="a.b", row=row) == b"value"
        for bit in range(len(good) * 8):
            raw = bytearray(good)
            raw[bit // 8] ^= 1 << bit % 8
            with pytest.raises((CellDamaged, KeyUnavailable)):
                open_cell(bytes(raw), cell="a.b", row=row)

    @pytest.mark.parametrize("length", [0, 1, 4, 5, 60, 76])
    def test_a_cut_cell(self, length):
        row = uuid4()
        with pytest.raises(CellDamaged):
            open_cell(seal_cell(b"", cell="a.b", row=row)[:length], cell="a.b", row=row)

    def test_a_cell_moved_to_another_row(self):
        one, other = Person.objects.create(name="one"), Person.objects.create(name="other", by_number="1")
        overwrite(other, "name", stored(one, "name"))
        told = []
        hooks.set_on_damage(lambda *facts: told.append(facts))

        assert Person.objects.get(pk=one.pk).name == "one"
        with pytest.raises(CellDamaged, match=f"tests.person.name in row {other.pk}"):
            _ = Person.objects.get(pk=other.pk).name
        assert told == [("tests.person.name", other.pk, "storage.cell_damaged")]
        with hooks.examining(), pytest.raises(CellDamaged):
            _ = Person.objects.get(pk=other.pk).name
        with pytest.raises(CellDamaged):
            open_cell(bytes(stored(one, "name")), cell="tests.person.name", row=other.pk)
        assert len(told) == 1, "an examination and what reads cells of its own tell for themselves"

    def test_a_key_version_that_never_was_is_told_too(self):
        """Four bytes in clear at the head of a cell must not buy silence."""
        person, told = Person.objects.create(name="one"), []
        sealed = bytes(stored(person, "name"))
        overwrite(person, "name", sealed[:1] + (9).to_bytes(4, "big") + sealed[5:])
        hooks.set_on_damage(lambda *facts: told.append(facts))

        with pytest.raises(KeyUnavailable):
            _ = Person.objects.get(pk=person.pk).name
        assert told == [("tests.person.name", person.pk, "storage.key_unavailable")]

    def test_a_cell_moved_to_another_column_or_table(self):
        person = Person.objects.create(name="one", note="note")
        letter = Letter.objects.create(id=person.pk, sender=person, text="text")
        overwrite(person, "note", stored(person, "name"))
        overwrite(letter, "text", stored(person, "name"))

        with pytest.raises(CellDamaged):
            _ = Person.objects.get().note
        with pytest.raises(CellDamaged):
            _ = Letter.objects.get().text

    def test_a_cell_claimed_for_another_key_version(self):
        keyring.current().rotate("pii")
        person = Person.objects.create(name="one")
        overwrite(person, "name", b"\1\0\0\0\1" + stored(person, "name")[5:])
        with pytest.raises(CellDamaged):
            _ = Person.objects.get().name

    def test_a_damaged_cell_is_not_saved_again(self):
        person = Person.objects.create(name="one")
        overwrite(person, "name", stored(person, "name")[:-1] + b"\0")
        with pytest.raises(CellDamaged):
            Person.objects.get().save()

    def test_an_unread_cell_is_not_carried_into_another_row(self):
        Person.objects.create(name="one")
        person = Person.objects.get()
        person.pk, person._state.adding = uuid4(), True
        with pytest.raises(CellDamaged), transaction.atomic():
            person.save()
        other = Person(name="x")
        other.name = Person.objects.get().__dict__["name"]
        with pytest.raises(CellDamaged):
            other.save()

    def test_the_column_key_alone_separates_columns(self):
        """Each layer by itself: the derivation, without the context."""
        ring = keyring.current()
        from storage.columns import _key_info

        assert ring.derive("pii", 1, _key_info("a.b")) != ring.derive("pii", 1, _key_info("a.c"))
        row = uuid4()
        assert len({seal_cell(b"", cell="a.b", row=row)[5:] for _ in range(50)}) == 50


REFUSED = {
    "filter": lambda: Person.objects.filter(name="n"),
    "filter exact lookup": lambda: Person.objects.filter(name__exact="n"),
    "filter in": lambda: Person.objects.filter(name__in=["n"]),
    "filter contains": lambda: Person.objects.filter(name__contains="n"),
    "filter by cell": lambda: Person.objects.filter(name=Cell(b"x")),
    "filter through a relation": lambda: Letter.objects.filter(sender__name="n"),
    "filter with F": lambda: list(Person.objects.filter(rank=F("name"))),
    "exclude": lambda: Person.objects.exclude(name="n"),
    "get": lambda: Person.objects.get(name="n"),
    "transform": lambda: Person.objects.filter(name__lower__exact="n"),
    "order_by": lambda: list(Person.objects.order_by("name")),
    "order_by descending": lambda: list(Person.objects.order_by("-name")),
    "order_by F": lambda: list(Person.objects.order_by(F("name").desc())),
    "order_by through a relation": lambda: list(Letter.objects.order_by("sender__name")),
    "values": lambda: list(Person.objects.values("name")),
    "values of all": lambda: list(Person.objects.values()),
    "values_list": lambda: list(Person.objects.values_list("name", flat=True)),
    "values through a relation": lambda: list(Letter.objects.values("sender__name")),
    "sub-query": lambda: list(Letter.objects.filter(id__in=Person.objects.values("name"))),
    "annotate F": lambda: list(Person.objects.annotate(n=F("name"))),
    "annotate function": lambda: list(Person.objects.annotate(n=Lower("name"))),
    "aggregate": lambda: Person.objects.aggregate(Max("name")),
    "update": lambda: Person.objects.update(name="n"),
    "update with Value": lambda: Person.objects.update(name=Value(b"n")),
    "update with F": lambda: Person.objects.update(name=F("note")),
    "update another column": lambda: Person.objects.update(rank=F("name")),
    "bulk_update": lambda: Person.objects.bulk_update(list(Person.objects.all()), ["name"]),
    "upsert": lambda: Person.objects.bulk_create(
        [Person(name="n")], update_conflicts=True, update_fields=["name"], unique_fields=["by_number"]
    ),
    "expression assigned": lambda: Person(name=Value("n")),
    "number assigned": lambda: Person(name=7),
    "bytes in text": lambda: Person(name=b"n"),
    "text in bytes": lambda: Person(name="n", photo="n"),
    "serialise": lambda: serializers.serialize("json", Person.objects.all()),
    "no key": lambda: Person._meta.get_field("name").pre_save(Person(id=None, name="n"), add=True),
}  # fmt: skip


@pytest.mark.parametrize("use", REFUSED.values(), ids=REFUSED)
def test_ciphertext_is_never_taken_for_the_value(use):
    person = Person.objects.create(name="n", by_number="1")
    Letter.objects.create(sender=person, text="t")
    before = stored(person, "name")
    with pytest.raises(CellMisuse), transaction.atomic():
        use()
    assert stored(person, "name") == before


@isolate_apps("storage")
def test_system_checks_name_unsafe_declarations():
    class Numbered(models.Model):
        name = EncryptedTextField(unique=True)

        class Meta:
            app_label = "storage"

    found = {message.id for message in Numbered.check() if isinstance(message, checks.Error)}
    assert found >= {"storage.E001", "storage.E002", "storage.E003"}
    assert [m for m in Person.check() if m.is_serious()] == []


def test_declarations_survive_migrations():
    for field in [*Person._meta.local_fields, *Letter._meta.local_fields]:
        _, path, args, kwargs = field.deconstruct()
        assert field.clone().deconstruct()[1:] == (path, args, kwargs)
    assert Person._meta.get_field("name").deconstruct()[3] == {"cell": "tests.person.name", "max_length": 20}
