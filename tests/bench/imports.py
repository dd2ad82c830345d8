"""A thousand PDFs of 200 KB imported by the command's own steps: checked, received, inspected, registered.

CPU is user and system time of this process and of all its children, the fork server included, which is ended so that
its time counts. Memory is this process's resident size after each batch; flat is a slope that ten thousand files
would not notice.
"""

import resource
import shutil
import tempfile
import time
from pathlib import Path

from tests.bench.rows import Row
from tests.bench.upload import _cpu, _pdf

FILES = 1_000
BAR = 20.0
SLOPE = 8.0  # KB a file: the plan's own line of it


def run(*, quick: bool = False) -> list[Row]:
    """Needs an empty instance."""
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    setup_test_environment()
    for alias in ("default", "audit"):
        call_command("migrate", database=alias, verbosity=0)
    from tests.support.archive import Archive

    folder = Path(tempfile.mkdtemp(prefix="jingui-bench-files-", dir="/dev/shm"))
    try:
        for number in range(200 if quick else FILES):
            (folder / f"文件{number:04}.pdf").write_bytes(_pdf())
        return _measured(Archive(), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measured(archive, folder: Path) -> list[Row]:
    from storage import forkserver
    from vault.authorization.context import of_account
    from vault.holdings.importing import plan
    from vault.holdings.management.commands.records_import import _batches
    from vault.holdings.models import Record
    from vault.holdings.services import importing

    codes = {"unit": archive.hall.code, "series": "WS", "retention": "D30"}
    defaults = {**codes, "record_date": "2026-10-09", "label": "内部"}
    forkserver.stop()
    before = _cpu()
    looked = plan.look(of_account(archive.clerk), folder, defaults=defaults)
    assert not looked.troubles, looked.troubles
    checked = _cpu() - before
    run = importing.begin(context=of_account(archive.clerk), plan=looked)
    resident = []
    for lines in _batches(importing.progress(run=run, plan=looked).waiting):
        context = of_account(archive.clerk)
        session = importing.session_of(context=context, run=run, line=lines[0])
        assert importing.receive(context=context, session=session, plan=looked, lines=lines) == []
        resident.append(_resident())
    forkserver.stop()
    received = _cpu() - before - checked
    began = time.monotonic()
    made = importing.finish(context=of_account(archive.clerk), run=run, plan=looked)
    held = time.monotonic() - began
    resident.append(_resident())
    spent = _cpu() - before
    assert made == Record.objects.count() == len(looked.lines)
    rate = made / spent
    # The first batches warm caches and pools; what a leak would add, it adds in the rest.
    settled = resident[len(resident) // 4 :]
    slope = (settled[-1] - settled[0]) / (made * 3 / 4)
    return [
        Row(
            f"import of {made} PDFs of 200 KB, checked, received, inspected and registered",
            f"{spent:.1f} CPU s ({checked:.1f} checking, {received:.1f} receiving, {spent - checked - received:.1f} "
            f"registering, in {held:.1f} s)",
            "",
            rate,
            f"at least {BAR:.0f} files per CPU second of all processes",
            rate >= BAR,
        ),
        Row(
            "memory while it goes on",
            f"{slope:.1f} KB a file, at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB",
            "",
            None,
            f"at most {SLOPE:.0f} KB a file",
            slope <= SLOPE,
        ),
    ]


def _resident() -> float:
    """In KB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1024
