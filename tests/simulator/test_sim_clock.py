"""The simulated clock: no real time passes, and many watchers interleave in one way only."""

import os
import signal
import threading
import time
from types import FrameType

import pytest

from simulator import ClockStalledError, SimClock, SystemClock
from simulator.clock import Place


class InterruptedByTestError(Exception):
    pass


def test_one_watcher_jumps_to_the_end_of_its_sleep() -> None:
    """Forty minutes of sleep take no real time."""
    clock, began_s = SimClock(), time.monotonic()
    clock.sleep(2400)
    assert clock.monotonic_s() == 2400
    assert time.monotonic() - began_s < 0.3


def test_wall_time_follows_and_may_jump_alone() -> None:
    """A jump of the wall clock does not move the monotonic one."""
    clock = SimClock()
    clock.sleep(90)
    assert clock.wall().isoformat() == "2026-01-05T09:01:30+00:00"
    clock.shift_wall(3600)
    assert clock.wall().isoformat() == "2026-01-05T10:01:30+00:00"
    assert clock.monotonic_s() == 90


def test_a_negative_sleep_never_turns_time_back() -> None:
    """Time stays where it is."""
    clock = SimClock()
    clock.sleep(-5)
    assert clock.monotonic_s() == 0


def watch(clock: SimClock, log: list[tuple[float, str]], name: str, every_s: float) -> str:
    """Sleep three times and log when and who."""
    for _ in range(3):
        log.append((clock.monotonic_s(), name))
        clock.sleep(every_s)
    return name


@pytest.mark.parametrize("_run", range(20))
def test_many_watchers_always_interleave_in_the_same_way(_run: int) -> None:
    """The earliest wakes first, ties go in the order of falling asleep, one runs at a time."""
    clock, log = SimClock(), list[tuple[float, str]]()
    names = clock.run_together(
        lambda: watch(clock, log, "a", 10),
        lambda: watch(clock, log, "b", 10),
        lambda: watch(clock, log, "c", 15),
    )
    assert names == ["a", "b", "c"]
    assert log == [
        (0, "a"), (0, "b"), (0, "c"),
        (10, "a"), (10, "b"), (15, "c"),
        (20, "a"), (20, "b"), (30, "c"),
    ]  # fmt: skip
    assert clock.monotonic_s() == 45


def test_time_waits_for_a_watcher_that_is_awake() -> None:
    """A watcher at work holds time, however long it takes."""
    clock, may_go_on = SimClock(), threading.Event()
    seen: list[float] = []

    def work() -> None:
        may_go_on.wait(5)
        seen.append(clock.monotonic_s())

    def sleep() -> None:
        may_go_on.set()
        clock.sleep(10)

    clock.run_together(sleep, work)
    assert seen == [0]
    assert clock.monotonic_s() == 10


def test_a_watcher_that_fails_lets_the_others_go_on() -> None:
    """Its exception comes out, and the other one's sleep ends."""
    clock, woken = SimClock(), list[float]()

    def fail() -> None:
        raise InterruptedByTestError

    def sleep() -> None:
        clock.sleep(7)
        woken.append(clock.monotonic_s())

    with pytest.raises(InterruptedByTestError):
        clock.run_together(fail, sleep)
    assert woken == [7]


def test_a_place_that_nobody_took_is_given_back() -> None:
    """After the block the clock has one watcher again."""
    clock = SimClock()
    with clock.watchers(3):
        pass
    clock.sleep(1)
    assert clock.monotonic_s() == 1


def test_a_callback_runs_at_its_moment_in_the_sleeping_thread() -> None:
    """Callbacks see the time that they were planned for, in order, within one long sleep."""
    clock, seen = SimClock(), list[tuple[float, bool]]()

    def look() -> None:
        seen.append((clock.monotonic_s(), threading.current_thread() is threading.main_thread()))

    for when_s in (40.0, 10.0, 100.0):
        clock.at(when_s, look)
    clock.sleep(100)
    assert seen == [(10, True), (40, True), (100, True)]


def test_a_callback_that_raises_ends_the_sleep_and_nothing_else() -> None:
    """The clock stands at the callback's moment and goes on from there."""
    clock = SimClock()

    def fail() -> None:
        raise InterruptedByTestError

    clock.at(3, fail)
    with pytest.raises(InterruptedByTestError):
        clock.sleep(10)
    assert clock.monotonic_s() == 3
    clock.sleep(4)
    assert clock.monotonic_s() == 7


def test_a_signal_reaches_a_sleeping_main_thread() -> None:
    """A handler that raises ends the sleep; the other watcher's time goes on."""
    clock, woken = SimClock(), list[float]()

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise InterruptedByTestError

    def send(place: Place) -> None:
        with place:
            clock.sleep(5)
            os.kill(os.getpid(), signal.SIGUSR1)
            clock.sleep(1)
            woken.append(clock.monotonic_s())

    former = signal.signal(signal.SIGUSR1, interrupt)
    try:
        with clock.watchers(2) as places:
            other = threading.Thread(target=send, args=(places[1],))
            other.start()
            with pytest.raises(InterruptedByTestError), places[0]:
                clock.sleep(10)
            other.join(5)
    finally:
        signal.signal(signal.SIGUSR1, former)
    assert woken == [6]


def test_a_forgotten_watcher_is_an_error_and_not_a_hang() -> None:
    """The message says how many sleep."""
    clock = SimClock(stall_s=0.05)
    with clock.watchers(2), pytest.raises(ClockStalledError, match="1 of 2 watchers sleep"):
        clock.sleep(1)


def test_closing_ends_a_sleep_that_time_does_not() -> None:
    """The sleeper returns early and time has not moved."""
    clock, closing = SimClock(), threading.Event()
    with clock.watchers(2):
        sleeper = threading.Thread(target=lambda: clock.sleep(10, closing=closing))
        sleeper.start()
        closing.set()
        clock.tell_closing()
        sleeper.join(5)
        assert not sleeper.is_alive()
        assert clock.monotonic_s() == 0


def test_the_system_clock_runs_as_fast_as_it_is_told() -> None:
    """A minute at six hundred times the speed is a tenth of a second, with callbacks inside."""
    clock, seen, began_s = SystemClock(speed=600), list[float](), time.monotonic()
    began_at = clock.wall()
    clock.at(30, lambda: seen.append(clock.monotonic_s()))
    clock.sleep(60)
    assert 0.1 <= time.monotonic() - began_s < 5
    assert seen
    assert 30 <= seen[0] <= clock.monotonic_s()
    assert (clock.wall() - began_at).total_seconds() >= 60
