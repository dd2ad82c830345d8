"""The auditor finds what happened and proves it."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.desk import Desk, staff_no, turn
from tests.project.conftest import ROOT


def test_the_auditor_filters_the_refusals_and_proves_one(desk: Desk, tmp_path: Path) -> None:
    """AU-02, AU-05: filters narrow, the count is exact, and the proof can be taken away."""
    page = desk.sit("auditor")
    page.goto("/log/")
    everything = int(page.locator(".card > header .tag").inner_text().replace(",", ""))
    page.select_option("[name=outcome]", value="denied")
    page.select_option("[name=person]", value=staff_no("leader"))
    turn(page, page.get_by_role("button", name="筛选"))
    rows = page.locator("tbody tr")
    found = int(page.locator(".card > header .tag").inner_text().replace(",", ""))
    assert 0 < found < everything
    expect(rows).to_have_count(found)
    for row in rows.all():
        expect(row).to_contain_text("周建国")
        expect(row).to_contain_text("拒绝")
    expect(page.locator(".chip")).to_have_count(2)
    rows.filter(has_text="approved-request-missing").first.get_by_role(
        "link", name=re.compile("证明")
    ).click()
    expect(page.get_by_role("status")).to_contain_text("已证明")
    expect(page.locator("#proof-text")).to_contain_text("c2sp.org/tlog-proof")
    with page.expect_download() as begun:
        page.get_by_role("link", name="保存").click()
    taken = [(begun.value.path(), "--proof")]
    for address, name in ((page.url.partition("?")[0] + "event", "--event"), ("/log/key", "--key")):
        path = tmp_path / name
        path.write_bytes(page.request.get(address).body())
        taken.append((path, name))
    assert checked(taken).returncode == 0
    (tmp_path / "--event").write_bytes((tmp_path / "--event").read_bytes().replace(b'"denied"', b'"granted"'))
    assert checked(taken).returncode != 0


def test_the_auditor_takes_evidence_away_and_it_holds_elsewhere(desk: Desk, tmp_path: Path) -> None:
    """AU-07, AU-12: from the filter to a folder that somebody checks who has only Python."""
    page = desk.sit("auditor")
    page.goto(f"/log/?outcome=denied&person={staff_no('leader')}")
    found = int(page.locator(".card > header .tag").inner_text().replace(",", ""))
    with page.expect_download() as begun:
        page.get_by_role("button", name="导出证据包").click()
    assert re.fullmatch(r"jingui-evidence-[\d-]+\.zip", begun.value.suggested_filename)
    with zipfile.ZipFile(begun.value.path()) as archive:
        archive.extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    assert len((folder / "events.jsonl").read_bytes().splitlines()) == found
    (tmp_path / "key").write_bytes(page.request.get("/log/key").body())
    done = verifier(folder, "--key", tmp_path / "key")
    assert done.returncode == 0
    assert done.stdout.startswith(f"holds: {found} events of ")
    page.goto(f"/log/?person={staff_no('auditor')}&action=audit%3Alog%3Aexport")
    expect(page.locator("tbody tr").first).to_contain_text("导出日志")


def checked(files: list[tuple[Path, str]]) -> "subprocess.CompletedProcess[str]":
    """What somebody says of a proof who has only the files and the verifier."""
    return verifier(*(word for path, name in files for word in (name, path)))


def verifier(*words: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "audit" / "verify.py"), *map(str, words)],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_filter_is_taken_away_by_its_chip_and_what_matches_nothing_says_so(desk: Desk) -> None:
    page = desk.sit("auditor")
    page.goto("/log/?rule=no-such-rule&outcome=denied")
    expect(page.locator(".empty")).to_be_visible()
    page.locator(".chip").filter(has_text="no-such-rule").click()
    expect(page.locator("tbody tr").first).to_be_visible()
    expect(page.locator(".chip")).to_have_count(1)


def test_reading_the_log_stands_in_the_log(desk: Desk) -> None:
    """AU-01: every access, that to the log too."""
    page = desk.sit("auditor")
    page.goto("/log/")
    page.goto(f"/log/?person={staff_no('auditor')}&action=audit%3Alog%3Asearch")
    expect(page.locator("tbody tr").first).to_contain_text("孙静")


def test_the_auditor_sees_no_record_and_nobody_else_sees_the_log(desk: Desk) -> None:
    """PE-04, AU-04."""
    desk.expect(403)
    auditor = desk.sit("auditor").goto("/records/")
    clerk = desk.sit("clerk_south").goto("/log/")
    assert auditor is not None
    assert clerk is not None
    assert (auditor.status, clerk.status) == (403, 403)
