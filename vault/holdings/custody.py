"""The only reader of bytes. Nothing here decides: a permit says that somebody decided and that it is in the log."""

from storage import blobs
from storage.blobs import BlobReader, StoredBlob
from storage.inspection import Finding, inspect
from storage.rendering import render_page as draw_page
from storage.rendering import sound_peaks
from storage.reproduction import Form, Marks, produce, produce_envelope
from vault.authorization.actions import Action
from vault.authorization.decision import Code
from vault.authorization.errors import ForgedPermit
from vault.authorization.facts import Scope
from vault.authorization.permit import Permit, SystemPermit
from vault.holdings import errors
from vault.holdings.binding import intake_binding, record_binding
from vault.holdings.models import ComponentVersion, Record, StagedFile

READING = frozenset({Action.CONSULT, Action.COPY, Action.PRINT, Action.EXCERPT, Action.QUOTE, Action.EXPORT})
# What is written from a record becomes a record of its own.
WRITING = frozenset({Action.EXCERPT, Action.QUOTE})

# Into marked copies alone: whoever makes one for somebody reads nothing himself.
REPRODUCING = frozenset({Action.PRODUCE, Action.COPY, Action.PRINT})


def open_content(permit: Permit, version: ComponentVersion, *, pages: tuple[int, ...] = ()) -> BlobReader:
    """A reader over one component version, for the record, component and pages that the permit names.

    Raises ForgedPermit when the permit is for something else, PermitExpired, and storage's errors for damage.
    """
    record = version.component.record
    scope = Scope(component_id=version.component_id, version=version.number, pages=pages)
    permit.require(record, READING | {Action.PREVIEW} if pages else READING, scope)
    if permit.code is Code.APPROVED:
        raise ForgedPermit("What a request approved leaves as a marked copy, never as the stored bytes.")
    return blobs.open_blob(version.key_slot_id, binding=_binding(record, version))


def render_page(permit: Permit, version: ComponentVersion, *, page: int, width: int, watermark: str) -> bytes:
    """One page as a PNG with the reader's watermark; `page` counts from 1. Raises NotPreviewable."""
    if not version.finding.get("previewable"):
        raise errors.NotPreviewable
    with open_content(permit, version, pages=(page,)) as reader:
        return draw_page(
            reader.chunks(), media_type=version.media_type, page=page, width=width, watermark=watermark
        )


def reproduce(
    permit: Permit, version: ComponentVersion, *, pages: tuple[int, ...], marks: Marks, form: Form
) -> bytes:
    """The PDF of one marked copy, made in memory; no pages are all of them. Raises storage's errors."""
    with _open_copied(permit, version, pages) as reader:
        return produce(
            reader.chunks(), media_type=version.media_type, pages=pages or None, marks=marks, form=form
        )


def enclose(permit: Permit, version: ComponentVersion, *, marks: Marks, passphrase: str) -> bytes:
    """A carrier copy of what has no pages, locked under the passphrase. Raises storage's errors."""
    with _open_copied(permit, version, ()) as reader:
        return produce_envelope(
            reader.chunks(),
            media_type=version.media_type,
            name=version.name,
            marks=marks,
            passphrase=passphrase,
        )


def _open_copied(permit: Permit, version: ComponentVersion, pages: tuple[int, ...]) -> BlobReader:
    record = version.component.record
    scope = Scope(component_id=version.component_id, version=version.number, pages=pages)
    permit.require(record, REPRODUCING, scope)
    return blobs.open_blob(version.key_slot_id, binding=_binding(record, version))


def waveform(permit: Permit, version: ComponentVersion) -> list[int]:
    """How loud a recording is along its length. Raises NotPreviewable, and storage's errors for what is not drawn."""
    if not version.finding.get("previewable"):
        raise errors.NotPreviewable
    with open_content(permit, version) as reader:
        return sound_peaks(reader.chunks(), media_type=version.media_type)


def inspect_received(permit: Permit, stored: StoredBlob, *, binding: bytes, name: str) -> Finding:
    """Read a body that has just come in, whole, for inspection; only the finding leaves this module.

    The permit is that of its own reception. It may have expired meanwhile: a large body takes longer than a permit
    lives. Raises ForgedPermit for another one, and storage's errors for damage.
    """
    if permit.action is not Action.RECEIVE or permit.target_id != stored.object_id:
        raise ForgedPermit("The permit is for receiving another file.")
    with blobs.open_stored(stored, binding=binding) as reader:
        return inspect(reader.chunks(), name=name, size=stored.size)


def inspect_written(
    permit: Permit, stored: StoredBlob, *, source: Record, binding: bytes, name: str
) -> Finding:
    """The same for what a reader writes from a source, under his permit to excerpt or quote it. Raises ForgedPermit,
    PermitExpired.
    """
    permit.require(source, WRITING, permit.scope)
    with blobs.open_stored(stored, binding=binding) as reader:
        return inspect(reader.chunks(), name=name, size=stored.size)


def verify_version(permit: SystemPermit, version: ComponentVersion) -> None:
    """Decrypt the whole body and compare its digest. Raises storage's errors."""
    permit.require_system(Action.FIXITY, version.pk)
    blobs.verify(
        version.key_slot_id,
        binding=_binding(version.component.record, version),
        digest=bytes(version.digest),
    )


def verify_staged(permit: SystemPermit, file: StagedFile) -> None:
    """The same for a file that is still on its way in or in quarantine."""
    permit.require_system(Action.FIXITY, file.pk)
    session = file.session
    blobs.verify(
        file.key_slot_id, binding=intake_binding(session.pk, session.levels), digest=bytes(file.digest)
    )


def _binding(record: Record, version: ComponentVersion) -> bytes:
    return record_binding(record.pk, version.component_id, record.levels)
