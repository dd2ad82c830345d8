"""Several files in one record: rows that name the same item, described by the first of them. Pure.

The item only says which files belong together; it is kept nowhere once they do.
"""

from vault.holdings.importing.table import Row

# What each row of an item says for itself.
OWN = frozenset({"file", "item", "sha256"})


class Items:
    """The first row of each item, as the rows come by in the table's order."""

    def __init__(self) -> None:
        self._first: dict[str, Row] = {}

    def first_of(self, row: Row) -> Row:
        """The row that describes this row's record: itself, where it names no item or is the first to name it."""
        item = row.cells.get("item", "")
        return self._first.setdefault(item, row) if item else row


def contradictions(first: Row, row: Row) -> list[str]:
    """The cells in which a later row says other than the first; an empty one, or the same again, says nothing."""
    return [
        cell
        for column, cell in row.cells.items()
        if column not in OWN and cell and cell != first.cells.get(column, "")
    ]
