"""Watching: when an end counts, what a late or changing answer means, and signs of life."""

import re
from itertools import pairwise

import pytest

from simulator import Answer, Step
from tests.scenarios.page import show
from tests.scenarios.world import BAD, DETAILS, GOOD, Gate, blocked, working


def test_an_answer_may_come_after_the_end(gate: Gate) -> None:
    """The data lag the status: an output that arrives 100 s after `blocked` counts."""
    gate.devin_does(working(), blocked(200), Step(300, structured_output=GOOD))
    run = gate.run()
    assert (run.outcome, run.output) == ("passed", GOOD)


def test_an_answer_after_the_grace_is_too_late(gate: Gate) -> None:
    """The step does not wait for ever: 120 s after the first ended look it is over."""
    gate.devin_does(working(), blocked(200), Step(400, structured_output=GOOD))
    run = gate.run(repair_attempts="0")
    assert run.outcome == "blocked"
    assert 200 + 120 <= run.duration_s <= 200 + 120 + 45


def test_a_bad_answer_may_still_be_corrected(gate: Gate) -> None:
    """A violation at the end of the turn is given the same grace as a missing answer."""
    gate.devin_does(working(), blocked(200, BAD), Step(260, structured_output=GOOD))
    assert gate.run().outcome == "passed"


@pytest.mark.parametrize("touch", [True, False])
def test_the_settled_answer_counts(gate: Gate, *, touch: bool) -> None:
    """An output that changes between two looks is looked at until it stands still."""
    gate.devin_does(
        working(),
        blocked(206, {"risk": "low"}),
        Step(247, structured_output={"risk": "high"}, touch=touch),
    )
    run = gate.run(poll_interval_seconds="40")
    assert 245 in run.looks_s, "the first ended look must be just before the change"
    assert (run.outcome, run.output) == ("passed", {"risk": "high"})


def test_an_answer_that_goes_bad_between_two_looks_is_red(gate: Gate) -> None:
    """The first of two looks at an end never decides."""
    gate.devin_does(working(), blocked(206, GOOD), Step(247, structured_output=BAD))
    assert gate.run(poll_interval_seconds="40").outcome == "invalid_output"


def test_an_answer_that_vanishes_is_no_answer(gate: Gate) -> None:
    """An output that is null again at the settled end is missing."""
    gate.devin_does(working(), blocked(206, GOOD), Step(247, structured_output=None))
    assert gate.run(poll_interval_seconds="40").outcome == "blocked"


def test_back_to_work_starts_anew(gate: Gate) -> None:
    """A session that flaps back to `working` is not judged by what it showed before."""
    gate.devin_does(working(), blocked(200, BAD), working(205), blocked(900, GOOD))
    run = gate.run()
    assert (run.outcome, run.output) == ("passed", GOOD)


def test_a_notepad_is_not_an_answer(gate: Gate) -> None:
    """A valid output while Devin still works is never taken."""
    gate.devin_does(Step(10, status_enum="working", structured_output=GOOD))
    assert gate.run(timeout_minutes="5").outcome == "timed_out"


@pytest.mark.only_on("v1", reason="v3 has one status")
def test_status_enum_decides(gate: Gate) -> None:
    """The API's own example has `running` beside `blocked`: the turn is over."""
    gate.devin_does(Step(30, status="running", status_enum="blocked", structured_output=GOOD))
    run = gate.run()
    assert (run.outcome, run.outputs["status"]) == ("passed", "blocked")


def test_a_status_that_sounds_over_does_not_count_beside_status_enum(gate: Gate) -> None:
    """`finished` in the free field means nothing while `status_enum` says `working`."""
    gate.devin_does(Step(30, status="finished", status_enum="working", structured_output=GOOD))
    assert gate.run(timeout_minutes="5").outcome == "timed_out"


@pytest.mark.parametrize("word", ["pondering", "FINISHED", "", "resumed", "resume_requested"])
def test_an_unknown_status_goes_on(gate: Gate, word: str) -> None:
    """A status that nobody knows is work, never an end."""
    gate.devin_does(
        Step(30, status="finished", status_enum=word, structured_output=GOOD),
        blocked(400, {"risk": "high"}),
    )
    assert gate.run().output == {"risk": "high"}


def test_a_long_wait_shows_life(gate: Gate) -> None:
    """The log is never silent for more than four minutes, and tells the time that is left."""
    gate.devin_does(working())
    run = gate.run(timeout_minutes="60")
    told_s = [_seconds(found) for found in re.findall(r"^\[(.+?)\] ", run.log, re.MULTILINE)]
    assert max(after - before for before, after in pairwise(told_s)) <= 240
    assert run.log.count(" left") >= 15
    assert len(run.asked(DETAILS)) < 200, "the interval grows to half a minute"


def test_each_message_and_each_phase_is_one_line(gate: Gate) -> None:
    """What Devin says is told once, cut, and so is each change of phase."""
    gate.devin_does(
        working(),
        Step(30, message="I read the diff."),
        Step(40, message="x" * 5_000),
        blocked(900, GOOD, "Done."),
    )
    run = gate.run()
    said = [line for line in run.log.splitlines() if "Devin says" in line]
    assert len(said) == 3
    assert max(map(len, said)) < 560
    assert run.log.count("Devin is starting (status") == 1
    assert run.log.count("Devin is working\n") == 1
    assert run.log.count("Devin's turn is over (status") == 1


def test_a_failed_look_does_not_break_the_settling(gate: Gate) -> None:
    """A 502 between the two looks at an end costs a second, not the verdict."""
    gate.devin_does(Step(status_enum="blocked", structured_output=GOOD))
    gate.sim.devin.inject("GET", DETAILS, Answer(502, "<h1>Bad Gateway</h1>"), skip=1)
    run = gate.run()
    assert run.outcome == "passed"
    assert run.duration_s < 15


def test_the_same_faults_give_the_same_log(gate: Gate) -> None:
    """A run that is repeated by somebody else reads the same, but for its attempt."""
    gate.devin_does(working(), Step(60, message="I look."), blocked(200, GOOD))
    first, second = gate.run(idempotent="false"), gate.run(idempotent="false")
    keys = [run.state["question_key"] for run in (first, second)]
    ids = [session.session_id.removeprefix("devin-") for session in gate.sim.devin.sessions]
    logs = [
        run.log.replace(key, "KEY").replace(name, "ID")
        for run, key, name in zip((first, second), keys, ids, strict=True)
    ]
    assert logs[0] == logs[1]
    assert show(first.summary).headings == show(second.summary).headings


def _seconds(said: str) -> int:
    units = {"s": 1, "min": 60, "h": 3600}
    return sum(int(n) * units[unit] for n, unit in re.findall(r"(\d+) (s|min|h)", said))
