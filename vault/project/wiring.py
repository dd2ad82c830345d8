"""Connects the packages that may not import each other. Runs once, from AppConfig.ready."""

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

import audit.hooks
import storage.hooks
from accounts import alarms
from accounts.models import Terminal
from audit import actions, clock
from audit.events import ObjectFacts, Reason, system_actor
from audit.outbox import outcome
from audit.recording import intent, record
from storage import inspection, keyring
from storage.inspection import ClamdScanner
from storage.sealing import Sealer

KEY_EVENTS = (
    "storage:kek:rotated",
    "storage:kek:retired",
    "storage:kek:destroyed",
    "storage:blob_key:erased",
    "storage:subject_key:destroyed",
)
BODY_DAMAGED, CELL_DAMAGED = "storage:blob:damaged", "storage:cell:damaged"


def connect() -> None:
    """Give the log its sealer and signing key, and storage its listeners. Idempotent."""
    actions.register(*KEY_EVENTS, BODY_DAMAGED, CELL_DAMAGED)
    audit.hooks.set_sealer(Sealer())
    audit.hooks.set_signer(lambda: keyring.current().signing_seed())
    storage.hooks.set_clock(clock.now)
    storage.hooks.set_on_key_event(_on_key_event)
    storage.hooks.set_on_damage(_on_damage)
    storage.hooks.set_may_erase(_may_erase)
    alarms.register(_on_copied_secret)
    if settings.JINGUI_CLAMD_SOCKET:
        inspection.set_scanner(ClamdScanner(settings.JINGUI_CLAMD_SOCKET))


def _on_key_event(event: str, **facts: object) -> Callable[[], None]:
    """Key use by class is part of the log (audit.md section 2); what cannot be recorded does not happen, and what did
    not happen is not told as done.
    """
    kind, _dot, verb = event.partition(".")
    action = f"storage:{kind}:{verb}"
    target = facts.get("version_id") or facts.get("kid") or facts.get("compartment") or ""
    reason = Reason(rule=str(facts.get("reason", "key-event")))
    actor = system_actor("storage")
    of = ObjectFacts(type=kind, id=str(target), version=str(facts.get("version", "")))
    begun = intent(action, reason=reason, actor=actor, object=of)

    def done() -> None:
        # In the transaction that erases a body's key: rolled back, the log must not say that it went.
        with transaction.atomic():
            outcome(begun, "granted", reason=reason)

    return done


def _on_damage(kind: str, target: UUID, code: str) -> None:
    """Damage that a reading met is in the log even where the reader is told of it by a broken connection alone."""
    record(
        BODY_DAMAGED if kind == "blob" else CELL_DAMAGED,
        outcome="failed",
        reason=Reason(rule=code.rpartition(".")[2].replace("_", "-")),
        actor=system_actor("storage"),
        object=ObjectFacts(type=kind, id=str(target)),
    )


def _on_copied_secret(terminal: Terminal) -> None:
    """RR-03: a terminal's secret in two places is an incident, whoever has the other one."""
    from vault.incidents.rules import Kind
    from vault.incidents.services import raise_incident

    with translation.override(settings.LANGUAGE_CODE):
        raise_incident(
            context=None,
            kind=Kind.MISUSE,
            what=gettext(
                "The secret of terminal %(number)s was shown after it had been replaced, so it is in two places. "
                "The terminal is suspended. Look at its machine and at the log before it is enrolled again."
            )
            % {"number": terminal.number},
            unit=terminal.registered_by.unit,
            source="terminals",
            about=ObjectFacts(type="terminal", id=str(terminal.pk)),
        )


def _may_erase(version_id: UUID) -> bool:
    """Only a body that nothing refers to any more: its content was written again under a raised label.

    Whatever a record or an upload still refers to is kept; destruction by disposal list comes through here too.
    """
    from vault.holdings.selectors import refers_to

    return not refers_to(version_id)
