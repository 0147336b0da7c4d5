"""When a turn counts as over: every moment that decides, to the tenth of a second."""

from __future__ import annotations

from dataclasses import replace

import pytest

from entrypoint.core.documents import Flaw
from entrypoint.core.session import Phase
from entrypoint.core.watching import (
    Decision,
    Look,
    Stop,
    StopReason,
    Wait,
)
from tests.unit.builders import make_look, make_miss, make_session, make_watch
from tests.unit.watches import SETTLED, after, good


def test_the_first_look_is_at_once() -> None:
    """A session that is already over needs no first wait."""
    assert after(make_watch(), []) == Wait(0.0)


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase.is_ended])
@pytest.mark.parametrize(("gap_s", "settled"), [(4.999, False), (5.0, True), (60.0, True)])
def test_an_end_counts_when_seen_twice(*, phase: Phase, gap_s: float, settled: bool) -> None:
    """An end is believed after two equal looks at least 5 seconds apart."""
    decision = after(make_watch(), [good(100.0, phase), good(100.0 + gap_s, phase)])
    assert decision == (SETTLED if settled else Wait(5.0))


def test_an_end_comes_without_trouble() -> None:
    """Nothing is told of failures where nothing failed."""
    assert after(make_watch(), [good(0.0), good(5.0)]) == Stop(StopReason.SETTLED, "", "", "")


def test_the_first_end_is_looked_at_again() -> None:
    """One look never passes a gate."""
    assert after(make_watch(), [good(100.0)]) == Wait(5.0)


BASE = make_session(Phase.FINISHED, {"risk": "low"})


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(BASE, phase=Phase.AWAITING_USER), id="another phase"),
        pytest.param(replace(BASE, structured_output={"risk": "high"}), id="another output"),
        pytest.param(replace(BASE, updated_at="2026-11-01T10:00:01Z"), id="another updated_at"),
        pytest.param(replace(BASE, updated_at=None), id="no updated_at"),
        pytest.param(replace(BASE, is_archived=True), id="archived meanwhile"),
        pytest.param(replace(BASE, output_flaws=(("$", Flaw("a flaw")),)), id="another flaw"),
    ],
)
def test_an_end_that_changes_is_not_settled(other: object) -> None:
    """An answer that is still being written is not judged."""
    second = Look(106.0, other, answered=True)  # type: ignore[arg-type]  # a Session
    assert after(make_watch(), [good(100.0), second]) == Wait(5.0)
    third = replace(second, at_s=112.0)
    assert after(make_watch(), [good(100.0), second, third]) == SETTLED
    assert after(make_watch(), [good(95.0), good(100.0), second]) == Wait(5.0)


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), (0, False), (1, 1.0), ([1], [True]), ({"a": 0}, {"a": False}), ("1", 1)],
    ids=str,
)
def test_outputs_are_compared_as_json(one: object, other: object) -> None:
    """`1` and `true` are two answers, though the language of the action takes them for one."""
    looks = [
        make_look(100.0, output=one, answered=True),  # type: ignore[arg-type]  # any JSON
        make_look(106.0, output=other, answered=True),  # type: ignore[arg-type]  # any JSON
    ]
    assert after(make_watch(), looks) == Wait(5.0)


def test_what_does_not_matter_to_the_end_may_change() -> None:
    """A new tag or title does not hold up the verdict."""
    second = Look(106.0, replace(BASE, title="Done", tags=("x",)), answered=True)
    assert after(make_watch(), [good(100.0), second]) == SETTLED


def test_back_to_work_starts_anew() -> None:
    """A person who sends Devin back to work makes the earlier end count for nothing."""
    seen = [good(100.0), make_look(103.0, Phase.WORKING), good(106.0)]
    assert after(make_watch(), seen) == Wait(5.0)
    assert after(make_watch(), [*seen, good(111.0)]) == SETTLED


def test_a_failed_read_between_two_looks_is_no_look() -> None:
    """A hiccup between two equal looks does not unsettle the end."""
    assert after(make_watch(), [good(100.0), make_miss(103.0), good(106.0)]) == SETTLED


@pytest.mark.parametrize("phase", [Phase.FINISHED, Phase.AWAITING_USER])
@pytest.mark.parametrize(
    ("at_s", "decision"),
    [
        (5.0, Wait(10.0)),
        (110.0, Wait(10.0)),
        (119.9, Wait(10.0)),
        (120.0, SETTLED),
        (130.0, SETTLED),
    ],
)
def test_a_missing_answer_is_given_120_seconds(
    phase: Phase, at_s: float, decision: Decision
) -> None:
    """Devin's data lag its status: an answer that comes two minutes late still counts."""
    seen = [make_look(1000.0, phase), make_look(1000.0 + at_s, phase)]
    assert after(make_watch(), seen) == decision


def test_a_broken_answer_is_given_the_same_time() -> None:
    """An output that breaks the schema may still be mended by Devin."""
    seen = [make_look(0.0, output={"risk": 1}), make_look(119.0, output={"risk": 1})]
    assert after(make_watch(), seen) == Wait(10.0)
    assert after(make_watch(), [*seen, make_look(129.0, output={"risk": 1})]) == SETTLED


def test_the_answer_that_arrives_in_the_grace_ends_it() -> None:
    """Nobody waits for the rest of the two minutes once the answer is there."""
    seen = [make_look(100.0), make_look(110.0), good(120.0)]
    assert after(make_watch(), seen) == Wait(5.0)
    assert after(make_watch(), [*seen, good(125.0)]) == SETTLED


def test_the_grace_counts_from_the_first_end_without_an_answer() -> None:
    """An output that keeps changing and stays broken does not hold the step for ever."""
    seen = [make_look(at_s, output={"try": at_s}) for at_s in range(0, 120, 10)]
    assert after(make_watch(), seen) == Wait(10.0)
    seen += [make_look(120.0, output="last")]
    assert after(make_watch(), seen) == Wait(5.0)
    assert after(make_watch(), [*seen, make_look(125.0, output="last")]) == SETTLED


def test_the_grace_starts_anew_after_work() -> None:
    """The next turn gets its own two minutes."""
    seen = [make_look(0.0), make_look(50.0, Phase.WORKING), make_look(60.0), make_look(130.0)]
    assert after(make_watch(), seen) == Wait(10.0)
    assert after(make_watch(), [*seen, make_look(179.9)]) == Wait(10.0)
    assert after(make_watch(), [*seen, make_look(180.0)]) == SETTLED


@pytest.mark.parametrize(
    "phase",
    [Phase.SUSPENDED, Phase.AWAITING_APPROVAL, Phase.LIMITED, Phase.EXPIRED, Phase.FAILED],
)
def test_an_end_that_holds_no_answer_has_no_grace(phase: Phase) -> None:
    """A session that expired is not waited for."""
    assert after(make_watch(), [make_look(0.0, phase), make_look(5.0, phase)]) == SETTLED


@pytest.mark.parametrize(
    ("elapsed_s", "wait_s"),
    [
        (0.0, 5.0),
        (29.0, 5.0),
        (58.0, 10.0),
        (116.0, 20.0),
        (174.0, 30.0),
        (175.0, 30.0),
        (3000.0, 30.0),
    ],
)
@pytest.mark.parametrize("phase", [Phase.STARTING, Phase.WORKING])
def test_looks_get_rarer(elapsed_s: float, wait_s: float, phase: Phase) -> None:
    """A short task is noticed at once, a long one costs few requests."""
    assert after(make_watch(), [make_look(elapsed_s, phase)]) == Wait(wait_s)


def test_a_valid_output_brings_the_next_look_nearer() -> None:
    """It is the last thing that Devin sets; once it has been there for long it says nothing."""
    at_work = make_look(1_000.0, Phase.WORKING)
    valid = [
        make_look(at_s, Phase.WORKING, {"risk": "low"}, answered=True)
        for at_s in (1_030.0, 1_040.0, 1_050.0, 1_080.0, 1_120.0)
    ]
    assert after(make_watch(), [at_work]) == Wait(30)
    assert after(make_watch(), [at_work, valid[0]]) == Wait(10)
    assert after(make_watch(), [at_work, *valid[:2]]) == Wait(10)
    assert after(make_watch(), [at_work, *valid[:3]]) == Wait(30)
    assert after(make_watch(), [at_work, *valid[:4]]) == Wait(30)
    gone = make_look(1_090.0, Phase.WORKING)
    assert after(make_watch(), [at_work, *valid[:4], gone]) == Wait(30)
    assert after(make_watch(), [at_work, *valid[:4], gone, valid[4]]) == Wait(10)


def test_a_message_alone_brings_no_look_nearer() -> None:
    """Without a schema Devin talks all the time, which says nothing about the end."""
    talk = make_look(1_000.0, Phase.WORKING, answered=True)
    assert after(make_watch(), [talk]) == Wait(30)


@pytest.mark.parametrize("elapsed_s", [0.0, 1000.0])
def test_a_fixed_interval_is_kept(elapsed_s: float) -> None:
    """`poll_interval_seconds` is the gap between two looks while Devin works."""
    watch = make_watch(interval_s=15)
    assert after(watch, [make_look(elapsed_s, Phase.WORKING)]) == Wait(15)
