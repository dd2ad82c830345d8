"""What several pages of this room read from a request."""


def number(given: str) -> int:
    """A version as a form carries it; what is none is 0, which no record has."""
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0
