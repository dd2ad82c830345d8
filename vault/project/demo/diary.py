"""What the demo has done already, kept beside its data so that a second run goes on instead of doing it again."""

import json
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path

from accounts.rules import local_day
from audit import clock


@dataclass
class Diary:
    """The demo's day, and how far its past is told."""

    path: Path
    day: date
    records: dict[str, str] = field(default_factory=dict)  # document → address
    upload: dict[str, object] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)  # steps of the past
    begun: str = ""  # the step at work
    reached: datetime | None = None  # when the last step was done
    told: bool = False

    @classmethod
    def open(cls, path: Path) -> "Diary":
        if not path.exists():
            return cls(path, local_day(clock.system_now()))
        kept = json.loads(path.read_text(encoding="utf-8"))
        reached = kept.pop("reached", None)
        # One that was kept before there was a past to tell has events of today already.
        told = kept.pop("told", True)
        return cls(
            path,
            date.fromisoformat(kept.pop("day")),
            reached=datetime.fromisoformat(reached) if reached else None,
            told=told,
            **kept,
        )

    def save(self) -> None:
        temporary = self.path.with_suffix(".new")
        kept = asdict(self) | {
            "day": self.day.isoformat(),
            "reached": self.reached.isoformat() if self.reached else None,
        }
        del kept["path"]
        temporary.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        temporary.replace(self.path)
