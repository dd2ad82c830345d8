"""Erases a blob on a SQLite database of its own and looks for the wrapped key in every file. One JSON line.

python -m tests.storage.erase_run FOLDER
"""

import json
import sys
from pathlib import Path
from uuid import uuid4

from tests.storage.crash_run import configure


def main(folder: str) -> None:
    home = Path(folder)
    configure(home)
    from django.db import transaction

    from storage import blobs, hooks, orphans

    hooks.set_may_erase(lambda version_id: True)
    hooks.set_on_key_event(lambda event, **facts: None)
    stored = blobs.put([b"content"], object_id=uuid4(), compartment="open", binding=b"b")
    with transaction.atomic():
        blobs.commit(stored)
    before = holding(home, stored.wrapped_key)
    blobs.erase(stored.version_id, reason="r")
    result = {
        "before": before,
        "after": holding(home, stored.wrapped_key),
        "problems": [problem.code for problem in orphans.list_problems()],
    }
    print(json.dumps(result))


def holding(home: Path, needle: bytes) -> list[str]:
    return sorted(p.name for p in (home / "db").iterdir() if needle in p.read_bytes())


if __name__ == "__main__":
    main(sys.argv[1])
