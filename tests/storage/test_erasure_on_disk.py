"""An erased key stands in no file of the database, its write-ahead log included."""

import json
import os
import subprocess
import sys
from pathlib import Path


def test_the_wrapped_key_is_gone_from_database_and_log(tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "tests.storage.erase_run", str(tmp_path)],
        cwd=Path(__file__).resolve().parents[2],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    result = json.loads(run.stdout)
    assert result["before"], "the search finds the key while it is there"
    assert result["after"] == []
    assert result["problems"] == []
