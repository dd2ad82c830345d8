"""Print the proof of one event."""

import os
import sys
from pathlib import Path
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser

from audit import actions, proofs
from audit.errors import AuditError
from audit.events import ObjectFacts, Reason, system_actor
from audit.recording import record
from vault.authorization.actions import Action
from vault.authorization.decorators import declares


@declares(Action.RUN_LOG_PROVE)
class Command(BaseCommand):
    help = (
        "Print the proof that one event stands unchanged in the signed log, a C2SP tlog-proof. With the event's "
        "bytes and the verifier key anybody can check it without the system, by audit/verify.py. "
        "Exit codes: 0 the proof is given, 1 there is no such event, no proof of it yet, or a file in the way, "
        "2 wrong arguments."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("uid", type=UUID, help="the event")
        parser.add_argument("--out", type=Path, help="write it into this new file instead")

    def handle(self, *args: object, uid: UUID, out: Path | None, **options: object) -> None:
        try:
            text = _proof(uid)
        except AuditError as error:
            self.stderr.write(str(error))
            sys.exit(1)
        if out is None:
            self.stdout.write(text, ending="")
            return
        try:
            descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            self.stderr.write(f"--out: {error}")
            sys.exit(1)


def _proof(uid: UUID) -> str:
    """The proof, after its being asked for is in the log."""
    try:
        text = proofs.inclusion_proof(uid)
    except AuditError as error:
        _tell(uid, "failed", error.code.rpartition(".")[2].replace("_", "-"))
        raise
    _tell(uid, "granted", "command")
    return text


def _tell(uid: UUID, outcome: str, rule: str) -> None:
    record(
        actions.LOG_PROVE,
        outcome=outcome,
        reason=Reason(rule=rule),
        actor=system_actor("audit_prove"),
        object=ObjectFacts(type="event", id=str(uid)),
    )
