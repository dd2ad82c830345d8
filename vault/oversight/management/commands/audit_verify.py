"""Verify the whole log: every event, every leaf, every checkpoint, here and kept outside."""

import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import Progress

from audit import actions, checkpoints, verification
from audit.errors import NoteInvalid
from audit.events import ObjectFacts, Reason, system_actor
from audit.recording import record
from vault.authorization.actions import Action
from vault.authorization.decorators import declares


@declares(Action.RUN_LOG_VERIFY)
class Command(BaseCommand):
    help = (
        "Verify the log against itself and against exported checkpoints; name each kind of tampering found. "
        "Give --key and --checkpoints from a place the log's keeper cannot write: one kept checkpoint suffices "
        "to detect a rewritten past. "
        "Exit codes: 0 nothing was found, 1 tampering was found, 2 wrong arguments."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the report as JSON")
        parser.add_argument("--key", default="", help="file with the verifier key (default: the log's own)")
        parser.add_argument("--checkpoints", default="", help="folder of exported checkpoints")
        parser.add_argument("--tree-only", action="store_true", help="hashes only, not what the events say")

    def handle(self, **options: object) -> None:
        folder = Path(str(options["checkpoints"] or settings.JINGUI_CHECKPOINTS))
        report = self._verify(
            _key(str(options["key"])), folder, bool(options["tree_only"]), bool(options["json"])
        )
        record(
            actions.LOG_VERIFY,
            outcome="granted" if report.ok else "failed",
            reason=Reason(rule="verified" if report.ok else "tampering-found"),
            actor=system_actor("audit_verify"),
            object=ObjectFacts(type="log", version=str(report.size)),
        )
        if options["json"]:
            self.stdout.write(report.to_json())
        else:
            self._print(report)
        sys.exit(0 if report.ok else 1)

    def _verify(
        self, key: checkpoints.Key | None, folder: Path, tree_only: bool, quiet: bool
    ) -> verification.Report:
        if quiet:
            return verification.verify(key=key, folder=folder, content=not tree_only)
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("verifying", total=None)
            return verification.verify(
                key=key,
                folder=folder,
                content=not tree_only,
                progress=lambda done, total: progress.update(task, completed=done, total=total),
            )

    def _print(self, report: verification.Report) -> None:
        self.stdout.write(
            f"{report.events} events, {report.size} in the tree, {report.checkpoints} checkpoints here, "
            f"{report.exported} kept outside"
        )
        for finding in report.findings:
            self.stdout.write(f"{finding.code.severity}: {finding.code}: {finding.text}")
        self.stdout.write("nothing was tampered with" if report.ok else "TAMPERING FOUND")


def _key(path: str) -> checkpoints.Key | None:
    if not path:
        return None
    try:
        return checkpoints.Key.parse(Path(path).read_text(encoding="utf-8"))
    except (OSError, NoteInvalid) as error:
        raise CommandError(f"--key: {error}", returncode=2) from error
