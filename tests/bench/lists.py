"""The list of records for a viewer who may see half of them, beside bare SQL over the same classes and table.

The facts of the person are read before the clock starts: every request has them already when a view begins, list or
not. Which classes they allow is part of the list and is measured. Both arms count exactly, fetch one page newest first and decrypt the page's titles. CPU is this process's own, so on
PostgreSQL it leaves out what the server spends in both arms.
"""

import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

from tests.bench.instance import scratch_databases
from tests.bench.rows import Row

SIZES = (100_000, 1_000_000)
PAGE = 50
RUNS = 15
BAR = 2.0
SQL_BAR = 8
BATCH = 5_000


def run(*, quick: bool = False) -> list[Row]:
    """On SQLite or PostgreSQL; a million rows take some minutes to make."""
    from django.test.utils import setup_test_environment

    setup_test_environment()
    from tests.support.archive import Archive

    rows: list[Row] = []
    made = 0
    with scratch_databases():
        archive = Archive()
        for size in SIZES[: 1 if quick else 2]:
            _fill(archive, made, size)
            made = size
            rows += _measure(archive, size)
        return [*rows, _statements_row(archive)]


def _measure(archive, size: int) -> list[Row]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from vault.authorization.context import of_account
    from vault.holdings import selectors
    from vault.holdings.models import AccessClass, Record

    account = archive.clerk

    def viewer():
        """A request of its own: nothing of the last one is remembered."""
        context = of_account(account)
        assert context.subject.usable
        return context

    def ours(context) -> int:
        page = selectors.record_page(context, selectors.RecordFilter(), None, PAGE)
        assert len([row.title for row in page.rows]) == PAGE
        return page.total

    allowed = list(AccessClass.objects.filter(unit=archive.hall).values_list("pk", flat=True))
    marks = ",".join(["%s"] * len(allowed))
    sql = f"FROM holdings_record WHERE access_class_id IN ({marks})"
    columns = ", ".join(field.column for field in Record._meta.concrete_fields)

    def bare(_context) -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) {sql}", allowed)
            total = cursor.fetchone()[0]
        query = f"SELECT {columns} {sql} ORDER BY record_date DESC, id DESC LIMIT {PAGE + 1}"
        assert len([row.title for row in Record.objects.raw(query, allowed)][:PAGE]) == PAGE
        return int(total)

    assert ours(viewer()) == bare(None) == size // 2
    with CaptureQueriesContext(connection) as captured:
        ours(viewer())
    statements = [
        q for q in captured.captured_queries if not q["sql"].startswith(("BEGIN", "SAVEPOINT", "RELEASE"))
    ]
    mine, reference = _interleaved(viewer, ours, bare)
    ratio = mine / reference
    return [
        Row(
            f"count and page of {size // 2:,} visible of {size:,} records, {connection.vendor}",
            f"{mine * 1000:.2f} ms CPU",
            f"{reference * 1000:.2f} ms bare SQL",
            ratio,
            f"<= {BAR:.0f} x",
            ratio <= BAR,
        ),
        Row(
            f"statements for that page, {connection.vendor}",
            str(len(statements)),
            "",
            float(len(statements)),
            f"<= {SQL_BAR}",
            len(statements) <= SQL_BAR,
        ),
    ]


def _statements_row(archive) -> Row:
    """The whole answer to a signed-in person: session, account, facts, list, filter choices; not the event's write."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from vault.holdings.selectors import PAGE_SIZES

    client = archive.client(archive.clerk)
    counts = []
    for size in PAGE_SIZES:
        client.get(f"/records/?size={size}")
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/records/?size={size}").status_code == 200
        counts.append(
            sum(not q["sql"].startswith(("BEGIN", "SAVEPOINT", "RELEASE")) for q in captured.captured_queries)
        )
    return Row(
        f"statements of the whole page over HTTP at {', '.join(map(str, PAGE_SIZES))} rows, {connection.vendor}",
        ", ".join(map(str, counts)),
        "session, account and filter choices included",
        float(max(counts)),
        f"<= {SQL_BAR}",
        max(counts) <= SQL_BAR,
    )


def _interleaved(
    viewer: Callable[[], object], one: Callable[[object], int], other: Callable[[object], int]
) -> tuple[float, float]:
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(RUNS):
        for work, found in zip((one, other), times, strict=True):
            context = viewer()
            started = time.process_time()
            work(context)
            found.append(time.process_time() - started)
    return statistics.median(times[0]), statistics.median(times[1])


def _fill(archive, start: int, stop: int) -> None:
    """Internal records, alternately of the viewer's hall and of the other one.

    Past the ORM, whose cost a row would be ten times that of sealing its title.
    """
    from django.db import connection, transaction

    from audit import clock
    from vault.authorization.levels import INTERNAL
    from vault.holdings.access_classes import access_class
    from vault.holdings.models import Record

    first, now = date(2016, 1, 1), clock.now()
    fields = Record._meta.concrete_fields
    patterns = []
    for unit in (archive.hall, archive.other_hall):
        made = Record(
            unit=unit,
            access_class=access_class(unit, INTERNAL),
            state_level=0,
            enterprise_level=0,
            restricted=1,
            series=archive.series,
            retention_class=archive.retention,
            record_date=first,
            state="registered",
            originator=unit,
            filed_by=archive.clerk.person,
            created_at=now,
            registered_at=now,
        )
        made.title = "题名"
        patterns.append((made, [f.get_db_prep_save(f.pre_save(made, add=True), connection) for f in fields]))
    differs = [place for place, f in enumerate(fields) if f.name in {"id", "record_date", "title"}]

    def row(number: int) -> list[object]:
        made, values = patterns[number % 2]
        made.id, made.record_date = uuid4(), first + timedelta(days=number * 7919 % 3900)
        made.title = f"第{number}号文件的题名"
        found = list(values)
        for place in differs:
            field = fields[place]
            found[place] = field.get_db_prep_save(field.pre_save(made, add=True), connection)
        return found

    names, marks = ", ".join(f.column for f in fields), ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {Record._meta.db_table} ({names}) VALUES ({marks})"
    for begin in range(start, stop, BATCH):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(sql, [row(n) for n in range(begin, min(begin + BATCH, stop))])
