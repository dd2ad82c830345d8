"""Grants as the officers make them in tests, and what the log has of the last change."""

import json
from datetime import timedelta

from accounts import services
from accounts.models import Account, Appointment, Clearance, Person
from accounts.rules import Duty, PersonCategory
from accounts.services.grants import Given
from audit.models import Event, Outbox
from tests.accounts.people import Organisation, today


def settled(given: Given, confirmer: Account | None) -> Given:
    """What was proposed, confirmed by this account where it waits."""
    if given.pending is None or confirmer is None:
        return given
    return Given(services.confirm_grant(actor=confirmer, grant=given.pending).made)


def appoint(
    org: Organisation,
    person: Person,
    duty: Duty,
    *,
    confirmed_by: Account | None = None,
    actor: Account | None = None,
    **changed: object,
) -> Appointment:
    """An appointment in force; a privileged one is confirmed by the leader unless another is named."""
    given = services.appoint(
        actor=actor or org.security,
        person=person,
        duty=duty,
        **{"unit": person.unit, "starts_on": today(), "reason": "需要", **changed},
    )
    return Appointment.objects.get(pk=settled(given, confirmed_by or org.leader).made)


def clear(
    org: Organisation,
    person: Person,
    *,
    confirmed_by: Account | None = None,
    actor: Account | None = None,
    **changed: object,
) -> Clearance:
    """A clearance in force, confirmed by the leader unless another is named."""
    given = services.grant_clearance(
        actor=actor or org.security,
        person=person,
        **{
            "starts_on": today(),
            "ends_on": today() + timedelta(days=90),
            "reason": "需要",
            **changed,
        },
    )
    return Clearance.objects.get(pk=settled(given, confirmed_by or org.leader).made)


def categorise(org: Organisation, person: Person, category: PersonCategory, confirmed_by: Account) -> None:
    """A secrecy post, proposed and confirmed."""
    given = services.set_category(actor=org.security, person=person, category=category, reason="需要")
    settled(given, confirmed_by)


def last_event() -> dict:
    return json.loads(bytes(Event.objects.order_by("-id").first().canonical))


def last_outcome() -> tuple[str, str]:
    payload = json.loads(Outbox.objects.order_by("-id").first().payload)
    return payload["outcome"], payload["reason"]["rule"]
