"""One opening, many ranges: the opening is an event, each further range is decided again and only counted.

A player asks for a recording in hundreds of ranges and a viewer for dozens of pages; an fsynced event for each
would flood the log (storage.md section 3). The counts go into the log when the lease ends.
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    F,
    IntegerField,
    QuerySet,
    UUIDField,
    When,
)

from accounts.prepared import Prepared
from accounts.slots import Slot
from audit import clock, recording
from audit.events import Actor, ObjectFacts, Reason
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.authorization.errors import Absent
from vault.authorization.facts import Scope
from vault.authorization.permit import Permit
from vault.holdings.models import ComponentVersion, ReadingLease, Record
from vault.holdings.rules import IntegrityStatus

LIFETIME = timedelta(minutes=10)


def permit_for(
    context: Context,
    action: Action,
    record_id: UUID,
    component_id: UUID,
    number: int | None = None,
    *,
    pages: tuple[int, ...] = (),
) -> tuple[Record, Permit, ComponentVersion]:
    """The record, a permit for one version of a component and that version: by a new event, or under the viewer's
    live lease, decided again.

    `number` None is the newest version that was accepted. `pages` asks for no more than these. Raises the
    gate's Absent, Refused and AuditUnavailable.
    """
    now = clock.now()
    found = (_NEWEST if number is None else _NUMBERED).rows(_Version(record_id, component_id, number))
    version = found[0] if found else None
    scope = None if version is None else _scope(version, pages)
    # Looked for even where there is no version, so that absent and forbidden cost the same (PE-05).
    leases = _LIVE.rows(
        _Lease(
            context.subject.account_id,
            context.session,
            component_id,
            action.value,
            component_id if version is None else version.pk,
            now - LIFETIME,
        )
    )
    lease = leases[0] if leases else None
    if lease is not None:
        # AU-03: the opening is in the log, and still nothing more leaves while the log cannot take an event.
        recording.require_writable()
    opened = None if lease is None else lease.event_uid
    record, permit = gate.fetch(context, action, Record, record_id, lambda _pk: scope, opened=opened)
    if version is None:
        raise Absent
    if lease is None:
        ReadingLease.objects.create(
            version=version,
            account_id=context.subject.account_id,
            session=context.session,
            component_id=component_id,
            action=action.value,
            event_uid=permit.event,
            opened_at=now,
            last_at=now,
        )
    else:
        ReadingLease.objects.filter(pk=lease.pk).update(last_at=now, parts=F("parts") + 1)
    return record, permit, version


def _scope(version: ComponentVersion, pages: tuple[int, ...]) -> Scope:
    return Scope(
        component_id=version.component_id,
        version=version.number,
        pages=pages,
        quarantined=version.integrity == IntegrityStatus.QUARANTINED,
    )


class _Version(NamedTuple):
    """Which version of which component is asked for; no number asks for the newest."""

    record_id: UUID
    component_id: UUID
    number: int | None


class _Lease(NamedTuple):
    """Whose lease, of what, and since when at the earliest."""

    account_id: UUID | None
    session: str
    component_id: UUID
    action: str
    version_id: UUID
    since: datetime


def _versions() -> "QuerySet[ComponentVersion]":
    return ComponentVersion.objects.filter(
        component_id=Slot(UUIDField(), lambda asked: asked.component_id),
        component__record_id=Slot(UUIDField(), lambda asked: asked.record_id),
    ).select_related("component__record", "key_slot")


def _newest() -> "QuerySet[ComponentVersion]":
    """One that was held back only where there is no other."""
    held_back = Case(When(integrity=IntegrityStatus.QUARANTINED, then=1), default=0)
    return _versions().order_by(held_back, "-number")[:1]


def _live() -> "QuerySet[ReadingLease]":
    return ReadingLease.objects.filter(
        account_id=Slot(UUIDField(), lambda asked: asked.account_id),
        session=Slot(CharField(), lambda asked: asked.session),
        component_id=Slot(UUIDField(), lambda asked: asked.component_id),
        action=Slot(CharField(), lambda asked: asked.action),
        version_id=Slot(UUIDField(), lambda asked: asked.version_id),
        opened_at__gt=Slot(DateTimeField(), lambda asked: asked.since),
        told_at__isnull=True,
    ).order_by("-opened_at")[:1]


# Asked for each page and range (measured: a third of what a page request cost was their building).
_NEWEST: Prepared[_Version, ComponentVersion] = Prepared(_newest)
_NUMBERED: Prepared[_Version, ComponentVersion] = Prepared(
    lambda: _versions().filter(number=Slot(IntegerField(), lambda asked: asked.number))
)
_LIVE: Prepared[_Lease, ReadingLease] = Prepared(_live)


def tell_ended(limit: int = 200) -> int:
    """Put the counts of ended leases into the log; returns how many. The worker calls it. Raises AuditUnavailable."""
    ended = list(
        ReadingLease.objects.filter(told_at__isnull=True, opened_at__lte=clock.now() - LIFETIME)
        .select_related("account", "component")
        .order_by("pk")[:limit]
    )
    for lease in ended:
        recording.record(
            "holdings:lease:end",
            outcome="granted",
            reason=Reason(rule="lease-ended"),
            actor=Actor(
                id=lease.account.staff_no,
                account=str(lease.account_id),
                person=str(lease.account.person_id),
                session=lease.session,
            ),
            object=ObjectFacts(
                type="record", id=str(lease.component.record_id), version=f"parts:{lease.parts + 1}"
            ),
            corr=str(lease.event_uid),
        )
        with transaction.atomic():
            ReadingLease.objects.filter(pk=lease.pk).update(told_at=clock.now())
    return len(ended)
