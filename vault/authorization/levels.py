"""The three secrecy regimes and their levels. Pure.

Source: rule book 10.1 保密要求1, requirements.md section 0.1, architecture.md section 3.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=False)
class Levels:
    """One level per regime; both a label and a clearance have this shape.

    `state` 国家秘密: none, confidential, secret, top secret. `enterprise` 企业秘密: none, ordinary, core.
    `restricted`: open to every active account, internal.
    """

    state: int = 0
    enterprise: int = 0
    restricted: int = 0

    def __post_init__(self) -> None:
        if not (0 <= self.state <= 3 and 0 <= self.enterprise <= 2 and 0 <= self.restricted <= 1):
            raise ValueError(f"no such level: {self}")

    @property
    def is_classified(self) -> bool:
        """密件: the need-to-know list, approvals and sessions apply (practice.md P-05)."""
        return self.state > 0 or self.enterprise > 0

    def dominates(self, other: "Levels") -> bool:
        """True when this clearance suffices for that label in every regime (CL-01)."""
        return (
            self.state >= other.state
            and self.enterprise >= other.enterprise
            and self.restricted >= other.restricted
        )

    def join(self, other: "Levels") -> "Levels":
        """The least label that dominates both: the high-water mark (CL-11)."""
        return Levels(
            max(self.state, other.state),
            max(self.enterprise, other.enterprise),
            max(self.restricted, other.restricted),
        )

    def canonical(self) -> str:
        """Stable text for binding and for the log, e.g. `S2.E0.R1`."""
        return f"S{self.state}.E{self.enterprise}.R{self.restricted}"


OPEN = Levels()
INTERNAL = Levels(restricted=1)


def highest(labels: Iterable[Levels]) -> Levels:
    """Join of all; OPEN for none."""
    result = OPEN
    for label in labels:
        result = result.join(label)
    return result


def compartment(label: Levels) -> str:
    """Which key-encryption key protects an object with this label: its highest level names it."""
    if label.state:
        return ("confidential", "secret", "top_secret")[label.state - 1]
    return ("open", "ordinary", "core")[label.enterprise]
