"""Kills writers with SIGKILL and reports what each left. Run by test_crash.py in a process of its own.

    python -m tests.storage.crash_run FOLDER calls|moments SEED

`calls` kills before the n-th system call of a write, for every n; `moments` after random delays.
One JSON line per kill: where, rows, rows that verify, problems before and after a sweep.
"""

import json
import os
import random
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import django
from django.conf import settings

CONTENT = bytes(range(256)) * 600


def configure(home: Path) -> None:
    home.joinpath("db").mkdir()
    pragmas = "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA secure_delete=ON;"
    database = {"ENGINE": "django.db.backends.sqlite3", "OPTIONS": {"init_command": pragmas}}
    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "storage"],
        DATABASES={
            "default": database | {"NAME": home / "db" / "default.sqlite3"},
            "audit": database | {"NAME": home / "db" / "audit.sqlite3"},
        },
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        JINGUI_BLOBS=home / "blobs",
        JINGUI_KEY_RING=home / "keys" / "ring.json",
    )
    django.setup()
    from django.core.management import call_command

    from storage.keyring import KeyRing

    KeyRing.create(settings.JINGUI_KEY_RING)
    call_command("migrate", verbosity=0, skip_checks=True)


def write_for_ever(ready: int) -> None:
    from django.db import transaction

    from storage import blobs

    os.write(ready, b"x")
    while True:
        stored = blobs.put([CONTENT], object_id=uuid4(), compartment="open", binding=b"b")
        with transaction.atomic():
            blobs.commit(stored)


def die_at(call: int) -> None:
    """Replace the calls of the folder backend by ones that count, and kill this process at one of them."""
    from storage.backends import folder

    count = 0

    def counted(name: str):
        def run(*args, **kwargs):
            nonlocal count
            count += 1
            if count == call:
                os.kill(os.getpid(), signal.SIGKILL)
            return getattr(os, name)(*args, **kwargs)

        return run

    names = ("open", "write", "fsync", "rename", "mkdir", "dup", "close", "pread", "fstat")
    folder.os = SimpleNamespace(**{n: getattr(os, n) for n in dir(os)} | {n: counted(n) for n in names})


def examine() -> dict[str, object]:
    import hashlib

    from storage import blobs, orphans
    from storage.models import KeySlot

    verified = 0
    for slot in KeySlot.objects.all():
        blobs.verify(slot.pk, binding=b"b", digest=hashlib.sha256(CONTENT).digest())
        verified += 1
    before = sorted(problem.code for problem in orphans.list_problems())
    orphans.sweep_orphans(timedelta(0))
    after = [problem.code for problem in orphans.list_problems()]
    rows = KeySlot.objects.count()
    for slot in KeySlot.objects.all():
        slot.delete()
    orphans.sweep_orphans(timedelta(0))
    return {"rows": rows, "verified": verified, "before": before, "after": after}


def kill_one(where: int | float) -> None:
    from django.db import connections

    connections.close_all()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        if isinstance(where, int):
            die_at(where)
        write_for_ever(write)
    os.close(write)
    os.read(read, 1)
    if isinstance(where, float):
        time.sleep(where)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(read)
    assert os.WTERMSIG(status) == signal.SIGKILL, status
    print(json.dumps({"where": where} | examine()), flush=True)


def main(folder: str, kind: str, seed: str) -> None:
    configure(Path(folder))
    chance = random.Random(int(seed))
    for where in range(1, 45) if kind == "calls" else [chance.uniform(0, 0.03) for _ in range(60)]:
        kill_one(where)


if __name__ == "__main__":
    main(*sys.argv[1:])
