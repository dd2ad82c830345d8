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
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from audit.bundles import VERIFIER
from vault.holdings.models import Component, ComponentVersion
from vault.holdings.presentation import size_label
from vault.project.demo import disk
from vault.project.demo.browser import Answer
from vault.project.demo.documents import Paper
from vault.project.demo.people import BY_KEY, SUPERUSER
from vault.project.demo.visitor import NotObserved, Visitor

PNG = b"\x89PNG\r\n\x1a\n"
COMPONENT = re.compile(r"/records/[0-9a-f-]{36}/components/([0-9a-f-]{36})/")
EVENT = re.compile(r'href="/log/([0-9a-f-]{36})/"')
PATIENCE_SECONDS = 20
# What is shown with which document: an open notice, a customer's paper of the hall, a received state secret.
NOTICE, SLIP, SECRET = "stop1", "slip1", "levels"
# Whose browsers it looks through, beside the superuser's.
VISITORS = ("clerk_south", "director", "clerk_north", "principal", "leader", "auditor")


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
    """What the story is told with; `began` is when, in milliseconds since 1970."""

    visitors: dict[str, Visitor]
    papers: dict[str, Paper]
    records: dict[str, str]  # document key → the record's address
    upload: dict[str, Any]  # sha256 and size of the notice as it was sent
    began: int

    def record_id(self, key: str) -> str:
        """The id in a record's address."""
        return self.records[key].split("/")[2]


def tell(scene: Scene) -> list[Line]:
    """Every line in order. A line that fails leaves the others to be seen."""
    return [_line(key, claim, observe, scene) for key, claim, observe in LINES]


def ciphertext_on_disk(scene: Scene) -> str:
    """Another process reads the data folder as a thief would; it first finds what was planted for it."""
    what = disk.wanted(scene.papers.values())
    disk.require_finding(what)
    found = disk.search(settings.JINGUI_HOME, what)
    if found["hits"]:
        raise NotObserved(f"expected nothing readable, saw {found['hits'][:3]}")
    if not found["files"]:
        raise NotObserved("expected files to search, saw an empty folder")
    return (
        f"{len(what.texts)} titles, names and phrases and a piece of each of {len(what.runs)} files, "
        f"{found['needles']} spellings in all, looked for in {found['files']} files ({found['bytes']:,} bytes): "
        "none readable; what was planted was found"
    )


def upload(scene: Scene) -> str:
    """The clerk's file was recognised by its content and stands under its label."""
    page = scene.visitors["clerk_south"].browser.get(scene.records[NOTICE])
    title, kind, label = scene.papers[NOTICE].title, "PDF", "公开"
    size = size_label(int(scene.upload["size"]))
    for text in (title, kind, size, label):
        _expect(page, 200, text)
    return f"{BY_KEY['clerk_south'].name} filed “{title}”: {kind}, {size}, {label}"


def colleague_reads(scene: Scene) -> str:
    """A page arrives as an image under the reader's name; the open notice's original is byte-identical."""
    reader = scene.visitors["director"].browser
    address = scene.records[SLIP]
    image = reader.get(f"{address}components/{_component(reader.get(address))}/pages/1.png")
    if image.status != 200 or not image.body.startswith(PNG):
        raise NotObserved(f"expected a page image, saw status {image.status} and {image.body[:8]!r}")
    address = scene.records[NOTICE]
    original = reader.get(f"{address}components/{_component(reader.get(address))}/original")
    if original.status != 200 or hashlib.sha256(original.body).hexdigest() != scene.upload["sha256"]:
        raise NotObserved(
            f"expected the bytes that were filed, saw status {original.status}, {len(original.body)} bytes"
        )
    return (
        f"{BY_KEY['director'].name} sees a page of an internal paper ({len(image.body):,} bytes of PNG); "
        f"the notice's original came back byte for byte, {len(original.body):,} bytes"
    )


def absent_to_others(scene: Scene) -> str:
    """To the uncleared and to the superuser a secret record is as absent as one that does not exist."""
    for who in ("clerk_north", "superuser", "principal"):
        browser = scene.visitors[who].browser
        there, nowhere = browser.get(scene.records[SECRET]), browser.get(f"/records/{uuid.uuid4()}/")
        if (there.status, nowhere.status, there.body) != (404, 404, nowhere.body):
            raise NotObserved(
                f"{who}: expected 404 as for nothing, saw {there.status}; same page: {there.body == nowhere.body}"
            )
        if scene.papers[SECRET].title in browser.get("/records/").text:
            raise NotObserved(f"{who} sees the title in the list")
    return (
        f"404, byte for byte that of a record that does not exist: {BY_KEY['clerk_north'].name}, "
        "the superuser, the leader off the list"
    )


def refused_with_reason(scene: Scene) -> str:
    """Whoever is cleared and on the list sees the description and is told why the content stays shut."""
    browser = scene.visitors["leader"].browser
    page = browser.get(scene.records[SECRET])
    _expect(page, 200, scene.papers[SECRET].title)
    _expect(page, 200, "approved-request-missing")
    # The page offers no way to the content, so the address is made up as an attacker would who knew the id.
    component = component_of(scene.record_id(SECRET))
    for part in ("original", "pages/1.png"):
        content = browser.get(f"{scene.records[SECRET]}components/{component}/{part}")
        if content.status != 403 or content.body.startswith((b"%PDF", PNG)):
            raise NotObserved(f"{part}: expected 403, saw {content.status}")
    return (
        f"{BY_KEY['leader'].name} sees the description; content refused: approved-request-missing, "
        "with what to do next"
    )


def proved(scene: Scene) -> str:
    """The auditor finds what just happened; a process that knows only proof, event and key checks one of it."""
    auditor = scene.visitors["auditor"].browser
    for who, document, outcome in (
        (BY_KEY["director"].staff_no, SLIP, "granted"),
        (SUPERUSER[1], SECRET, "denied"),
        (BY_KEY["leader"].staff_no, SECRET, "denied"),
    ):
        _events(auditor, scene, who, document, outcome)
    uid = _events(auditor, scene, BY_KEY["clerk_north"].staff_no, SECRET, "denied")[0]
    proof, event, key = _proof(auditor, uid), auditor.get(f"/log/{uid}/event"), auditor.get("/log/key")
    shown = check_elsewhere(proof.body, event.body, key.body)
    altered = event.body.replace(b'"denied"', b'"granted"')
    if altered == event.body or _run_check(proof.body, altered, key.body).returncode == 0:
        raise NotObserved("an altered event passed the check")
    return (
        f"reading, both 404s and the refusal stand in the log; of {BY_KEY['clerk_north'].name}'s 404 "
        f"a separate process says: {shown}; with one word altered it does not hold"
    )


def _events(auditor: Any, scene: Scene, staff_no: str, document: str, outcome: str) -> list[str]:
    """Events of this run, newest first: who, which record, how it ended. Raises NotObserved when there is none."""
    query = urlencode({"person": staff_no, "object_id": scene.record_id(document), "outcome": outcome})
    listed = EVENT.findall(auditor.get(f"/log/?{query}").text)
    # An event's id begins with its time (RFC 9562, version 7).
    fresh = [uid for uid in listed if uuid.UUID(uid).int >> 80 >= scene.began]
    if not fresh:
        raise NotObserved(f"the log has no event of this run: {staff_no}, {document}, {outcome}")
    return fresh


def _proof(auditor: Any, uid: str) -> Answer:
    """The event's proof; the tree takes an event in within a second or so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        proof: Answer = auditor.get(f"/log/{uid}/proof")
        if proof.status == 200:
            return proof
        if time.monotonic() > deadline:
            raise NotObserved(f"no proof within {PATIENCE_SECONDS} s: status {proof.status}")
        time.sleep(0.3)


def check_elsewhere(proof: bytes, event: bytes, key: bytes) -> str:
    """What a separate process says of a proof. Raises NotObserved."""
    done = _run_check(proof, event, key)
    if done.returncode != 0:
        raise NotObserved(done.stdout.strip() or done.stderr.strip())
    return done.stdout.strip()


def damage_is_named(scene: Scene) -> str:
    """One flipped byte of one blob: doctor, a process of its own, names that component and nothing else."""
    component = component_of(scene.record_id(NOTICE))
    with disk.flipped(blob_of(component), damage_note()):
        named = _named()
        # The log goes on growing while it is examined, so what was between two steps then is looked at again.
        if list(named) != [component]:
            named = _named()
    if list(named) != [component]:
        raise NotObserved(f"expected doctor to name {component}, it named {named}")
    return f"doctor names {named[component]} at {component}, and nothing else; the byte is put back"


def _named() -> dict[str, str]:
    """Object → code of everything that doctor finds wrong."""
    return {str(problem["object"]): str(problem["code"]) for problem in doctor()["problems"]}


def component_of(record_id: str) -> str:
    """The id of a record's only component. Raises NotObserved."""
    found = Component.objects.filter(record_id=record_id).first()
    if found is None:
        raise NotObserved(f"record {record_id} has no component")
    return str(found.pk)


def blob_of(component: str) -> Path:
    """The file that holds a component's only version. Raises NotObserved."""
    slot = ComponentVersion.objects.get(component_id=component).key_slot_id
    for name in (slot.hex, str(slot)):
        for path in settings.JINGUI_BLOBS.rglob(f"*{name}*"):
            return path
    raise NotObserved(f"no file holds the body of component {component}")


def damage_note() -> Path:
    """Where it is written down which byte has to be put back."""
    return settings.JINGUI_HOME.parent / "damage.json"


def doctor() -> dict[str, Any]:
    """The examination, by a process of its own."""
    done = subprocess.run(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "doctor", "--json"],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    try:
        report: dict[str, Any] = json.loads(done.stdout)
        return report
    except ValueError as error:
        raise NotObserved(f"doctor gave no report: {done.stderr[-300:]}") from error


def _run_check(proof: bytes, event: bytes, key: bytes) -> "subprocess.CompletedProcess[str]":
    with tempfile.TemporaryDirectory(prefix="jingui-proof-") as folder:
        paths = []
        for name, data in (("proof", proof), ("event", event), ("key", key)):
            (Path(folder) / name).write_bytes(data)
            paths += [f"--{name}", str(Path(folder) / name)]
        return subprocess.run(
            # Without site packages: nothing but the file itself and Python.
            [sys.executable, "-I", "-S", str(VERIFIER), *paths],
            cwd=folder,
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
