"""Places in a compiled query for what differs from viewer to viewer.

Building and compiling the rule's conditions costs several times what the database needs to answer them, and only
a few values differ between viewers. So the conditions are written with slots, compiled once per process, and filled
in per request.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Expression, F, Field
from django.db.models.sql.compiler import SQLCompiler

Statement = tuple[str, tuple[Any, ...]]
Read = Callable[[Any], Any]


class Slot(Expression):
    """One value, read from whoever asks."""

    def __init__(self, field: "Field[Any, Any]", read: Read) -> None:
        super().__init__(output_field=field)
        self.read = read

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:  # type: ignore[override]
        return "%s", [self]

    def render(self, asker: Any, connection: BaseDatabaseWrapper) -> Statement:
        return "%s", (self.output_field.get_db_prep_value(self.read(asker), connection),)


class _Test(Expression):
    """A condition on one column whose values are read from whoever asks; false when there are none."""

    conditional = True

    def __init__(self, column: str | Expression, read: Read) -> None:
        super().__init__(output_field=BooleanField())
        self.column: Any = F(column) if isinstance(column, str) else column
        self.read = read

    def get_source_expressions(self) -> list[Any]:
        return [self.column]

    def set_source_expressions(self, exprs: Any) -> None:
        (self.column,) = exprs

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:  # type: ignore[override]
        column, values = compiler.compile(self.column)
        assert not values, "a plain column has no values"
        return "%s", [_Bound(self, column, self.column.output_field)]

    def fill(self, column: str, values: list[Any]) -> str:
        """The condition's text with one placeholder a value."""
        raise NotImplementedError

    def prepare(self, value: Any, field: "Field[Any, Any]", connection: BaseDatabaseWrapper) -> Any:
        return field.get_db_prep_value(value, connection)


class AmongSlot(_Test):
    """The column is one of the values."""

    def fill(self, column: str, values: list[Any]) -> str:
        return f"{column} IN ({', '.join(['%s'] * len(values))})"


class ContainsSlot(_Test):
    """The text contains one of the values, which hold no wildcard."""

    def fill(self, column: str, values: list[Any]) -> str:
        return f"({' OR '.join([f'{column} LIKE %s'] * len(values))})"

    def prepare(self, value: Any, field: "Field[Any, Any]", connection: BaseDatabaseWrapper) -> Any:
        return f"%{value}%"


class _Bound:
    """A condition at its place in a compiled statement, with the column as it is called there."""

    def __init__(self, test: _Test, column: str, field: "Field[Any, Any]") -> None:
        self.test, self.column, self.field = test, column, field

    def render(self, asker: Any, connection: BaseDatabaseWrapper) -> Statement:
        values = [self.test.prepare(v, self.field, connection) for v in self.test.read(asker)]
        return (self.test.fill(self.column, values), tuple(values)) if values else ("1 = 0", ())


def fill(statement: Statement, asker: Any, connection: BaseDatabaseWrapper) -> Statement:
    """Fill a compiled statement's slots for one asker."""
    text, given = statement
    pieces = text.split("%s")
    assert len(pieces) == len(given) + 1, "each placeholder has its value"
    filled: list[str] = [pieces[0]]
    values: list[Any] = []
    for value, rest in zip(given, pieces[1:], strict=True):
        piece, own = value.render(asker, connection) if isinstance(value, Slot | _Bound) else ("%s", (value,))
        filled += (piece, rest)
        values += own
    return "".join(filled), tuple(values)


def union(statements: Iterable[Statement]) -> Statement:
    """All rows of several statements, one after another."""
    listed = list(statements)
    return " UNION ALL ".join(text for text, _ in listed), tuple(v for _, values in listed for v in values)
