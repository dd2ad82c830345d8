"""One command that checks everything."""

import sys

from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.progress import Progress, TaskID

from vault.administration.examination import Report, examine
from vault.authorization.actions import Action
from vault.authorization.decorators import declares


@declares(Action.RUN_DOCTOR)
class Command(BaseCommand):
    help = (
        "Decrypt and compare every stored body and every encrypted column, check key versions, blobs, labels, "
        "triggers and the log, and search the data folder for readable titles and names. Nothing is changed. "
        "Exit codes: 0 all is well, 1 problems were found."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, **options: object) -> None:
        report = examine(lambda *_: None) if options["json"] else self._with_progress()
        if options["json"]:
            self.stdout.write(report.to_json())
        else:
            for name, number in report.looked_at.items():
                self.stdout.write(f"{number:>8}  {name}")
            for problem in report.problems:
                self.stdout.write(f"{problem.code}  {problem.object}  {problem.text}")
            self.stdout.write("all is well" if report.ok else f"{len(report.problems)} problem(s) found")
        sys.exit(0 if report.ok else 1)

    def _with_progress(self) -> Report:
        tasks: dict[str, TaskID] = {}
        with Progress(console=Console(stderr=True), transient=True) as progress:

            def say(name: str, done: int, total: int) -> None:
                if name not in tasks:
                    tasks[name] = progress.add_task(name, total=total)
                progress.update(tasks[name], completed=done, total=total)

            return examine(say)
