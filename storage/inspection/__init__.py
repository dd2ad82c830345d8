"""Content inspection: what a file really is, whether it may enter, and whether it can be shown (PF-03, PF-04,
PF-12).

One call, one job in the fork server, one `Finding`. The caller's process never parses the bytes. Not
promised: that an accepted file is harmless to the program that opens it elsewhere; only that it is of a
listed kind, free of what `reasons.REASONS` names, and bounded.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from storage import forkserver
from storage.inspection.errors import InspectionError, SizeDiffers
from storage.inspection.finding import Finding
from storage.inspection.kinds import KINDS, MIB, Kind, kind_for
from storage.inspection.names import NameProblem, check_name
from storage.inspection.reasons import NOT_PREVIEWED, REASONS, Reason, explain
from storage.inspection.scanner import ClamdScanner, NoScanner, Scanner

__all__ = [
    "KINDS",
    "NOT_PREVIEWED",
    "REASONS",
    "ClamdScanner",
    "Finding",
    "InspectionError",
    "Kind",
    "NameProblem",
    "NoScanner",
    "Reason",
    "Scanner",
    "SizeDiffers",
    "check_name",
    "explain",
    "inspect",
    "kind_for",
    "set_scanner",
]

_TASK = "storage.inspection.worker:inspect_task"
_UNKNOWN = "application/octet-stream"
_LARGEST = max(kind.inspect_limit for kind in KINDS.values())

_scanner: Scanner = NoScanner()


def set_scanner(scanner: Scanner | None) -> None:
    """Put a virus scanner in place for this process; None takes it away."""
    global _scanner
    _scanner = scanner or NoScanner()


def inspect(chunks: Iterable[bytes], *, name: str, size: int) -> Finding:
    """Look at one file's bytes. `name` gives the extension it claims; `size` is in bytes.

    A file that breaks or exhausts the parser is quarantined, never an error. `chunks` is read to its end only
    when the kind or the scanner needs it. Raises `SizeDiffers` when the bytes are more or, read to the end,
    fewer than `size`, and `forkserver.ForkServerUnavailable`.
    """
    if size == 0:
        return _quarantined("empty_file")
    scan = _scanner.open()
    try:
        stream = _counted(chunks, size, scan.feed)
        finding = _parse(stream, name, size)
        if not isinstance(_scanner, NoScanner):
            for _ in stream:
                pass
        scanned = scan.verdict()
    finally:
        scan.close()
    if scanned == "infected":
        finding = replace(
            finding,
            verdict="quarantined",
            reasons=(*finding.reasons, "virus_found"),
            previewable=False,
            not_previewable_reason="quarantined",
        )
    return replace(finding, scanned=scanned)


def _parse(stream: Iterable[bytes], name: str, size: int) -> Finding:
    held = min(size, _LARGEST)
    limits = forkserver.Limits(
        memory=384 * MIB + 4 * held,
        cpu_seconds=20 + held // (10 * MIB),
        wall_seconds=60.0 + held / MIB,
        input_bytes=size,
        output_bytes=64 * 1024,
    )
    try:
        answer = forkserver.run(_TASK, stream, {"name": name[-64:], "size": size}, limits)
    except forkserver.JobTimeout:
        return _quarantined("inspection_timeout")
    except forkserver.JobTooLarge:
        return _quarantined("inspection_too_large")
    except (forkserver.JobCrashed, forkserver.JobRefused):
        return _quarantined("inspection_crashed")
    return Finding.from_json(answer.decode())


def _counted(chunks: Iterable[bytes], size: int, feed: Callable[[bytes], None]) -> Iterator[bytes]:
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > size:
            raise SizeDiffers
        feed(chunk)
        yield chunk
    if total != size:
        raise SizeDiffers


def _quarantined(reason: str) -> Finding:
    return Finding(
        media_type=_UNKNOWN,
        kind="",
        verdict="quarantined",
        reasons=(reason,),
        page_count=None,
        previewable=False,
        not_previewable_reason="quarantined",
        scanned="not_scanned",
    )
