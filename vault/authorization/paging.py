"""Pages of a list that a program reads, each beginning after a row and not at a number."""

from typing import TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from vault.authorization.interface import InterfaceProblem

M = TypeVar("M", bound=Model)


def page_of(
    rows: QuerySet[M], cursor: UUID | None, size: int, *, by: str, among: QuerySet[M]
) -> tuple[list[M], UUID | None]:
    """One page after the row that the cursor names, and the cursor of the following page.

    `by` is a column that orders, latest first with a minus; rows that are equal in it go by id. `among` are the rows
    that the viewer may know of: the one that a page ended with may have fallen out of the filter since. A cursor that
    is none of them is refused, whether there is such a row or not.
    """
    column, falling = by.lstrip("-"), by.startswith("-")
    rows = rows.order_by(by, "pk")
    if cursor is not None:
        last = among.filter(pk=cursor).values_list(column, flat=True).first()
        if last is None:
            raise InterfaceProblem("cursor-refused")
        beyond = Q(**{f"{column}__{'lt' if falling else 'gt'}": last})
        rows = rows.filter(beyond | Q(**{column: last, "pk__gt": cursor}))
    found = list(rows[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else None
