"""What people do on the filing page."""

import base64
from dataclasses import dataclass
from datetime import datetime

from playwright.sync_api import Page

from accounts.rules import ZONE
from tests.support.corpus_makers import typeset, windows_program

# What is filed today stands first in every list.
DAY = datetime.now(ZONE).date().isoformat()


@dataclass(frozen=True)
class File:
    """A file on somebody's desk."""

    name: str
    body: bytes


def papers(*names: str) -> list[File]:
    """PDFs, each with its own content."""
    return [File(f"{name}.pdf", typeset(f"= {name}\n本页由故事的人物登记。")) for name in names]


def program(name: str) -> File:
    """A program under the name of a document."""
    return File(name, windows_program())


def describe(page: Page, *, unit: str, label: str = "", title: str = "") -> None:
    """Fill in what is compulsory; the label only when one is given."""
    if label:
        page.locator(f"[name=label][value={label}]").check()
    page.select_option("[name=unit]", label=unit)
    page.select_option("[name=series]", label="WS 文书")
    page.select_option("[name=retention_class]", label="D10 10年")
    page.fill("[name=record_date]", DAY)
    if title:
        page.fill("[name=title]", title)


def drop(page: Page, files: list[File]) -> None:
    """Drag files over the zone and let go."""
    carried = page.evaluate_handle(
        """(files) => {
          const transfer = new DataTransfer();
          for (const [name, body] of files) {
            const bytes = Uint8Array.from(atob(body), (sign) => sign.charCodeAt(0));
            transfer.items.add(new File([bytes], name));
          }
          return transfer;
        }""",
        [[file.name, base64.b64encode(file.body).decode()] for file in files],
    )
    for event in ("dragenter", "dragover", "drop"):
        page.dispatch_event("[data-drop]", event, {"dataTransfer": carried})


def choose(page: Page, files: list[File]) -> None:
    """Pick files in the browser's own dialog."""
    page.set_input_files(
        "[name=files]",
        [{"name": file.name, "mimeType": "", "buffer": file.body} for file in files],
    )
