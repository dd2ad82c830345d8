"""A correction: a new version of a component with its reason; the old one stays (HA-13)."""

from uuid import UUID

from accounts.models import Person
from audit import outbox
from audit.events import ObjectFacts
from storage import blobs
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.authorization.levels import compartment
from vault.holdings import errors
from vault.holdings.binding import intake_binding, record_binding
from vault.holdings.models import ComponentVersion, IntakeSession, ObjectEvent, Record
from vault.holdings.rules import IntegrityStatus
from vault.holdings.services import intake
from vault.holdings.services.contents import content_events, store_version
from vault.holdings.services.journal import change, note


def correct(*, context: Context, record_id: UUID, session: IntakeSession, reason: str) -> ComponentVersion:
    """Add the one accepted file of the session as the next version of the session's component.

    Raises FormRefused without a reason or a file, SessionClosed when the session belongs to another component.
    """
    record, permit = gate.fetch(context, Action.CORRECT, Record, record_id)
    with change(permit):
        intake.lock_open(session)
        # Locked before it is compared: a label raised in between would leave the body under the former one's key.
        record = Record.objects.select_for_update().get(pk=record.pk)
        component = session.component
        if component is None or component.record_id != record.pk or session.levels != record.levels:
            raise errors.SessionClosed
        if not reason.strip():
            raise errors.FormRefused(None, reason=["reason-missing"])
        file = (
            session.files.filter(integrity=IntegrityStatus.ACCEPTED, used_at__isnull=True)
            .select_related("key_slot")
            .first()
        )
        if file is None:
            raise errors.NothingAccepted
        person = Person.objects.get(pk=context.subject.person_id)
        last, replaced_pages = (
            component.versions.order_by("-number").values_list("number", "page_count").first()
        )
        number = last + 1
        blobs.rebind(
            file.key_slot,
            old_binding=intake_binding(session.pk, session.levels),
            compartment=compartment(record.levels),
            new_binding=record_binding(record.pk, component.pk, record.levels),
        )
        version = store_version(component, file, number=number, reason=reason, person=person)
        ObjectEvent.objects.bulk_create(
            [
                note(record, "version", component=component, person=person, detail={"number": number}),
                *content_events(record, component, file),
            ]
        )
        session.files.filter(pk=file.pk).update(used_at=version.created_at, key_slot=None)
        # The record tells the pages of its newest versions; a kind without pages adds none. A count that was left
        # behind by an earlier correction is below what is taken off here, and nothing has fewer than no pages.
        pages = record.page_count + (version.page_count or 0) - (replaced_pages or 0)
        record.page_count = max(pages, 0)
        record.version += 1
        record.save(update_fields=["page_count", "version"])
        intake.close(session)
        outbox.outcome(
            permit.event,
            "granted",
            object=ObjectFacts(
                "record",
                str(record.pk),
                version=f"component:{component.pk}:{number}",
                label=record.levels.canonical(),
            ),
            sealed={"sha256": bytes(version.digest).hex(), "reason": reason.strip()},
            subject=str(person.pk),
        )
    return version
