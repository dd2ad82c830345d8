"""One opening, many ranges: the opening is an event, each further range is decided again and only counted.

A player asks for a recording in hundreds of ranges and a viewer for dozens of pages; an fsynced event for each
would flood the log (storage.md section 3). The counts go into the log when the lease ends.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from audit import clock, recording
from audit.events import Actor, ObjectFacts, Reason
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.authorization.errors import Absent
from vault.authorization.facts import Scope
from vault.authorization.permit import Permit
from vault.holdings.models import Component, ComponentVersion, ReadingLease, Record
from vault.holdings.rules import IntegrityStatus

LIFETIME = timedelta(minutes=10)


def permit_for(
    context: Context, action: Action, record_id: UUID, component_id: UUID
) -> tuple[Record, Permit]:
    """The record and a permit for one component: by a new event, or under the viewer's live lease, decided again.

    Raises the gate's Absent, Refused and AuditUnavailable.
    """

    def part(pk: UUID) -> Scope | None:
        exists = Component.objects.filter(pk=component_id, record_id=pk).exists()
        return Scope(component_id=component_id) if exists else None

    now = clock.now()
    current = (
        ComponentVersion.objects.filter(component_id=component_id, integrity=IntegrityStatus.ACCEPTED)
        .order_by("-number")
        .first()
    )
    lease = (
        None
        if current is None
        else (
            ReadingLease.objects.filter(
                account_id=context.subject.account_id,
                session=context.session,
                component_id=component_id,
                component__record_id=record_id,
                action=action.value,
                version=current,
                opened_at__gt=now - LIFETIME,
                told_at__isnull=True,
            )
            .order_by("-opened_at")
            .first()
        )
    )
    if lease is None:
        record, permit = gate.fetch(context, action, Record, record_id, part)
        if current is None:
            raise Absent
        ReadingLease.objects.create(
            version=current,
            account_id=context.subject.account_id,
            session=context.session,
            component_id=component_id,
            action=action.value,
            event_uid=permit.event,
            opened_at=now,
            last_at=now,
        )
        return record, permit
    # AU-03: the opening is in the log, and still nothing more leaves while the log cannot take an event.
    recording.require_writable()
    record, permit = gate.fetch(context, action, Record, record_id, part, opened=lease.event_uid)
    ReadingLease.objects.filter(pk=lease.pk).update(last_at=now, parts=F("parts") + 1)
    return record, permit


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
