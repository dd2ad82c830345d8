"""Receiving bytes: a session opened under a label, then one encrypted stream a file.

Order of writes for one file: blob file on disk (encrypted, fsynced) → read back whole (authenticates every chunk)
and inspected in the fork server → event → one transaction with key row, staged row and outcome. A crash before
the last step leaves a blob without a key, which `storage.orphans` sweeps.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from accounts.models import Unit
from audit import clock, outbox
from storage import blobs
from storage.errors import BlobTooLarge, DiskFull, SizeMismatch
from storage.inspection import Finding, check_name
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.authorization.levels import Levels, compartment
from vault.authorization.permit import Permit
from vault.holdings import custody, errors
from vault.holdings.binding import intake_binding
from vault.holdings.labels import in_words
from vault.holdings.models import Component, IntakeSession, StagedFile
from vault.holdings.rules import IntegrityStatus
from vault.holdings.services.journal import change, told

SESSION_HOURS = 24


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
) -> IntakeSession:
    """Open an upload session under a label; classified labels need a registered terminal (P-02).

    Raises the gate's Refused with the rule, e.g. `terminal-not-registered` or `state-content-closed` (P-01).
    """
    permit = gate.authorize(context, Action.FILE, gate.Prospect(unit.pk, levels))
    with change(permit):
        session = IntakeSession.objects.create(
            account_id=context.subject.account_id,
            unit=unit,
            component=component,
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
        .filter(pk=session_id, account_id=context.subject.account_id)
        .first()
    )
    if session is None:
        gate.absent(context, Action.RECEIVE, "intake_session", session_id)
    if session.closed_at is not None or session.opened_at < clock.now() - timedelta(hours=SESSION_HOURS):
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
    prospect = gate.Prospect(session.unit_id, session.levels, name="staged_file", id=staged_id)
    permit = gate.authorize(context, Action.RECEIVE, prospect)
    with told(permit):
        stored = _put(session, staged_id, body, size)
        try:
            finding = _examined(permit, session, stored, name)
            with transaction.atomic():
                lock_open(session)
                _replace(session, position)
                staged = _stage(session, position, name, stored, finding)
                outbox.outcome(permit.event, "granted")
        except BaseException:
            blobs.discard(stored)
            raise
    return Received(staged, finding)


def drop(*, context: Context, session: IntakeSession, position: int) -> None:
    """The filer takes a file out again; it is kept unreachable until orphans are swept."""
    permit = gate.authorize(context, Action.RECEIVE, gate.Prospect(session.unit_id, session.levels))
    with change(permit):
        _replace(session, position)
        outbox.outcome(permit.event, "granted")


def close(session: IntakeSession) -> None:
    """No further file is taken. Runs inside the caller's transaction."""
    session.closed_at = clock.now()
    session.save(update_fields=["closed_at"])


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
    waiting = (
        StagedFile.objects.filter(
            session__account_id=context.subject.account_id,
            session__closed_at__isnull=True,
            used_at__isnull=True,
            received_at__gte=clock.now() - timedelta(hours=SESSION_HOURS),
        ).aggregate(total=Sum("size"))["total"]
        or 0
    )
    if waiting + (size or 0) > settings.JINGUI_UPLOAD_QUOTA:
        raise errors.QuotaExceeded


def _put(
    session: IntakeSession, staged_id: UUID, body: Iterable[bytes], size: int | None
) -> blobs.StoredBlob:
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


def _examined(permit: Permit, session: IntakeSession, stored: blobs.StoredBlob, name: str) -> Finding:
    if stored.size == 0:
        raise errors.EmptyFile
    binding = intake_binding(session.pk, session.levels)
    finding = custody.inspect_received(permit, stored, binding=binding, name=name)
    if must_be_scanned(session.levels) and finding.scanned == "not_scanned":
        raise errors.NotScanned
    return finding


def _stage(
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


def _replace(session: IntakeSession, position: int) -> None:
    """A file sent again takes its former place."""
    session.files.filter(position=position, used_at__isnull=True).update(used_at=clock.now())
