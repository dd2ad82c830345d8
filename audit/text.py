"""Makes any text safe to stand in a log line, a terminal and a spreadsheet cell (AU-05).

A refusal must be recorded even when what was refused is hostile, so nothing is rejected here: it is made
harmless.
"""

import re
import unicodedata

PLAIN_LIMIT = 200
_PUNCTUATION = frozenset("._:/,;=+@#()- ")
_FORMULA = frozenset("=+-@")
_ORDINARY = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9._:/,;=+@#() -]*)?").fullmatch  # nearly every value there is


def plain(text: str, limit: int = PLAIN_LIMIT) -> str:
    """Letters and digits of any script and a little punctuation stay; everything else is percent-encoded
    UTF-8.

    Line breaks, escape sequences, marks that change the direction of text and invisible characters are
    thereby seen as what they are, `%` itself included, so the original can be told. A sign that starts a
    formula in a spreadsheet is encoded at the beginning. At most `limit` characters; `~` at the end says that
    it was longer.
    """
    if len(text) <= limit and _ORDINARY(text):
        return text
    # Cut first: a megabyte from a hostile form is not worth encoding.
    encoded = [_encode(char, first=not index) for index, char in enumerate(text[: limit + 1])]
    whole = "".join(encoded)
    if len(whole) <= limit:
        return whole
    kept, room = [], limit - 1
    for piece in encoded:
        if len(piece) > room:
            break
        kept.append(piece)
        room -= len(piece)
    return "".join(kept) + "~"


def _encode(char: str, *, first: bool) -> str:
    if (first and char in _FORMULA) or (char == " " and first):
        return _percent(char)
    if char in _PUNCTUATION or unicodedata.category(char)[0] in "LN":
        return char
    return _percent(char)


def _percent(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogatepass"))
