"""python -m tests.bench storage|audit|lists|upload|imports|copies [--quick] [--json]: the bars, side by side in one run.

Prints ratios; exit code 1 when a measured bar is missed, 2 for wrong arguments. Each bench runs on a throw-away
instance in memory-backed storage, and leaves nothing.
"""

import argparse
import importlib
import json
import os
import shutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

BENCHES = ("storage", "audit", "lists", "upload", "imports", "copies")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("bench", choices=BENCHES)
    parser.add_argument("--quick", action="store_true", help="smaller amounts, for a look")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="jingui-bench-", dir="/dev/shm"))
    try:
        _start(root)
        rows = importlib.import_module(f"tests.bench.{given.bench}").run(quick=given.quick)
    finally:
        shutil.rmtree(root, ignore_errors=True)
    if given.json:
        sys.stdout.write(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2) + "\n")
    else:
        for row in rows:
            mark = {True: "ok", False: "MISSED", None: "not run"}[row.ok]
            ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
            sys.stdout.write(
                f"{mark:<8} {row.name}\n         {row.ours} | {row.reference} | {ratio} | bar {row.bar}\n"
            )
    return 1 if any(row.ok is False for row in rows) else 0


def _start(root: Path) -> None:
    for name in [name for name in os.environ if name.startswith("JINGUI_") and "_TEST_" not in name]:
        del os.environ[name]
    for folder in ("home", "keys"):
        (root / folder).mkdir(mode=0o700)
    os.environ |= {
        "JINGUI_HOME": str(root / "home"),
        "JINGUI_KEY_RING": str(root / "keys" / "keyring.json"),
        "JINGUI_DEMO": "1",
        "DJANGO_SETTINGS_MODULE": "vault.project.settings",
    }
    for name in ("DATABASE_URL", "AUDIT_DATABASE_URL"):
        if os.environ.get(f"JINGUI_TEST_{name}"):
            os.environ[f"JINGUI_{name}"] = os.environ[f"JINGUI_TEST_{name}"]
    import django

    from storage.keyring import KeyRing

    django.setup()
    KeyRing.create(os.environ["JINGUI_KEY_RING"])


if __name__ == "__main__":
    sys.exit(main())
