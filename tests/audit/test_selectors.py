from datetime import timedelta
from uuid import uuid4

import pytest

from audit import actions, clock, recording, selectors, sequencer
from audit.errors import EventAbsent
from audit.events import Actor, ObjectFacts, Reason, Source
from audit.models import Event
from audit.selectors import EventFilter
from tests.audit.facts import ACTION, ACTOR, REASON, entry

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

OTHER = Actor(
    id="S0009", duties=("duty_clerk", "archivist"), unit="unit-2", session="s-2", account="a-2", person="p-2"
)


@pytest.fixture
def written():
    """Six events of one person and one that differs from them in everything."""
    start = clock.now() - timedelta(days=10)
    clock.set_clock(lambda: start)
    recording.record_many([entry(number) for number in range(6)])
    clock.set_clock(lambda: start + timedelta(days=5))
    [uid] = recording.record_many(
        [
            entry(
                action=actions.LOG_PROVE,
                outcome="denied",
                reason=Reason(rule="clearance", approval="approval-2"),
                actor=OTHER,
                object=ObjectFacts(type="bundle", id="=b\n1", label="200"),
                source=Source(terminal="terminal-9"),
                corr="corr-9",
            )
        ]
    )
    clock.set_clock(None)
    return start, uid


@pytest.mark.parametrize(
    "wanted",
    [
        {"action": actions.LOG_PROVE},
        {"outcome": "denied"},
        {"rule": "clearance"},
        {"approval": "approval-2"},
        {"actor": "S0009"},
        {"account": "a-2"},
        {"person": "p-2"},
        {"unit": "unit-2"},
        {"duty": "duty_clerk"},
        {"duty": "archivist"},
        {"session": "s-2"},
        {"object_type": "bundle"},
        {"object_id": "=b\n1"},
        {"label": "200"},
        {"terminal": "terminal-9"},
        {"corr": "corr-9"},
        {"area": "audit", "outcome": "denied"},
    ],
)
def test_each_filter_finds_the_one_event_that_differs_and_none_before_them(written, wanted):
    assert [event.uid for event in selectors.page(EventFilter(**wanted)).events] == [written[1]]
    assert selectors.count(EventFilter(**wanted)) == 1
    assert selectors.count(EventFilter(**wanted, until=written[0])) == 0


def test_a_duty_is_matched_whole(written):
    assert selectors.count(EventFilter(duty="duty")) == 0
    assert selectors.count(EventFilter(duty="auditor")) == 6


def test_a_period_includes_its_start_and_excludes_its_end(written):
    start, _ = written
    later = start + timedelta(days=5)
    assert selectors.count(EventFilter(since=start, until=later)) == 6
    assert selectors.count(EventFilter(since=later)) == 1
    assert selectors.count(EventFilter(until=start)) == 0
    assert selectors.count(EventFilter()) == 7


def test_paging_to_the_end_and_back_shows_every_event_once():
    recording.record_many([entry(number) for number in range(25)])
    everything = list(Event.objects.order_by("-id").values_list("id", flat=True))
    seen, page = [], selectors.page(EventFilter(), size=10)
    assert page.newer is None
    pages = [page]
    while page.older is not None:
        page = selectors.page(EventFilter(), before=page.older, size=10)
        pages.append(page)
    for shown in pages:
        seen += [event.pk for event in shown.events]
    assert seen == everything
    back = selectors.page(EventFilter(), after=pages[-1].newer, size=10)
    assert [event.pk for event in back.events] == [event.pk for event in pages[-2].events]
    first = selectors.page(EventFilter(), after=back.newer, size=10)
    assert [event.pk for event in first.events] == [event.pk for event in pages[0].events]
    assert first.newer is None


def test_an_event_recorded_while_somebody_pages_moves_nothing():
    recording.record_many([entry(number) for number in range(20)])
    first = selectors.page(EventFilter(), size=10)
    recording.record_many([entry(99)])
    second = selectors.page(EventFilter(), before=first.older, size=10)
    assert not {event.pk for event in first.events} & {event.pk for event in second.events}
    assert len(second.events) == 10


def test_one_event_is_found_by_its_uid_and_a_missing_one_is_absent(written):
    assert selectors.by_uid(written[1]).object_type == "bundle"
    with pytest.raises(EventAbsent):
        selectors.by_uid(uuid4())


def test_the_logs_health_shows_what_waits_and_how_old_the_last_checkpoint_is():
    assert selectors.health().checkpoint_at is None
    recording.record_many([entry(), entry(1)])
    recording.record(actions.LOG_VERIFY, outcome="granted", reason=REASON, actor=ACTOR)
    sequencer.step()
    recording.intent(ACTION, reason=REASON, actor=ACTOR)
    health = selectors.health()
    assert (health.size, health.unsequenced, health.open_intents) == (3, 1, 1)
    assert timedelta(0) <= health.checkpoint_age < timedelta(minutes=1)
    assert health.last_verified is not None
