"""Marked copies: what stands on every page, and what of the original comes along."""

import io

import pikepdf
import pytest
from PIL import Image, ImageStat

from storage import reproduction
from storage.inspection.kinds import KINDS
from storage.reproduction import errors
from tests.support import copies, corpus
from tests.support.copies import marks, paper, saved, sizes, texts

PDF = "application/pdf"
PAGED = [sample for sample in corpus.make_ordinary() if KINDS[sample.kind].viewer == "pages"]
A4, A4_LYING, A3, A3_LYING = (210, 297), (297, 210), (297, 420), (420, 297)


def produce(data, *, media_type=PDF, pages=None, form="faithful", **changed):
    return reproduction.produce([data], media_type=media_type, pages=pages, marks=marks(**changed), form=form)


def darkness(image):
    return 255 - ImageStat.Stat(image.convert("L")).mean[0]


# What stands on it


def test_every_page_bears_all_its_marks():
    """RQ-07, RQ-09: the text of each page names the copy, the code, the reader, the unit, the request and the time."""
    made = marks()
    pages = texts(reproduction.produce([paper(pages=3)], media_type=PDF, pages=None, marks=made))
    assert len(pages) == 3
    for number, text in enumerate(pages, 1):
        line = "".join(text.split())
        for mark in (
            *("机密★20年", "第2份共5份", "某某集团公司档案馆", "复制专用"),
            *("领取人：张三", "单位：某某省分公司法律事务部", "申请号：查〔2026〕第0042号"),
            *("制作时间：2026-11-2722:30", f"第{number}页共3页"),
        ):
            assert mark in line, (number, mark)
        assert made.code in text


def test_of_a_part_each_page_says_which_of_the_original_it_is():
    pages = ["".join(text.split()) for text in texts(produce(paper(pages=12), pages=(11, 2)))]
    assert ["第1页共2页（原件第2页）" in pages[0], "第2页共2页（原件第11页）" in pages[1]] == [True, True]
    assert ["第2张" in pages[0], "第11张" in pages[1]] == [True, True]
    assert "原件第" not in "".join(texts(produce(paper(pages=2))))


def test_a_business_secret_bears_no_star():
    """CL-10: the label is printed as it came, and nothing of ours adds a star."""
    text = "".join(texts(produce(paper(), label="核心商密 长期")))
    assert "核心商密 长期" in text
    assert "★" not in text


def test_copies_of_one_row_differ_in_their_marks_only():
    """RQ-07: ten copies from one reading, each with its own number and code, none with a word of another's."""
    row = [marks(copy=n, copies=10, recipient=f"收件人{n:02}号") for n in range(1, 11)]
    reads = []
    chunks = (reads.append(1) or paper(pages=2) for _ in range(1))
    made = list(reproduction.produce_many(chunks, media_type=PDF, pages=None, marks=row))
    assert len(made) == 10
    assert reads == [1]
    for own, copy in zip(row, made, strict=True):
        text = "".join(texts(copy))
        assert text.count(f"第 {own.copy} 份") == 2
        for other in row:
            assert (other.code in text) == (other is own)
            assert (other.recipient in text) == (other is own)
            assert (other.code.encode() in unpacked(copy)) == (other is own) or other is own


def unpacked(pdf):
    """All of a file with nothing compressed."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return saved(
            opened,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )


def test_one_copy_is_held_at_a_time():
    row = [marks(copy=n, copies=3) for n in (1, 2, 3)]
    made = reproduction.produce_many([paper()], media_type=PDF, pages=None, marks=row)
    assert row[0].code in texts(next(made))[0]
    made.close()


def test_the_stamp_is_vermilion_and_stands_in_the_lower_band():
    image = copies.drawn(produce(corpus.hand_made_pdf()), dpi=72)
    red = [
        (x, y)
        for x in range(image.width)
        for y in range(image.height)
        if (pixel := image.getpixel((x, y)))[0] > 150 and pixel[1] < 120 and pixel[2] < 110
    ]
    assert len(red) > 200
    assert min(y for _, y in red) > image.height * 0.9


@pytest.mark.parametrize(
    "size",
    [(210, 297), (297, 210), (297, 420), (420, 297), (60, 40), (210, 330), (1000, 2000)],
    ids=str,
)
def test_no_mark_hides_what_the_page_says(size):
    """Blackened from edge to edge, no page reaches into the bands."""
    black = paper(
        *size,
        words=f"#place(top + left, dx: -8mm, dy: -8mm, rect(width: {size[0]}mm, height: {size[1]}mm, fill: black))",
    )
    code = marks()
    image = copies.drawn(
        reproduction.produce([black], media_type=PDF, pages=(1,), marks=code), dpi=100
    ).convert("L")
    band = round(24 / 25.4 * 100)
    for top in (0, image.height - band):
        strip = image.crop((0, top, image.width, top + band))
        assert darkness(strip) < 40
    middle = image.crop(
        (image.width // 2 - 20, image.height // 2 - 20, image.width // 2 + 20, image.height // 2 + 20)
    )
    assert darkness(middle) > 150


def test_the_code_over_the_page_is_light_and_shows_on_black_too():
    blank = copies.drawn(produce(corpus.hand_made_pdf()), dpi=100).convert("L")
    sheet = blank.crop((100, 300, blank.width - 100, blank.height - 300))
    assert 0 < darkness(sheet) < 8
    target = io.BytesIO()
    Image.new("RGB", (900, 1200), "black").save(target, "PNG")
    dark = copies.drawn(produce(target.getvalue(), media_type="image/png"), dpi=100).convert("L")
    low, high = dark.crop((100, 300, dark.width - 100, dark.height - 300)).getextrema()
    assert (low, high > 15) == (0, True)


# Paper


@pytest.mark.parametrize(
    ("size", "turn", "sheet"),
    [
        (A4, 0, A4),
        (A4_LYING, 0, A4_LYING),
        (A4, 90, A4_LYING),
        (A4, 270, A4_LYING),
        (A4, 180, A4),
        (A3, 0, A3),
        (A3, 90, A3_LYING),
        ((216, 279), 0, A4),
        ((60, 40), 0, A4_LYING),
        ((30, 30), 0, A4),
        ((2000, 1000), 0, A3_LYING),
        ((5000, 5000), 0, A3),
    ],
)
def test_a_page_lies_upright_on_the_sheet_of_its_shape(size, turn, sheet):
    made = produce(paper(*size, words="", Rotate=turn))
    assert sizes(made) == [sheet]
    with pikepdf.open(io.BytesIO(made)) as opened:
        assert "/Rotate" not in opened.pages[0].obj


@pytest.mark.parametrize("turn", [0, 90, 180, 270, -90, 450])
def test_a_turned_page_looks_as_the_viewer_shows_it(turn):
    """The copy of the page is the page: drawn by the same program, the black corner stands in the same corner."""
    marked = paper(
        words="#place(top + left, dx: -8mm, dy: -8mm, rect(width: 100mm, height: 60mm, fill: black))",
        Rotate=turn,
    )
    shown = copies.drawn(marked, dpi=36).convert("L")
    made = copies.drawn(produce(marked), dpi=100).convert("L")

    def corners(image, left, top, right, bottom):
        step = 20
        spots = [
            (left + step, top + step),
            (right - step, top + step),
            (left + step, bottom - step),
            (right - step, bottom - step),
        ]
        return [image.getpixel(spot) < 128 for spot in spots]

    upright = made.height > made.width
    wide, high = (210, 297) if upright else (297, 210)
    # The page is centred; its scale follows from the band and the margin.
    scale = min((wide - 14) / wide, (high - 2 * (24.5 if upright else 26.8)) / high)
    left, top = (made.width * (1 - scale) / 2, made.height * (1 - scale) / 2)
    box = (int(left), int(top), int(made.width - left), int(made.height - top))
    assert corners(made, *box) == corners(shown, 0, 0, shown.width, shown.height)


def test_what_is_cropped_away_stays_away():
    """Neither seen nor found by a search beside the crop; a crop box beyond the page makes no larger page."""
    black = "#place(bottom, dx: -8mm, dy: 8mm, rect(width: 210mm, height: 100mm, fill: black))"
    assert darkness(copies.drawn(produce(paper(words=black)), dpi=50)) > 60
    assert darkness(copies.drawn(produce(paper(words=black, CropBox=[0, 400, 595, 842])), dpi=50)) < 20
    for box in ([-500, -500, 5000, 5000], [900, 900, 901, 901]):
        assert sizes(produce(paper(CropBox=box))) == [A4]


def test_a_unit_other_than_the_point_counts():
    assert sizes(produce(paper(UserUnit=2.0))) == [A3]


# Kinds


@pytest.mark.parametrize("sample", PAGED, ids=lambda sample: sample.name)
def test_whatever_the_viewer_shows_can_be_copied(sample):
    made = marks()
    copy = reproduction.produce(
        [sample.data], media_type=KINDS[sample.kind].media_type, pages=None, marks=made
    )
    pages = texts(copy)
    assert len(pages) == sample.pages
    assert all(made.code in text for text in pages)
    # Something of the original is there.
    image = copies.drawn(copy, dpi=60)
    inner = image.crop((30, 70, image.width - 30, image.height - 70))
    assert darkness(inner) > 0.3


def test_a_drawn_copy_keeps_no_text_of_the_original():
    words = "绝对不可复制的文字"
    assert words in texts(produce(paper(words=words)))[0]
    drawn = produce(paper(words=words), form="drawn")
    assert words not in texts(drawn)[0]
    assert darkness(copies.drawn(drawn, dpi=100)) == pytest.approx(
        darkness(copies.drawn(produce(paper(words=words)), dpi=100)), rel=0.1
    )


def test_letters_are_small_and_sharp():
    made = produce((corpus.PROSE * 80).encode(), media_type="text/plain")
    assert len(made) < 60_000 * len(texts(made)) + 40_000


@pytest.mark.parametrize(
    "media_type", ["audio/wav", "application/zip", "application/msword", "image/x-none", ""]
)
def test_what_has_no_pages_asks_for_a_carrier_copy(media_type):
    with pytest.raises(errors.NotReproducible):
        produce(b"x", media_type=media_type)
