"""FORMAT.md says what is stored: whoever reads the log in twenty years has only that text."""

import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings

from audit import checkpoints, proofs, recording, sequencer
from audit.models import Event
from tests.audit.facts import ACTION, ACTOR, REASON

TEXT = (Path(__file__).resolve().parents[2] / "audit" / "FORMAT.md").read_text(encoding="utf-8")
PROJECT = (Path(__file__).resolve().parents[2] / "pyproject.toml").read_text(encoding="utf-8")


@pytest.fixture
def event(committed_databases) -> Event:
    uid = recording.record(
        ACTION, outcome="granted", reason=REASON, actor=ACTOR, sealed={"purpose": "核对"}, subject="p-1"
    )
    sequencer.step()
    return Event.objects.get(uid=uid)


def members() -> set[str]:
    """First column of the table of section 1."""
    table = TEXT.partition("## 1. The event")[2].partition("## 2.")[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


def test_the_members_of_an_event_are_those_of_the_text(event: Event) -> None:
    assert set(event.document) == members()


@pytest.mark.parametrize("member", ["reason", "actor", "observer", "source", "sealed"])
def test_the_parts_of_a_member_are_those_of_the_text(event: Event, member: str) -> None:
    """Written in the table as `{"a", "b"}`."""
    row = next(line for line in TEXT.splitlines() if line.startswith(f"| `{member}`"))
    assert set(event.document[member]) == set(re.findall(r'"(\w+)"', row.partition("}")[0]))


def test_the_sealed_part_is_beside_the_bytes_and_told_by_its_digest(event: Event) -> None:
    assert event.document["sealed"]["digest"] == hashlib.sha256(bytes(event.ciphertext)).hexdigest()
    assert "核对".encode() not in bytes(event.canonical)


def test_checkpoint_and_proof_have_the_lines_of_the_text(event: Event) -> None:
    note = checkpoints.latest().note.split("\n")
    assert [note[0], note[1], note[4]] == ["jingui/audit", "1", ""]
    assert re.fullmatch(r"at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", note[3])
    proof = proofs.inclusion_proof(event.uid)
    assert proof.startswith("c2sp.org/tlog-proof@v1\nindex 0\n")
    assert all(line in TEXT for line in ("c2sp.org/tlog-proof@v1", "jingui/audit"))


def test_an_event_names_the_release_that_recorded_it(event: Event) -> None:
    released = re.search(r'^version = "(.+)"$', PROJECT, re.MULTILINE)[1]
    assert event.document["observer"]["build"] == f"jingui {released}" == settings.JINGUI_BUILD
