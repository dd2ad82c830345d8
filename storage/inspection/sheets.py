"""The first sheet of a workbook as text, read in a child of the fork server: formulas stay what was typed."""

import io
import json
from datetime import date, datetime
from typing import Any

from storage import forkserver
from storage.forkserver.tasks import Payload, Refusal, task
from storage.inspection.kinds import MIB

_TASK = "storage.inspection.sheets:sheet_task"


class SheetUnreadable(Exception):
    """Broken, too large once unpacked, or no workbook at all; `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_sheet(data: bytes, *, rows: int, columns: int) -> list[list[str]]:
    """Rows of cells as text; days as YYYY-MM-DD. A bomb ends the child, never the caller.

    Raises SheetUnreadable (`unreadable`, `too-many-rows`, `too-many-columns`, `too-large`) and
    `forkserver.ForkServerUnavailable`.
    """
    limits = forkserver.Limits(
        memory=512 * MIB, cpu_seconds=60, wall_seconds=120.0, input_bytes=len(data), output_bytes=64 * MIB
    )
    try:
        answer = forkserver.run(_TASK, [data], {"rows": rows, "columns": columns}, limits)
    except forkserver.JobRefused as refused:
        raise SheetUnreadable(refused.reason) from refused
    except (forkserver.JobTooLarge, forkserver.JobTimeout) as error:
        raise SheetUnreadable("too-large") from error
    except forkserver.JobCrashed as error:
        raise SheetUnreadable("unreadable") from error
    found: list[list[str]] = json.loads(answer)
    return found


@task
def sheet_task(payload: Payload, args: dict[str, Any]) -> bytes:
    """args: rows, columns. The answer is a list of lists of strings as JSON."""
    from openpyxl import load_workbook

    data = payload.read_all(32 * MIB)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        # What the file says of its own extent may be false: it is counted.
        sheet.reset_dimensions()
        found = []
        for row in sheet.iter_rows(values_only=True):
            cells = [_text(cell) for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            if len(cells) > args["columns"]:
                raise Refusal("too-many-columns")
            found.append(cells)
            if len(found) > args["rows"]:
                raise Refusal("too-many-rows")
    except (MemoryError, Refusal):
        raise
    except Exception as error:
        raise Refusal("unreadable") from error
    return json.dumps(found, ensure_ascii=False).encode()


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
