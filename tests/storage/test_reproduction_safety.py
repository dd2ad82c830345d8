"""What of an original stays behind, what of a copy reaches a disk, and the carrier copy."""

import ctypes
import hashlib
import io
import os
import random
import struct
import sys
import tempfile
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from storage import reproduction
from storage.reproduction import errors
from tests.support import copies, corpus
from tests.support.copies import marks, paper, saved, texts

PDF = "application/pdf"
MARKER = "甲方标记MARKER7531丙"
PASSPHRASE = "correct horse battery staple"


def produce(data, *, media_type=PDF, pages=None, form="faithful", **changed):
    return reproduction.produce([data], media_type=media_type, pages=pages, marks=marks(**changed), form=form)


def names_and_words(pdf):
    """All of a file uncompressed, as bytes."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return saved(
            opened,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )


# What stays behind


def laden():
    """A page with everything a PDF can carry beside what it draws; each bears the word SMUGGLED."""
    with pikepdf.open(io.BytesIO(paper(words="可见的正文"))) as pdf:
        word = pikepdf.String("SMUGGLED")
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=word)
        pdf.Root.OpenAction = script
        pdf.Root.AA = pikepdf.Dictionary(WC=script)
        pdf.Root.Lang = word
        pdf.docinfo["/Title"] = word
        with pdf.open_metadata() as metadata:
            metadata["dc:title"] = "SMUGGLED"
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("SMUGGLED", 0))
        pdf.attachments["SMUGGLED.txt"] = pikepdf.AttachedFileSpec(pdf, b"SMUGGLED", filename="SMUGGLED.txt")
        page = pdf.pages[0]
        page.obj.AA = pikepdf.Dictionary(O=script)
        page.obj.PieceInfo = pikepdf.Dictionary(Private=word)
        page.obj.Metadata = pdf.make_stream(b"SMUGGLED", Type=pikepdf.Name.Metadata)
        page.obj.Thumb = pdf.make_stream(b"SMUGGLED")
        image = pdf.make_stream(
            b"\0", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=1, Height=1
        )
        image.stream_dict.BitsPerComponent, image.stream_dict.ColorSpace = 8, pikepdf.Name.DeviceGray
        image.stream_dict.Metadata = pdf.make_stream(b"SMUGGLED")
        image.stream_dict.AF = pikepdf.Array([pdf.make_indirect(pikepdf.Dictionary(Note=word))])
        image.stream_dict.Alternates = pikepdf.Array([pikepdf.Dictionary(Image=pdf.make_stream(b"SMUGGLED"))])
        printer = pdf.make_stream(b"SMUGGLED", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.PS)
        page.add_resource(image, pikepdf.Name.XObject, pikepdf.Name.Im)
        page.add_resource(printer, pikepdf.Name.XObject, pikepdf.Name.Ps)
        page.contents_add(b"q 10 0 0 10 20 20 cm /Im Do Q /Ps Do")
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 50, 50], A=script, Contents=word
        )
        page.obj.Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(link)]))
        return saved(pdf)


def test_the_laden_page_carries_what_the_next_test_looks_for():
    assert names_and_words(laden()).count(b"SMUGGLED") > 10
    with pikepdf.open(io.BytesIO(laden())) as opened:
        assert "/JavaScript" in str(opened.Root.OpenAction)


@pytest.mark.parametrize("form", ["faithful", "drawn"])
def test_nothing_but_what_a_page_draws_comes_along(form):
    made = produce(laden(), form=form)
    raw = names_and_words(made)
    for word in (
        *(b"SMUGGLED", b"/JavaScript", b"/JS", b"/Metadata", b"/PieceInfo", b"/EmbeddedFile", b"/Outlines"),
        *(b"/Annots", b"/AcroForm", b"/OpenAction", b"/AA", b"/PS", b"/AF", b"/OCProperties", b"/Thumb"),
    ):
        assert word not in raw, word
    if form == "faithful":
        assert "可见的正文" in texts(made)[0]
    with pikepdf.open(io.BytesIO(made)) as opened:
        assert set(opened.Root.keys()) == {"/Type", "/Pages"}
        assert not opened.docinfo


def test_pages_outside_the_scope_leave_nothing_behind():
    """Not a word of page 2 is in a copy of pages 1 and 3, however one looks for it."""
    secret = hashlib.sha256(b"page two").digest() * 40
    with pikepdf.open(io.BytesIO(paper(pages=3))) as pdf:
        pdf.pages[1].contents_add(b"% OTHERPAGE\n")
        hidden = pdf.make_stream(secret)
        pdf.pages[1].obj.Resources.Private = hidden
        data = saved(pdf)
    raw = names_and_words(produce(data, pages=(1, 3)))
    assert b"OTHERPAGE" not in raw
    assert secret not in raw
    assert secret in names_and_words(data)
    assert "第2张" not in "".join("".join(texts(produce(data, pages=(1, 3)))).split())


def test_an_annotation_that_prints_is_drawn_and_one_that_hides_is_not():
    def annotated(flags):
        with pikepdf.open(io.BytesIO(corpus.hand_made_pdf())) as pdf:
            look = pdf.make_stream(
                b"0 0 100 100 re f",
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Form,
                BBox=pikepdf.Array([0, 0, 100, 100]),
            )
            note = pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Stamp,
                Rect=pikepdf.Array([50, 50, 150, 150]),
                F=flags,
                AP=pikepdf.Dictionary(N=look),
                A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("https://example.org")),
            )
            pdf.pages[0].obj.Annots = pikepdf.Array([pdf.make_indirect(note)])
            return saved(pdf)

    prints, hides = produce(annotated(4)), produce(annotated(2))
    middle = [copies.drawn(made, dpi=72).convert("L").getpixel((298, 421)) for made in (prints, hides)]
    assert middle[0] < 100 < 200 < middle[1]
    assert b"example.org" not in names_and_words(prints)


@pytest.mark.parametrize("hidden", [True, False])
def test_a_hidden_layer_is_not_in_the_copy(hidden):
    """A file with layers is drawn as the viewer shows it: what is switched off is not there, nor its words."""
    with pikepdf.open(io.BytesIO(corpus.hand_made_pdf())) as pdf:
        layer = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name=pikepdf.String("SMUGGLED")))
        off = pikepdf.Array([layer] if hidden else [])
        pdf.Root.OCProperties = pikepdf.Dictionary(OCGs=pikepdf.Array([layer]), D=pikepdf.Dictionary(OFF=off))
        page = pdf.pages[0]
        page.obj.Resources = pikepdf.Dictionary(Properties=pikepdf.Dictionary(L=layer))
        page.obj.Contents = pdf.make_stream(b"/OC /L BDC % SMUGGLED\n50 50 100 100 re f EMC")
        data = saved(pdf)
    made = produce(data)
    assert b"SMUGGLED" not in names_and_words(made)
    assert (copies.drawn(made, dpi=72).convert("L").getpixel((298, 421)) < 100) is not hidden


def test_a_page_that_leaves_its_graphics_state_open_does_not_spoil_the_marks():
    made = marks()
    page = corpus.hand_made_pdf(
        page="/Contents 4 0 R", more=("<< /Length 31 >>\nstream\nq q 5 0 0 5 9 9 cm 1 0 0 rg q q\nendstream",)
    )
    copy = reproduction.produce([page], media_type=PDF, pages=None, marks=made)
    assert reproduction.codes.read_codes([copies.jpeg(copies.drawn(copy))]) == (made.code,)


# What reaches a disk


class Watch:
    """All that is made, written or moved in some folders and those below, told by the kernel."""

    _CHANGES = 0x2 | 0x8 | 0x80 | 0x100  # modify, close after writing, moved to, create
    _EVENT = struct.Struct("iIII")

    def __init__(self, *folders: Path) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = self._libc.inotify_init1(os.O_NONBLOCK)
        self._folders = {}
        for folder in folders:
            for place in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
                number = self._libc.inotify_add_watch(self._descriptor, os.fsencode(place), self._CHANGES)
                assert number >= 0, place
                self._folders[number] = place

    def seen(self) -> set[Path]:
        found = set()
        while True:
            try:
                data = os.read(self._descriptor, 1 << 16)
            except BlockingIOError:
                return found
            at = 0
            while at < len(data):
                number, _, _, length = self._EVENT.unpack_from(data, at)
                name = data[at + self._EVENT.size : at + self._EVENT.size + length].rstrip(b"\0")
                found.add(self._folders[number] / os.fsdecode(name))
                at += self._EVENT.size + length

    def close(self) -> None:
        os.close(self._descriptor)


@pytest.fixture
def watch(tmp_path, monkeypatch):
    """Watches a home and a folder for temporary files that are given to everything that asks for one."""
    places = [tmp_path / name for name in ("home", "temp", "home/below")]
    for place in places:
        place.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(tmp_path / "temp"))
    for name in ("HOME", "XDG_CACHE_HOME", "JINGUI_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "home")
    monkeypatch.setattr(tempfile, "tempdir", None)
    watch = Watch(tmp_path)
    yield watch
    watch.close()


def test_the_watch_sees_what_it_is_to_see(watch, tmp_path):
    with tempfile.NamedTemporaryFile() as file:
        file.write(MARKER.encode())
    (tmp_path / "home/below/x").write_text("x")
    seen = watch.seen()
    assert Path(file.name) in seen
    assert tmp_path / "home/below/x" in seen


def test_making_copies_writes_no_file(watch):
    """RQ-10: while copies are made of every sort of original, nothing is written, in the clear or otherwise."""
    originals = [
        (paper(words=MARKER, pages=5), PDF),
        ((MARKER * 500).encode(), "text/plain"),
        (copies.jpeg(copies.drawn(paper(words=MARKER))), "image/jpeg"),
    ]
    for data, media_type in originals:
        for form in ("faithful", "drawn"):
            row = [marks(copy=n, copies=3, recipient=MARKER) for n in (1, 2, 3)]
            made = list(
                reproduction.produce_many([data], media_type=media_type, pages=None, marks=row, form=form)
            )
            assert len(made) == 3
    envelope(MARKER.encode() * 1000)
    reproduction.codes.read_codes([copies.scanned(made[0], random.Random(1))])
    assert watch.seen() == set()


def test_making_copies_opens_no_file_for_writing():
    """RQ-10: nor anywhere else on the machine, in this process; the children's walls let none be written."""
    opened = []
    watching = True

    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT

    def note(event, arguments):
        if watching and event == "open" and isinstance(arguments[2], int) and arguments[2] & writing:
            opened.append(arguments[0])

    sys.addaudithook(note)
    Path(os.devnull).open("w").close()
    assert opened == [os.devnull]
    opened.clear()
    produce(paper(words=MARKER))
    envelope(MARKER.encode())
    watching = False
    assert [name for name in opened if name != os.devnull] == []


# Carrier copies


def envelope(body, *, name="录音.wav", media_type="audio/wav", passphrase=PASSPHRASE, made=None):
    return reproduction.produce_envelope(
        [body], media_type=media_type, name=name, marks=made or marks(), passphrase=passphrase
    )


def test_a_carrier_copy_bears_its_marks_and_holds_the_body():
    """RQ-07, RQ-09: for what has no pages, a cover with all marks and the file inside."""
    made, body = marks(), random.Random(3).randbytes(300_000)
    copy = envelope(body, made=made)
    text = "".join(texts(copy, PASSPHRASE)[0].split())
    for mark in (made.code, "机密★20年", "张三", "载体复制件", "录音.wav", "audio/wav"):
        assert mark in text
    with pikepdf.open(io.BytesIO(copy), password=PASSPHRASE) as opened:
        assert list(opened.attachments) == ["录音.wav"]
        assert opened.attachments["录音.wav"].get_file().read_bytes() == body
    with pypdfium2.PdfDocument(copy, password=PASSPHRASE) as opened:
        image = opened[0].render(scale=150 / 72).to_pil().convert("RGB")
    assert reproduction.codes.read_codes([copies.jpeg(image)]) == (made.code,)


def test_a_carrier_copy_says_nothing_without_its_passphrase():
    made = marks(recipient="Wendelin")
    copy = envelope(b"MARKER7531" * 1000, made=made, name="Wendelins Rede.wav")
    for wrong in ("", "wrong horse battery staple", PASSPHRASE + " "):
        with pytest.raises(pikepdf.PasswordError):
            pikepdf.open(io.BytesIO(copy), password=wrong)
    for word in (b"MARKER7531", b"Wendelin", made.code.encode()):
        assert word not in copy
    with pikepdf.open(io.BytesIO(copy), password=PASSPHRASE) as opened:
        assert (opened.encryption.R, opened.encryption.bits) == (6, 256)
        assert opened.encryption.stream_method.name == "aesv3"
        assert opened.encryption.file_method.name == "aesv3"
        assert opened.user_password_matched
        assert not opened.owner_password_matched


def test_two_carrier_copies_of_one_file_are_sealed_differently():
    body, made = b"x" * 1000, marks()
    assert envelope(body, made=made) != envelope(body, made=made)


@pytest.mark.parametrize("passphrase", ["", "short", "x" * 15, "密码" * 10, "tab\tin the passphrase"])
def test_a_weak_passphrase_is_refused(passphrase):
    with pytest.raises(errors.WeakPassphrase):
        envelope(b"x", passphrase=passphrase)


@pytest.mark.parametrize(
    ("name", "attached"),
    [
        ("../../etc/passwd", ".._.._etc_passwd"),
        ("", "file"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("长" * 300 + ".wav", None),
    ],
)
def test_the_name_of_the_body_is_safe_to_save_under(name, attached):
    with pikepdf.open(io.BytesIO(envelope(b"x", name=name)), password=PASSPHRASE) as opened:
        (found,) = opened.attachments
        assert "/" not in found
        assert len(found.encode()) <= 200
        if attached is not None:
            assert found.strip(". _") == attached.strip(". _")


def test_the_facts_of_a_cover_are_printed_as_they_are_read():
    facts = [("时长", "02:15:09"), ("说明", "#panic(1)\u202e\x00 $x$ 王𠮷")]
    copy = reproduction.produce_envelope(
        [b"x"], media_type="audio/wav", name="a.wav", marks=marks(), passphrase=PASSPHRASE, facts=facts
    )
    text = "".join(texts(copy, PASSPHRASE)[0].split())
    assert "时长02:15:09" in text
    assert "说明#panic(1)$x$王〔U+20BB7〕" in text


def test_an_empty_body_and_a_body_that_is_a_pdf_are_carried_as_they_are():
    for body in (b"", laden()):
        with pikepdf.open(io.BytesIO(envelope(body, media_type=PDF)), password=PASSPHRASE) as opened:
            assert opened.attachments["录音.wav"].get_file().read_bytes() == body


def test_a_body_too_large_is_refused():
    piece = bytes(1 << 20)
    with pytest.raises(errors.CopyTooLarge):
        reproduction.produce_envelope(
            (piece for _ in range(201)),
            media_type="video/mp4",
            name="x",
            marks=marks(),
            passphrase=PASSPHRASE,
        )
