"""What is done to many records at once: each by its own decision and event, all of it in one transaction or nothing.

The rules are those of the same act on one record.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from accounts.models import Person
from audit import outbox
from audit.events import ObjectFacts
from vault.authorization import gate, grants
from vault.authorization.actions import Action
from vault.authorization.asked import Answer
from vault.authorization.context import Context
from vault.authorization.permit import Permit
from vault.holdings import errors
from vault.holdings.models import ArchiveFile, ObjectEvent, Record, RecordUserPermission
from vault.holdings.rules import RecordState, move_problem
from vault.holdings.services.filing import raise_archive_file
from vault.holdings.services.journal import change_of_all, note
from vault.holdings.services.knowledge import held, receiver

# As many as the longest page of the list.
MOST = 200


@dataclass(frozen=True)
class Chosen:
    """A record as it was when it was chosen."""

    record_id: UUID
    version: int


def grant_many(
    *, context: Context, chosen: Sequence[Chosen], person: Person, action: Action, ends_at: datetime
) -> int:
    """Grant one action on each of these records to another person until an instant (PE-03); returns on how many.

    At most ten statements for two hundred records. Raises SomeRefused, TooMany, and what `knowledge.grant` raises.
    """
    versions = _versions(chosen)
    asked = {"person": str(person.pk), "action": action.value, "ends_at": ends_at.isoformat()}
    # Each intent says what was asked, so that its outcome need not say it again.
    answers = gate.authorize_many(context, Action.GRANT, Record, versions, sealed=asked)
    permits = [answer.permit for answer in answers if answer.permit is not None]
    with change_of_all(permits):
        account = receiver(context.subject.person_id, person)
        refused = _refused(answers)
        same = held(person, action, ends_at).filter(content_object=OuterRef("pk"))
        for record in _locked(permits).annotate(is_held=Exists(same)).only("pk", "version"):
            if record.version != versions[record.pk]:
                refused[record.pk] = errors.ChangedMeanwhile.code
            elif record.is_held:
                refused[record.pk] = errors.GrantHeld.code
        _refuse(refused, answers)
        grants.give_many(
            RecordUserPermission,
            action=action,
            targets=[answer.target for answer in answers if answer.target is not None],
            account=account,
            giver_id=context.subject.person_id,
            starts_at=context.instant,
            ends_at=ends_at,
        )
        outbox.outcomes([outbox.Ended(permit.event) for permit in permits], "granted")
    return len(permits)


def move_many(*, context: Context, chosen: Sequence[Chosen], archive_file_id: UUID) -> int:
    """Move each of these records into another archive file of its unit and series (HA-01); returns how many.

    Both the file that a record leaves and the one it comes to are labelled anew (CL-11). Raises SomeRefused, TooMany,
    and the gate's Absent for a file that the person may not know of.
    """
    versions = _versions(chosen)
    to, _permit = gate.fetch(context, Action.DESCRIBE, ArchiveFile, archive_file_id)
    answers = gate.authorize_many(context, Action.MOVE, Record, versions)
    permits = [answer.permit for answer in answers if answer.permit is not None]
    with change_of_all(permits):
        refused = _refused(answers)
        records = list(_locked(permits))
        for record in records:
            problem = move_problem(
                RecordState(record.state),
                same_unit=record.unit_id == to.unit_id,
                same_series=record.series_id == to.series_id,
                is_there_already=record.archive_file_id == to.pk,
            )
            if record.version != versions[record.pk]:
                problem = errors.ChangedMeanwhile.code
            if problem is not None:
                refused[record.pk] = problem
        _refuse(refused, answers)
        Record.objects.filter(pk__in=versions).update(archive_file=to, version=F("version") + 1)
        mover = Person.objects.get(pk=context.subject.person_id)
        ObjectEvent.objects.bulk_create(
            note(
                record,
                "move",
                person=mover,
                detail={"from": str(record.archive_file_id or ""), "to": str(to.pk)},
            )
            for record in records
        )
        # Always in the same order: two who move between the same two files do not wait for one another.
        left = {record.archive_file_id for record in records} - {None}
        for file in ArchiveFile.objects.filter(pk__in=left | {to.pk}).order_by("pk"):
            raise_archive_file(file)
        events = {permit.target_id: permit.event for permit in permits}
        outbox.outcomes(
            [
                outbox.Ended(
                    events[record.pk],
                    ObjectFacts(
                        "record",
                        str(record.pk),
                        version=f"{record.version + 1}:archive_file:{record.archive_file_id or ''}:{to.pk}",
                        label=record.levels.canonical(),
                    ),
                )
                for record in records
            ],
            "granted",
        )
    return len(records)


def _versions(chosen: Sequence[Chosen]) -> dict[UUID, int]:
    if len(chosen) > MOST:
        raise errors.TooMany
    return {one.record_id: one.version for one in chosen}


def _locked(permits: Sequence[Permit]) -> QuerySet[Record]:
    """The records that may be changed, in an order in which nobody waits for whoever waits for him."""
    ids = [permit.target_id for permit in permits]
    return Record.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")


def _refused(answers: Sequence[Answer[Record]]) -> dict[UUID, str]:
    """What the gate refused of what the person may know of, with the rule."""
    return {
        answer.pk: str(answer.decision.code)
        for answer in answers
        if answer.permit is None and answer.decision is not None
    }


def _refuse(refused: dict[UUID, str], answers: Sequence[Answer[Record]]) -> None:
    """All or nothing."""
    unseen = sum(answer.decision is None for answer in answers)
    if refused or unseen:
        raise errors.SomeRefused(refused, unseen)
