"""A received file becomes a version of a component, with the machine's steps as events."""

from accounts.models import Person
from audit import clock
from vault.holdings.models import Component, ComponentVersion, ObjectEvent, Record, StagedFile
from vault.holdings.rules import ComponentRole
from vault.holdings.services.journal import note


def store_version(
    component: Component, file: StagedFile, *, number: int, reason: str, person: Person
) -> ComponentVersion:
    """The staged file becomes a version of the component."""
    version = version_row(component, file, number=number, reason=reason, person=person)
    version.save(force_insert=True)
    return version


def version_row(
    component: Component, file: StagedFile, *, number: int, reason: str, person: Person
) -> ComponentVersion:
    """The same unsaved."""
    return ComponentVersion(
        component=component,
        number=number,
        key_slot_id=file.key_slot_id,
        name=file.name,
        digest=file.digest,
        digest_index=bytes(file.digest).hex(),
        reason=reason,
        size=file.size,
        media_type=file.media_type,
        page_count=file.page_count,
        integrity=file.integrity,
        finding=file.finding,
        created_by=person,
        created_at=clock.now(),
    )


def content_events(record: Record, component: Component, file: StagedFile) -> list[ObjectEvent]:
    """The machine's steps at ingest as PREMIS events."""
    finding = file.finding
    return [
        note(record, "message digest calculation", component=component, detail={"algorithm": "SHA-256"}),
        note(record, "format identification", component=component, detail={"media_type": file.media_type}),
        note(record, "validation", component=component, outcome=str(file.integrity)),
        note(record, "virus check", component=component, outcome=str(finding.get("scanned", "not_scanned"))),
        note(record, "encryption", component=component, detail={"suite": "AES-256-GCM"}),
    ]


def role_of(file: StagedFile, index: int) -> ComponentRole:
    if file.media_type.startswith("audio/"):
        return ComponentRole.RECORDING
    return ComponentRole.TEXT if index == 0 else ComponentRole.ATTACHMENT
