"""Show the whole idea on this machine: a small organisation, real files, and the main job observed."""

import json
import signal
import sys
from typing import Self

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table

from vault.authorization.actions import Action
from vault.authorization.decorators import declares
from vault.project.demo import run, server
from vault.project.demo.desk import TERMINAL
from vault.project.demo.environment import DEFAULT_FOLDER, PORT
from vault.project.demo.visitor import NotObserved

WIDE = 150  # a file has no width of its own
INTERRUPTED = 130  # what shells say of a command that Ctrl-C ended


@declares(Action.RUN_DEMO)
class Command(BaseCommand):
    help = (
        "Make a small organisation of nineteen people and three months of its work, 150 real files, through the "
        "product itself, show the main job as seen from outside, and serve it. A second run goes on where the first "
        "one ended. Passwords are made up at run time and kept, on a demo only, beside the demo's key ring. "
        "Exit codes: 0 every line was observed, 1 a line was not or its server kept dying, 2 wrong arguments, "
        "130 interrupted before the report."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="end after the report")
        parser.add_argument("--json", action="store_true", help="print the report as one JSON document")
        parser.add_argument("--home", default="", help="the demo's folder (default: .demo beside manage.py)")
        parser.add_argument("--port", type=int, default=PORT, help=f"port to serve at (default {PORT})")

    def handle(self, **options: object) -> None:
        if not settings.JINGUI_DEMO:
            raise CommandError(
                "This is not a demo instance; run it as `python manage.py demo`.", returncode=2
            )
        # A request to stop ends the children in order, as Ctrl-C does.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        console = Console(stderr=bool(options["json"]))
        if not console.is_terminal:
            console.width = WIDE
        code = INTERRUPTED
        try:
            with run.only_one(run.folder()), server.free_port(int(str(options["port"]))) as port:
                if port != options["port"]:
                    console.print(f"Port {options['port']} is taken; using {port}.")
                with (
                    self._bars(console) as progress,
                    run.shown(port, progress.say, console.print) as (running, result),
                ):
                    progress.stop()
                    code = 0 if result.ok else 1
                    self._report(console, running.address, result, as_json=bool(options["json"]))
                    if not options["no_serve"] and result.ok:
                        self._say_where(console, running.address)
                        code = running.watch()
        except (run.AlreadyRunning, server.ServerUnavailable) as error:
            raise CommandError(str(error), returncode=1) from error
        except NotObserved as error:
            raise CommandError(f"The demo stopped: {error}", returncode=1) from error
        except KeyboardInterrupt:
            console.print("Ended.")
        sys.exit(code)

    def _report(self, console: Console, address: str, result: run.Result, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(
                json.dumps(
                    {
                        "ok": result.ok,
                        "lines": [line.as_dict() for line in result.lines],
                        "people": result.people,
                        "address": address,
                        "seconds": round(result.seconds, 1),
                    },
                    ensure_ascii=False,
                    indent=2,
                )
            )
            # Whoever reads it through a pipe need not wait for the server to end.
            self.stdout.flush()
            return
        console.print(f"\n[bold]The main job, as seen from outside[/] ({result.seconds:.0f} s)\n")
        for line in result.lines:
            mark = "[green]✓[/]" if line.ok else "[red]✗[/]"
            console.print(f" {mark} [bold]{line.claim}[/]\n   {escape(line.observed)}", highlight=False)
        table = Table(title="Who to sign in as", title_justify="left", header_style="bold")
        for column in ("Staff number", "Name", "Duty", "Password", "Try"):
            table.add_column(column, no_wrap=column != "Try")
        for person in result.people:
            table.add_row(*(person[key] for key in ("staff_no", "name", "duty", "password", "to_try")))
        console.print()
        console.print(table)

    def _say_where(self, console: Console, address: str) -> None:
        folder = run.folder()
        home = "" if folder == DEFAULT_FOLDER else f" --home {folder}"
        console.print(
            f"\nServing at [bold]{address}[/]   Codes: python manage.py demo_code STAFF_NUMBER{home}   "
            f"Terminal: demo_code {TERMINAL}, typed at {address}/terminal/ by S1001 or S1007   Ctrl-C ends it.",
            soft_wrap=True,
        )

    def _bars(self, console: Console) -> "_Bars":
        return _Bars(console)


class _Bars:
    """Progress bars by name; nothing is drawn where nobody watches."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description:<14}"),
            BarColumn(),
            MofNCompleteColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def stop(self) -> None:
        self._progress.stop()

    def say(self, name: str, done: int, total: int) -> None:
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name, total=total)
        self._progress.update(self._tasks[name], completed=done, total=total)
