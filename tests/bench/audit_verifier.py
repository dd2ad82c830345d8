"""The standalone verifier over a bundle of the whole log, as somebody without the system runs it."""

import os
import resource
import subprocess
import sys
from pathlib import Path


def written_bundle() -> Path:
    """Everything there is, with the key that was kept beside it."""
    from audit import bundles, checkpoints

    folder = Path(os.environ["JINGUI_HOME"]).parent / "bundle"
    with bundles.written(folder, bundles.select()):
        pass
    folder.with_name("kept.key").write_text(f"{checkpoints.own_key()}\n")
    return folder


def by_verifier(bundle: Path, events: int) -> float:
    """CPU seconds of the child, its start included; it must say that all of them hold."""
    from audit.bundles import VERIFIER

    began = resource.getrusage(resource.RUSAGE_CHILDREN)
    words = [VERIFIER, bundle, "--key", bundle.with_name("kept.key")]
    done = subprocess.run(
        [sys.executable, "-I", "-S", *map(str, words)], capture_output=True, text=True, check=False
    )
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.stdout.startswith(f"holds: {events} events of {events} "), done.stdout + done.stderr
    return ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime
