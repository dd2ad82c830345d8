"""A folder, a table, and the import command as its operator starts it."""

import io
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management import CommandError, call_command

from accounts.models import Account
from tests.accounts.people import PASSWORD, enrol
from tests.accounts.signing import code_now
from tests.support.archive import Archive, pdf

HEADINGS = "文件名,题名,日期,密级"


@dataclass
class Result:
    """How the command ended and what it said."""

    code: int
    out: str
    told: dict[str, Any]

    @property
    def codes(self) -> list[str]:
        return [error["code"] for error in self.told.get("errors", [])]


class Desk:
    """Somebody with a folder who may import for the hall; each call proves anew who he is."""

    def __init__(self, archive: Archive, monkeypatch, folder: Path) -> None:
        self.archive = archive
        self.monkeypatch = monkeypatch
        self.folder = folder / "files"
        self.folder.mkdir()
        self.table = folder / "list.csv"
        self.secrets: dict[Account, str] = {}

    def put(self, name: str, body: bytes | None = None) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pdf(1, text=name.encode().hex()) if body is None else body)
        return path

    def rows(self, *rows: str, headings: str = HEADINGS, encoding: str = "utf-8") -> None:
        self.table.write_bytes("\r\n".join((headings, *rows)).encode(encoding))

    def run(self, *more: str, account: Account | None = None, table: bool = True, **changes: Any) -> Result:
        account = account or self.archive.clerk
        # A code is taken once: each run sets up the second factor anew.
        from accounts import second_factor

        second_factor.remove(account)
        answer = f"{PASSWORD}\n{code_now(enrol(account))}\n"
        self.monkeypatch.setattr("sys.stdin", io.StringIO(changes.pop("stdin", answer)))
        given = {
            "unit": self.archive.hall.code,
            "series": "WS",
            "retention": "D30",
            **changes,
        }
        out = io.StringIO()
        arguments = [str(self.folder), "--as", account.staff_no, "--json", *more]
        arguments += [f"--{name}={value}" for name, value in given.items()]
        if table:
            arguments += ["--table", str(self.table)]
        code = 0
        try:
            call_command("records_import", *arguments, stdout=out, stderr=out)
        except SystemExit as ended:
            code = int(ended.code or 0)
        except CommandError as error:
            code = error.returncode
            out.write(str(error))
        told: dict[str, Any] = {}
        with suppress(ValueError):
            told = json.loads(out.getvalue())
        return Result(code, out.getvalue(), told)
