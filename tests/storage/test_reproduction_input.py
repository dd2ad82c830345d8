"""Marked copies of what is hard to copy: scopes, files and names as nobody would wish them."""

import io
import os

import pikepdf
import pytest

from storage import reproduction
from storage.inspection.kinds import KINDS
from storage.reproduction import errors
from tests.support import copies
from tests.support.copies import marks, paper, saved, sizes, texts

PDF = "application/pdf"
A4 = (210, 297)


def produce(data, *, media_type=PDF, pages=None, form="faithful", **changed):
    return reproduction.produce([data], media_type=media_type, pages=pages, marks=marks(**changed), form=form)


@pytest.mark.parametrize(
    ("pages", "error"),
    [
        ((), errors.EmptyScope),
        ((0,), errors.PageOutOfScope),
        ((-1, 1), errors.PageOutOfScope),
        ((4,), errors.PageOutOfScope),
        ((1, 999_999), errors.PageOutOfScope),
        (tuple(range(1, 1002)), errors.TooManyPages),
    ],
    ids=str,
)
def test_a_scope_that_is_none_is_refused(pages, error):
    with pytest.raises(error):
        produce(paper(pages=3), pages=pages)


def test_the_error_names_the_page_that_is_not_there():
    with pytest.raises(errors.PageOutOfScope, match="no page 4"):
        produce(paper(pages=3), pages=(1, 4))


def test_a_file_of_five_thousand_pages_is_copied_in_parts_only():
    pdf = pikepdf.new()
    for _ in range(5_000):
        pdf.add_blank_page()
    data = saved(pdf)
    with pytest.raises(errors.TooManyPages, match="1000"):
        produce(data)
    assert len(texts(produce(data, pages=(1, 2_500, 5_000)))) == 3


def test_a_page_named_twice_is_copied_once():
    assert len(texts(produce(paper(pages=3), pages=(2, 2, 1)))) == 2


@pytest.mark.parametrize("password", ["", "geheim"])
def test_a_locked_file_says_so(password):
    with pikepdf.open(io.BytesIO(paper())) as pdf:
        locked = saved(pdf, encryption=pikepdf.Encryption(user=password, owner="owner"))
    for form in ("faithful", "drawn"):
        with pytest.raises(errors.EncryptedSource):
            produce(locked, form=form)


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"", PDF),
        (b"%PDF-1.7 and nothing", PDF),
        (paper()[:3000], PDF),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"", "image/jpeg"),
        (b"not a package", KINDS["docx"].media_type),
    ],
    ids=str,
)
def test_a_damaged_file_gives_an_error_of_ours(data, media_type):
    with pytest.raises((errors.DamagedSource, errors.ReproductionFailed)):
        produce(data, media_type=media_type)


def test_a_pdf_without_pages_has_nothing_to_copy():
    with pytest.raises((errors.EmptyScope, errors.DamagedSource)):
        produce(saved(pikepdf.new()))


def boxed(box):
    with pikepdf.open(io.BytesIO(paper())) as pdf:
        pdf.pages[0].obj.MediaBox = pikepdf.Array(
            [pikepdf.String(value) if isinstance(value, str) else value for value in box]
        )
        return saved(pdf)


@pytest.mark.parametrize("box", [[0, 0, 0, 0], [0, 0, 0.1, 900]], ids=str)
def test_a_page_without_a_size_is_damaged(box):
    with pytest.raises(errors.DamagedSource):
        produce(boxed(box))


@pytest.mark.parametrize("box", [[1, 2], ["a", 0, 1, 1], []], ids=str)
def test_a_page_whose_box_is_none_has_the_usual_one(box):
    """As every reader takes it."""
    assert sizes(produce(boxed(box))) == [A4]


@pytest.mark.parametrize(("copy", "copies_"), [(0, 1), (2, 1), (-1, 5), (1, 1000)])
def test_a_number_outside_its_row_is_a_mistake_of_the_caller(copy, copies_):
    with pytest.raises(ValueError, match="not in 1 to"):
        marks(copy=copy, copies=copies_)


@pytest.mark.parametrize("name", ["unit", "recipient", "request", "time"])
@pytest.mark.parametrize("value", ["", "  ", "\u202e\u200b", "\x00"])
def test_a_mark_of_which_nothing_can_be_seen_is_none(name, value):
    with pytest.raises(ValueError, match="not marked"):
        marks(**{name: value})


@pytest.mark.parametrize("count", [0, 101])
def test_the_copies_made_at_once_are_bounded(count):
    with pytest.raises(ValueError, match="1 to 100"):
        reproduction.produce_many([paper()], media_type=PDF, pages=None, marks=[marks()] * count)


def test_a_user_word_is_never_markup():
    evil = '#panic("x") $ \\ <a> [*b*] #read("/etc/passwd") "]'
    assert "".join(evil.split()) in "".join(texts(produce(paper(), recipient=evil))[0].split())


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("王𠮷", "王〔U+20BB7〕"),
        ("😀李", "〔U+1F600〕李"),
        ("محمد", "〔U+0645〕"),
        ("张\u202e三\u2066", "领取人：张三"),
        ("a\x00b\nc", "领取人：abc"),
        ("\ud800x", "\ufffdx"),
        ("a\u0301b", "áb"),
    ],
)
def test_a_name_is_never_a_gap_and_never_moves_its_neighbours(name, printed):
    """What the font lacks is printed as its number, what would turn the line around is left out."""
    text = "".join(texts(produce(paper(), recipient=name))[0].split())
    assert printed in text or (printed == "\ufffdx" and "〔U+FFFD〕x" in text)


def test_very_long_names_stay_in_their_places():
    """200 characters of each: nothing is cut off, and no word lies over a symbol."""
    made = marks(
        label="绝密★长期" * 40,
        unit="某某集团公司档案馆" * 22 + "尾单",
        recipient="A" * 199 + "z",
        recipient_unit="部" * 199 + "末",
        request="9" * 199 + "8",
    )
    copy = reproduction.produce([paper()], media_type=PDF, pages=None, marks=made)
    text = "".join(texts(copy)[0].split())
    for whole in (made.label, made.unit, made.recipient, made.recipient_unit, made.request):
        assert whole in text, whole[:10]
    assert reproduction.codes.read_codes([copies.jpeg(copies.drawn(copy))]) == (made.code,)
    cut = "".join(texts(produce(paper(), recipient="长" * 201))[0].split())
    assert "长" * 199 + "…" in cut


def test_a_long_name_of_characters_the_font_lacks_stays_in_its_place():
    made = marks(recipient="م" * 200, unit="😀" * 200)
    copy = reproduction.produce([paper()], media_type=PDF, pages=None, marks=made)
    assert "〔U+0645〕〔U+0645〕" in "".join(texts(copy)[0].split())
    assert "…" in texts(copy)[0]
    assert reproduction.codes.read_codes([copies.jpeg(copies.drawn(copy))]) == (made.code,)


def test_production_survives_a_reader_who_stops_half_way():
    row = [marks(copy=n, copies=3) for n in (1, 2, 3)]
    made = reproduction.produce_many([paper()], media_type=PDF, pages=None, marks=row)
    next(made)
    del made
    assert len(texts(produce(paper()))) == 1


def test_an_error_while_the_original_is_read_comes_through():
    def broken():
        yield b"%PDF-1.7"
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="disk is gone"):
        list(reproduction.produce_many(broken(), media_type=PDF, pages=None, marks=[marks()]))


def test_a_large_noise_of_a_file_is_no_copy():
    with pytest.raises(errors.DamagedSource):
        produce(os.urandom(200_000))
