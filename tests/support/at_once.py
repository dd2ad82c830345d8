"""Several people acting at the same moment, each over a connection of his own. Needs `committed_databases`."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connections


def at_once(*acts: Callable[[], object]) -> list[BaseException | None]:
    """What each act raised, in their order; None for one that was done."""
    ready = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        try:
            ready.wait(timeout=20)
            act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        running = [pool.submit(run, act) for act in acts]
        return [one.exception(timeout=60) for one in running]
