"""Reading: pages under the reader's name, recordings in ranges, originals byte for byte, and refusals."""

import hashlib
import io
import json
import re
import time
import uuid

import pypdfium2
from PIL import Image, ImageChops
from playwright.sync_api import Page, Response, expect

from tests.browser.desk import Desk


def viewed(page: Page, record: str) -> str:
    """Open the first component of a record in the viewer; the address of its first page's image."""
    page.goto(record)
    page.get_by_role("link", name=re.compile("^查看")).click()
    image = page.locator(".sheet img").first
    expect(image).to_be_visible()
    expect(image).not_to_have_js_property("naturalWidth", 0)
    return image.get_attribute("src") or ""


def picture(page: Page, address: str) -> Image.Image:
    answer = page.request.get(address)
    assert answer.status == 200
    return Image.open(io.BytesIO(answer.body())).convert("L")


def test_a_colleague_reads_a_page_under_her_own_watermark_and_nothing_of_it_is_kept(desk: Desk) -> None:
    """RR-04: page images only; each carries its reader over the whole page; nothing is stored by the browser."""
    reader, filer = desk.sit("director"), desk.sit("clerk_south")
    kept: list[Response] = []
    reader.on("response", lambda answer: kept.append(answer))  # noqa: PLW0108  Playwright marks what it is given
    address = viewed(reader, desk.instance.records["slip1"])
    expect(reader.locator(".sheet figcaption").first).to_contain_text("李晓雯 S1008")
    expect(reader.get_by_role("link", name=re.compile("原文件"))).to_have_count(0)
    assert viewed(filer, desk.instance.records["slip1"]) == address
    hers, his = picture(reader, address), picture(filer, address)
    assert hers.size == his.size
    assert ImageChops.difference(hers, hers).getbbox() is None
    different = ImageChops.difference(hers, his).getbbox()
    assert different is not None
    width, height = hers.size
    assert different[2] - different[0] > width / 2
    assert different[3] - different[1] > height / 2
    content = [answer for answer in kept if "/static/" not in answer.url]
    assert any(answer.url.endswith("/pages/1.png") for answer in content)
    for answer in content:
        assert "no-store" in answer.header_value("cache-control"), answer.url


def test_a_printed_viewer_is_blank_paper(desk: Desk) -> None:
    """Interface 2: a protected page prints blank; an ordinary one does not."""
    page = desk.sit("director")
    viewed(page, desk.instance.records["slip1"])
    assert darkest(page.pdf()) == 255
    page.emulate_media(media="print")
    assert page.evaluate("document.body.innerText.trim()") == ""
    expect(page.locator(".sheet img").first).to_be_hidden()
    page.goto(desk.instance.records["slip1"])
    assert darkest(page.pdf()) < 128


def darkest(pdf: bytes) -> int:
    """The darkest dot on any page: 255 is white."""
    with pypdfium2.PdfDocument(pdf) as document:
        return min(
            int(document[number].render(scale=0.5, grayscale=True).to_pil().convert("L").getextrema()[0])
            for number in range(len(document))
        )


def test_many_pages_are_turned_by_key_and_by_the_strip_and_magnified(desk: Desk) -> None:
    """Interface 1.4 and 1.6."""
    page = desk.sit("archivist")
    viewed(page, desk.instance.records["plan"])
    expect(page.locator(".pages-strip a")).to_have_count(23)
    page.locator("body").press("ArrowRight")
    expect(page.locator("[data-page-now]")).to_have_text("2")
    page.locator("body").press("ArrowLeft")
    expect(page.locator("[data-page-now]")).to_have_text("1")
    page.locator(".pages-strip a", has_text="9").first.click()
    expect(page.locator("#page-9 img")).to_be_in_viewport()
    expect(page.locator("#page-9 img")).not_to_have_js_property("naturalWidth", 0)
    before = page.locator("#page-9 img").bounding_box()
    page.get_by_role("button", name="放大").click()
    expect(page.locator("[data-zoom-now]")).to_have_text("125 %")
    after = page.locator("#page-9 img").bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] > before["width"]


def test_a_recording_plays_in_the_browsers_own_player_from_ranges(desk: Desk) -> None:
    """Interface 3: it plays, and jumping ahead asks for a range."""
    page = desk.sit("clerk_south")
    statuses: list[int] = []
    page.on(
        "response",
        lambda answer: statuses.append(answer.status) if answer.url.endswith("/audio") else None,
    )
    page.goto(desk.instance.records["call1"])
    page.get_by_role("link", name=re.compile("^收听|^播放|^听")).click()
    page.wait_for_selector("audio")
    page.evaluate("document.querySelector('audio').play()")
    deadline = time.monotonic() + 20
    while page.evaluate("document.querySelector('audio').currentTime") < 0.2:
        assert time.monotonic() < deadline, "it does not play"
        page.wait_for_timeout(50)
    jumped = page.evaluate(
        """() => new Promise((resolve) => {
          const audio = document.querySelector("audio");
          audio.addEventListener("seeked", () => resolve(audio.currentTime / audio.duration), { once: true });
          audio.currentTime = audio.duration * 0.8;
        })"""
    )
    assert jumped > 0.7
    assert statuses
    assert set(statuses) == {206}
    page.evaluate("document.querySelector('audio').pause()")


def test_the_original_of_an_open_record_comes_back_byte_for_byte(desk: Desk) -> None:
    """P-05, IE-11: any active account may copy an open record; the file keeps its Chinese name."""
    page = desk.sit("clerk_north")
    page.goto(desk.instance.records["stop1"])
    with page.expect_download() as begun:
        page.get_by_role("link", name=re.compile("原文件")).click()
    filed = json.loads((desk.instance.folder / "diary.json").read_text(encoding="utf-8"))["upload"]
    body = begun.value.path().read_bytes()
    assert (hashlib.sha256(body).hexdigest(), len(body)) == (filed["sha256"], filed["size"])
    assert begun.value.suggested_filename == "关于计划停供的公告.pdf"


def test_to_the_uncleared_a_secret_record_is_as_absent_as_one_that_does_not_exist(desk: Desk) -> None:
    """PE-05: the same page for a clerk, a superuser and a leader who is not on the list."""
    desk.expect(404)
    for who in ("clerk_north", "superuser", "principal"):
        page = desk.sit(who)
        there = page.goto(desk.instance.records["levels"])
        shown = page.content()
        nowhere = page.goto(f"/records/{uuid.uuid4()}/")
        assert there is not None
        assert nowhere is not None
        assert (there.status, nowhere.status) == (404, 404)
        assert shown == page.content()
        expect(page.get_by_role("heading", name="这里没有可显示的内容")).to_be_visible()
        page.goto("/records/")
        expect(page.get_by_text("城区管网应急响应等级的规定")).to_have_count(0)


def test_the_cleared_on_the_list_is_told_why_the_content_stays_shut_and_what_to_do(desk: Desk) -> None:
    """P-05, interface 1.2: the description is there, the content is refused with its rule and the next step."""
    desk.expect(403)
    # What leads to a secret's content is offered at a terminal only, and opens nothing there either.
    page = desk.at_terminal(desk.sit("leader"))
    page.goto(desk.instance.records["levels"])
    expect(page.get_by_role("heading", name="城区管网应急响应等级的规定")).to_be_visible()
    expect(page.locator(".banner")).to_contain_text("机密★20年")
    why = page.locator(".why").filter(has_text="approved-request-missing")
    expect(why).to_contain_text("现在不能打开正文")
    expect(why).to_contain_text("10.1(2)")
    expect(page.get_by_role("link", name=re.compile("^查看|原文件"))).to_have_count(0)
    # As somebody would try who knows how addresses are made.
    component = page.get_by_role("link", name=re.compile("^更正")).get_attribute("href") or ""
    for part in ("view/", "pages/1.png", "original"):
        answer = page.goto(component.replace("correct/", part))
        assert answer is not None
        assert answer.status == 403, part
        expect(page.locator(".why")).to_contain_text("规则")
