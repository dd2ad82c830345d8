"""An import whose process is killed half-way, and continued by the one after it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher

from accounts import second_factor
from storage.models import KeySlot
from tests.accounts.people import PASSWORD, enrol
from tests.support.archive import Archive, pdf
from tests.support.databases import Databases
from vault.holdings.models import ImportRun, Record, StagedFile

ROOT = Path(__file__).resolve().parents[2]
FILES = 60  # more than a batch
SECONDS = 120


def started(databases: Databases, archive: Archive, folder: Path, *more: str) -> "subprocess.Popen[str]":
    second_factor.remove(archive.clerk)
    enrol(archive.clerk)
    # Recovery codes do not grow old while a process starts.
    code = (second_factor.show_recovery_codes(archive.clerk) or [""])[0]
    options = ["--unit", archive.hall.code, "--series", "WS", "--retention", "D30"]
    process = subprocess.Popen(
        [
            *(sys.executable, str(ROOT / "manage.py"), "records_import", str(folder)),
            *("--as", archive.clerk.staff_no, *options, "--date", "2026-10-09", "--label", "内部", *more),
        ],
        env=databases.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.write(f"{PASSWORD}\n{code}\n")
    process.stdin.close()
    return process


def test_a_killed_import_shows_nothing_and_is_continued(
    committed_databases: Databases, tmp_path: Path
) -> None:
    """IE-01, invariant 7: killed with its first batch received, it has left no record; continued, all are there."""
    archive = Archive()
    hasher = Argon2PasswordHasher()
    # As the instance itself keeps it: the process knows nothing of the quick one of these tests.
    archive.clerk.password = hasher.encode(PASSWORD, hasher.salt())
    archive.clerk.save()
    folder = tmp_path / "files"
    folder.mkdir()
    for number in range(FILES):
        (folder / f"{number:03}.pdf").write_bytes(pdf(1, text=str(number)))
    process = started(committed_databases, archive, folder)
    deadline = time.monotonic() + SECONDS
    while not StagedFile.objects.exists():
        assert process.poll() is None, process.stdout and process.stdout.read()
        if time.monotonic() > deadline:
            pytest.fail("nothing was received in time")
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(20)
    if process.stdout is not None:
        process.stdout.close()
    received = StagedFile.objects.count()
    assert 0 < received < FILES
    assert not Record.objects.exists()
    assert ImportRun.objects.get().closed_at is None
    again = started(committed_databases, archive, folder, "--resume")
    assert again.wait(SECONDS) == 0, again.stdout and again.stdout.read()
    if again.stdout is not None:
        again.stdout.close()
    assert Record.objects.filter(state="registered").count() == FILES
    assert KeySlot.objects.count() == StagedFile.objects.count() == FILES
    assert ImportRun.objects.get().closed_at is not None
