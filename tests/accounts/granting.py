"""Grants as the security officer makes them in tests, and what the log has of the last change."""

import json
from datetime import timedelta

from accounts import services
from accounts.models import Appointment, Clearance, Person
from accounts.rules import Duty
from audit.models import Event, Outbox
from tests.accounts.people import Organisation, today


def appoint(org: Organisation, person: Person, duty: Duty, **changed: object) -> Appointment:
    given = {
        "actor": org.security,
        "unit": person.unit,
        "starts_on": today(),
        "confirmed_by": org.leader,
        **changed,
    }
    return services.appoint(person=person, duty=duty, **given)


def clear(org: Organisation, person: Person, **changed: object) -> Clearance:
    given = {
        "actor": org.security,
        "starts_on": today(),
        "ends_on": today() + timedelta(days=90),
        "confirmed_by": org.leader,
        **changed,
    }
    return services.grant_clearance(person=person, **given)


def last_event() -> dict:
    return json.loads(bytes(Event.objects.order_by("-id").first().canonical))


def last_outcome() -> tuple[str, str]:
    payload = json.loads(Outbox.objects.order_by("-id").first().payload)
    return payload["outcome"], payload["reason"]["rule"]
