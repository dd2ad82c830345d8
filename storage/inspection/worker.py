"""The inspection job: runs in a child of the fork server, one file per child."""

from typing import Any

from storage.forkserver.tasks import Payload, task
from storage.inspection.examine import Looked, bounds, examine, look
from storage.inspection.finding import Finding
from storage.inspection.identify import HEAD
from storage.inspection.outcome import Rejected
from storage.rendering.documents import count_pages


@task
def inspect_task(payload: Payload, args: dict[str, Any]) -> bytes:
    """args: name, size. The answer is a `Finding` as JSON."""
    looked, name, size = Looked(), str(args["name"]), int(args["size"])
    reasons: tuple[str, ...] = ()
    hidden: str | None = None
    try:
        head = payload.peek(HEAD)
        identity = look(looked, head)
        limit, must_inspect = bounds(identity, name)
        if size > limit and must_inspect:
            raise Rejected("too_large_to_inspect")
        streamed = identity.kind is not None and identity.kind.family in {"audio", "video"}
        data = head if streamed or size > limit else payload.read_all(limit)
        examine(looked, identity, data, name=name, size=size)
        hidden = _why_hidden(looked, data, size)
    except Rejected as rejected:
        reasons = rejected.reasons
        hidden = "quarantined"
    return (
        Finding(
            media_type=looked.media_type,
            kind=looked.kind.code if looked.kind else "",
            verdict="quarantined" if reasons else "accepted",
            reasons=reasons,
            page_count=None if reasons else looked.pages,
            previewable=hidden is None,
            not_previewable_reason=hidden,
            scanned="not_scanned",
        )
        .to_json()
        .encode()
    )


def _why_hidden(looked: Looked, data: bytes, size: int) -> str | None:
    """The reason the viewer cannot show it, if any; counts the pages of what is laid out as text."""
    kind = looked.kind
    if kind is None or kind.viewer == "none":
        return "kind_not_previewed"
    if size > kind.preview_limit:
        return "too_large_to_preview"
    if kind.viewer == "pages" and looked.pages is None:
        try:
            looked.pages = count_pages(data, kind.code)
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - any parser may fail in any way; the file is stored all the same
            return "preview_failed"
    return None
