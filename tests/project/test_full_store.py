"""A database without room: said clearly, and only that is taken for it."""

import sqlite3

import pytest
from django.db import DatabaseError, OperationalError
from django.http import HttpResponse

from vault.project.middleware import FullStoreMiddleware


def failing(cause: Exception, kind: type[DatabaseError] = OperationalError) -> DatabaseError:
    error = kind("x")
    error.__cause__ = cause
    return error


class DiskFull(Exception):
    sqlstate = "53100"


@pytest.fixture
def middleware() -> FullStoreMiddleware:
    return FullStoreMiddleware(lambda _request: HttpResponse())


def full_sqlite(tmp_path) -> sqlite3.OperationalError:
    connection = sqlite3.connect(tmp_path / "small.sqlite3")
    connection.execute("pragma max_page_count = 3")
    connection.execute("create table t (b)")
    with pytest.raises(sqlite3.OperationalError) as caught:
        connection.execute("insert into t values (zeroblob(100000))")
    connection.close()
    return caught.value


def test_a_database_without_room_answers_507_and_says_what_to_do(middleware, rf, tmp_path):
    """Bad input: full disk, met by the database and not by a blob; on both databases."""
    for cause in (full_sqlite(tmp_path), DiskFull()):
        answer = middleware.process_exception(rf.put("/x/"), failing(cause))
        assert (answer.status_code, answer["Content-Type"]) == (507, "application/json")
        assert b"storage-full" in answer.content
        page = middleware.process_exception(rf.post("/x/"), failing(cause))
        assert (page.status_code, page["Content-Type"]) == (507, "text/plain; charset=utf-8")


def test_other_errors_of_a_database_go_on(middleware, rf):
    assert middleware.process_exception(rf.get("/x/"), failing(sqlite3.OperationalError("locked"))) is None
    assert middleware.process_exception(rf.get("/x/"), failing(DiskFull(), DatabaseError)) is None
    assert middleware.process_exception(rf.get("/x/"), ValueError("x")) is None
