"""A queryset narrowed to the rows of some access classes and to some rows besides, which it counts one by one.

Counting `class OR row` makes both databases visit every row; counting each alone takes two index scans (measured).
Both stay in the query as one node, so whatever is filtered, ordered or sliced later never widens it.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, Self, cast
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Expression, F, Func, IntegerField, Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.query import Query
from django.db.models.sql.where import AND, OR, WhereNode

from accounts.slots import Statement


class OneOf(Expression):
    """The column is one of these integers, state names, or ids as the database spells them; they are written out."""

    conditional = True

    def __init__(self, column: str, values: Sequence[int | str | UUID]) -> None:
        super().__init__(output_field=BooleanField())
        self.column: Any = F(column)
        self.values = values

    def get_source_expressions(self) -> list[Any]:
        return [self.column]

    def set_source_expressions(self, exprs: Any) -> None:
        (self.column,) = exprs

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Sequence[Any]]:  # type: ignore[override]
        column, given = compiler.compile(self.column)
        if not self.values:
            raise EmptyResultSet
        return f"{column} IN ({','.join(_literal(v) for v in self.values)})", given


class OneOfQuery(Expression):
    """The column is among what a statement finds."""

    conditional = True

    def __init__(self, column: str, statement: Statement) -> None:
        super().__init__(output_field=BooleanField())
        self.column: Any = F(column)
        self.statement = statement

    def get_source_expressions(self) -> list[Any]:
        return [self.column]

    def set_source_expressions(self, exprs: Any) -> None:
        (self.column,) = exprs

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:  # type: ignore[override]
        column, given = compiler.compile(self.column)
        text, values = self.statement
        return f"{column} IN ({text})", [*given, *values]


class UnionNode(WhereNode):
    """Disjoint alternatives joined by OR; keeps its class when a query is cloned."""

    def clone(self) -> Self:
        copy = super().clone()
        copy.__class__ = UnionNode
        return cast("Self", copy)


class CountsByBranch(QuerySet[Any]):
    """Mixed into a model's own queryset class."""

    def count(self) -> int:
        """The exact count in one statement, each alternative from its own index."""
        if self._result_cache is not None:
            return len(self._result_cache)
        node = _union_of(self.query)
        if node is None:
            return super().count()
        parts = [self._only(place) for place in range(len(node.children))]
        return _sum(self.db, [part for part in parts if part is not None])

    def _only(self, place: int) -> Statement | None:
        """Statement that counts one alternative; None when it can have no row."""
        chosen = self.order_by()
        query = chosen.query
        query.where.children = [
            child.children[place] if isinstance(child, UnionNode) else child for child in query.where.children
        ]
        query.clear_select_clause()
        query.add_annotation(_Rows(), "rows_counted", select=True)
        try:
            return query.get_compiler(self.db).as_sql()
        except EmptyResultSet:
            return None


class _Rows(Func):
    """COUNT(*) that Django does not take for an aggregate, so that it adds no grouping."""

    template = "COUNT(*)"
    output_field = IntegerField()


def scoped(queryset: QuerySet[Any], alternatives: Sequence[Sequence[Expression]]) -> QuerySet[Any]:
    """The rows that fulfil all conditions of one alternative. No row fulfils those of two."""
    narrowed = queryset.all()
    narrowed.__class__ = _counting(type(queryset))
    query = narrowed.query
    nodes: list[Any] = [
        WhereNode([cast("Any", c.resolve_expression(query)) for c in each], AND) for each in alternatives
    ]
    query.where.add(UnionNode(nodes, OR), AND)
    return narrowed


def _literal(value: int | str | UUID) -> str:
    if isinstance(value, int):
        return str(value)
    text = str(value)
    if not (isinstance(value, UUID) or (value.isascii() and value.replace("_", "").isalnum())):
        raise ValueError(f"{value!r} is neither an id nor the name of a state.")
    return f"'{text}'"


def _union_of(query: Query) -> UnionNode | None:
    """The scope's node, when each alternative can be counted apart."""
    plain = not (
        query.is_sliced
        or query.distinct
        or query.combinator
        or query.group_by is not None
        or query.annotations
    )
    found = [child for child in query.where.children if isinstance(child, UnionNode)]
    return found[0] if plain and len(found) == 1 and query.where.connector == AND else None


def _sum(alias: str, statements: list[Statement]) -> int:
    if not statements:
        return 0
    sql = " + ".join(f"({statement})" for statement, _ in statements)
    with connections[alias].cursor() as cursor:
        cursor.execute(f"SELECT {sql}", [value for _, values in statements for value in values])
        (total,) = cursor.fetchone()
    return int(total)


@cache
def _counting(base: type[QuerySet[Model]]) -> type[QuerySet[Any]]:
    if issubclass(base, CountsByBranch):
        return base
    return type(f"Scoped{base.__name__}", (CountsByBranch, base), {})
