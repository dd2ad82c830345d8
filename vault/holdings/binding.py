"""What ties a wrapped data key to its place and label (CL-23). Pure.

The bytes are never stored. A label or an owner swapped in the database gives other bytes, and the key
no longer unwraps.
"""

from uuid import UUID

from vault.authorization.levels import Levels


def intake_binding(session_id: UUID, levels: Levels) -> bytes:
    """Key of a file still on its way in: bound to the session and the label it was opened with."""
    return f"intake/{session_id}/{levels.canonical()}".encode()


def record_binding(record_id: UUID, component_id: UUID, levels: Levels) -> bytes:
    """Key of a component: bound to its record and the record's effective label."""
    return f"record/{record_id}/{component_id}/{levels.canonical()}".encode()
