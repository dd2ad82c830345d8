"""Rows written and read past the ORM arrive as they were given, on both databases; a refused batch leaves nothing."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    connections,
    transaction,
)

from audit import rows
from audit.models import Leaf, Outbox
from tests.support.databases import committed_databases, migrated_databases  # noqa: F401  fixtures

COLUMNS = ("uid", "consumer", "about", "payload", "created", "due", "attempts", "error")
AT = datetime(2026, 11, 5, 15, 59, 59, 123456, tzinfo=UTC)

in_a_transaction = pytest.mark.django_db(databases=["default", "audit"])


def _row(number: int) -> tuple[object, ...]:
    return (uuid4(), "audit", "", f'{{"城南": "\\\\N \\t \\n %s", "n": {number}}}', AT, AT, number, "")


@in_a_transaction
@pytest.mark.parametrize("count", [1, 2, 1201])
def test_rows_come_back_as_they_were_given(count: int) -> None:
    """One goes by a planned statement, several by a stream or by statements of many."""
    given = [_row(number) for number in range(count)]
    assert rows.insert(connections["default"], "audit_outbox", COLUMNS, given) == count
    assert list(Outbox.objects.order_by("id").values_list(*COLUMNS)) == given


@in_a_transaction
@pytest.mark.parametrize("count", [1, 2])
def test_bytes_come_back_as_they_were_given(count: int) -> None:
    given = [(index, 100 + index, bytes(range(index, index + 200)) + b"\\x00\x00") for index in range(count)]
    assert rows.insert(connections["audit"], "audit_leaf", ("idx", "event_id", "hash"), given) == count
    query = "SELECT idx, event_id, hash FROM audit_leaf WHERE idx < %s ORDER BY idx"
    assert rows.read(connections["audit"], query, [count]) == given


@in_a_transaction
@pytest.mark.parametrize("again", [[(1, 8, b"")], [(2, 8, b""), (1, 9, b"")]])
def test_a_refused_batch_leaves_nothing(again: list[tuple[object, ...]]) -> None:
    columns = ("idx", "event_id", "hash")
    rows.insert(connections["audit"], "audit_leaf", columns, [(1, 7, b"first")])
    with pytest.raises(IntegrityError), transaction.atomic(using="audit"):
        rows.insert(connections["audit"], "audit_leaf", columns, again)
    assert list(Leaf.objects.values_list("idx", "event_id")) == [(1, 7)]


@in_a_transaction
def test_other_kinds_of_value_are_refused_and_not_spelt_out() -> None:
    columns = ("idx", "event_id", "hash")
    assert rows.insert(connections["audit"], "audit_leaf", columns, [(1, 7, memoryview(b"view"))]) == 1
    assert bytes(Leaf.objects.get().hash) == b"view"
    if connections["audit"].vendor == "postgresql":
        with pytest.raises(TypeError):
            rows.insert(connections["audit"], "audit_leaf", columns, [(2, 8, 1.5)])


@pytest.mark.postgres
def test_plans_that_the_server_forgot_are_made_anew(committed_databases) -> None:  # noqa: F811
    """A pooler resets what it lends; one event is refused, and the next is recorded."""
    if connections["audit"].vendor != "postgresql":
        pytest.skip("not run: needs PostgreSQL")
    columns = ("idx", "event_id", "hash")
    rows.insert(connections["audit"], "audit_leaf", columns, [(1, 7, b"")])
    with connections["audit"].cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    with pytest.raises(DatabaseError):
        rows.insert(connections["audit"], "audit_leaf", columns, [(2, 8, b"")])
    connections["audit"].close_if_unusable_or_obsolete()
    assert rows.insert(connections["audit"], "audit_leaf", columns, [(3, 9, b"")]) == 1


@pytest.mark.postgres
def test_a_lost_connection_is_an_outage(committed_databases) -> None:  # noqa: F811
    if connections["audit"].vendor != "postgresql":
        pytest.skip("not run: needs PostgreSQL")
    columns = ("idx", "event_id", "hash")
    rows.insert(connections["audit"], "audit_leaf", columns, [(1, 7, b"")])
    connections["audit"].connection.pgconn.finish()
    with pytest.raises((OperationalError, InterfaceError)):
        rows.insert(connections["audit"], "audit_leaf", columns, [(2, 8, b"")])


@in_a_transaction
@pytest.mark.postgres
@pytest.mark.parametrize("count", [1, 2])
def test_a_text_with_a_nul_is_refused_and_not_cut(count: int) -> None:
    if connections["default"].vendor != "postgresql":
        pytest.skip("not run: needs PostgreSQL")
    given = [(*_row(number)[:3], "before\0after", *_row(number)[4:]) for number in range(count)]
    with pytest.raises((DatabaseError, ValueError)), transaction.atomic():
        rows.insert(connections["default"], "audit_outbox", COLUMNS, given)
    assert not Outbox.objects.exists()
