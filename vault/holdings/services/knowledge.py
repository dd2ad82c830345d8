"""The need-to-know list and grants on a record."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from accounts.exclusions import part_in
from accounts.models import Account, Person
from audit import clock, outbox
from vault.authorization import gate, grants
from vault.authorization.actions import Action, codename
from vault.authorization.context import Context
from vault.authorization.grants import UserGrant
from vault.holdings import errors, listeners, widening
from vault.holdings.keepers import has_keeper
from vault.holdings.models import GrantReview, KnowledgeEntry, Record, RecordUserPermission
from vault.holdings.recertification import is_due
from vault.holdings.rules import LabelStatus
from vault.holdings.services.journal import change, note


def name_knowers(
    *, context: Context, record_id: UUID, persons: Sequence[Person], reason: str
) -> list[KnowledgeEntry]:
    """Put persons on the list of a record that is not secret, by name (PE-02).

    Raises FormRefused for oneself and without a reason, ListWidenedByTwo for a protected record.
    """
    record, permit = gate.fetch(context, Action.NAME_KNOWERS, Record, record_id)
    with change(permit):
        # Held, so that no label is raised between the question and the entry.
        record = Record.objects.select_for_update().get(pk=record.pk)
        if widening.is_by_two(record):
            raise errors.ListWidenedByTwo
        if not reason.strip():
            raise errors.FormRefused(None, reason=["reason-missing"])
        if part_in(context.subject.person_id, concerned=[person.pk for person in persons]) is not None:
            raise errors.FormRefused(None, persons=["knower-oneself"])
        namer = Person.objects.get(pk=context.subject.person_id)
        present = on_list(record)
        added = [
            enter_knower(record, person, named_by=namer, by=namer, reason=reason, at=context.instant)
            for person in persons
            if person.pk not in present
        ]
        outbox.outcome(
            permit.event,
            "granted",
            sealed={"persons": [str(entry.person_id) for entry in added], "reason": reason},
            subject=str(namer.pk),
        )
    return added


def on_list(record: Record) -> set[UUID]:
    """Who is on a record's list now, whatever else keeps him from it."""
    entries = record.knowledge_entries.filter(ends_at__isnull=True)
    return set(entries.values_list("person_id", flat=True))


def enter_knower(
    record: Record, person: Person, *, named_by: Person, by: Person, reason: str, at: datetime
) -> KnowledgeEntry:
    """Enter a person on a held record's list: named by one, put on it by whoever might decide so (`by`).

    It asks nobody, and is called inside the transaction of the caller's permit alone.
    """
    entry = KnowledgeEntry(
        record=record, person=person, named_by=named_by, reason=reason.strip(), starts_at=at
    )
    entry.save(force_insert=True)
    note(record, "need-to-know widened", person=by, detail={"persons": [str(person.pk)]}).save(
        force_insert=True
    )
    return entry


def strike_knower(*, context: Context, record_id: UUID, entry_id: UUID, reason: str) -> KnowledgeEntry:
    """Take a person off the list; effective at his next request. The entry stays as evidence.

    Raises ReasonMissing, LastKnower, WrongState.
    """
    record, permit = gate.fetch(context, Action.NAME_KNOWERS, Record, record_id)
    with change(permit):
        if not reason.strip():
            raise errors.ReasonMissing
        # Of two who strike the last two at once, the second sees the first's.
        Record.objects.select_for_update().get(pk=record.pk)
        entry = (
            KnowledgeEntry.objects.select_for_update()
            .filter(pk=entry_id, record=record, ends_at__isnull=True)
            .first()
        )
        if entry is None:
            raise errors.WrongState
        others = record.knowledge_entries.filter(ends_at__isnull=True).exclude(pk=entry.pk)
        pending = record.label_decisions.order_by("-number").first()
        waits = pending is not None and pending.status == LabelStatus.PROPOSED
        remaining = others.values_list("person_id", flat=True)
        if not has_keeper(record.unit_id, record.levels, remaining) or (
            waits and pending.decider_id == entry.person_id
        ):
            raise errors.LastKnower
        entry.ends_at = clock.now()
        entry.ending_reason = reason.strip()
        entry.save(update_fields=["ends_at", "ending_reason"])
        note(
            record,
            "need-to-know narrowed",
            person=Person.objects.get(pk=context.subject.person_id),
            detail={"person": str(entry.person_id)},
        ).save(force_insert=True)
        listeners.STRUCK.tell(record, entry.person_id)
        outbox.outcome(
            permit.event,
            "granted",
            sealed={"persons": [str(entry.person_id)], "reason": reason.strip()},
            subject=str(context.subject.person_id),
        )
    return entry


def grant(
    *, context: Context, record_id: UUID, person: Person, action: Action, ends_at: datetime
) -> UserGrant:
    """Grant one action on one record to another person until an instant (PE-03).

    Raises FormRefused for oneself and for somebody without an account, GrantHeld.
    """
    record, permit = gate.fetch(context, Action.GRANT, Record, record_id)
    with change(permit):
        account = receiver(context.subject.person_id, person)
        if held(person, action, ends_at).filter(content_object=record).exists():
            raise errors.GrantHeld
        giver = Person.objects.get(pk=context.subject.person_id)
        row = grants.give(
            RecordUserPermission,
            action=action,
            target=record,
            account=account,
            granted_by=giver,
            starts_at=context.instant,
            ends_at=ends_at,
        )
        outbox.outcome(
            permit.event,
            "granted",
            sealed={"person": str(person.pk), "action": action.value, "ends_at": ends_at.isoformat()},
            subject=str(giver.pk),
        )
    return row


def receiver(giver_id: UUID | None, person: Person) -> Account:
    """The account under which a person is granted something. Raises FormRefused for oneself, and without one.

    Inside the caller's transaction, held until it ends: of two who give him the same at once, the second sees the
    first's. Held before the records are, since a statement that waits for a lock sees what stood before it waited.
    """
    if part_in(giver_id, concerned=[person.pk]) is not None:
        raise errors.FormRefused(None, person=["grant-oneself"])
    usable = Account.objects.select_for_update(no_key=True).filter(person=person, is_active=True)
    account = usable.order_by("created_at").first()
    if account is None:
        raise errors.FormRefused(None, person=["person-without-account"])
    return account


def held(person: Person, action: Action, until: datetime) -> QuerySet[RecordUserPermission]:
    """Grants by which a person may do this until that instant at least: none is given twice.

    Whenever they began: of two requests at once, one begins before what the other gives.
    """
    return RecordUserPermission.objects.filter(
        user__person=person.pk, permission__codename=codename(action), ends_at__gte=until
    )


def end_grant(*, context: Context, record_id: UUID, grant_id: int) -> None:
    """End a grant now; it stays as evidence of what was allowed until now."""
    record, permit = gate.fetch(context, Action.GRANT, Record, record_id)
    with change(permit):
        row = (
            RecordUserPermission.objects.select_for_update()
            .filter(pk=grant_id, content_object=record, ends_at__gt=clock.now())
            .first()
        )
        if row is None:
            raise errors.WrongState
        grants.end(row, at=clock.now())
        outbox.outcome(
            permit.event,
            "granted",
            sealed={"person": str(row.user.person_id), "ended": "1"},
            subject=str(context.subject.person_id),
        )


def keep_grant(*, context: Context, record_id: UUID, grant_id: int) -> GrantReview:
    """Note that a grant was looked at and is still needed; its last day stays what it was (PE-11).

    Never by whoever holds it. Raises WrongState for one that has ended or is not due.
    """
    record, permit = gate.fetch(context, Action.GRANT, Record, record_id)
    with change(permit):
        row = (
            RecordUserPermission.objects.select_for_update(of=("self",))
            .select_related("user")
            .filter(pk=grant_id, content_object=record, ends_at__gt=clock.now())
            .first()
        )
        if row is None or not is_due(row, context.instant):
            raise errors.WrongState
        if part_in(context.subject.person_id, concerned=[row.user.person_id]) is not None:
            raise errors.WrongState
        review = GrantReview.objects.create(
            grant=row, reviewed_by_id=context.subject.person_id, reviewed_at=context.instant
        )
        outbox.outcome(
            permit.event,
            "granted",
            sealed={"person": str(row.user.person_id), "kept": "1"},
            subject=str(context.subject.person_id),
        )
    return review
