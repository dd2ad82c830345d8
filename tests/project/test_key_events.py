"""Key events as the project wires them: what happens to a key stands in the log, with the key's name and version."""

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from audit import outbox
from audit.errors import AuditUnavailable
from audit.models import Event
from storage import hooks, keyring
from storage.errors import KeyRingUnsafe
from storage.keyring import KeyRing
from storage.models import SubjectKey
from storage.sealing import Sealer
from vault.project import wiring

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.fixture
def ring(settings, tmp_path: Path) -> Iterator[KeyRing]:
    """A private copy of the instance's ring, in use for the length of the test."""
    path = tmp_path / "keys" / "ring.json"
    path.parent.mkdir(mode=0o700)
    shutil.copy(settings.JINGUI_KEY_RING, path)
    path.chmod(0o600)
    keyring.configure(path)
    yield keyring.current()
    keyring.configure(None)


def told(action: str) -> list[tuple[str, str, str, str, str]]:
    """Type, id and version of what an action's acts were about, with their outcome and who acted."""
    outbox.relay()
    return [
        (
            event.object_type,
            event.object_id,
            event.document["object"]["version"],
            event.outcome,
            event.document["actor"]["id"],
        )
        for event in Event.objects.filter(action=action, phase="outcome").order_by("id")
    ]


def test_a_kek_rotated_retired_and_destroyed_is_three_events(ring: KeyRing) -> None:
    """AU-01: each names the compartment, and the version that came, the lowest that stays, the one that went."""
    second = ring.rotate("pii")
    third = second.rotate("pii")
    retired = third.retire_below("pii", 3)
    retired.destroy("pii", 2)

    by = ("granted", "system:storage")
    assert told("storage:kek:rotated") == [("kek", "pii", "2", *by), ("kek", "pii", "3", *by)]
    assert told("storage:kek:retired") == [("kek", "pii", "3", *by)]
    assert told("storage:kek:destroyed") == [("kek", "pii", "2", *by)]
    assert keyring.current().states("pii") == {1: "retired", 2: "destroyed", 3: "active"}


def test_a_subjects_key_destroyed_is_an_event_that_names_the_key_and_not_the_subject(ring: KeyRing) -> None:
    """AU-01, AU-05."""
    sealed = Sealer().seal("person-7", b"a name")

    assert Sealer().destroy("person-7") == 1
    by = ("granted", "system:storage")
    assert told("storage:subject_key:destroyed") == [("subject_key", sealed.kid, "", *by)]
    assert b"person-7" not in bytes(
        Event.objects.get(action="storage:subject_key:destroyed", phase="outcome").canonical
    )
    assert SubjectKey.objects.get(pk=sealed.kid).wrapped_key is None


def test_what_the_log_cannot_take_does_not_happen_to_a_key(
    ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AU-03."""

    def unavailable(*_args: object, **_facts: object) -> None:
        raise AuditUnavailable

    sealed = Sealer().seal("person-7", b"a name")
    monkeypatch.setattr("vault.project.wiring.intent", unavailable)
    with pytest.raises(AuditUnavailable):
        ring.rotate("pii")
    with pytest.raises(AuditUnavailable):
        Sealer().destroy("person-7")

    assert keyring.current().active("pii") == 1
    assert Sealer().open(sealed.kid, sealed.ciphertext) == b"a name"


def test_every_key_event_that_storage_announces_has_a_name_in_the_log() -> None:
    """AU-01: the log refuses an action that was never registered."""
    announced = re.findall(r"`(\w+\.\w+)`", str(hooks.KeyEventRecorder.__doc__))

    assert sorted(wiring.KEY_EVENTS) == sorted(f"storage:{event.replace('.', ':')}" for event in announced)


def test_a_key_whose_ring_could_not_be_written_is_not_told_as_gone(
    ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AU-01: begun and never told as done, which ends as unknown."""
    second = ring.rotate("pii").retire_below("pii", 2)
    monkeypatch.setattr("storage.ringfile.os.fsync", _full)
    with pytest.raises(KeyRingUnsafe):
        second.destroy("pii", 1)
    assert told("storage:kek:destroyed") == []
    outbox.close_stale(older_than=timedelta(0))
    (ended,) = Event.objects.filter(action="storage:kek:destroyed", phase="outcome")
    assert ended.outcome == "unknown"


def _full(_descriptor: int) -> None:
    raise OSError("no room")
