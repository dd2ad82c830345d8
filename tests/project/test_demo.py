"""The demo's report is true, each of its lines can fail, and a second run goes on."""

import json
import sqlite3
from datetime import date

import pytest

from storage.inspection import inspect
from tests.project.conftest import Run, run
from vault.holdings.labels import CHOICES
from vault.project.demo import story
from vault.project.demo.documents import CATALOGUE, on
from vault.project.demo.people import MEMBERS
from vault.project.demo.visitor import NotObserved

LINES = ["ciphertext", "upload", "colleague", "absent", "refused", "proof", "damage"]


@pytest.mark.parametrize("key", LINES)
def test_each_line_of_the_report_was_observed(demo: Run, key: str) -> None:
    assert demo.line(key)["ok"], demo.line(key)["observed"]


def test_the_report_has_every_line_and_the_command_says_so(demo: Run) -> None:
    assert [line["id"] for line in demo.report["lines"]] == LINES
    assert (demo.code, demo.report["ok"]) == (0, True)


def test_it_is_quick_enough_to_wait_for(demo: Run) -> None:
    assert demo.report["seconds"] < 60


def test_ten_people_cover_the_duties_and_one_account_is_a_superuser(demo: Run) -> None:
    assert len(MEMBERS) == 10
    assert len(demo.report["people"]) == 11
    assert len({person["password"] for person in demo.report["people"]}) == 11


def test_about_forty_documents_with_every_label_were_filed_and_registered(demo: Run) -> None:
    assert len(CATALOGUE) == 40
    assert {document.label.choice for document in CATALOGUE} == set(CHOICES)
    assert len({document.extension for document in CATALOGUE}) >= 10
    with sqlite3.connect(demo.folder / "data" / "jingui.sqlite3") as database:
        states = database.execute("select state, count(*) from holdings_record group by state").fetchall()
    assert states == [("registered", 40)]


@pytest.mark.parametrize("document", CATALOGUE, ids=lambda document: document.key)
def test_every_document_is_accepted_for_what_it_is(document) -> None:
    paper = on(document, date(2026, 11, 23))
    body = paper.make()
    found = inspect([body], name=paper.file_name, size=len(body))
    assert (found.verdict, found.reasons) == ("accepted", ())


def test_a_second_run_files_nothing_again(demo: Run) -> None:
    again = demo.again("--no-serve", "--json", "--port", "8700")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["ok"]
    with sqlite3.connect(demo.folder / "data" / "jingui.sqlite3") as database:
        assert database.execute("select count(*) from holdings_record").fetchone() == (40,)


def test_a_code_is_shown_for_a_staff_number_and_for_nobody_else(demo: Run) -> None:
    shown = run(demo.folder, "S1009", command="demo_code")
    assert (shown.returncode, len(shown.stdout.strip())) in {(0, 6), (1, 0)}
    assert run(demo.folder, "S0000", command="demo_code").returncode == 1


@pytest.mark.django_db(databases=["default", "audit"])
def test_no_code_is_shown_on_another_instance() -> None:
    from django.core.management import CommandError, call_command

    with pytest.raises(CommandError, match="demo instance only"):
        call_command("demo_code", "S1009")


def test_text_on_the_disk_would_be_found(tmp_path) -> None:
    for encoding in ("utf-8", "utf-16-le", "gb18030"):
        (tmp_path / encoding).write_bytes("前文城区管网后文".encode(encoding))
    found = story.search_disk(tmp_path, ["城区管网", "不在这里"])
    assert len(found["hits"]) == 3
    assert {text for _path, text in found["hits"]} == {"城区管网"}


def test_a_proof_that_does_not_hold_is_not_reported_as_one() -> None:
    with pytest.raises(NotObserved):
        story.check_elsewhere(b"c2sp.org/tlog-proof@v1\nindex 0\n\nx\n", b"{}", b"no key")
