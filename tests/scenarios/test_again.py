"""The same question again, another commit, another gate: sessions and comments over several runs."""

import pytest

from simulator import Answer, Timeline
from tests.scenarios.page import show
from tests.scenarios.world import BAD, GOOD, LIST, Gate, blocked, working

OTHER_HEAD = "c" * 40


def test_a_rerun_finds_the_same_session_and_comment(gate: Gate) -> None:
    """A re-run pays for nothing, says that it found the session, and edits the comment."""
    gate.devin_does(working(), blocked(300, GOOD))
    first, second = gate.run(), gate.run()
    assert len(gate.sim.devin.sessions) == 1
    assert [run.outputs["is_new_session"] for run in (first, second)] == ["true", "false"]
    assert first.outputs["session_id"] == second.outputs["session_id"]
    assert first.outputs["comment_url"] == second.outputs["comment_url"]
    assert len(second.comments) == 1
    assert "attempt=2" in second.comments[0]


@pytest.mark.only_on("v1", reason="v3 has no idempotency, so its list must answer")
def test_another_run_and_event_for_the_same_commit_is_the_same_question(gate: Gate) -> None:
    """Without a list by tag, too: nothing that differs between two runs reaches the request."""
    gate.devin_does(working(), blocked(300, GOOD))
    gate.sim.devin.inject("GET", LIST, Answer(404, {"detail": "No"}), times=None)
    first = gate.run()
    gate.environ |= {"GITHUB_RUN_ID": "2000", "GITHUB_RUN_NUMBER": "7", "GITHUB_ACTOR": "hubot"}
    second = gate.run()
    assert first.outputs["session_id"] == second.outputs["session_id"]
    bodies = [seen.body for run in (first, second) for seen in run.devin if seen.body]
    assert len(bodies) == 2
    assert bodies[0] == bodies[1]
    assert "does not list sessions" in second.log


def test_a_new_commit_is_a_new_question_in_the_same_comment(gate: Gate) -> None:
    """A second commit gets a session of its own and takes the comment over."""
    gate.sim.devin.script(
        Timeline((working(), blocked(300, BAD))), Timeline((working(), blocked(300, GOOD)))
    )
    first = gate.run()
    gate.on_pull_request(OTHER_HEAD)
    second = gate.run()
    assert (first.outcome, second.outcome) == ("invalid_output", "passed")
    assert len(gate.sim.devin.sessions) == 2
    assert second.outputs["is_new_session"] == "true"
    [comment] = map(show, second.comments)
    assert comment.headings[0] == "✅ Devin Gate passed"
    assert OTHER_HEAD[:7] in comment.text


def test_without_idempotent_each_run_asks_anew(gate: Gate) -> None:
    """`idempotent: false` makes a session for each attempt, in one comment."""
    gate.devin_does(working(), blocked(300, GOOD))
    first, second = gate.run(idempotent="false"), gate.run(idempotent="false")
    assert first.outputs["session_id"] != second.outputs["session_id"]
    assert len(second.comments) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"GITHUB_JOB": "security"},
        {"GITHUB_ACTION": "second"},
        {"INPUT_MATRIX": '{"os": "linux"}'},
        {"INPUT_COMMENT_KEY": "security"},
    ],
    ids=str,
)
def test_two_gates_have_two_comments(gate: Gate, changed: dict[str, str]) -> None:
    """Another job, step, matrix leg or comment key is another question and another comment."""
    gate.devin_does(working(), blocked(300, GOOD))
    gate.run()
    gate.environ |= changed
    run = gate.run()
    assert len(gate.sim.devin.sessions) == 2
    assert len(run.comments) == 2


def test_two_runs_that_race_share_session_and_comment(gate: Gate) -> None:
    """Two runs of one question at the same time leave one session and one comment."""
    gate.devin_does(working(), blocked(300, GOOD))
    first, second = gate.race()
    assert (first.outcome, second.outcome) == ("passed", "passed")
    assert len(gate.sim.devin.sessions) == 1
    assert len(gate.comments()) == 1


def test_a_run_that_lost_its_session_asks_nothing_of_the_dead_one(gate: Gate) -> None:
    """An outcome that is not green stays so on a re-run while the session stays as it is."""
    gate.devin_does(working(), blocked(300, BAD))
    first, second = gate.run(), gate.run()
    assert (first.outcome, second.outcome) == ("invalid_output", "invalid_output")
    assert len(gate.sim.devin.sessions) == 1
