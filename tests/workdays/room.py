"""A room with due dates, as any room registers them: a table of its own, and a journal of its own."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID, uuid4

from django.db import connection

from vault.workdays.due import Because, Due, Move, Provider
from vault.workdays.rules import Term


class Room:
    """Due dates in the test database, so that what is undone there is undone here."""

    def __init__(
        self, name: str = "test_room", label: str = "Test due dates", *, is_listed: bool = True
    ) -> None:
        self.fails = False
        self.provider = Provider(name, label, self._open_dues, self._move, is_listed)

    def lay_out(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE test_room_due (id varchar(36) PRIMARY KEY, start varchar(10), days integer,"
                " unit varchar(36), effective varchar(10), met integer)"
            )
            cursor.execute("CREATE TABLE test_room_journal (due varchar(36), change varchar(36))")

    def owe(
        self, start: str, effective: str, *, days: int = 0, unit: UUID | None = None, met: bool = False
    ) -> UUID:
        """One due date that falls on `effective` now."""
        made = uuid4()
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO test_room_due VALUES (%s, %s, %s, %s, %s, %s)",
                [str(made), start, days, str(unit or ""), effective, int(met)],
            )
        return made

    def effective(self, due: UUID) -> str:
        """The day on which it falls now."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT effective FROM test_room_due WHERE id = %s", [str(due)])
            return str(cursor.fetchone()[0])

    def journal(self) -> list[tuple[str, str]]:
        """What the room itself wrote down: (due, change)."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT due, change FROM test_room_journal")
            return list(cursor.fetchall())

    def _open_dues(self) -> Iterable[Due]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, start, days, unit, effective FROM test_room_due WHERE met = 0")
            rows = cursor.fetchall()
        for key, start, days, unit, effective in rows:
            yield Due(
                UUID(key),
                Term(date.fromisoformat(start), days),
                UUID(unit) if unit else None,
                date.fromisoformat(effective),
            )

    def _move(self, moves: Sequence[Move], because: Because) -> None:
        with connection.cursor() as cursor:
            for move in moves:
                cursor.execute(
                    "UPDATE test_room_due SET effective = %s WHERE id = %s",
                    [move.effective.isoformat(), str(move.due.id)],
                )
                cursor.execute(
                    "INSERT INTO test_room_journal VALUES (%s, %s)", [str(move.due.id), str(because.change)]
                )
        if self.fails:
            raise RuntimeError("the room cannot store it")
