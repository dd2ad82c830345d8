"""Registers as they are printed: rows in, a PDF/A-2b in Chinese out, made in memory.

A child of the fork server sets them in type; nothing is written to a disk. What people typed is data there and never
markup. Which columns there are, and what stands in them, the rooms say.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from storage import forkserver
from storage.forms import errors
from storage.inspection.kinds import MIB

__all__ = ["MAX_ROWS", "Column", "Register", "produce"]

# About a hundred sheets; more is printed by shorter periods.
MAX_ROWS = 2000
MAX_BYTES = 8 * MIB


@dataclass(frozen=True)
class Column:
    """What stands above a column, and how wide it is against the others."""

    name: str
    weight: float = 1


@dataclass(frozen=True)
class Register:
    """A register to be printed. `facts` stand below the title as name and value, `foot` on each sheet, `empty` in the
    place of rows where there are none; `at` is the instant of making, which the file keeps as its own.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    at: datetime
    facts: tuple[tuple[str, str], ...] = ()
    foot: str = ""
    empty: str = ""

    def __post_init__(self) -> None:
        if not self.columns or any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("Each row has a cell for each column.")


def produce(register: Register) -> bytes:
    """The PDF. Raises `TooManyRows`, `FormFailed`, `forkserver.ForkServerUnavailable`."""
    if len(register.rows) > MAX_ROWS:
        raise errors.TooManyRows(MAX_ROWS)
    asked = asdict(register) | {"at": int(register.at.timestamp())}
    payload = json.dumps(asked, ensure_ascii=False).encode()
    if len(payload) > MAX_BYTES:
        raise errors.TooManyRows(MAX_ROWS)
    limits = forkserver.Limits(
        memory=2048 * MIB,
        cpu_seconds=120,
        wall_seconds=120.0,
        input_bytes=MAX_BYTES,
        output_bytes=64 * MIB,
        open_files=16,
        threads=True,
    )
    try:
        return forkserver.run("storage.forms.worker:register_task", [payload], {}, limits)
    except forkserver.ForkServerUnavailable:
        raise
    except forkserver.ForkServerError as error:
        raise errors.FormFailed from error
