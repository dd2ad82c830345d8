"""A bundle as an auditor has it, what can be done to one, and what the verifier says of it as a process of its own."""

import hashlib
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from audit import bundles, canonical
from audit.models import Checkpoint

CODE = re.compile(r"^does not hold: (\w+):", re.MULTILINE)


class Bundle:
    """An unpacked bundle; the methods are what somebody does who has it for a while."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __getitem__(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def __setitem__(self, name: str, data: bytes) -> None:
        (self.folder / name).write_bytes(data)

    @property
    def key(self) -> Path:
        """The verifier key that the auditor kept."""
        return self.folder.parent / "kept.key"

    def keep(self, size: int, note: str = "") -> tuple[str, Path]:
        """The argument that names a checkpoint kept elsewhere: the log's own of this size, or another."""
        path = self.folder.parent / f"{size}.checkpoint"
        path.write_text(note or Checkpoint.objects.get(size=size).note)
        return "--checkpoint", path

    def verify(self, *arguments: object) -> set[str]:
        """What the verifier names, under the key that was kept."""
        return codes(run(self.folder, "--key", self.key, *arguments))

    @property
    def checkpoints(self) -> list[str]:
        """Names of the checkpoints' files, smallest tree first."""
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.glob("checkpoints/*"))

    def lines(self, name: str, change: Callable[[list[bytes]], None]) -> None:
        """Change the lines of a file."""
        lines = self[name].splitlines(keepends=True)
        change(lines)
        self[name] = b"".join(lines)

    def proofs(self, change: Callable[[list[bytes]], None]) -> None:
        """Change the proofs, as a list."""
        header = b"c2sp.org/tlog-proof@v1\n"
        proofs = [header + rest for rest in self["proofs.txt"].split(header)[1:]]
        change(proofs)
        self["proofs.txt"] = b"".join(proofs)

    def cover_up(self, sign: Callable[[str], str] | None = None, **changes: object) -> None:
        """Make the manifest fit what lies here, and sign it if one can."""
        manifest = {**canonical.decode(self["manifest.json"][:-1]), **changes}
        names = [str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file()]
        manifest["files"] = {
            name: hashlib.sha256(self[name]).hexdigest() for name in names if not name.startswith("manifest.")
        }
        text = canonical.encode(manifest).decode() + "\n"
        self["manifest.json"] = text.encode()
        if sign is not None:
            self["manifest.sig"] = sign(text).encode()


def run(*arguments: object, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """The verifier, with nothing of this project or of its packages to import."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(bundles.VERIFIER), *map(str, arguments)],
        cwd=cwd,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def codes(done: "subprocess.CompletedProcess[str]") -> set[str]:
    """What was named; an exit code that says another thing than the words is a failure."""
    found = set(CODE.findall(done.stdout))
    assert done.returncode == (1 if found else 0), (done.returncode, done.stdout, done.stderr)
    assert bool(found) is not done.stdout.startswith("holds: ")
    return found
