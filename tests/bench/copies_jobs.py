"""What the bench of copies runs elsewhere: the page of a clear file in a child, and the process whose memory counts.

python -m tests.bench.copies_jobs SCAN copies|pages COUNT
"""

import io
import sys
from pathlib import Path
from typing import Any

import pypdfium2

from storage.forkserver.tasks import Payload, task
from storage.rendering.watermark import stamp


@task
def page_of_a_clear_file(payload: Payload, args: dict[str, Any]) -> bytes:
    """args: path, page, width, watermark. What the viewer's job does, with the file opened where it lies."""
    with pypdfium2.PdfDocument(args["path"]) as pdf:
        page = pdf[args["page"] - 1]
        width = args["width"]
        bitmap: Any = page.render(scale=width / page.get_size()[0], may_draw_forms=False)
        picture = bitmap.to_pil().convert("RGB")
        image = picture.crop((0, 0, min(width, picture.width), picture.height))
    stamp(image, args["watermark"])
    target = io.BytesIO()
    image.save(target, "PNG", compress_level=3)
    return target.getvalue()


def main(scan: str, work: str, count: str) -> None:
    from storage import rendering, reproduction
    from tests.bench.storage import pieces
    from tests.support.copies import marks

    media_type = "application/pdf"
    if work == "pages":
        for page in range(1, int(count) + 1):
            rendering.render_page(
                pieces(Path(scan)), media_type=media_type, page=page, width=1200, watermark="x"
            )
    else:
        row = [marks(copy=number, copies=int(count)) for number in range(1, int(count) + 1)]
        for copy in reproduction.produce_many(
            pieces(Path(scan)), media_type=media_type, pages=None, marks=row
        ):
            assert copy.startswith(b"%PDF")
    status = Path("/proc/self/status").read_text()
    print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")))


if __name__ == "__main__":
    main(*sys.argv[1:])
