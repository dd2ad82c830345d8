"""What both halves of the audit bench use: an ordinary entry, rows of the table, and progress."""

import statistics
import sys
import threading
from typing import Any

from tests.bench.rows import Row


def ratio_row(name: str, ours: list[float], reference: list[float], what: str, bar: float) -> Row:
    ratio = statistics.median(ours) / statistics.median(reference)
    return Row(
        name,
        f"{statistics.median(ours):,.0f}/s",
        f"{statistics.median(reference):,.0f}/s {what}",
        ratio,
        f"≥ {bar:.2f}",
        ratio >= bar,
    )


def entry(number: int) -> Any:
    from audit.events import Actor, Entry, ObjectFacts, Reason, Source

    return Entry(
        action="audit:log:read",
        outcome="granted",
        reason=Reason(rule="holdings.internal.unit", policy="1"),
        actor=Actor(
            id="S1042",
            duties=("duty_clerk",),
            unit="0193e1a0-0000-7000-8000-00000000000a",
            session="5f1b2c3d4e5f60718293a4b5c6d7e8f9",
            account="0193e1a0-0000-7000-8000-000000000001",
            person=f"0193e1a0-0000-7000-8000-{number % 997:012d}",
        ),
        object=ObjectFacts(
            type="record",
            id=f"0193e1a0-0000-7000-8000-{number:012d}",
            version="1",
            label="0/0/1",
            digest="ab" * 32,
        ),
        source=Source(terminal="counter-3"),
        req="0193e1a0-0000-7000-8000-0000000000ff",
    )


def execute(alias: str, sql: str, values: list[Any] | None = None) -> None:
    from django.db import connections

    with connections[alias].cursor() as cursor:
        cursor.execute(sql, values)


def progress(what: str, done: int, total: int) -> None:
    if sys.stderr.isatty() and threading.current_thread() is threading.main_thread():
        sys.stderr.write(f"\r{what} {done:,} of {total:,}    ")
