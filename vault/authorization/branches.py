"""A queryset narrowed to the union of several conditions, that counts them one by one.

Counting `a OR b` makes both databases visit every row; counting `a`, and `b AND NOT a`, is two index scans. The union
stays in the query as one node, so whatever is filtered, ordered or sliced later never widens it.
"""

from functools import cache
from typing import Any, Self, cast

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Func, IntegerField, Model, Q, QuerySet
from django.db.models.sql.query import Query
from django.db.models.sql.where import AND, OR, WhereNode

NOTHING = Q(pk__in=[])
EVERYTHING = ~NOTHING


class UnionNode(WhereNode):
    """The alternatives of one scope, joined by OR; keeps its class when a query is cloned."""

    def clone(self) -> Self:
        copy = super().clone()
        copy.__class__ = UnionNode
        return cast("Self", copy)


class CountsByBranch(QuerySet[Any]):
    """Mixed into a model's own queryset class."""

    def count(self) -> int:
        """The exact count in one statement, each branch from its own index."""
        if self._result_cache is not None:
            return len(self._result_cache)
        node = _union_of(self.query)
        if node is None:
            return super().count()
        parts = [self._only(place) for place in range(len(node.children))]
        return _sum(self.db, [part for part in parts if part is not None])

    def _only(self, place: int) -> tuple[str, tuple[Any, ...]] | None:
        """Statement that counts one branch without the rows of those before it; None when it can have none."""
        chosen = self.order_by()
        query = chosen.query
        node = _union_of(query)
        assert node is not None
        branch = WhereNode([node.children[place]], AND)
        for earlier in node.children[:place]:
            branch.add(WhereNode([earlier], AND, negated=True), AND)
        query.where.children = [branch if child is node else child for child in query.where.children]
        try:
            return chosen.annotate(rows_counted=_Rows()).values("rows_counted").query.sql_with_params()
        except EmptyResultSet:
            return None


class _Rows(Func):
    """COUNT(*) that Django does not take for an aggregate, so that it adds no grouping."""

    template = "COUNT(*)"
    output_field = IntegerField()


def scoped(queryset: QuerySet[Any], alternatives: list[Q]) -> QuerySet[Any]:
    """The rows that fulfil one of the alternatives. They name columns of the model only, never a join."""
    narrowed = queryset.all()
    narrowed.__class__ = _counting(type(queryset))
    query = narrowed.query
    query.where.add(UnionNode([query.build_where(q) for q in alternatives], OR), AND)
    return narrowed


def _union_of(query: Query) -> UnionNode | None:
    """The scope's node, when each branch can be counted apart."""
    plain = not (
        query.is_sliced
        or query.distinct
        or query.combinator
        or query.group_by is not None
        or query.annotations
    )
    found = [child for child in query.where.children if isinstance(child, UnionNode)]
    return found[0] if plain and len(found) == 1 and query.where.connector == AND else None


def _sum(alias: str, statements: list[tuple[str, tuple[Any, ...]]]) -> int:
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
