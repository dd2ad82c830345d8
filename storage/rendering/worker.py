"""The rendering jobs: run in a child of the fork server."""

import io
import json
from typing import Any

from storage.forkserver.tasks import Payload, Refusal, task
from storage.inspection.kinds import KINDS
from storage.inspection.outcome import Rejected
from storage.rendering.documents import NoPage, count_pages, draw_page
from storage.rendering.extract import extract
from storage.rendering.peaks import peaks
from storage.rendering.watermark import stamp


@task
def render_task(payload: Payload, args: dict[str, Any]) -> bytes:
    """args: kind, page, width, watermark, encoding. The answer is the image file."""
    data = payload.read_all(KINDS[args["kind"]].preview_limit)
    try:
        image = draw_page(data, args["kind"], page=int(args["page"]), width=int(args["width"]))
    except NoPage as error:
        raise Refusal("no_such_page") from error
    except Rejected as error:
        raise Refusal("not_renderable") from error
    stamp(image, args["watermark"])
    target = io.BytesIO()
    if args["encoding"] == "webp":
        image.save(target, "WEBP", quality=82, method=2)
    else:
        image.save(target, "PNG", compress_level=3)
    return target.getvalue()


@task
def count_task(payload: Payload, args: dict[str, Any]) -> bytes:
    """args: kind. The answer is a JSON number."""
    return json.dumps(count_pages(payload.read_all(KINDS[args["kind"]].preview_limit), args["kind"])).encode()


@task
def peaks_task(payload: Payload, args: dict[str, Any]) -> bytes:
    """args: kind. The answer is a JSON list of numbers."""
    try:
        kind = args["kind"]
        return json.dumps(peaks(payload.read_all(KINDS[kind].preview_limit), kind)).encode()
    except Rejected as error:
        raise Refusal("not_renderable") from error


@task
def text_task(payload: Payload, args: dict[str, Any]) -> bytes:
    """args: kind. The answer is UTF-8 text."""
    return extract(payload.read_all(KINDS[args["kind"]].inspect_limit), args["kind"]).encode(
        "utf-8", "replace"
    )
