"""File names for what leaves: made from a title, safe on every system, Chinese kept (IE-11). Pure."""

import unicodedata

MAX_BYTES = 200  # of UTF-8; 255 is the limit of most systems, and a number may follow

_BIDI_AND_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_FORBIDDEN = frozenset('/\\:*?"<>|')
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)}
)


def safe_name(text: str, *, fallback: str, limit: int = MAX_BYTES) -> str:
    """One path part: no separator, no control or direction mark, no name that a system keeps for itself.

    What is cut is cut before the extension, between characters. `fallback` stands for what leaves nothing.
    """
    kept = "".join(
        "_" if sign in _FORBIDDEN else sign
        for sign in unicodedata.normalize("NFC", text)
        if unicodedata.category(sign) not in _BIDI_AND_HIDDEN
    )
    name = " ".join(kept.split()).strip(" .")
    if not name.strip("_"):
        return fallback
    if name.split(".", maxsplit=1)[0].strip().casefold() in _RESERVED:
        name = f"_{name}"
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 10 or not stem:
        stem, extension = name, ""
    room = limit - len(f".{extension}".encode() if extension else b"")
    stem = stem.encode()[:room].decode("utf-8", "ignore").rstrip(" .")
    return f"{stem}.{extension}" if extension else stem


class Unrepeated:
    """Numbers names that were given before; letters of either case, and both spellings of é, are the same name."""

    def __init__(self, *kept: str) -> None:
        """`kept` are names that none may have."""
        self._given = {name.casefold() for name in kept}

    def __call__(self, name: str) -> str:
        stem, dot, extension = name.rpartition(".")
        if not dot or not stem:
            stem, dot, extension = name, "", ""
        candidate, number = name, 1
        while candidate.casefold() in self._given:
            number += 1
            candidate = f"{stem} ({number}){dot}{extension}"
        self._given.add(candidate.casefold())
        return candidate
