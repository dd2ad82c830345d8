"""The background loops: sequencing the log, telling outcomes, heartbeat, sweeping, asserting the triggers."""

import signal
import threading

from django.core.management.base import BaseCommand

from vault.authorization.actions import Action
from vault.authorization.decorators import declares
from vault.project.loops import start
from vault.project.preparation import refuse_newer, require_guarded


@declares(Action.RUN_WORKER)
class Command(BaseCommand):
    help = (
        "Run the background loops until a signal. `serve` starts this; alone, for a machine without pages. "
        "Exit codes: 0 when stopped by a signal."
    )

    def handle(self, **options: object) -> None:
        refuse_newer()
        require_guarded()
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        threads = start(stop)
        while not stop.wait(1.0):
            if not all(thread.is_alive() for thread in threads):
                stop.set()
        for thread in threads:
            thread.join(15)
