"""How a watch ends at its deadline and in an outage, to the tenth of a second."""

from __future__ import annotations

import pytest

from entrypoint.core.session import Phase
from entrypoint.core.watching import (
    Decision,
    Look,
    Missed,
    Stop,
    StopReason,
    Wait,
)
from tests.unit.builders import make_failure, make_look, make_miss, make_watch
from tests.unit.watches import OUT_OF_TIME, SETTLED, after, good


@pytest.mark.parametrize(
    ("left_s", "decision"),
    [
        pytest.param(36.0, Wait(30.0), id="room for a whole gap and the last look"),
        pytest.param(35.9, Wait(29.9), id="the look before the last comes earlier"),
        pytest.param(20.0, Wait(14.0), id="6 s before the deadline"),
        pytest.param(7.0, Wait(7.0), id="only the last look left"),
        pytest.param(3.0, Wait(3.0), id="the last look at the deadline"),
        pytest.param(1.1, Wait(1.1), id="just before"),
        pytest.param(1.0, OUT_OF_TIME, id="a second before the deadline"),
        pytest.param(0.0, OUT_OF_TIME, id="at the deadline"),
        pytest.param(-5.0, OUT_OF_TIME, id="a slow answer after it"),
    ],
)
def test_the_last_look_is_at_the_deadline(left_s: float, decision: Decision) -> None:
    """The time that the team gave is used to its end, and not a second more."""
    found = after(make_watch(1000.0), [make_look(1000.0 - left_s, Phase.WORKING)])
    if isinstance(decision, Wait):
        assert isinstance(found, Wait)
        assert found.duration_s == pytest.approx(decision.duration_s)
    else:
        assert found == decision


def test_an_end_in_the_last_seconds_can_still_settle() -> None:
    """A turn that ends before the deadline's last two looks is judged, not timed out."""
    assert after(make_watch(100.0), [good(94.0)]) == Wait(6.0)
    assert after(make_watch(100.0), [good(94.0), good(100.0)]) == SETTLED


def test_an_end_at_the_deadline_is_not_settled() -> None:
    """What was seen once only is not judged as if it were sure."""
    assert after(make_watch(100.0), [good(99.0)]) == OUT_OF_TIME


@pytest.mark.parametrize("left_s", [1.0, 0.0])
def test_a_failure_at_the_deadline_ends_the_watch(left_s: float) -> None:
    """At the deadline the last usable look decides."""
    seen: list[Look | Missed] = [make_look(50.0, Phase.WORKING), make_miss(100.0 - left_s)]
    assert after(make_watch(100.0), seen) == Stop(StopReason.OUT_OF_TIME, "Devin answered 502.")


@pytest.mark.parametrize(
    ("at_s", "stopped"), [(899.9, False), (900.0, True)], ids=["899.9 s", "900 s"]
)
@pytest.mark.parametrize("first_s", [0.0, 500.0])
def test_an_outage_ends_the_watch_after_15_minutes(
    *, at_s: float, first_s: float, stopped: bool
) -> None:
    """An API that stays down is an error after a quarter of an hour without a usable answer."""
    looks = [make_look(first_s, Phase.WORKING)] if first_s else []
    decision = after(make_watch(9000.0), [*looks, make_miss(first_s + at_s)])
    assert isinstance(decision, Stop) is stopped
    if isinstance(decision, Stop):
        assert decision.reason is StopReason.UNREADABLE
        assert "Devin answered 502" in decision.trouble


@pytest.mark.parametrize(
    ("created", "at_s", "stopped"),
    [(True, 0.0, False), (True, 59.9, False), (True, 60.0, True), (False, 1.0, True)],
)
def test_an_invisible_session_is_waited_for_60_seconds(
    *,
    created: bool,
    at_s: float,
    stopped: bool,
) -> None:
    """A session that this run made may be invisible for a minute; any other must be there."""
    miss = make_miss(at_s, make_failure(status=404))
    decision = after(make_watch(created=created), [miss])
    assert isinstance(decision, Stop) is stopped


def test_failures_in_a_row_wait_longer_and_an_answer_forgets_them() -> None:
    """The wait grows while Devin is down, and starts small again at the next trouble."""
    misses = [make_miss(at_s, draw=1.0) for at_s in (10.0, 11.0, 13.0)]
    watch = make_watch()
    assert [after(watch, misses[: n + 1]) for n in range(3)] == [Wait(1.0), Wait(2.0), Wait(4.0)]
    seen: list[Look | Missed] = [*misses, make_look(20.0, Phase.WORKING), make_miss(24.0, draw=1.0)]
    assert after(watch, seen) == Wait(1.0)


@pytest.mark.parametrize(
    ("wished_s", "left_s", "wait_s"),
    [
        pytest.param(60.0, 1000.0, 60.0, id="plenty of time"),
        pytest.param(60.0, 66.0, 60.0, id="the wish ends 6 s before the deadline"),
        pytest.param(60.0, 63.0, 60.0, id="the wish ends 3 s before the deadline"),
        pytest.param(10.0, 12.0, 10.0, id="a short wish near the deadline"),
        pytest.param(300.0, 100.0, 100.0, id="the deadline comes first"),
        pytest.param(5000.0, 1500.0, 300.0, id="at most 300 s"),
    ],
)
def test_the_servers_wish_is_kept_up_to_the_deadline(
    wished_s: float, left_s: float, wait_s: float
) -> None:
    """Devin is not asked before its Retry-After, unless the deadline's last look is due."""
    miss = make_miss(2000.0 - left_s, make_failure(status=429, retry_after_s=wished_s))
    decision = after(make_watch(2000.0), [make_look(miss.at_s - 1.0, Phase.WORKING), miss])
    assert isinstance(decision, Wait)
    assert wait_s <= decision.duration_s <= left_s
