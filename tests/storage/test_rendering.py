"""Pages as images under the reader's watermark."""

import io

import pikepdf
import pytest
from PIL import Image, ImageChops, ImageStat

from storage import rendering
from storage.inspection.kinds import KINDS
from storage.rendering import layout
from tests.support import corpus

MARK = "张三 0042 2026-11-23 09:00"
SHOWN = [sample for sample in corpus.make_ordinary() if KINDS[sample.kind].viewer == "pages"]


def draw(data, kind, *, page=1, width=600, watermark=MARK, **more):
    body = rendering.render_page(
        [data], media_type=KINDS[kind].media_type, page=page, width=width, watermark=watermark, **more
    )
    return Image.open(io.BytesIO(body))


def darkness(image):
    """Mean distance from white, 0 to 255."""
    return 255 - ImageStat.Stat(image.convert("L")).mean[0]


@pytest.mark.parametrize("sample", SHOWN, ids=lambda sample: sample.name)
def test_every_page_inspection_counted_can_be_drawn_and_none_beyond(sample):
    """Inspection and the renderer agree on what a page is, for every kind that is shown."""
    media_type = KINDS[sample.kind].media_type
    assert rendering.page_count([sample.data], media_type=media_type) == sample.pages
    for page in (1, sample.pages):
        image = draw(sample.data, sample.kind, page=page, width=300)
        assert (image.format, image.width) == ("PNG", 300)
    for beyond in (0, -1, sample.pages + 1):
        with pytest.raises(rendering.NoSuchPage):
            draw(sample.data, sample.kind, page=beyond)


@pytest.mark.parametrize("width", [64, 700, 2400])
def test_a_page_is_as_wide_as_asked_and_keeps_its_shape(width):
    image = draw(corpus.typeset("= 通知"), "pdf", width=width)
    assert image.width == width
    assert image.height == pytest.approx(width * 2**0.5, abs=2)


@pytest.mark.parametrize(("asked", "given"), [(1, 64), (100_000, 2400)])
def test_a_width_out_of_bounds_is_brought_within(asked, given):
    assert draw(b"a short text", "text", width=asked).width == given


@pytest.mark.parametrize("shape", [(200, 200_000), (100_000, 100)])
def test_a_page_of_absurd_shape_stays_within_the_pixel_bound(shape):
    """PF-12: the bound holds for the page's height as well."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(200, 200))
    pdf.pages[0].MediaBox = [0, 0, *shape]
    target = io.BytesIO()
    pdf.save(target)
    image = draw(target.getvalue(), "pdf", width=2400)
    assert image.width * image.height <= 12_100_000


def test_the_watermark_covers_every_part_of_a_page():
    """Cut into three by three, no part is free of the reader's name."""
    image = draw(corpus.hand_made_pdf(), "pdf", width=900).convert("L")
    for row in range(3):
        for column in range(3):
            part = image.crop((column * 300, row * 300, column * 300 + 300, row * 300 + 300))
            assert part.getextrema()[0] < 245, (row, column)


def test_the_watermark_is_light_and_leaves_the_content_readable():
    page = corpus.typeset("= 通知\n" + corpus.PROSE * 10)
    plain, marked = draw(page, "pdf", watermark=""), draw(page, "pdf")
    blank = draw(corpus.hand_made_pdf(), "pdf")
    assert 0 < darkness(blank) < 20
    assert darkness(blank) < darkness(plain) < darkness(marked)
    # On white paper the mark never comes near ink.
    assert blank.convert("L").getextrema()[0] > 150
    assert ImageChops.difference(plain.convert("L"), marked.convert("L")).getextrema()[1] < 110


def test_the_watermark_shows_on_a_black_picture():
    target = io.BytesIO()
    Image.new("RGB", (900, 900), "black").save(target, "PNG")
    image = draw(target.getvalue(), "png", width=900).convert("L")
    assert image.getextrema()[1] > 25
    assert draw(target.getvalue(), "png", width=900, watermark="").convert("L").getextrema() == (0, 0)


def test_two_readers_get_different_pixels():
    page = corpus.hand_made_pdf()
    assert draw(page, "pdf", watermark="甲").tobytes() != draw(page, "pdf", watermark="乙").tobytes()


def test_pages_of_a_tiff_are_drawn_each_for_itself():
    target = io.BytesIO()
    sheets = [Image.new("L", (400, 300), shade) for shade in (255, 128, 0)]
    sheets[0].save(target, "TIFF", save_all=True, append_images=sheets[1:])
    shades = [
        round(darkness(draw(target.getvalue(), "tiff", page=page, width=400, watermark="")))
        for page in (1, 2, 3)
    ]
    assert shades == [0, 127, 255]


def test_a_photograph_is_shown_the_way_up_it_was_taken():
    exif = Image.Exif()
    exif[0x0112] = 6
    target = io.BytesIO()
    Image.new("RGB", (800, 400), "red").save(target, "JPEG", exif=exif)
    image = draw(target.getvalue(), "jpeg", width=400, watermark="")
    assert (image.width, image.height) == (400, 800)


def test_a_small_picture_is_laid_on_paper_not_blown_up():
    target = io.BytesIO()
    Image.new("RGB", (10, 10), "red").save(target, "PNG")
    image = draw(target.getvalue(), "png", width=300, watermark="").convert("RGB")
    assert image.width == 300
    assert (100, (255, 0, 0)) in image.getcolors()


def test_sixteen_bit_greys_keep_their_shade():
    target = io.BytesIO()
    Image.new("I;16", (400, 300), 32_768).save(target, "PNG")
    assert darkness(draw(target.getvalue(), "png", width=400, watermark="")) == pytest.approx(127, abs=2)


def test_chinese_text_is_drawn_with_the_bundled_font():
    """Different characters give different pictures, so none of them is the box of a missing glyph."""
    pictures = {draw(character.encode(), "text", watermark="").tobytes() for character in "档案管理办法金匮"}
    assert len(pictures) == 8


def test_the_same_text_in_two_encodings_is_the_same_page():
    first = draw(corpus.PROSE.encode(), "text")
    assert first.tobytes() == draw(corpus.PROSE.encode("gb18030"), "text").tobytes()
    assert first.tobytes() != draw(b"something else", "text").tobytes()


def test_a_text_in_big5_is_read_as_big5_and_one_in_gb18030_as_that():
    """Either reading is valid for most bytes of the other; a page of the wrong one says nothing."""
    for words, encoding in (
        ("來函收悉，請於本年六月前將資料送達。", "big5"),
        ("来函收悉，请于本年六月前将资料送达。", "gb18030"),
    ):
        assert rendering.extract_text([words.encode(encoding)], media_type="text/plain") == words


def test_webp_is_there_for_who_wants_smaller_pages():
    assert draw(b"text", "text", encoding="webp").format == "WEBP"


@pytest.mark.parametrize(
    "media_type", ["audio/wav", "application/zip", "application/octet-stream", "text/html"]
)
def test_what_has_no_pages_is_refused(media_type):
    with pytest.raises(rendering.NotRenderable):
        rendering.render_page([b"x"], media_type=media_type, page=1, width=300, watermark=MARK)
    with pytest.raises(rendering.NotRenderable):
        rendering.page_count([b"x"], media_type=media_type)


@pytest.mark.parametrize(
    ("kind", "data"), [("pdf", b"%PDF-1.4 broken"), ("png", b"\x89PNG\r\n\x1a\n"), ("docx", b"PK\x03\x04")]
)
def test_a_broken_file_fails_with_a_clear_error(kind, data):
    with pytest.raises(rendering.RenderingFailed):
        draw(data, kind)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("报告.docx", ["报告", "档案管理办法", "单元格"]),
        ("台账.xlsx", ["【台账】", "件号\t题名", "1\t关于归档的通知"]),
        ("slides.pptx", ["第一页 题目"]),
        ("note.odt", ["档案管理办法"]),
        ("sheet.ods", ["题名\t日期"]),
        ("来函.eml", ["From: 张三", "Subject: 关于移交档案的函", "档案管理办法"]),
        ("with-attachment.eml", ["[附件.pdf]"]),
        ("老系统.txt", ["档案管理办法"]),
        ("名册.csv", ["张三"]),
    ],
)
def test_text_comes_out_of_what_is_shown_as_text(name, expected):
    sample = next(sample for sample in SHOWN if sample.name == name)
    text = rendering.extract_text([sample.data], media_type=KINDS[sample.kind].media_type)
    assert all(piece in text for piece in expected)


def test_markup_in_a_mail_is_read_not_run():
    body = b"From: a@b.invalid\nDate: x\nSubject: s\nContent-Type: text/html\n\n<style>p{}</style><p>seen</p><script>unseen()</script>"
    text = rendering.extract_text([body], media_type="message/rfc822")
    assert "seen" in text
    assert "unseen" not in text
    assert "p{}" not in text


def test_lines_wrap_at_the_measured_width_and_lose_nothing():
    text = "长" * 100 + "\n" + "word " * 60 + "\n" + "x" * 300
    pages = layout.paginate(text, lambda character: 1.0 if ord(character) > 127 else 0.5)
    lines = [line for page in pages for line in page]
    assert "".join(lines).replace(" ", "") == text.replace("\n", "").replace(" ", "")
    assert max(len(line) if line.startswith("长") else len(line) / 2 for line in lines) <= layout.LINE_EMS


def test_a_form_feed_starts_a_page_and_a_page_has_its_lines():
    assert layout.paginate("one\ftwo", lambda _: 0.5)[1] == ["two"]
    pages = layout.paginate("\n".join(map(str, range(100))), lambda _: 0.5)
    assert [len(page) for page in pages] == [38, 38, 24]
    assert layout.paginate("", lambda _: 0.5) == [[""]]
