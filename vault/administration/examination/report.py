"""What an examination found."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

# Called with the name of a step, how far it is and how far it goes.
Say = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: a stable code, the object's id without its title, and what to do."""

    code: str
    object: str
    text: str


@dataclass
class Report:
    """All problems, and how much was looked at."""

    problems: list[Problem] = field(default_factory=list)
    looked_at: dict[str, int] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not self.problems

    def add(self, code: str, target: object, text: str) -> None:
        self.problems.append(Problem(code, str(target), text))

    def count(self, name: str, number: int = 1) -> None:
        self.looked_at[name] = self.looked_at.get(name, 0) + number

    def to_json(self) -> str:
        return json.dumps(
            {
                "ok": self.ok,
                "looked_at": self.looked_at,
                "problems": [asdict(problem) for problem in self.problems],
            },
            ensure_ascii=False,
            indent=2,
        )
