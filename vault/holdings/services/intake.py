"""Receiving bytes: a session opened under a label, then one encrypted stream a file.

Order of writes for one file: blob file on disk (encrypted, fsynced) → read back whole (authenticates every chunk)
and inspected in the fork server → event → one transaction with key row, staged row and outcome. A crash before
the last step leaves a blob without a key, which `storage.orphans` sweeps.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from accounts.models import Unit
from audit import clock, outbox
from audit.events import ObjectFacts, Reason
from storage import blobs
from storage.errors import BlobTooLarge, DiskFull, SizeMismatch
from storage.inspection import Finding, check_name
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.asked import Prospect
from vault.authorization.context import Context
from vault.authorization.levels import Levels, compartment
from vault.authorization.permit import Permit
from vault.holdings import custody, errors
from vault.holdings.binding import intake_binding
from vault.holdings.labels import in_words
from vault.holdings.models import Component, ImportRun, IntakeSession, StagedFile
from vault.holdings.rules import IntegrityStatus
from vault.holdings.services import staging
from vault.holdings.services.journal import change, told


@dataclass(frozen=True)
class Received:
    """What became of one file."""

    staged: StagedFile
    finding: Finding


def open_session(
    *,
    context: Context,
    unit: Unit,
    levels: Levels,
    component: Component | None = None,
    entries: str = "",
    import_run: ImportRun | None = None,
) -> IntakeSession:
    """Open an upload session under a label; classified labels need a registered terminal (P-02).

    Raises the gate's Refused with the rule, e.g. `terminal-not-registered` or `state-content-closed` (P-01).
    """
    session_id = uuid4()
    permit = gate.authorize(context, Action.FILE, Prospect(unit.pk, levels, "intake_session", session_id))
    with change(permit):
        session = IntakeSession.objects.create(
            id=session_id,
            account_id=context.subject.account_id,
            unit=unit,
            component=component,
            import_run=import_run,
            state_level=levels.state,
            enterprise_level=levels.enterprise,
            restricted=levels.restricted,
            entries=entries,
            opened_at=clock.now(),
        )
        outbox.outcome(permit.event, "granted")
    return session


def session_for(*, context: Context, session_id: UUID) -> IntakeSession:
    """The viewer's own open session. Raises Absent (as for a missing one) and SessionClosed."""
    session = (
        IntakeSession.objects.select_related("unit", "component")
        .filter(pk=session_id, account_id=context.subject.account_id, import_run__isnull=True)
        .first()
    )
    if session is None:
        gate.absent(context, Action.RECEIVE, "intake_session", session_id)
    if session.closed_at is not None or session.opened_at < clock.now() - staging.SESSION_LIFE:
        raise errors.SessionClosed
    return session


def receive(
    *,
    context: Context,
    session: IntakeSession,
    position: int,
    name: str,
    size: int | None,
    body: Iterable[bytes],
) -> Received:
    """Take one file in. Nothing of a refused or broken one stays.

    Raises NameRefused, EmptyFile, UploadTooLarge, QuotaExceeded, UploadCut, StorageFull.
    """
    _check_before(context, session, name, size)
    staged_id = uuid4()
    prospect = Prospect(session.unit_id, session.levels, name="staged_file", id=staged_id)
    permit = gate.authorize(context, Action.RECEIVE, prospect)
    with told(permit):
        stored = put(session, staged_id, body, size)
        try:
            finding = examined(permit, session, stored, name)
            with transaction.atomic():
                lock_open(session)
                # Once more, since others may have come in while this one did; and before an erasure is in the log.
                _check_quota(context, stored.size)
                staging.take_out(session, position)
                staged = stage(session, position, name, stored, finding)
                outbox.outcome(permit.event, "granted", **told_of(context, staged))
        except BaseException:
            blobs.discard(stored)
            raise
    return Received(staged, finding)


def drop(*, context: Context, session: IntakeSession, position: int) -> None:
    """The filer takes a file out again: it goes with its key, or stays in quarantine if it was held back."""
    file = session.files.filter(position=position, used_at__isnull=True).first()
    about = Prospect(
        session.unit_id, session.levels, name="staged_file", id=None if file is None else file.pk
    )
    permit = gate.authorize(context, Action.DROP_RECEIVED, about)
    with change(permit):
        lock_open(session)
        # Once more: another one may have come to its place meanwhile.
        file = session.files.filter(position=position, used_at__isnull=True).first()
        dropped = told_of(context, file)
        staging.take_out(session, position)
        outbox.outcome(permit.event, "granted", **dropped)


def close(session: IntakeSession) -> None:
    """No further file is taken, and what was left out goes. Runs inside the caller's transaction."""
    session.closed_at = clock.now()
    session.save(update_fields=["closed_at"])
    staging.forget_left_behind(session)


def lock_open(session: IntakeSession) -> None:
    """Hold the session until the transaction ends, so that a file and the registration do not pass each other."""
    if IntakeSession.objects.select_for_update().get(pk=session.pk).closed_at is not None:
        raise errors.SessionClosed


def _check_before(context: Context, session: IntakeSession, name: str, size: int | None) -> None:
    problems = check_name(name)
    if problems:
        raise errors.NameRefused(" ".join(in_words(problem) for problem in problems))
    if size == 0:
        raise errors.EmptyFile
    if size is not None and size > settings.JINGUI_UPLOAD_LIMIT:
        raise errors.UploadTooLarge
    _check_quota(context, size or 0)


def _check_quota(context: Context, size: int) -> None:
    """Everything of this account that is no record yet counts, what is in quarantine too."""
    waiting = StagedFile.objects.filter(
        session__account_id=context.subject.account_id, key_slot__isnull=False
    )
    if (waiting.aggregate(total=Sum("size"))["total"] or 0) + size > settings.JINGUI_UPLOAD_QUOTA:
        raise errors.QuotaExceeded


def told_of(filer: Context, file: StagedFile | None) -> dict[str, Any]:
    """What an outcome says of a file: the verdict for all to see, its name and digest sealed."""
    if file is None:
        return {}
    return {
        "reason": Reason(rule=f"content-{file.integrity}"),
        "object": ObjectFacts("staged_file", str(file.pk), label=file.session.levels.canonical()),
        "sealed": {"name": file.name, "sha256": bytes(file.digest).hex()},
        "subject": str(filer.subject.person_id),
    }


def put(session: IntakeSession, staged_id: UUID, body: Iterable[bytes], size: int | None) -> blobs.StoredBlob:
    try:
        return blobs.put(
            body,
            object_id=staged_id,
            compartment=compartment(session.levels),
            binding=intake_binding(session.pk, session.levels),
            expected_size=size,
            limit=settings.JINGUI_UPLOAD_LIMIT,
        )
    except BlobTooLarge as error:
        raise errors.UploadTooLarge from error
    except SizeMismatch as error:
        raise errors.UploadCut from error
    except DiskFull as error:
        raise errors.StorageFull from error


def examined(permit: Permit, session: IntakeSession, stored: blobs.StoredBlob, name: str) -> Finding:
    if stored.size == 0:
        raise errors.EmptyFile
    binding = intake_binding(session.pk, session.levels)
    finding = custody.inspect_received(permit, stored, binding=binding, name=name)
    if must_be_scanned(session.levels) and finding.scanned == "not_scanned":
        raise errors.NotScanned
    return finding


def stage(
    session: IntakeSession, position: int, name: str, stored: blobs.StoredBlob, finding: Finding
) -> StagedFile:
    return StagedFile.objects.create(
        pk=stored.object_id,
        session=session,
        position=position,
        key_slot=blobs.commit(stored),
        name=name,
        digest=stored.digest,
        size=stored.size,
        media_type=finding.media_type,
        page_count=finding.page_count,
        integrity=IntegrityStatus(finding.verdict),
        finding=asdict(finding),
        received_at=clock.now(),
    )


def must_be_scanned(levels: Levels) -> bool:
    """PF-04: a setting that refuses classified files which no scanner has seen."""
    return bool(settings.JINGUI_REFUSE_UNSCANNED_CLASSIFIED) and levels.is_classified
