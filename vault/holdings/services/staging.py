"""What becomes of received files that become no record: their keys go at once, quarantine is closed by hand.

Bytes that nobody filed are nobody's evidence, and kept they could still be decrypted. A file that was held back is
different: its sender must not make it disappear unseen, so it stays listed until it is closed with a reason.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.exclusions import part_in
from accounts.models import Person
from audit import clock, outbox, recording
from audit.events import ObjectFacts, Reason, system_actor
from storage import blobs
from storage.errors import StorageError
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.holdings import errors, selectors
from vault.holdings.models import IntakeSession, StagedFile
from vault.holdings.rules import IntegrityStatus
from vault.holdings.services.journal import change

SESSION_LIFE = timedelta(hours=24)
EXPIRED = "holdings:intake:expire"  # the worker's, so no action of the gate's


def take_out(session: IntakeSession, position: int) -> None:
    """Free a place among the upload's files. Runs inside the caller's transaction, the session locked."""
    for file in session.files.filter(position=position, used_at__isnull=True):
        if file.integrity == IntegrityStatus.QUARANTINED:
            StagedFile.objects.filter(pk=file.pk).update(used_at=clock.now())
        else:
            _forget(file, "dropped")


def forget_left_behind(session: IntakeSession) -> None:
    """Erase what was accepted and is not taken. Runs inside the caller's transaction, the session locked."""
    for file in _left(session.files.all()):
        _forget(file, "left-behind")


def expire(limit: int = 200) -> int:
    """Erase what uploads that ended or were abandoned left behind, each with an event; returns how many files.

    The worker calls it. Raises AuditUnavailable.
    """
    ended = Q(session__closed_at__isnull=False) | Q(session__opened_at__lt=clock.now() - SESSION_LIFE)
    files = list(_left(StagedFile.objects.filter(ended).select_related("session"))[:limit])
    for file in files:
        with transaction.atomic():
            # Locked before it is looked at again: a registration may be taking the file this moment.
            IntakeSession.objects.select_for_update().get(pk=file.session_id)
            if not _left(StagedFile.objects.filter(pk=file.pk)).exists():
                continue
            _expire(file)
    return len(files)


def _expire(file: StagedFile) -> None:
    """Told in the transaction that erases it. One body that is gone already holds up no other: doctor names it."""
    begun = recording.intent(
        EXPIRED,
        reason=Reason(rule="upload-expired"),
        actor=system_actor("worker"),
        object=ObjectFacts("staged_file", str(file.pk), label=file.session.levels.canonical()),
        corr=str(file.session_id),
    )
    try:
        with transaction.atomic():
            _forget(file, "expired")
            outbox.outcome(begun, "granted", reason=Reason(rule="upload-expired"))
    except StorageError as error:
        outbox.outcome(begun, "failed", reason=Reason(rule=error.code.rpartition(".")[2].replace("_", "-")))


def close_quarantine(*, context: Context, file_id: UUID, reason: str) -> None:
    """End a file's quarantine: its key and bytes go, and who closed it when and why stays.

    Raises Absent for what the viewer is not shown and for what he sent himself, ReasonMissing.
    """
    file = selectors.closable(context).filter(pk=file_id).first()
    if file is None:
        gate.absent(context, Action.CLOSE_QUARANTINE, "staged_file", file_id)
    permit = gate.authorize(context, Action.CLOSE_QUARANTINE, sealed={"file": str(file.pk)})
    with change(permit):
        if not reason.strip():
            raise errors.ReasonMissing
        locked = StagedFile.objects.select_for_update().get(pk=file.pk)
        if locked.closed_at is not None:
            raise errors.WrongState
        key_slot_id = locked.key_slot_id
        locked.key_slot = None
        locked.closed_at = clock.now()
        locked.used_at = locked.used_at or locked.closed_at
        if part_in(context.subject.person_id, acted=[file.session.account.person_id]) is not None:
            raise errors.WrongState
        locked.closed_by = Person.objects.get(pk=context.subject.person_id)
        locked.closing_reason = reason.strip()
        locked.save()
        if key_slot_id is not None:
            blobs.erase(key_slot_id, reason="quarantine-closed")
        outbox.outcome(
            permit.event,
            "granted",
            object=ObjectFacts("staged_file", str(file.pk), label=file.session.levels.canonical()),
            sealed={"name": file.name, "sha256": bytes(file.digest).hex(), "reason": reason.strip()},
            subject=str(context.subject.person_id),
        )


def _left(files: "QuerySet[StagedFile]") -> "QuerySet[StagedFile]":
    return files.filter(integrity=IntegrityStatus.ACCEPTED, key_slot__isnull=False)


def _forget(file: StagedFile, reason: str) -> None:
    key_slot_id = file.key_slot_id
    file.delete()
    if key_slot_id is not None:
        blobs.erase(key_slot_id, reason=reason)
