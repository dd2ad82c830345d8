"""What one job may use."""

from dataclasses import asdict, dataclass
from typing import Any

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one job. `memory` is address space in bytes above what the server itself has mapped;
    `open_files` counts files beside the two pipes: 0 means that the job can open nothing at all, more means
    read-only. A job can never write to a file, whatever this says. `threads` lets a job start threads; where the
    kernel has no filters that lets it start processes too, so it is only for jobs that parse nothing foreign.
    """

    memory: int = 512 * MIB
    cpu_seconds: int = 10
    wall_seconds: float = 20.0
    input_bytes: int = 256 * MIB
    output_bytes: int = 16 * MIB
    open_files: int = 0
    threads: bool = False

    def to_wire(self) -> dict[str, Any]:
        return asdict(self)


DEFAULT = Limits()
