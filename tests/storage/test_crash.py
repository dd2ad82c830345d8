"""PF-05: a process killed at any instant of a write leaves each blob whole and committed, or garbage."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("kind", ["calls", "moments"])
def test_sigkill_leaves_whole_blobs_or_garbage(kind, tmp_path):
    """Before each system call of the first two writes in turn, and at 60 random moments."""
    seed = os.environ.get("JINGUI_TEST_SEED") or str(random.SystemRandom().randrange(1 << 32))
    run = subprocess.run(
        [sys.executable, "-m", "tests.storage.crash_run", str(tmp_path), kind, seed],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, f"seed {seed}\n{run.stderr}"
    kills = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(kills) == (44 if kind == "calls" else 60)
    for kill in kills:
        assert kill["rows"] == kill["verified"], kill
        assert len(kill["before"]) <= 1, kill
        assert set(kill["before"]) <= {"orphan", "unfinished"}, kill
        assert kill["after"] == [], kill
    seen = {problem for kill in kills for problem in kill["before"]}
    if kind == "calls":
        assert seen == {"orphan", "unfinished"}, "the kills did not reach both halves of the protocol"
        assert {kill["rows"] for kill in kills} >= {0, 1}
