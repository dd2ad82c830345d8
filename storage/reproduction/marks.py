"""What stands on a copy, as data."""

import unicodedata
from dataclasses import dataclass, replace

from storage.reproduction import codes

MAX_CHARACTERS = 200
MAX_COPIES = 999

_LONGEST_WORD = 16
_BREAK = "\u200b"
# What moves or hides its neighbours: a name may not reorder what is printed beside it.
_UNSEEN = {"Cc": " ", "Zl": " ", "Zp": " ", "Cf": "", "Cs": "\ufffd"}


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of one copy. Every text comes in as it is to be read: a label as `机密★20年` or
    `核心商密 长期`, a time as `2026-11-23 09:00`. `unit` is the unit that makes the copy.

    Raises ValueError for a number outside its row and for a unit, recipient, request or time of which nothing can
    be seen, `NotACopyCode` for a code that is none.
    """

    label: str
    unit: str
    copy: int
    copies: int
    code: str
    recipient: str
    recipient_unit: str
    request: str
    time: str

    def __post_init__(self) -> None:
        if not 1 <= self.copy <= self.copies <= MAX_COPIES:
            raise ValueError(f"Copy {self.copy} of {self.copies} is not in 1 to {MAX_COPIES}.")
        for name in ("unit", "recipient", "request", "time"):
            if not visible(getattr(self, name)):
                raise ValueError(f"A copy without its {name} is not marked.")
        object.__setattr__(self, "code", codes.normalise(self.code))


def visible(text: str) -> str:
    """`text` as `seen`, and at most `MAX_CHARACTERS`; what is cut off is told by `…`."""
    line = seen(text)
    return line if len(line) <= MAX_CHARACTERS else line[: MAX_CHARACTERS - 1] + "…"


def seen(text: str) -> str:
    """`text` as one line of characters that can be seen, in the order they are stored: without control and
    direction characters.
    """
    kept = "".join(
        _UNSEEN.get(unicodedata.category(sign), sign) for sign in unicodedata.normalize("NFC", text)
    )
    return " ".join(kept.split())


def breakable(text: str) -> str:
    """The same text with room to break in words that are longer than a narrow column."""
    return " ".join(
        _BREAK.join(word[at : at + _LONGEST_WORD] for at in range(0, len(word), _LONGEST_WORD))
        for word in text.split(" ")
    )


def cleaned(marks: Marks) -> Marks:
    """All texts made `visible`."""
    return replace(
        marks,
        label=visible(marks.label),
        unit=visible(marks.unit),
        recipient=visible(marks.recipient),
        recipient_unit=visible(marks.recipient_unit),
        request=visible(marks.request),
        time=visible(marks.time),
    )
