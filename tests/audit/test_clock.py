from datetime import UTC, datetime, timedelta, timezone

import pytest

from audit import clock
from audit.errors import ClockRefused


def test_the_clock_answers_in_aware_utc():
    assert clock.now().utcoffset() == timedelta(0)


def test_an_injected_clock_is_what_everybody_reads():
    instant = datetime(2026, 3, 1, tzinfo=UTC)
    clock.set_clock(lambda: instant)
    assert clock.now() == instant


@pytest.mark.parametrize(
    "wrong", [datetime(2026, 3, 1), datetime(2026, 3, 1, tzinfo=timezone(timedelta(hours=8)))]
)
def test_a_clock_that_does_not_answer_in_utc_is_refused(wrong):
    with pytest.raises(ClockRefused):
        clock.set_clock(lambda: wrong)


def test_a_demo_clock_starts_in_the_past_and_only_moves_forward_to_the_present():
    start = clock.system_now() - timedelta(days=90)
    demo = clock.ForwardClock(start)
    assert start <= demo() < start + timedelta(minutes=1)
    demo.advance(timedelta(days=30))
    assert demo() >= start + timedelta(days=30)
    with pytest.raises(ClockRefused):
        demo.move_to(start)
    with pytest.raises(ClockRefused):
        demo.move_to(clock.system_now() + timedelta(days=1))
    demo.advance(timedelta(days=900))
    assert abs(demo() - clock.system_now()) < timedelta(seconds=5)
    assert demo() <= clock.system_now()


def test_a_demo_clock_runs_by_itself_and_never_answers_the_same_past_twice():
    demo = clock.ForwardClock(clock.system_now() - timedelta(days=1))
    answers = [demo() for _ in range(50)]
    assert answers == sorted(answers)


def test_a_demo_clock_does_not_start_in_the_future():
    with pytest.raises(ClockRefused):
        clock.ForwardClock(clock.system_now() + timedelta(hours=1))
