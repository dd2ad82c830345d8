"""The main job, shown: each line is observed from outside the system, and a line that is not seen fails."""

import hashlib
import json
import re
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

from vault.holdings.models import Component, ComponentVersion
from vault.project.demo.browser import Answer
from vault.project.demo.documents import Paper
from vault.project.demo.visitor import NotObserved, Visitor

PNG = b"\x89PNG\r\n\x1a\n"
COMPONENT = re.compile(r"/records/[0-9a-f-]{36}/components/([0-9a-f-]{36})/")
EVENT = re.compile(r'href="/log/([0-9a-f-]{36})/"')
PATIENCE_SECONDS = 20


@dataclass(frozen=True)
class Line:
    """One line of the report: what is claimed and what was seen."""

    id: str
    ok: bool
    claim: str
    observed: str

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True)
class Scene:
    """What the story is told with."""

    visitors: dict[str, Visitor]
    papers: dict[str, Paper]
    records: dict[str, str]  # document key → the record's address
    upload: dict[str, object]  # the last upload's own answer


def tell(scene: Scene) -> list[Line]:
    """Every line in order. A line that fails leaves the others to be seen."""
    return [_line(key, claim, observe, scene) for key, claim, observe in LINES]


def ciphertext_on_disk(scene: Scene) -> str:
    """Another process reads the data folder as a thief would; it first finds what was planted for it."""
    texts = disk_markers(scene)
    with tempfile.TemporaryDirectory(prefix="jingui-planted-") as planted:
        (Path(planted) / "note").write_text(texts[0], encoding="gb18030")
        if not search_disk(Path(planted), texts)["hits"]:
            raise NotObserved("the search did not find the text that was planted for it")
    found = search_disk(settings.JINGUI_HOME, texts)
    if found["hits"]:
        raise NotObserved(f"readable text on the disk: {found['hits'][:3]}")
    return (
        f"{len(texts)} titles, names and pieces of text searched in {found['files']} files, "
        f"{found['bytes']:,} bytes: none readable; a planted one was found"
    )


def disk_markers(scene: Scene) -> list[str]:
    """Texts that must not stand readable anywhere: titles, file names, people, words of the documents."""
    papers = list(scene.papers.values())
    words = ["本文依据第三季度购销数据测算", "重大敏感时期", "滨河路片区", "请于三日内报送冬季保供准备情况"]
    names = ["孙静", "周建国", "刘洋王磊"][:2]
    return [paper.title for paper in papers] + [paper.file_name for paper in papers] + words + names


def search_disk(folder: Path, texts: list[str]) -> dict:
    """Run the search in a process of its own."""
    script = Path(__file__).with_name("disk_search.py")
    done = subprocess.run(
        [sys.executable, "-I", str(script), str(folder)],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return json.loads(done.stdout)


def upload(scene: Scene) -> str:
    """The clerk's file was recognised by its content and stands in the list."""
    page = scene.visitors["clerk_south"].browser.get(scene.records["stop1"])
    title = scene.papers["stop1"].title
    _expect(page, 200, title)
    return f"王磊 filed “{title}”: {scene.upload.get('media_type_label', 'PDF')}, {scene.upload.get('size_label', '')}"


def colleague_reads(scene: Scene) -> str:
    """A page arrives as an image under the reader's name; the open notice's original is byte-identical."""
    reader = scene.visitors["director"].browser
    address = scene.records["slip1"]
    component = _component(reader.get(address))
    image = reader.get(f"{address}components/{component}/pages/1.png")
    if image.status != 200 or not image.body.startswith(PNG):
        raise NotObserved(f"page image: status {image.status}")
    address = scene.records["stop1"]
    original = reader.get(f"{address}components/{_component(reader.get(address))}/original")
    if hashlib.sha256(original.body).hexdigest() != scene.upload["sha256"]:
        raise NotObserved(f"the original differs: status {original.status}, {len(original.body)} bytes")
    return f"page image {len(image.body):,} bytes; original identical, {len(original.body):,} bytes"


def absent_to_others(scene: Scene) -> str:
    """To the uncleared and to the superuser a secret record is as absent as one that does not exist."""
    for who in ("clerk_north", "superuser", "principal"):
        browser = scene.visitors[who].browser
        there, nowhere = browser.get(scene.records["levels"]), browser.get(f"/records/{uuid.uuid4()}/")
        if (there.status, there.body) != (404, nowhere.body):
            raise NotObserved(f"{who}: status {there.status}, same as nothing: {there.body == nowhere.body}")
        if scene.papers["levels"].title in browser.get("/records/").text:
            raise NotObserved(f"{who} sees the title in the list")
    return "404, byte for byte that of a record that does not exist: 刘洋, the superuser, the leader off the list"


def refused_with_reason(scene: Scene) -> str:
    """Whoever is cleared and on the list sees the description and is told why the content stays shut."""
    browser = scene.visitors["leader"].browser
    page = browser.get(scene.records["levels"])
    _expect(page, 200, scene.papers["levels"].title)
    _expect(page, 200, "approved-request-missing")
    component = Component.objects.get(record_id=scene.records["levels"].split("/")[2])
    for part in ("original", "pages/1.png"):
        content = browser.get(f"{scene.records['levels']}components/{component.pk}/{part}")
        if content.status != 403 or content.body.startswith((b"%PDF", PNG)):
            raise NotObserved(f"{part} answered {content.status}")
    return "周建国 sees the description; content refused: approved-request-missing, with what to do next"


def proved(scene: Scene) -> str:
    """The auditor finds a refusal; a process that knows nothing but proof, event and key checks it."""
    auditor = scene.visitors["auditor"].browser
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        listed = auditor.get("/log/?person=S1010&outcome=denied")
        uids = EVENT.findall(listed.text)
        if not uids:
            raise NotObserved("the log lists no refusal of 刘洋")
        proof = auditor.get(f"/log/{uids[0]}/proof")
        if proof.status == 200:
            break
        if time.monotonic() > deadline:
            raise NotObserved(f"no proof within {PATIENCE_SECONDS} s: status {proof.status}")
        time.sleep(0.3)
    event, key = auditor.get(f"/log/{uids[0]}/event"), auditor.get("/log/key")
    shown = check_elsewhere(proof.body, event.body, key.body)
    altered = event.body.replace(b'"denied"', b'"granted"')
    if _run_check(proof.body, altered, key.body).returncode == 0:
        raise NotObserved("an altered event passed the check")
    return f"{shown}; the same event with one word altered does not hold"


def check_elsewhere(proof: bytes, event: bytes, key: bytes) -> str:
    """What a separate process says of a proof. Raises NotObserved."""
    done = _run_check(proof, event, key)
    if done.returncode != 0:
        raise NotObserved(done.stdout.strip() or done.stderr.strip())
    return done.stdout.strip()


def damage_is_named(scene: Scene) -> str:
    """One flipped byte of one blob: doctor names the component, and all is well again afterwards."""
    version = ComponentVersion.objects.select_related("component").order_by("-size").first()
    if version is None:
        raise NotObserved("nothing was filed")
    path = next(settings.JINGUI_BLOBS.rglob(f"*{version.key_slot_id.hex}*"), None) or next(
        settings.JINGUI_BLOBS.rglob(f"*{version.key_slot_id}*"), None
    )
    if path is None:
        raise NotObserved("the blob's file was not found")
    with _flipped(path):
        found = doctor()
    named = {problem["object"] for problem in found["problems"]}
    if named != {str(version.component_id)}:
        raise NotObserved(f"doctor named {sorted(named)} instead of {version.component_id}")
    return f"doctor: {found['problems'][0]['code']} at {version.component_id}, and nothing else"


def doctor() -> dict:
    """The examination, by a process of its own."""
    done = subprocess.run(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "doctor", "--json"],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    try:
        return json.loads(done.stdout)
    except ValueError as error:
        raise NotObserved(f"doctor gave no report: {done.stderr[-300:]}") from error


class _flipped:  # noqa: N801  reads as a with-statement
    """One byte in the middle of a file is inverted, and put back."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = path.stat().st_size // 2

    def __enter__(self) -> None:
        self._flip()

    def __exit__(self, *_: object) -> None:
        self._flip()

    def _flip(self) -> None:
        self._path.chmod(0o600)
        with self._path.open("r+b") as file:
            file.seek(self._offset)
            byte = file.read(1)[0]
            file.seek(self._offset)
            file.write(bytes([byte ^ 0xFF]))


def _run_check(proof: bytes, event: bytes, key: bytes) -> "subprocess.CompletedProcess[str]":
    with tempfile.TemporaryDirectory(prefix="jingui-proof-") as folder:
        paths = []
        for name, data in (("proof", proof), ("event", event), ("key", key)):
            (Path(folder) / name).write_bytes(data)
            paths += [f"--{name}", str(Path(folder) / name)]
        return subprocess.run(
            [sys.executable, "-m", "audit.offline", *paths],
            cwd=settings.BASE_DIR,
            env={"PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


def _line(key: str, claim: str, observe: Callable[[Scene], str], scene: Scene) -> Line:
    try:
        return Line(key, True, claim, observe(scene))
    except (NotObserved, OSError, LookupError, subprocess.SubprocessError) as error:
        return Line(key, False, claim, f"{type(error).__name__}: {error}")


def _expect(page: Answer, status: int, text: str) -> None:
    if page.status != status or text not in page.text:
        raise NotObserved(f"expected {status} with {text!r}, saw {page.status}")


def _component(page: Answer) -> str:
    match = COMPONENT.search(page.text)
    if match is None:
        raise NotObserved(f"the record page offers no component (status {page.status})")
    return match[1]


LINES: tuple[tuple[str, str, Callable[[Scene], str]], ...] = (
    ("ciphertext", "Everything on disk is ciphertext", ciphertext_on_disk),
    ("upload", "A clerk files a document under a label", upload),
    ("colleague", "A colleague of the hall reads it", colleague_reads),
    ("absent", "To the uncleared and to the superuser a secret record does not exist", absent_to_others),
    ("refused", "The cleared person on the list is told why the content stays shut", refused_with_reason),
    ("proof", "The auditor proves the refusal to a separate process", proved),
    ("damage", "One flipped byte is found and named", damage_is_named),
)
