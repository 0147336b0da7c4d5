"""Only the time between two moments counts, and what a watch hands on when it is over."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrypoint.core.session import Phase
from entrypoint.core.watching import Decision, Look, Missed, Stop, StopReason, Wait, Watch
from tests.unit.builders import make_failure, make_look, make_miss
from tests.unit.watches import SETTLED, after, good


def later(seen: list[Look | Missed], by_s: float) -> list[Look | Missed]:
    """Return what was seen, each so many seconds later."""
    return [replace(one, at_s=one.at_s + by_s) for one in seen]


HISTORIES: dict[str, tuple[list[Look | Missed], Decision]] = {
    "nothing seen": ([], Wait(0.0)),
    "at work": ([make_look(116.0, Phase.WORKING)], Wait(20.0)),
    "seen once": ([good(100.0)], Wait(5.0)),
    "settled": ([good(100.0), good(105.0)], SETTLED),
    "unanswered": ([make_look(0.0), make_look(119.0)], Wait(10.0)),
    "unanswered for long": ([make_look(0.0), make_look(120.0)], SETTLED),
    "near the deadline": ([make_look(3570.0, Phase.WORKING)], Wait(24.0)),
    "at the deadline": ([make_look(3599.0, Phase.WORKING)], Stop(StopReason.OUT_OF_TIME)),
    "a read that failed": ([make_miss(50.0)], Wait(1.0)),
    "a failure near the deadline": (
        [
            make_look(3590.0, Phase.WORKING),
            make_miss(3595.0, make_failure(status=429, retry_after_s=60.0)),
        ],
        Wait(5.0),
    ),
    "not there yet": ([make_miss(59.0, make_failure(status=404))], Wait(1.0)),
}


@pytest.mark.parametrize("name", HISTORIES)
@given(by_s=st.integers(-5000, 5000))
def test_only_the_time_between_moments_counts(name: str, by_s: int) -> None:
    """A machine that has been up for a month waits as long as one that has just started."""
    seen, decision = HISTORIES[name]
    watch = Watch(began_s=by_s, deadline_s=3600.0 + by_s, created=True)
    assert after(watch, later(seen, by_s)) == decision


@pytest.mark.parametrize("last", [Phase.STARTING, Phase.WORKING])
def test_a_turn_that_goes_on_is_never_settled(last: Phase) -> None:
    """What stood still while its answer was waited for counts for nothing once Devin works on."""
    seen = [make_look(0.0), make_look(10.0), make_look(116.0, last)]
    assert after(Watch(0.0, 3600.0, created=False), seen) == Wait(20.0)


def test_an_unreadable_session_comes_with_its_remedy() -> None:
    """What Devin refused is told with what to do about it."""
    miss = make_miss(0.0, make_failure(status=401))
    assert after(Watch(0.0, 3600.0, created=True), [miss]) == Stop(
        StopReason.UNREADABLE, "Devin answered 401.", "Try again later."
    )
