"""Telling somebody something, and marking it as read."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.urls import Resolver404, resolve

from accounts.models import Person
from audit import outbox
from audit.events import ObjectFacts, uuid7
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.authorization.journal import change
from vault.notices import errors, rules, topics
from vault.notices.models import Notice


def tell(*, persons: Iterable[Person], topic: str, reference: str, path: str, now: datetime) -> None:
    """Put a notice into each person's list, inside the caller's transaction; by mail too where that is set up.

    `topic` is a registered code, `reference` is opaque (`rules.reference_of`), `path` is what `reverse` returns; the
    page decides who may see it. Told again before it was read, it counts once. It is no act of its own: the log has
    what it speaks of. Raises OutsideTransaction, BadTopic, BadReference, BadPath.
    """
    if not connection.in_atomic_block:
        raise errors.OutsideTransaction
    if not topics.is_registered(topic):
        raise errors.BadTopic
    if not rules.is_reference(reference):
        raise errors.BadReference
    _require_ours(path)
    mail_due = now if settings.JINGUI_EMAIL_FROM else None
    Notice.objects.bulk_create(
        [
            Notice(
                id=uuid7(now),
                person=person,
                topic=topic,
                reference=reference,
                path=path,
                at=now,
                mail_due=mail_due,
            )
            for person in {person.pk: person for person in persons}.values()
        ],
        ignore_conflicts=True,
    )


def settle(*, topic: str, reference: str, path: str, now: datetime) -> None:
    """What was told has been done: whoever has not read it need not any more, and no mail of it goes.

    Part of the caller's change, as `tell` is. Raises OutsideTransaction.
    """
    if not connection.in_atomic_block:
        raise errors.OutsideTransaction
    Notice.objects.filter(topic=topic, reference=reference, path=path, read_at__isnull=True).update(
        read_at=now, mail_due=None
    )


def mark_read(*, context: Context, notice_id: UUID) -> Notice:
    """Mark one of one's own notices as read. Raises the gate's Absent for anybody else's, AuditUnavailable."""
    own = Notice.objects.filter(person=context.subject.person_id)
    if not own.filter(pk=notice_id).exists():
        gate.absent(context, Action.MARK_NOTICES, "notice", notice_id)
    permit = gate.authorize(context, Action.MARK_NOTICES)
    with change(permit.event, errors.NoticesError):
        _mark(context, notice_id)
        outbox.outcome(permit.event, "granted", object=ObjectFacts("notice", str(notice_id)))
    return own.get(pk=notice_id)


def mark_all_read(*, context: Context) -> int:
    """Mark all of one's own notices as read; returns how many were not. Raises AuditUnavailable."""
    permit = gate.authorize(context, Action.MARK_NOTICES)
    with change(permit.event, errors.NoticesError):
        marked = _mark(context)
        outbox.outcome(permit.event, "granted", object=ObjectFacts("notice-list", version=str(marked)))
    return marked


def _mark(context: Context, notice_id: UUID | None = None) -> int:
    """What is read is mailed no more."""
    unread = Notice.objects.filter(person=context.subject.person_id, read_at__isnull=True)
    if notice_id is not None:
        unread = unread.filter(pk=notice_id)
    return unread.update(read_at=context.instant, mail_due=None)


def _require_ours(path: str) -> None:
    if not rules.is_path(path):
        raise errors.BadPath
    try:
        resolve(path)
    except Resolver404:
        raise errors.BadPath from None
