"""How the access rule finds its facts in records and archive files."""

from vault.authorization import protection
from vault.authorization.actions import ObjectState
from vault.authorization.protection import Knowers, Protection
from vault.holdings.models import ArchiveFile, KnowledgeEntry, Record, RecordUserPermission
from vault.holdings.rules import RecordState

RECORD_STATES = {
    RecordState.DRAFT.value: ObjectState.DRAFT,
    RecordState.REGISTERED.value: ObjectState.ACTIVE,
    RecordState.BUNDLED.value: ObjectState.ACTIVE,
    RecordState.ARCHIVED.value: ObjectState.ACTIVE,
    RecordState.DESTROYED.value: ObjectState.DESTROYED,
}


def register() -> None:
    """Tell authorization. An archive file is known to whoever is on the list of a record in it."""
    protection.register(
        Protection(
            model=Record,
            knowers=Knowers(KnowledgeEntry, target="record"),
            user_grants=RecordUserPermission,
            name="record",
            state_field="state",
            states=RECORD_STATES,
            author_field="filed_by_id",
            version_field="version",
        )
    )
    protection.register(
        Protection(
            model=ArchiveFile,
            knowers=Knowers(KnowledgeEntry, target="record__archive_file"),
            user_grants=None,
            name="archive_file",
        )
    )
    for label, reason in (
        ("accounts.Clearance", "levels of a person, not of an object"),
        ("holdings.AccessClass", "the distinct labels themselves; names no object"),
        ("holdings.LabelDecision", "history of a record's label, read through the record"),
        ("holdings.Component", "part of a record, read through the record"),
        ("holdings.IntakeSession", "its own account's uploads, never listed to others"),
    ):
        protection.exempt(label, reason)
