"""Dynamic exclusions (requirements.md section 6; PE-06, PE-07): whose part in a matter keeps him out of its next step.

Every step of two persons asks this one function, and asks it of persons: two accounts of one person are one. Pure; no
Django.
"""

from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID


class Part(StrEnum):
    """What somebody already is in a matter."""

    ACTED = "acted"  # he proposed, sent or made it
    CONCERNED = "concerned"  # it is about him, or would be his gain


def part_in(
    person: UUID | None, *, acted: Iterable[UUID | None] = (), concerned: Iterable[UUID | None] = ()
) -> Part | None:
    """The part that keeps a person out of a step, or None where he may take it; nobody known is kept out too.

    `acted` are the persons who took an earlier step of the same matter, `concerned` those whom it is about. The one
    who acted is told so first: it is the nearer reason.
    """
    if person is None or person in set(acted):
        return Part.ACTED
    return Part.CONCERNED if person in set(concerned) else None
