"""Pages of stored files as images, each under its reader's watermark. Everything runs in the fork server.

For files that inspection accepted as previewable. Pages are counted from 1. The mark is part of the pixels;
it deters and traces, it does not stop someone from painting it over.
"""

import json
from collections.abc import Iterable
from typing import Any, Literal

from storage import forkserver
from storage.inspection.kinds import MIB, Kind, kind_for
from storage.rendering.errors import NoSuchPage, NotRenderable, RenderingError, RenderingFailed

__all__ = [
    "MAX_WIDTH",
    "MIN_WIDTH",
    "NoSuchPage",
    "NotRenderable",
    "RenderingError",
    "RenderingFailed",
    "extract_text",
    "has_peaks",
    "page_count",
    "render_page",
    "sound_peaks",
]

MIN_WIDTH, MAX_WIDTH = 64, 2400
_TASKS = "storage.rendering.worker:"
_TEXTUAL = frozenset({"text", "mail", "office"})


def render_page(
    chunks: Iterable[bytes],
    *,
    media_type: str,
    page: int,
    width: int,
    watermark: str,
    encoding: Literal["png", "webp"] = "png",
) -> bytes:
    """Page `page` (from 1) as an image `width` pixels wide (64 to 2400, clamped), marked with `watermark`.

    Raises `NoSuchPage`, `NotRenderable`, `RenderingFailed`, `forkserver.ForkServerUnavailable`.
    """
    kind = _paged(media_type)
    args = {
        "kind": kind.code,
        "page": page,
        "width": max(MIN_WIDTH, min(MAX_WIDTH, width)),
        "watermark": watermark,
        "encoding": encoding,
    }
    try:
        return _run("render_task", chunks, args, kind.preview_limit)
    except forkserver.JobRefused as refused:
        if refused.reason == "no_such_page":
            raise NoSuchPage(page) from refused
        raise RenderingFailed from refused


def page_count(chunks: Iterable[bytes], *, media_type: str) -> int:
    """How many pages `render_page` can draw. Raises as it does."""
    kind = _paged(media_type)
    return int(_run("count_task", chunks, {"kind": kind.code}, kind.preview_limit))


def extract_text(chunks: Iterable[bytes], *, media_type: str) -> str:
    """The text of a text, mail or office file, at most 4,000,000 characters. Raises `NotRenderable`,
    `RenderingFailed`, `forkserver.ForkServerUnavailable`.
    """
    kind = kind_for(media_type)
    if kind is None or kind.family not in _TEXTUAL or kind.viewer != "pages":
        raise NotRenderable
    return _run("text_task", chunks, {"kind": kind.code}, kind.inspect_limit).decode()


def sound_peaks(chunks: Iterable[bytes], *, media_type: str) -> list[int]:
    """How loud a recording is in 240 equal parts, 0 to 100. Raises `NotRenderable`, `RenderingFailed`,
    `forkserver.ForkServerUnavailable`.
    """
    kind = kind_for(media_type)
    if kind is None or not has_peaks(media_type):
        raise NotRenderable
    try:
        found: list[int] = json.loads(_run("peaks_task", chunks, {"kind": kind.code}, kind.preview_limit))
    except forkserver.JobRefused as refused:
        raise NotRenderable from refused
    return found


def has_peaks(media_type: str) -> bool:
    """Whether `sound_peaks` can be asked of such a file."""
    kind = kind_for(media_type)
    return kind is not None and kind.viewer == "audio"


def _paged(media_type: str) -> Kind:
    kind = kind_for(media_type)
    if kind is None or kind.viewer != "pages":
        raise NotRenderable
    return kind


def _run(task: str, chunks: Iterable[bytes], args: dict[str, Any], input_bytes: int) -> bytes:
    limits = forkserver.Limits(
        memory=1536 * MIB, cpu_seconds=20, wall_seconds=40.0, input_bytes=input_bytes, output_bytes=48 * MIB
    )
    try:
        return forkserver.run(_TASKS + task, chunks, args, limits)
    except (forkserver.JobTimeout, forkserver.JobTooLarge, forkserver.JobCrashed) as error:
        raise RenderingFailed from error
