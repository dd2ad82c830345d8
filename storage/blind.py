"""Exact look-up of encrypted values: a keyed digest beside the cell, never the value.

HMAC-SHA-256 of the normalised value under the column's own key, cut to 16 bytes. Never on low-entropy
columns (a sex, a level): equal values show as equal digests.
"""

import hashlib
import hmac
import unicodedata
from typing import Any, Final

from django.core import checks
from django.db import models
from django.db.models.lookups import Exact, In

from storage import keyring
from storage.errors import CellMisuse
from storage.primitive import context

DIGEST_BYTES: Final = 16
_LOOKUPS: Final = ("exact", "in", "isnull")


class BlindDigest(bytes):
    """A digest that stands, or may stand, in a blind index."""


def normalise(value: str, *, digits_only: bool = False) -> str:
    """One spelling for what people take for the same: NFKC, casefold, single spaces; or its digits alone.

    Digits of every script count and become ASCII, so a number typed in full-width figures is found.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value).casefold())
    if digits_only:
        return "".join(str(unicodedata.decimal(sign)) for sign in folded if sign.isdecimal())
    return " ".join(folded.split())


def digest(
    value: str, *, cell: str, digits_only: bool = False, compartment: str = "pii", version: int
) -> BlindDigest:
    """The index entry of `value` under one KEK version."""
    key = keyring.current().derive(compartment, version, context("jingui blind index 1", cell.encode()))
    text = normalise(value, digits_only=digits_only).encode()
    return BlindDigest(hmac.digest(key, text, hashlib.sha256)[:DIGEST_BYTES])


class BlindIndexField(models.BinaryField):  # type: ignore[type-arg]
    """An indexed column of blind digests.

    Assign a string, or name the attribute to follow as `source`; filter with `=` and `__in` by strings.
    Values that normalise to nothing are stored as NULL and never found. While two KEK versions are
    readable, a look-up tries both. `last` indexes only the last so many characters ("last four digits").
    """

    def __init__(
        self,
        *args: Any,
        cell: str = "",
        digits_only: bool = False,
        source: str | None = None,
        last: int | None = None,
        compartment: str = "pii",
        **kwargs: Any,
    ) -> None:
        self.cell = cell
        self.digits_only = digits_only
        self.source = source
        self.last = last
        self.compartment = compartment
        kwargs.update(null=True, editable=False)
        kwargs.setdefault("db_index", not kwargs.get("unique", False))
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("null")
        kwargs.pop("editable", None)
        kwargs["cell"] = self.cell
        kwargs["db_index"] = getattr(self, "db_index", False)
        for option, default in (
            ("digits_only", False),
            ("source", None),
            ("last", None),
            ("compartment", "pii"),
        ):
            if getattr(self, option) != default:
                kwargs[option] = getattr(self, option)
        return name, path, args, kwargs

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        found = super().check(**kwargs)
        if not self.cell:
            found.append(
                checks.Error("A blind index needs a permanent cell id.", obj=self, id="storage.E004")
            )
        return found

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> BlindDigest | None:
        return None if value is None else BlindDigest(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> BlindDigest | None:
        name = self.source or self.attname
        value = self._digest(getattr(model_instance, name), self._active())
        setattr(model_instance, self.attname, value)
        return value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(self._digest(value, self._active()), connection, prepared)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name not in _LOOKUPS:
            raise CellMisuse(f"The blind index {self.cell} answers equality only, not {lookup_name!r}.")
        return {"exact": _BlindExact, "in": _BlindIn}.get(lookup_name) or super().get_lookup(lookup_name)

    def get_prep_value(self, value: Any) -> Any:
        return value

    def candidates(self, value: Any) -> list[BlindDigest]:
        """The entries under which `value` may stand: one per readable KEK version."""
        if isinstance(value, BlindDigest):
            return [value]
        versions = keyring.current().readable(self.compartment)
        found = (self._digest(value, version) for version in versions)
        return [entry for entry in found if entry is not None]

    def _active(self) -> int:
        return keyring.current().active(self.compartment)

    def _digest(self, value: Any, version: int) -> BlindDigest | None:
        if value is None or isinstance(value, BlindDigest):
            return value
        if not isinstance(value, str):
            raise CellMisuse(f"The blind index {self.cell} takes text, not a {type(value).__name__}.")
        text = normalise(value, digits_only=self.digits_only)
        if self.last is not None:
            text = text[-self.last :] if len(text) >= self.last else ""
        if not text:
            return None
        return digest(
            text, cell=self.cell, digits_only=self.digits_only, compartment=self.compartment, version=version
        )


class _BlindIn(In):
    """Equality with any of the values, under any readable key version."""

    def get_prep_lookup(self) -> Any:
        field = self.lhs.output_field
        return [entry for value in self.rhs if value is not None for entry in field.candidates(value)]


class _BlindExact(Exact):
    def get_prep_lookup(self) -> Any:
        return self.rhs

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return _BlindIn(self.lhs, [self.rhs]).as_sql(compiler, connection)
