"""What a table promises of its files: that each is the one whose digest it has."""

import hashlib
from pathlib import Path

import pytest

from tests.holdings.test_export import filed, taken, unpacked
from tests.holdings.test_import import nothing_is_there
from tests.holdings.test_import_screen import Page, codes
from tests.support.archive import Archive, pdf
from tests.support.importing import Desk
from vault.holdings.models import Record

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

HEAD = "文件名,题名,日期,密级,件号,校验值"
BODY, OTHER = pdf(1, text="promised"), pdf(1, text="another")
RIGHT, WRONG = (hashlib.sha256(body).hexdigest() for body in (BODY, OTHER))

# What stands in the cell, and what is wrong with it.
PROMISES: dict[str, tuple[str, str]] = {
    "the file's own": (RIGHT, ""),
    "in capitals": (RIGHT.upper(), ""),
    "none": ("", ""),
    "another file's": (WRONG, "digest-differs"),
    "cut short": (RIGHT[:-1], "digest-unreadable"),
    "too long": (RIGHT + "0", "digest-unreadable"),
    "no digest": ("已核对", "digest-unreadable"),
}


@pytest.mark.parametrize("case", PROMISES)
def test_a_file_is_held_against_the_digest_of_its_row(desk: Desk, case: str) -> None:
    """IE-01: one that differs and nothing is stored, also where it is another file of the same record."""
    cell, code = PROMISES[case]
    for name in ("一.pdf", "二.pdf"):
        desk.put(name, BODY)
    desk.rows(f"一.pdf,题,2026-10-09,内部,1,{RIGHT}", f"二.pdf,,,,1,{cell}", headings=HEAD)
    looked = desk.run("--dry-run").told
    assert [(one["row"], one["code"]) for one in looked["errors"]] == ([(3, code)] if code else [])
    assert nothing_is_there()
    assert desk.run().code == (1 if code else 0)
    assert Record.objects.count() == (0 if code else 1)


def test_on_the_page_another_file_is_named_and_the_right_one_goes_on(archive: Archive) -> None:
    """IE-01: what was sent is held against the row; nothing is registered until it fits."""
    page = Page(archive)
    page.bodies["一.pdf"] = BODY
    begun = page.post("begin", table="\r\n".join((HEAD, f"一.pdf,题,2026-10-09,内部,,{RIGHT}")).encode())
    assert begun.status_code == 201
    page.send("一.pdf", OTHER)
    shown = archive.client(archive.clerk).get("/records/import/")
    assert codes(shown) == [(2, "digest-differs", "一.pdf")]
    assert [one["path"] for one in shown.context["sending"]] == ["一.pdf"]
    assert page.finish().status_code == 409
    assert not Record.objects.exists()
    page.send("一.pdf")
    assert page.finish().status_code == 201
    assert Record.objects.get().title == "题"


def test_an_export_that_was_altered_on_its_way_is_refused(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """IE-01: its table carries the digests that its manifest has."""
    first = filed(archive, ("通知.pdf", BODY), title="通知")
    desk = Desk(archive, monkeypatch, tmp_path)
    for path, data in unpacked(taken(archive, first)).items():
        if path == "metadata.csv":
            desk.table.write_bytes(data)
        elif path != "manifest.json":
            desk.put(path, OTHER)
    done = desk.run()
    assert (done.code, done.codes) == (1, ["digest-differs"])
    assert Record.objects.count() == 1
