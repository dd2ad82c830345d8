"""Content inspection over the corpus: every sample gets exactly its verdict and reason."""

import io
import json
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pikepdf
import pytest

from storage import forkserver, inspection
from storage.inspection import Finding
from storage.inspection.kinds import KINDS, MIB
from tests.support import corpus, corpus_makers

CORPUS = list(corpus.make_corpus())
ORDINARY = [sample for sample in CORPUS if sample.verdict == "accepted"]
HOSTILE = [sample for sample in CORPUS if sample.verdict == "quarantined"]


def inspect(data, name):
    return inspection.inspect([data], name=name, size=len(data))


def by_name(name):
    return next(sample for sample in CORPUS if sample.name == name)


def test_the_corpus_is_wide_enough_to_mean_something():
    assert len({sample.kind for sample in ORDINARY}) >= 15
    assert len({sample.maker for sample in ORDINARY}) >= 8
    assert len({sample.name for sample in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("sample", ORDINARY, ids=lambda sample: sample.name)
def test_an_ordinary_file_is_accepted_for_what_it_is(sample):
    """PF-03, PF-08: type by content, every listed kind of every maker."""
    finding = inspect(sample.data, sample.name)
    assert (finding.verdict, finding.reasons) == ("accepted", ())
    assert finding.kind == sample.kind
    assert finding.media_type == KINDS[sample.kind].media_type
    assert finding.page_count == sample.pages
    shown = KINDS[sample.kind].viewer != "none"
    assert finding.previewable is shown
    assert finding.not_previewable_reason == (None if shown else "kind_not_previewed")


@pytest.mark.parametrize("sample", HOSTILE, ids=lambda sample: sample.name)
def test_a_hostile_file_is_quarantined_for_its_one_reason_in_bounded_time(sample):
    """PF-03, PF-12: encrypted, scripted, embedded, programs, bombs, floods, renamed and broken files."""
    started = time.monotonic()
    finding = inspect(sample.data, sample.name)
    assert (finding.verdict, finding.reasons) == ("quarantined", (sample.reason,))
    assert not finding.previewable
    assert finding.not_previewable_reason == "quarantined"
    assert finding.page_count is None
    assert time.monotonic() - started < 10


def test_every_reason_has_a_sample_or_a_test_and_a_sentence_in_both_languages():
    elsewhere = {
        "virus_found",
        "too_large_to_inspect",
        "inspection_timeout",
        "inspection_crashed",
        "inspection_too_large",
    }
    assert {sample.reason for sample in HOSTILE} | elsewhere == set(inspection.REASONS)
    for code in (*inspection.REASONS, *inspection.NOT_PREVIEWED):
        chinese, english = inspection.explain(code), inspection.explain(code, "en")
        assert chinese.endswith("。")
        assert english.endswith(".")
        assert inspection.explain(code, "zh-hans") == chinese != english


def test_hostile_files_do_not_touch_the_process_that_asks():
    """PF-12: the parsers are not even imported here."""
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from storage import inspection\n"
        "data = sys.stdin.buffer.read()\n"
        "finding = inspection.inspect([data], name='bomb.zip', size=len(data))\n"
        "parsers = {'pikepdf', 'pypdfium2', 'PIL', 'magic', 'docx', 'openpyxl', 'odf', 'lxml', 'zipfile'}\n"
        "print(finding.reasons[0], sorted(parsers & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(Path(__file__).resolve().parents[2])],
        input=by_name("bomb.zip").data,
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.decode().strip() == "archive_bomb []"


def test_the_bytes_may_come_in_any_pieces():
    sample = by_name("通知.pdf")
    pieces = [sample.data[at : at + 777] for at in range(0, len(sample.data), 777)]
    assert inspection.inspect(pieces, name=sample.name, size=len(sample.data)) == inspect(
        sample.data, sample.name
    )


@pytest.mark.parametrize("wrong", [-1, 1])
def test_a_size_that_does_not_fit_the_bytes_is_an_error_not_a_finding(wrong):
    data = by_name("通知.pdf").data
    with pytest.raises(inspection.SizeDiffers):
        inspection.inspect([data], name="a.pdf", size=len(data) + wrong)


def test_the_extension_counts_whatever_its_case():
    data = by_name("通知.pdf").data
    assert inspect(data, "A.PDF").verdict == "accepted"
    assert inspect(data, "A.Docx").reasons == ("extension_mismatch",)


def test_a_workbook_whose_parts_are_spelt_as_other_exporters_do_is_kept_and_says_that_it_is_not_shown():
    """PF-03: Office compares the names of parts without regard to case, and reads backslashes."""
    with zipfile.ZipFile(io.BytesIO(corpus_makers.workbook())) as book:
        parts = {name.lower().replace("/", "\\"): book.read(name) for name in book.namelist()}
    finding = inspect(corpus_makers.zipped(parts), "导出.xlsx")
    assert (finding.verdict, finding.kind) == ("accepted", "xlsx")
    assert finding.not_previewable_reason == "preview_failed"


def test_several_dangers_in_one_file_are_all_named():
    data = corpus.hand_made_pdf(catalog="/OpenAction << /S /Launch /F (x) >> /Names << /JavaScript << >> >>")
    assert inspect(data, "a.pdf").reasons == ("scripted_pdf", "pdf_launch_action")


def test_a_text_above_its_preview_limit_is_stored_but_not_shown_and_says_so():
    line = "第一行\n".encode()
    below, above = line * 1000, line * (2 * MIB // len(line) + 1)
    assert inspect(below, "a.txt").previewable
    finding = inspect(above, "a.txt")
    assert (finding.verdict, finding.previewable) == ("accepted", False)
    assert finding.not_previewable_reason == "too_large_to_preview"


def test_a_recording_of_any_size_is_judged_by_its_beginning():
    """PF-12: two gigabytes announced, a few kilobytes read."""
    size = 2 * 1024 * MIB
    head = bytearray(corpus.sound())
    head[40:44] = (size - 44).to_bytes(4, "little")
    served = []

    def recording():
        yield bytes(head)
        left = size - len(head)
        while left:
            served.append(min(MIB, left))
            yield bytes(served[-1])
            left -= served[-1]

    finding = inspection.inspect(recording(), name="call.wav", size=size)
    assert (finding.verdict, finding.not_previewable_reason) == ("accepted", "too_large_to_preview")
    assert sum(served) < 16 * MIB


@pytest.mark.parametrize(
    ("name", "start"),
    [("huge.pdf", b"%PDF-1.7\n"), ("huge.zip", b"PK\x03\x04"), ("huge.docx", b"PK\x03\x04")],
)
def test_a_file_too_large_to_be_checked_is_quarantined_when_its_kind_can_hide_something(name, start):
    size = 201 * MIB

    def body():
        yield start
        for _ in range(201):
            yield bytes(MIB)

    assert inspection.inspect(body(), name=name, size=size).reasons == ("too_large_to_inspect",)


def test_an_object_stream_that_unpacks_without_end_is_stopped():
    """PF-12: the bound is the child's memory, not the machine's."""
    assert inspect(corpus_makers.packed_pdf(padding=0), "a.pdf").verdict == "accepted"
    data = corpus_makers.packed_pdf(padding=600 * MIB)
    assert len(data) < MIB
    started = time.monotonic()
    assert inspect(data, "a.pdf").verdict == "quarantined"
    assert time.monotonic() - started < 30


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (forkserver.JobTimeout(), "inspection_timeout"),
        (forkserver.JobCrashed("SIGSEGV"), "inspection_crashed"),
        (forkserver.JobTooLarge(), "inspection_too_large"),
    ],
)
def test_a_file_that_breaks_the_parser_is_quarantined_not_an_error(monkeypatch, error, reason):
    def broken(*_arguments):
        raise error

    monkeypatch.setattr(forkserver, "run", broken)
    assert inspect(b"%PDF-1.4", "a.pdf").reasons == (reason,)


def test_without_a_worker_there_is_no_finding(monkeypatch):
    """An operator's failure must not turn into a verdict on the file."""

    def absent(*_arguments):
        raise forkserver.ForkServerUnavailable

    monkeypatch.setattr(forkserver, "run", absent)
    with pytest.raises(forkserver.ForkServerUnavailable):
        inspect(b"%PDF-1.4", "a.pdf")


@pytest.mark.parametrize("sample", CORPUS[::9], ids=lambda sample: sample.name)
def test_a_finding_survives_its_json(sample):
    finding = inspect(sample.data, sample.name)
    assert Finding.from_json(finding.to_json()) == finding
    assert isinstance(json.loads(finding.to_json())["reasons"], list)


def test_a_pdf_of_an_ordinary_size_costs_little_more_than_a_fork():
    """The upload bar leaves about 25 ms of CPU for this; the bound here allows for a busy machine."""
    noise = pikepdf.new()
    for _ in range(4):
        noise.add_blank_page()
        noise.pages[-1].Contents = pikepdf.Stream(noise, os.urandom(50_000))
    target = io.BytesIO()
    noise.save(target)
    inspect(target.getvalue(), "a.pdf")
    server = forkserver.server_pid()

    def spent():
        fields = Path(f"/proc/{server}/stat").read_text().rsplit(")", 1)[1].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK") + time.process_time()

    before = spent()
    for _ in range(30):
        assert inspect(target.getvalue(), "a.pdf").page_count == 4
    assert (spent() - before) / 30 < 0.06


def test_the_wheel_s_libmagic_gives_the_same_findings_as_the_system_s(tmp_path):
    """Neither needs a Debian package: the whole corpus again, in a process that passes the system's library over."""
    listing = tmp_path / "corpus"
    listing.mkdir()
    for number, sample in enumerate(CORPUS):
        (listing / str(number)).write_bytes(sample.data)
    (tmp_path / "names.json").write_text(json.dumps([sample.name for sample in CORPUS]))
    script = """
import json, sys
sys.path.insert(0, sys.argv[1])
from storage.inspection import magics
system = magics.open_magic
magics.open_magic = lambda: system(bundled=True)
from storage.inspection.worker import inspect_task
class Whole:
    def __init__(self, data): self.data = data
    def peek(self, length): return self.data[:length]
    def read_all(self, limit): return self.data
findings = []
for number, name in enumerate(json.load(open(sys.argv[2] + "/names.json"))):
    data = open(f"{sys.argv[2]}/corpus/{number}", "rb").read()
    finding = json.loads(inspect_task(Whole(data), {"name": name, "size": len(data)})) if data else None
    findings.append(finding and [finding["kind"], finding["reasons"]])
assert "pylibmagic" in open("/proc/self/maps").read()
print(json.dumps(findings))
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(Path(__file__).resolve().parents[2]), str(tmp_path)],
        capture_output=True,
        timeout=120,
        check=True,
    )
    for sample, answer in zip(CORPUS, json.loads(done.stdout), strict=True):
        if answer is not None:
            kind, reasons = answer
            assert (sample.name, reasons) == (sample.name, [sample.reason] if sample.reason else [])
            assert sample.kind in {"", kind}
