"""`on_blocked: wait`: where Devin needs a person, the step waits until somebody has answered."""

from __future__ import annotations

import pytest

from simulator import Step
from tests.scenarios.page import show
from tests.scenarios.world import BAD, GOOD, Gate, blocked, finished, working

QUESTION = "Which branch shall I use?"


def test_a_person_may_answer_in_time(gate: Gate) -> None:
    """A question that is answered after half an hour ends in a pass, in the same run."""
    gate.devin_does(
        working(),
        blocked(300, message=QUESTION),
        Step(2000, status_enum="working"),
        blocked(2300, GOOD),
    )
    run = gate.run(on_blocked="wait")
    assert (run.exit_code, run.outcome) == (0, "passed")
    assert run.duration_s < 2300 + 60


def test_the_question_is_shown_while_it_waits(gate: Gate) -> None:
    """Whoever opens the pull request reads what Devin asks, and where to answer."""
    gate.devin_does(working(), blocked(300, message=QUESTION))
    seen: list[str] = []
    gate.clock.at(1000, lambda: seen.extend(comment.body for comment in gate.comments()))
    gate.run(on_blocked="wait", timeout_minutes="30")
    page = show(seen[0])
    assert page.headings[0].startswith("✋")
    assert QUESTION in page.text
    assert "Answer Devin in the session" in page.text


def test_a_question_that_nobody_answers_is_blocked_at_the_deadline(gate: Gate) -> None:
    """The last look decides: a person is needed, and the step is red on time."""
    gate.devin_does(working(), blocked(300, message=QUESTION))
    run = gate.run(on_blocked="wait", timeout_minutes="30")
    assert (run.exit_code, run.outcome) == (1, "blocked")
    assert run.looks_s[-1] == 1800


def test_without_it_the_step_ends_by_what_is_there(gate: Gate) -> None:
    """The default does not hold a runner for a person."""
    gate.devin_does(working(), blocked(300, message=QUESTION))
    assert gate.run(repair_attempts="0").duration_s < 300 + 120 + 60


def test_a_question_without_a_schema_is_waited_for_too(gate: Gate) -> None:
    """Without evidence of work the table says blocked, so the step waits."""
    gate.devin_does(working(), blocked(300), Step(2000, message="Done."))
    run = gate.run(on_blocked="wait", structured_output_schema="")
    assert (run.outcome, run.duration_s > 2000) == ("completed", True)


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        (blocked(300, BAD), "invalid_output"),
        (finished(300), "missing_output"),
        (Step(300, status_enum="suspend_requested"), "suspended"),
    ],
)
def test_other_ends_are_not_waited_for(gate: Gate, end: Step, outcome: str) -> None:
    """Only what a person can answer is worth the wait."""
    gate.devin_does(working(), end)
    run = gate.run(on_blocked="wait", repair_attempts="0")
    assert (run.outcome, run.duration_s < 500) == (outcome, True)


def test_a_wait_is_quiet(gate: Gate) -> None:
    """An hour of waiting costs a look every half minute, not every five seconds."""
    gate.devin_does(working(), blocked(300))
    run = gate.run(on_blocked="wait", timeout_minutes="65", repair_attempts="0")
    assert len(run.looks_s) < 60 * 2 + 60
