"""What a measurement says."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One bar. `ratio` is what `bar` speaks of; `ok` is None where the measurement was not run, with the reason."""

    name: str
    ours: str
    reference: str
    ratio: float | None
    bar: str
    ok: bool | None
