"""The system checks that keep an unsafe installation from starting."""

from unittest import mock

from storage import checks, hooks, keyring


def test_a_safe_installation_passes(ring_path, events):
    assert checks.key_ring_is_usable(None) == []
    assert checks.key_events_are_recorded(None) == []
    assert checks.cell_ids_are_unique(None) == []


def test_an_unsafe_or_missing_ring_is_an_error_that_says_what_to_do(ring_path):
    ring_path.chmod(0o644)
    (found,) = checks.key_ring_is_usable(None)
    assert found.id == "storage.E010"
    assert f"chmod 600 {ring_path}" in found.msg

    ring_path.unlink()
    (found,) = checks.key_ring_is_usable(None)
    assert "Set JINGUI_KEY_RING" in found.msg
    keyring.configure(None)


def test_without_a_recorder_of_key_events_nothing_starts(events):
    hooks.set_on_key_event(None)
    (found,) = checks.key_events_are_recorded(None)

    assert (found.id, found.level) == ("storage.E011", 40)


def test_a_cell_id_used_twice_is_an_error():
    from tests.storage.cells import Letter, Person

    def columns():
        yield from checks_cells()
        yield "tests.Other.name", checks.EncryptedField, "tests.person.name"

    def checks_cells():
        for model in (Person, Letter):
            for field in model._meta.local_fields:
                if isinstance(field, checks.EncryptedField):
                    yield str(field), checks.EncryptedField, field.cell

    with mock.patch.object(checks, "_cells", checks_cells):
        assert checks.cell_ids_are_unique(None) == []
    with mock.patch.object(checks, "_cells", columns):
        (found,) = checks.cell_ids_are_unique(None)
    assert found.id == "storage.E012"
    assert "'tests.person.name'" in found.msg
