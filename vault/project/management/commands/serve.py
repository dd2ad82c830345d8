"""Serve the pages: gunicorn and the worker as supervised children."""

import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from vault.authorization.actions import Action
from vault.authorization.decorators import declares
from vault.project.preparation import prepare_databases, require_guarded
from vault.project.supervisor import Supervisor

# An upload holds a thread for as long as it comes; the pages of everybody else need some beside it.
WORKERS, THREADS = 2, 8


@declares(Action.RUN_SERVE)
class Command(BaseCommand):
    help = (
        "Serve Jingui on this machine until interrupted. Migrates first. Behind a proxy that ends TLS, "
        "set JINGUI_TRUST_PROXY=1; plain HTTP from elsewhere is refused. "
        "Exit codes: 0 stopped when asked, 1 a child kept dying, 2 wrong arguments."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=WORKERS, help=f"web processes (default {WORKERS})")
        parser.add_argument(
            "--threads", type=int, default=THREADS, help=f"threads per web process (default {THREADS})"
        )

    def handle(self, **options: object) -> None:
        port, workers, threads = options["port"], options["workers"], options["threads"]
        if not 1 <= int(str(port)) <= 65535:
            raise CommandError("--port takes a number from 1 to 65535.", returncode=2)
        prepare_databases()
        require_guarded()
        supervisor = Supervisor(
            {
                "web": web_command(int(str(port)), int(str(workers)), int(str(threads))),
                "worker": worker_command(),
            },
            self.stderr.write,
        )
        self.stdout.write(
            f"Serving at http://localhost:{port}  (data: {settings.JINGUI_HOME})  Ctrl-C ends it."
        )
        sys.exit(supervisor.run())


def web_command(port: int, workers: int, threads: int) -> list[str]:
    """gunicorn with threads: long downloads must not hold up short pages."""
    return [
        sys.executable, "-m", "gunicorn", "vault.project.wsgi:application",
        "--bind", f"127.0.0.1:{port}", "--worker-class", "vault.project.web_worker.PatientWorker",
        "--workers", str(workers), "--threads", str(threads),
        "--timeout", "120", "--graceful-timeout", "15", "--keep-alive", "5",
        "--limit-request-line", "8190", "--no-control-socket",
        "--worker-tmp-dir", str(settings.JINGUI_HOME), "--log-level", "warning",
    ]  # fmt: skip


def worker_command() -> list[str]:
    """The background loops in a process of their own."""
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), "worker"]
