"""Plain text to pages: lines of equal height, wrapped by measured width. Pure; widths are in ems.

The layout does not depend on the width asked for, so a page number means the same at every zoom.
"""

from collections.abc import Callable

LINES_PER_PAGE = 38
LINE_EMS = 42.0
MAX_PAGES = 2_000

Advance = Callable[[str], float]


def paginate(text: str, advance: Advance) -> list[list[str]]:
    """Pages of lines; at least one page. `advance` gives a character's width. Ends at `MAX_PAGES`."""
    lines: list[str] = []
    # Only line ends end a line here, and a form feed a page; str.splitlines knows many more.
    for sheet in text.replace("\r\n", "\n").replace("\r", "\n").split("\f"):
        if lines:
            lines += [""] * (-len(lines) % LINES_PER_PAGE)
        for line in sheet.split("\n"):
            lines += _wrap(line, advance)
            if len(lines) >= MAX_PAGES * LINES_PER_PAGE:
                break
    while len(lines) > 1 and not lines[-1]:
        lines.pop()
    lines = lines[: MAX_PAGES * LINES_PER_PAGE]
    return [lines[at : at + LINES_PER_PAGE] for at in range(0, len(lines), LINES_PER_PAGE)]


def _wrap(line: str, advance: Advance) -> list[str]:
    line = line.replace("\t", "    ").rstrip()
    if len(line) * 0.25 <= LINE_EMS and sum(map(advance, line)) <= LINE_EMS:
        return [line]
    wrapped: list[str] = []
    start, width, space = 0, 0.0, -1
    for at, character in enumerate(line):
        step = advance(character)
        if width + step > LINE_EMS:
            # Break after the last space, if the line is not mostly one long word.
            cut = space + 1 if space > start and space - start > (at - start) // 2 else at
            wrapped.append(line[start:cut].rstrip())
            start = cut
            width = sum(map(advance, line[start:at]))
        if character == " ":
            space = at
        width += step
    wrapped.append(line[start:])
    return wrapped
