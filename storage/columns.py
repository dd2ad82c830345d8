"""Encrypted columns: a value is sealed for its cell id and its row, and opened on access with the key ring.

A cell is version byte, KEK version (4 bytes), sealed value. Its key is derived from a KEK and the permanent
cell id, its context is the cell id and the row's UUID (`FORMAT.md` section 5). Rows have client-side UUIDs.
The row holds ciphertext until somebody reads the attribute, so a list pays only for the cells it shows; a cell that
then does not open goes to `hooks` before the error does.

What would treat ciphertext as the value raises `CellMisuse`: filters (but `isnull`), ordering, `F`, `values`,
aggregates, `update`, `bulk_update`, serialisation. Use `save`, `bulk_create`, and `storage.blind`.
"""

import sys
from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.core import checks
from django.db import models
from django.db.models.constants import OnConflict
from django.db.models.expressions import Col
from django.db.models.lookups import Exact, IsNull

from storage import hooks, keyring
from storage.blind import BlindIndexField
from storage.errors import CellDamaged, CellMisuse, KeyUnavailable, NotAuthentic
from storage.primitive import context, seal, unseal

__all__ = [
    "BlindIndexField",
    "EncryptedBinaryField",
    "EncryptedTextField",
    "open_cell",
    "seal_cell",
]

CELL_VERSION: Final = 1
_HEAD: Final = 5


class Cell(bytes):
    """One encrypted value as it stands in the database."""

    def __repr__(self) -> str:
        return f"Cell({len(self)} bytes)"


def seal_cell(value: bytes, *, cell: str, row: UUID, compartment: str = "pii") -> Cell:
    """Encrypt `value` for one cell of one row under the active KEK."""
    ring = keyring.current()
    version = ring.active(compartment)
    key = ring.derive(compartment, version, _key_info(cell))
    head = bytes([CELL_VERSION]) + version.to_bytes(4, "big")
    return Cell(head + seal(key, value, _context(cell, row, head)))


def open_cell(sealed: bytes, *, cell: str, row: UUID, compartment: str = "pii") -> bytes:
    """Decrypt a cell in its place. Raises `CellDamaged` (altered or moved) and `KeyUnavailable`."""
    head = bytes(sealed[:_HEAD])
    if len(head) < _HEAD or head[0] != CELL_VERSION:
        raise _damaged(cell, row)
    ring = keyring.current()
    key = ring.derive(compartment, int.from_bytes(head[1:], "big"), _key_info(cell))
    try:
        return bytes(unseal(key, bytes(sealed[_HEAD:]), _context(cell, row, head)))
    except NotAuthentic:
        raise _damaged(cell, row) from None


class EncryptedField(models.BinaryField):  # type: ignore[type-arg]
    """Common part of the encrypted columns; use one of the two below.

    `cell` is the permanent id of the column, such as "holdings.record.title". It survives renames of table
    and column and is never used twice. `compartment` names the key compartment.
    """

    def __init__(self, *args: Any, cell: str = "", compartment: str = "pii", **kwargs: Any) -> None:
        self.cell = cell
        self.compartment = compartment
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = models.Field.deconstruct(self)
        kwargs["cell"] = self.cell
        if self.compartment != "pii":
            kwargs["compartment"] = self.compartment
        return name, path, args, kwargs

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Attribute(self))

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        return [*super().check(**kwargs), *self._check_cell()]

    def _check_cell(self) -> Iterable[checks.CheckMessage]:
        if not self.cell:
            yield checks.Error("An encrypted column needs a permanent cell id.", obj=self, id="storage.E001")
        if self.unique or getattr(self, "db_index", False) or self.primary_key:
            yield checks.Error(
                "Ciphertext is never equal to itself; put the index on a BlindIndexField.",
                obj=self,
                id="storage.E002",
            )
        key = self.model._meta.pk
        while key is not None and key.remote_field is not None:
            key = key.remote_field.model._meta.pk
        if not isinstance(key, models.UUIDField) or not key.has_default():
            yield checks.Error(
                "A model with encrypted columns needs a UUID primary key with a default.",
                obj=self,
                id="storage.E003",
            )

    # Between value and bytes

    def to_plain(self, value: Any) -> bytes:
        raise NotImplementedError

    def from_plain(self, plain: bytes) -> Any:
        raise NotImplementedError

    # From and to the database

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Cell | None:
        return None if value is None else Cell(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Cell | None:
        """Seal for this row. An unopened cell is kept, once it has proved to belong here."""
        value = model_instance.__dict__.get(self.attname)
        if value is None:
            return None
        if isinstance(value, Cell):
            open_cell(value, cell=self.cell, row=_row(model_instance), compartment=self.compartment)
            return value
        return seal_cell(
            self.to_plain(value), cell=self.cell, row=_row(model_instance), compartment=self.compartment
        )

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is not None and not isinstance(value, Cell):
            raise self.misuse("written with update() or bulk_update(), which do not know the row")
        return super().get_db_prep_value(value, connection, prepared)

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> Any:
        if hasattr(value, "resolve_expression"):
            raise self.misuse("written with update() or bulk_update(), which do not know the row")
        if getattr(compiler.query, "on_conflict", None) is OnConflict.UPDATE:
            raise self.misuse("written over a row with another key by bulk_create(update_conflicts=True)")
        return super().get_placeholder(value, compiler, connection)  # type: ignore[misc]

    # What must not be done with ciphertext

    def get_col(self, alias: Any, output_field: Any = None) -> Col:
        """A readable column only for the row itself; Django tells that caller apart by its name alone.

        Every other caller (`F`, `values`, filters, ordering) gets a reference that refuses to be compiled, so
        a Django that renames the function fails loudly instead of handing out ciphertext.
        """
        if sys._getframe(1).f_code.co_name == "get_default_columns":  # noqa: SLF001
            return Col(alias, self)
        return _CellReference(alias, self)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name in ("isnull", "exact"):
            return {"isnull": _CellIsNull, "exact": _CellIsNone}[lookup_name]
        raise self.misuse(f"searched with {lookup_name!r}; look up through a BlindIndexField or search")

    def get_transform(self, lookup_name: str) -> Any:
        raise self.misuse(f"searched with {lookup_name!r}; look up through a BlindIndexField or search")

    def value_to_string(self, obj: Any) -> str:
        raise self.misuse("serialised")

    def misuse(self, what: str) -> CellMisuse:
        return CellMisuse(f"The encrypted column {self.cell} cannot be {what}.")


class EncryptedTextField(EncryptedField):
    """A string, encrypted. `max_length` counts characters and is checked by `full_clean`."""

    empty_values = [None, ""]

    def to_plain(self, value: Any) -> bytes:
        if not isinstance(value, str):
            raise self.misuse(f"given a {type(value).__name__}; it holds text")
        return value.encode()

    def from_plain(self, plain: bytes) -> str:
        return plain.decode()

    def to_python(self, value: Any) -> Any:
        return value

    def get_default(self) -> Any:
        return models.Field.get_default(self)

    def _check_str_default_value(self) -> list[checks.CheckMessage]:
        return []

    def formfield(self, **kwargs: Any) -> Any:
        from django import forms

        kwargs.setdefault("form_class", forms.CharField)
        if self.max_length is not None:
            kwargs.setdefault("max_length", self.max_length)
        if self.null:
            kwargs.setdefault("empty_value", None)
        return models.Field.formfield(self, **kwargs)


class EncryptedBinaryField(EncryptedField):
    """Bytes, encrypted."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def to_plain(self, value: Any) -> bytes:
        if not isinstance(value, bytes | bytearray | memoryview):
            raise self.misuse(f"given a {type(value).__name__}; it holds bytes")
        return bytes(value)

    def from_plain(self, plain: bytes) -> bytes:
        return plain


class _Attribute:
    """Opens a cell when it is read, and keeps the value in its place."""

    def __init__(self, field: EncryptedField) -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type[models.Model]) -> Any:
        if instance is None:
            return self
        values = instance.__dict__
        name = self.field.attname
        if name not in values:
            instance.refresh_from_db(fields=[name])
        value = values[name]
        if isinstance(value, Cell):
            value = values[name] = self.field.from_plain(self._open(value, _row(instance)))
        return value

    def _open(self, cell: Cell, row: UUID) -> bytes:
        """A key version that the ring does not have is told like damage: four bytes of the row are all it takes."""
        try:
            return open_cell(cell, cell=self.field.cell, row=row, compartment=self.field.compartment)
        except (CellDamaged, KeyUnavailable) as error:
            hooks.damage_met(self.field.cell, row, error.code)
            raise

    def __set__(self, instance: models.Model, value: Any) -> None:
        if hasattr(value, "resolve_expression"):
            raise self.field.misuse("given a database expression")
        if value is not None and not isinstance(value, Cell):
            self.field.to_plain(value)
        instance.__dict__[self.field.attname] = value


class _CellReference(Col):
    """A column that something wants as a value."""

    target: EncryptedField

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        raise self.target.misuse("used in a query")


class _CellIsNull(IsNull):
    def __init__(self, lhs: Any, rhs: Any) -> None:
        super().__init__(Col(lhs.alias, lhs.target, models.BinaryField()), rhs)


class _CellIsNone(Exact):
    """`field=None`, which Django turns into `isnull`; nothing else can equal ciphertext."""

    def __init__(self, lhs: Any, rhs: Any) -> None:
        if rhs is not None:
            raise lhs.target.misuse("searched by value; look up through a BlindIndexField or search")
        super().__init__(lhs, rhs)


def _row(instance: models.Model) -> UUID:
    if not isinstance(instance.pk, UUID):
        raise CellMisuse(f"{type(instance).__name__} has no UUID yet, so its cells belong to no row.")
    return instance.pk


def _key_info(cell: str) -> bytes:
    return context("jingui column key 1", cell.encode())


def _context(cell: str, row: UUID, head: bytes) -> bytes:
    return context("jingui cell 1", head, cell.encode(), row.bytes)


def _damaged(cell: str, row: UUID) -> CellDamaged:
    return CellDamaged(
        f"The value of {cell} in row {row} did not verify in its place: it was altered or moved. "
        "Restore the row from a backup and tell the security officer."
    )
