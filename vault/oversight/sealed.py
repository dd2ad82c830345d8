"""The sealed part of an event in words: names beside ids, labels as they read, and what else was said, as it was."""

import json
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.rules import DUTY_NAMES, Duty
from vault.authorization.levels import Levels
from vault.holdings.labels import badge
from vault.oversight.actions import action_label

NAMES = {
    "account": gettext_lazy("Account"),
    "action": gettext_lazy("Action"),
    "address": gettext_lazy("Address"),
    "asked": gettext_lazy("Action asked about"),
    "authorisation": gettext_lazy("Paper of another unit"),
    "capacity": gettext_lazy("Places"),
    "category": gettext_lazy("Category"),
    "cause": gettext_lazy("Why it ended"),
    "certificate": gettext_lazy("Certificate number"),
    "check": gettext_lazy("Check"),
    "code": gettext_lazy("Code"),
    "day": gettext_lazy("Day"),
    "days": gettext_lazy("Days it is valid"),
    "decision": gettext_lazy("Decision"),
    "delegate": gettext_lazy("Who stands in"),
    "delegation": gettext_lazy("Delegation"),
    "document": gettext_lazy("Document number"),
    "done_on": gettext_lazy("Checked on"),
    "duty": gettext_lazy("Duty"),
    "email": gettext_lazy("E-mail address"),
    "ended": gettext_lazy("Ended"),
    "ends_at": gettext_lazy("Until"),
    "ends_on": gettext_lazy("Last day"),
    "enterprise": gettext_lazy("Enterprise secrets"),
    "event": gettext_lazy("Event"),
    "every": gettext_lazy("Days between checks"),
    "examined": gettext_lazy("Due dates looked at"),
    "file": gettext_lazy("File"),
    "filters": gettext_lazy("Filters"),
    "fingerprint": gettext_lazy("Fingerprint of a client certificate"),
    "former": gettext_lazy("Label before"),
    "grant": gettext_lazy("Proposal"),
    "held_on": gettext_lazy("Held on"),
    "ids": gettext_lazy("Numbers of the records"),
    "incident": gettext_lazy("Incident"),
    "intake_session": gettext_lazy("Upload"),
    "is_acting": gettext_lazy("Acts as head of the unit"),
    "is_head": gettext_lazy("Heads the unit"),
    "issuer": gettext_lazy("Unit that issued the paper"),
    "justified": gettext_lazy("The leader calls it justified"),
    "kept": gettext_lazy("Still needed"),
    "kind": gettext_lazy("Kind"),
    "late": gettext_lazy("Confirmed after 24 hours"),
    "left_on": gettext_lazy("Last day of service"),
    "list": gettext_lazy("List"),
    "mail": gettext_lazy("By mail"),
    "moved": gettext_lazy("Due dates that moved"),
    "name": gettext_lazy("Name"),
    "number": gettext_lazy("Number"),
    "paper": gettext_lazy("Record with the scan"),
    "passkey": gettext_lazy("Passkey"),
    "person": gettext_lazy("Person"),
    "persons": gettext_lazy("Persons"),
    "proposed": gettext_lazy("Label proposed"),
    "proposed_by": gettext_lazy("Put forward by"),
    "purpose": gettext_lazy("Purpose"),
    "reason": gettext_lazy("Reason"),
    "reciprocal": gettext_lazy("The requester had approved for him"),
    "record": gettext_lazy("Record"),
    "records": gettext_lazy("Records"),
    "reference": gettext_lazy("API token"),
    "request": gettext_lazy("Request"),
    "result": gettext_lazy("Result"),
    "row": gettext_lazy("Row of the rule table"),
    "rule": gettext_lazy("Row of the rule table"),
    "scope": gettext_lazy("Part of the record"),
    "scopes": gettext_lazy("Scopes"),
    "session": gettext_lazy("Session"),
    "sha256": "SHA-256",
    "staff_no": gettext_lazy("Staff number"),
    "starts_on": gettext_lazy("First day"),
    "state": gettext_lazy("State secrets"),
    "step": gettext_lazy("Step"),
    "subordinate": gettext_lazy("The requester is his superior"),
    "table_sha256": gettext_lazy("SHA-256 of the table"),
    "terminal": gettext_lazy("Terminal"),
    "thing": gettext_lazy("Undecided thing"),
    "title": gettext_lazy("Title"),
    "total": gettext_lazy("Total"),
    "two_readers": gettext_lazy("Two readers for top secret"),
    "unit": gettext_lazy("Unit"),
    "until": gettext_lazy("Certificate valid until"),
    "valid_until": gettext_lazy("Valid until"),
    "version": gettext_lazy("Version"),
    "widening": gettext_lazy("Proposal for a need-to-know list"),
    "why": gettext_lazy("Why"),
    "year": gettext_lazy("Year"),
    # The reading room.
    "booking": gettext_lazy("Booking"),
    "size": gettext_lazy("Size in bytes"),
    "codes": gettext_lazy("Codes on the scan"),
    "found": gettext_lazy("Copies found"),
    "mismatch": gettext_lazy("Came back otherwise than it went out"),
    "pages": gettext_lazy("Pages"),
    "room": gettext_lazy("Room"),
    "second": gettext_lazy("Second reader"),
    "derived": gettext_lazy("Record written from it"),
    "copy": gettext_lazy("Numbered copy"),
}
DECISIONS = {
    "proposed": gettext_lazy("proposed"),
    "decided": gettext_lazy("confirmed"),
    "refused": gettext_lazy("sent back"),
}
_LABEL = re.compile(r"S(\d)\.E(\d)\.R(\d)")


def in_words(sealed: Mapping[str, object]) -> list[tuple[str, str]]:
    """Each sealed fact with its name; one without a name of ours stands as it was written."""
    names = _people(sealed)
    return [(_name(key), _value(key, value, names)) for key, value in sorted(sealed.items())]


def _name(key: str) -> str:
    if key in NAMES:
        return str(NAMES[key])
    duty = next((one for one in Duty if one.value == key), None)
    return _(DUTY_NAMES[duty]) if duty is not None else key


def _value(key: str, value: object, names: Mapping[str, str]) -> str:
    if isinstance(value, list | tuple):
        return "、".join(_value(key, one, names) for one in value)
    text = str(value)
    if text in names:
        return names[text]
    if _LABEL.fullmatch(text):
        return label_in_words(text)
    if key == "decision":
        return str(DECISIONS.get(text, text))
    if key in {"action", "asked"}:
        return action_label(text)
    if key == "duty" and text in set(Duty):
        return _(DUTY_NAMES[Duty(text)])
    return _filters(text) if key == "filters" else text


def _filters(text: str) -> str:
    """What a list was narrowed to. The log keeps what older versions wrote, so what cannot be read stands as it is."""
    try:
        chosen = json.loads(text) if text.startswith("{") else dict(parse_qsl(text, strict_parsing=True))
    except ValueError:
        return text
    return " · ".join(f"{name}: {value}" for name, value in chosen.items() if value)


def label_in_words(text: str) -> str:
    """A label as the log has it, `S2.E0.R1`, as screens say it."""
    label = _LABEL.fullmatch(text)
    return badge(Levels(*(int(digit) for digit in label.groups()))).text if label else text


def _people(sealed: Mapping[str, object]) -> dict[str, str]:
    """Names of whoever is meant by an id; any other id stands as it is."""
    ids: set[UUID] = set()
    for value in sealed.values():
        for one in value if isinstance(value, list | tuple) else [value]:
            try:
                ids.add(UUID(str(one)))
            except ValueError:
                continue
    return {str(person.pk): person.name for person in Person.objects.filter(pk__in=ids)}
