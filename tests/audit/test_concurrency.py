"""Many writers at once keep one tree."""

import threading

from django.db import connections

from tests.audit.facts import entry


def test_twenty_threads_of_a_hundred_events_make_one_tree_that_verifies(committed_databases) -> None:
    """AU-13."""
    from audit import recording, sequencer, verification
    from audit.models import Event, Leaf

    failures: list[BaseException] = []

    def write(start: int) -> None:
        try:
            for number in range(100):
                recording.record_many([entry(start * 100 + number)])
        except BaseException as error:  # noqa: BLE001  told to the test
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    # With a pause, as its loop makes one: SQLite's lock is not fair, and steps without end starve a writer.
    while any(thread.is_alive() for thread in threads):
        sequencer.step()
        threads[0].join(0.01)
    for thread in threads:
        thread.join()
    while sequencer.step(sweep=True):
        pass
    assert not failures
    assert Event.objects.count() == 2000
    assert Leaf.objects.count() == 2000
    report = verification.verify()
    assert report.ok, report.findings[:5]
    assert report.size == 2000
