"""Each observation of the demo can fail: an honest world in which every line holds, and one lie at a time."""

import hashlib
import re
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from audit import checkpoints, clock, merkle, proofs
from vault.holdings.presentation import size_label
from vault.project.demo import disk, disk_search, story
from vault.project.demo.browser import Answer, options_of, token_of
from vault.project.demo.documents import CATALOGUE, on
from vault.project.demo.visitor import NotObserved, Visitor

PAPERS = {
    d.key: on(d, date(2026, 11, 23)) for d in CATALOGUE if d.key in {"stop1", "slip1", "levels", "phone"}
}
ADDRESSES = {key: f"/records/{uuid.uuid5(uuid.NAMESPACE_OID, key)}/" for key in PAPERS}
COMPONENT = str(uuid.uuid5(uuid.NAMESPACE_OID, "component"))
BODY = b"%PDF-1.7 the notice as it was filed"
EVENT = b'{"outcome":"denied","v":1}'
NOWHERE = Answer(404, {}, b"not found")
Key = tuple[str, str]


def page(text: str, status: int = 200) -> Answer:
    return Answer(status, {}, text.encode())


def event_id(moment: float) -> str:
    """A version 7 id of that moment."""
    return str(uuid.UUID(int=(int(moment * 1000) << 80) | (7 << 76) | (2 << 62) | 1))


def listing(moment: float) -> Answer:
    return page(f'<a href="/log/{event_id(moment)}/">one</a>')


@dataclass
class FakeBrowser:
    """Answers from a table; whatever is not in it does not exist. The query of the log is kept to be looked at."""

    who: str
    world: Mapping[Key, Answer]
    asked: list[str] = field(default_factory=list)

    def get(self, path: str) -> Answer:
        self.asked.append(path)
        return self.world.get((self.who, path.partition("?")[0]), NOWHERE)


def honest() -> dict[Key, Answer]:
    """Who asks for what, and what a system that keeps its word answers."""
    now = time.time()
    uid = event_id(now)
    link = f'<a href="{ADDRESSES["slip1"]}components/{COMPONENT}/view">x</a>'
    notice_link = f'<a href="{ADDRESSES["stop1"]}components/{COMPONENT}/view">x</a>'
    notice = f"{PAPERS['stop1'].title} PDF {size_label(len(BODY))} 公开"
    note = checkpoints.sign(1, merkle.leaf_hash(EVENT), clock.now())
    world = {
        ("clerk_south", ADDRESSES["stop1"]): page(notice),
        ("director", ADDRESSES["slip1"]): page(link),
        ("director", ADDRESSES["stop1"]): page(notice_link),
        ("director", f"{ADDRESSES['slip1']}components/{COMPONENT}/pages/1.png"): Answer(
            200, {}, story.PNG + b" and so on"
        ),
        ("director", f"{ADDRESSES['stop1']}components/{COMPONENT}/original"): Answer(200, {}, BODY),
        ("leader", ADDRESSES["levels"]): page(f"{PAPERS['levels'].title} approved-request-missing"),
        ("auditor", "/log/"): listing(now),
        ("auditor", f"/log/{uid}/proof"): page(proofs.proof_text(0, [], note)),
        ("auditor", f"/log/{uid}/event"): Answer(200, {}, EVENT),
        ("auditor", "/log/key"): page(f"{checkpoints.own_key()}\n"),
    }
    for part in ("original", "pages/1.png"):
        world["leader", f"{ADDRESSES['levels']}components/{COMPONENT}/{part}"] = page("why not", 403)
    for who in ("clerk_north", "superuser", "principal"):
        world[who, "/records/"] = page("nothing of it")
    return world


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> dict[Key, Answer]:
    settings.JINGUI_HOME = tmp_path / "demo" / "data"
    settings.JINGUI_HOME.mkdir(parents=True)
    (settings.JINGUI_HOME / "blob").write_bytes(hashlib.shake_256(b"ciphertext").digest(100_000))
    monkeypatch.setattr(story, "component_of", lambda record_id: COMPONENT)
    monkeypatch.setattr(story, "blob_of", lambda component: settings.JINGUI_HOME / "blob")
    monkeypatch.setattr(
        story, "doctor", lambda: {"problems": [{"object": COMPONENT, "code": "blob_damaged"}]}
    )
    return honest()


def observe(line: str, world: Mapping[Key, Answer], *, began: float = 0) -> str:
    """Make one observation. Raises NotObserved."""
    people = {"clerk_south", "director", "clerk_north", "superuser", "principal", "leader", "auditor"}
    visitors = {who: Visitor(who, FakeBrowser(who, world)) for who in people}  # type: ignore[arg-type]
    upload = {"sha256": hashlib.sha256(BODY).hexdigest(), "size": len(BODY)}
    scene = story.Scene(visitors, PAPERS, ADDRESSES, upload, int(began * 1000))
    return next(look for key, _claim, look in story.LINES if key == line)(scene)


@pytest.mark.parametrize("line", [key for key, _claim, _look in story.LINES])
def test_in_an_honest_world_every_line_holds(line: str, world: dict[Key, Answer]) -> None:
    assert observe(line, world)


def test_a_line_that_fails_says_what_was_expected_and_leaves_the_others(world: dict[Key, Answer]) -> None:
    world["leader", ADDRESSES["levels"]] = page("", 500)
    told = {
        key: story._line(key, claim, lambda _scene, key=key: observe(key, world), None)
        for key, claim, _ in story.LINES
    }
    assert [key for key, line in told.items() if not line.ok] == ["refused"]
    assert "expected 200" in told["refused"].observed
    assert "saw 500" in told["refused"].observed


# a. ciphertext on disk


@pytest.mark.parametrize("encoding", disk_search.ENCODINGS)
@pytest.mark.parametrize(
    "text", [PAPERS["levels"].title, PAPERS["levels"].file_name, "刘洋李晓雯", disk.PHRASES[0]]
)
def test_readable_text_on_the_disk_is_found(
    world: dict[Key, Answer], settings: Any, text: str, encoding: str
) -> None:
    with (settings.JINGUI_HOME / "blob").open("ab") as file:
        file.write(text.encode(encoding) + b"\0")
    with pytest.raises(NotObserved, match="expected nothing readable"):
        observe("ciphertext", world)


def test_a_piece_of_a_file_as_it_was_handed_in_is_found(world: dict[Key, Answer], settings: Any) -> None:
    body = PAPERS["stop1"].make()
    (settings.JINGUI_HOME / "spool").write_bytes(body[len(body) // 3 :])
    with pytest.raises(NotObserved, match="spool"):
        observe("ciphertext", world)


def test_a_file_that_is_called_like_a_record_is_found(world: dict[Key, Answer], settings: Any) -> None:
    (settings.JINGUI_HOME / PAPERS["levels"].file_name).touch()
    with pytest.raises(NotObserved, match="name: "):
        observe("ciphertext", world)


def test_a_search_that_misses_what_was_planted_is_no_search(
    world: dict[Key, Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        disk, "search", lambda _folder, _what: {"files": 9, "bytes": 9, "needles": 9, "hits": []}
    )
    with pytest.raises(NotObserved, match="missed what was planted"):
        observe("ciphertext", world)


def test_an_empty_folder_proves_nothing(world: dict[Key, Answer], settings: Any) -> None:
    (settings.JINGUI_HOME / "blob").unlink()
    with pytest.raises(NotObserved, match="an empty folder"):
        observe("ciphertext", world)


def test_four_bytes_are_no_needle_because_chance_writes_them(tmp_path: Path) -> None:
    (tmp_path / "blob").write_bytes("王磊".encode("gb18030"))
    assert disk_search.search(tmp_path, ["王磊"], [])["hits"] == []
    (tmp_path / "blob").write_bytes("王磊".encode())
    assert len(disk_search.search(tmp_path, ["王磊"], [])["hits"]) == 1


# b. to e.

Lie = Callable[[dict[Key, Answer]], None]


def _set(who: str, path: str, answer: Answer) -> Lie:
    return lambda world: world.__setitem__((who, path), answer)


SLIP_PAGE = f"{ADDRESSES['slip1']}components/{COMPONENT}/pages/1.png"
ORIGINAL = f"{ADDRESSES['stop1']}components/{COMPONENT}/original"
SECRET_BODY = f"{ADDRESSES['levels']}components/{COMPONENT}/"
NOTICE = f"{PAPERS['stop1'].title} PDF {size_label(len(BODY))}"
LIES: dict[str, tuple[str, Lie]] = {
    "the notice stands under another label": (
        "upload",
        _set("clerk_south", ADDRESSES["stop1"], page(f"{NOTICE} 内部")),
    ),
    "the notice has another size": (
        "upload",
        _set("clerk_south", ADDRESSES["stop1"], page(f"{PAPERS['stop1'].title} PDF 9 B 公开")),
    ),
    "the notice is not there": ("upload", _set("clerk_south", ADDRESSES["stop1"], NOWHERE)),
    "the page image is no image": ("colleague", _set("director", SLIP_PAGE, page("<html>"))),
    "the page image is refused": ("colleague", _set("director", SLIP_PAGE, Answer(403, {}, story.PNG))),
    "the original differs in a byte": (
        "colleague",
        _set("director", ORIGINAL, Answer(200, {}, BODY[:-1] + b"X")),
    ),
    "the original is cut off": ("colleague", _set("director", ORIGINAL, Answer(200, {}, BODY[:-1]))),
    "the colleague sees no component": ("colleague", _set("director", ADDRESSES["slip1"], page("empty"))),
    "the uncleared is refused instead of finding nothing": (
        "absent",
        _set("clerk_north", ADDRESSES["levels"], Answer(403, {}, NOWHERE.body)),
    ),
    "the superuser's 404 differs in a byte": (
        "absent",
        _set("superuser", ADDRESSES["levels"], Answer(404, {}, NOWHERE.body + b" ")),
    ),
    "the superuser gets in": ("absent", _set("superuser", ADDRESSES["levels"], page("open"))),
    "the leader off the list gets in": ("absent", _set("principal", ADDRESSES["levels"], page("open"))),
    "the title shows in a list": ("absent", _set("superuser", "/records/", page(PAPERS["levels"].title))),
    "the refusal has no reason": (
        "refused",
        _set("leader", ADDRESSES["levels"], page(PAPERS["levels"].title)),
    ),
    "the reason has no description": (
        "refused",
        _set("leader", ADDRESSES["levels"], page("approved-request-missing")),
    ),
    "the description is hidden too": ("refused", _set("leader", ADDRESSES["levels"], NOWHERE)),
    "the secret's original comes": (
        "refused",
        _set("leader", f"{SECRET_BODY}original", Answer(200, {}, b"%PDF-1.7")),
    ),
    "the secret's page comes with a refusal's status": (
        "refused",
        _set("leader", f"{SECRET_BODY}pages/1.png", Answer(403, {}, story.PNG)),
    ),
    "the log lists nothing": ("proof", _set("auditor", "/log/", page("no events"))),
    "the key is another's": (
        "proof",
        _set("auditor", "/log/key", page("jingui/audit+00000000+" + "A" * 44)),
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_not_reported_as_observed(lie: str, world: dict[Key, Answer]) -> None:
    line, tell = LIES[lie]
    assert observe(line, world)
    tell(world)
    with pytest.raises(NotObserved):
        observe(line, world)


# f. the proof


def test_an_event_altered_after_it_was_recorded_is_not_proved(world: dict[Key, Answer]) -> None:
    path = next(path for who, path in world if path.endswith("/event"))
    world["auditor", path] = Answer(200, {}, EVENT.replace(b"}", b',"x":1}'))
    with pytest.raises(NotObserved):
        observe("proof", world)


def test_an_event_of_an_earlier_run_does_not_count(world: dict[Key, Answer]) -> None:
    assert observe("proof", world, began=time.time() - 60)
    with pytest.raises(NotObserved, match="no event of this run"):
        observe("proof", world, began=time.time() + 60)


def test_a_log_that_does_not_give_a_proof_is_not_waited_for_without_end(
    world: dict[Key, Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(story, "PATIENCE_SECONDS", 0.2)
    path = next(path for who, path in world if path.endswith("/proof"))
    world["auditor", path] = page("not yet", 409)
    with pytest.raises(NotObserved, match="no proof within"):
        observe("proof", world)


# g. the flipped byte


@pytest.mark.parametrize(
    "found",
    [
        [],
        [{"object": "another", "code": "x"}],
        [{"object": COMPONENT, "code": "x"}, {"object": "another", "code": "x"}],
    ],
    ids=["nothing", "another", "too much"],
)
def test_damage_must_be_named_exactly(
    world: dict[Key, Answer], monkeypatch: pytest.MonkeyPatch, found: list[dict[str, str]]
) -> None:
    monkeypatch.setattr(story, "doctor", lambda: {"problems": found})
    with pytest.raises(NotObserved, match=re.escape(f"expected doctor to name {COMPONENT}")):
        observe("damage", world)


def test_the_byte_is_flipped_while_doctor_looks_and_put_back_whatever_it_says(
    world: dict[Key, Answer], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    blob = settings.JINGUI_HOME / "blob"
    whole, seen = blob.read_bytes(), []

    def doctor() -> dict[str, Any]:
        seen.append(blob.read_bytes())
        raise NotObserved("doctor gave no report")

    monkeypatch.setattr(story, "doctor", doctor)
    with pytest.raises(NotObserved, match="gave no report"):
        observe("damage", world)
    assert sum(a != b for a, b in zip(whole, seen[0], strict=True)) == 1
    assert blob.read_bytes() == whole
    assert not story.damage_note().exists()


def test_a_byte_left_flipped_by_a_killed_run_is_put_back_by_the_next(tmp_path: Path) -> None:
    blob, note = tmp_path / "blob", tmp_path / "note"
    blob.write_bytes(b"0123456789")
    manager = disk.flipped(blob, note)
    manager.__enter__()
    assert blob.read_bytes() != b"0123456789"
    assert disk.mend(note)
    assert blob.read_bytes() == b"0123456789"
    assert not disk.mend(note)
    manager.__exit__(None, None, None)
    assert blob.read_bytes() == b"0123456789"


# The small browser


def test_choices_are_read_from_whichever_control_offers_them() -> None:
    text = (
        '<select name="unit"><option value="">—</option><option value="1"> 城南 </option></select>'
        '<label class="check"><input type="checkbox" name="knowers" value="7"><span>周建国 · 公司</span></label>'
        '<label><input type="radio" name="label" value="open"><span>公开</span></label>'
        '<input type="hidden" name="csrfmiddlewaretoken" value="abc">'
    )
    assert options_of(page(text)) == {
        "unit": {"—": "", "城南": "1"},
        "knowers": {"周建国 · 公司": "7"},
        "label": {"公开": "open"},
    }
    assert token_of(page(text)) == "abc"
    with pytest.raises(LookupError, match="status 500"):
        token_of(page("", 500))
