"""T1: time. The deadline and the answer, clocks that jump, waits that are longer than what is left."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import BuiltinFunctionType, FrameType
from typing import Final

import pytest

from simulator import Answer, Delay
from tests.matrix.moments import PLACES, PROGRAM, Asked, happening
from tests.scenarios.world import COMMENT, DETAILS, GOOD, Gate, blocked, working

TIMEOUT_S: Final = 300
LAST_IN_TIME_S: Final = 294
"""A turn that is over by then can be seen twice, five seconds apart, before the deadline."""
_HOUR_S: Final = 3600
_YEAR_S: Final = 365 * 24 * _HOUR_S
ENDS: Final = {
    "290": "passed",
    "294": "passed",
    "296": "timed_out",
    "299.999": "timed_out",
    "300": "timed_out",
    "300.001": "timed_out",
    "330": "timed_out",
}
"""When Devin's turn ends, and what comes of it where five minutes were given."""
INTERVALS: Final = ("", "5", "7", "59", "60", "290", "295", "299", "300")
"""Fixed intervals between two looks; none is adaptive."""


@pytest.mark.parametrize(
    ("ends", "interval"),
    [
        pytest.param(
            ends, interval, id=f"T1.answer-at-{ends}/interval-{interval or 'own'}:last-poll:-"
        )
        for ends in ENDS
        for interval in INTERVALS
    ],
)
def test_t1_deadline(gate: Gate, ends: str, interval: str) -> None:
    """An answer that can settle in time counts, a later one never; the last look is at the end."""
    gate.devin_does(working(), blocked(float(ends), GOOD))
    run = gate.run(timeout_minutes="5", poll_interval_seconds=interval)
    assert run.outcome == ENDS[ends]
    assert run.ended_s <= TIMEOUT_S
    assert run.outcome == "passed" or run.looks_s[-1] == TIMEOUT_S


JUMPS: Final = {
    "hour-forth": _HOUR_S,
    "hour-back": -_HOUR_S,
    "years-forth": 30 * _YEAR_S,
    "years-back": -30 * _YEAR_S,
}
_WHEN: Final = (
    *("starting", "reading", "state-key", "state-id", "output-url", "sleep-before-race"),
    *("sleep", "validating", "judging", "outputs", "summary", "state-finished"),
)
LOOKS_S: Final = [0, 5, 5, 65, 125, 185, 245, 305, 310, 310]
"""The reads of a run whose turn ends at 300 s, with one look a minute; three are lists."""


@pytest.mark.parametrize(
    ("jump", "phase"),
    [
        pytest.param(jump, phase, id=f"T1.wall-clock/{jump}:{phase}:once")
        for jump in JUMPS
        for phase in _WHEN
    ],
)
def test_t1_wall_clock(gate: Gate, jump: str, phase: str) -> None:
    """A server's clock that jumps, and what it dates its answers with, changes nothing."""
    gate.devin_does(working(), blocked(300, GOOD))
    with happening(gate, PLACES[phase], lambda: gate.clock.shift_wall(JUMPS[jump])):
        run = gate.run(timeout_minutes="10", poll_interval_seconds="60")
    looks_s = [*LOOKS_S, 311] if gate.is_v3 else LOOKS_S  # the cost is read again
    assert (run.exit_code, run.outcome, run.looks_s) == (0, "passed", looks_s)
    assert run.ended_s == looks_s[-1]


@pytest.mark.parametrize(
    "what",
    [pytest.param(what, id=f"T1.no-wall-clock/{what}:-:-") for what in ("calm", "limits", "late")],
)
def test_t1_no_wall_clock(gate: Gate, what: str) -> None:
    """Nothing of the program ever asks what time of day it is: no jump can be noticed."""
    gate.devin_does(working(), blocked(300, GOOD))
    if what == "limits":
        date = (
            ("Retry-After", "Mon, 05 Jan 2026 09:30:00 GMT"),
            ("Date", "Mon, 05 Jan 2026 09:29:00 GMT"),
        )
        gate.sim.devin.inject("GET", DETAILS, Answer(429, {}, date), skip=1)
        reset = (("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1767607200"))
        gate.sim.github.inject("PATCH", COMMENT, Answer(403, {"message": "rate limit"}, reset))
    with _watched_wall_clock() as asked:
        gate.run(output_file="out.json", timeout_minutes="1" if what == "late" else "60")
    assert asked == []


SLOW: Final = ("look-up", "create", "first-poll", "middle-poll", "last-poll")
"""The calls whose every answer is slow."""
_SLOW_S: Final = 9.0


@pytest.mark.parametrize(
    ("phase", "minutes"),
    [
        pytest.param(phase, minutes, id=f"T1.slow/{minutes}-min:{phase}:{times}")
        for phase in SLOW
        for minutes, times in (("1", "forever"), ("2", "forever"), ("5", "forever"))
    ],
)
def test_t1_slow(gate: Gate, phase: str, minutes: str) -> None:
    """Answers that take their time push no request behind the deadline."""
    gate.devin_does(working())
    place = PLACES[phase]
    assert isinstance(place, Asked)
    gate.sim.devin.inject(place.method, place.path, Delay(_SLOW_S), times=None, after_commit=True)
    run = gate.run(timeout_minutes=minutes)
    assert (run.exit_code, run.outcome) == (1, "timed_out")
    assert run.looks_s[-1] <= 60 * int(minutes)
    assert run.ended_s <= 60 * int(minutes) + _SLOW_S


@pytest.mark.parametrize(
    ("minutes", "interval"),
    [
        pytest.param(minutes, interval, id=f"T1.timeout-{minutes}/interval-{interval}:-:-")
        for minutes, interval in (("1", "5"), ("1", "300"), ("4320", "300"))
    ],
)
def test_t1_limits(gate: Gate, minutes: str, interval: str) -> None:
    """The shortest and the longest wait both end at the second, with a last look."""
    gate.devin_does(working())
    run = gate.run(timeout_minutes=minutes, poll_interval_seconds=interval)
    assert (run.outcome, run.ended_s, run.looks_s[-1]) == ("timed_out", *2 * (60 * int(minutes),))


@contextmanager
def _watched_wall_clock() -> Iterator[list[str]]:
    """Give the list of what code of the program asks the wall clock, as the interpreter sees it."""
    asked: list[str] = []

    def watch(frame: FrameType, event: str, called: object) -> None:
        if event != "c_call" or PROGRAM not in frame.f_code.co_filename:
            return
        if isinstance(called, BuiltinFunctionType) and _is_wall_clock(called):
            asked.append(f"{frame.f_code.co_filename}:{frame.f_lineno} {called.__qualname__}")

    sys.setprofile(watch)
    try:
        yield asked
    finally:
        sys.setprofile(None)


def _is_wall_clock(called: BuiltinFunctionType) -> bool:
    names = ("time", "time_ns", "gmtime", "localtime", "ctime", "clock_gettime", "strftime")
    dates = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today")
    return (
        called.__module__ == "time" and called.__name__ in names
    ) or called.__qualname__ in dates
