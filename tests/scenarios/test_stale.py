"""A good answer about a state that the pull request has left opens no gate."""

from __future__ import annotations

from typing import Unpack

import pytest

from simulator import Answer
from simulator.github_records import PullChanges
from tests.scenarios.page import show
from tests.scenarios.world import BAD, GOOD, Gate, blocked, working

PULL = "/repos/{owner}/{repo}/pulls/{number}"
OWNERS = {"user": {"login": "octocat"}, "author_association": "OWNER"}


@pytest.fixture(autouse=True)
def answer(gate: Gate) -> None:
    """Let Devin give a good answer after five minutes."""
    gate.devin_does(working(), blocked(300, GOOD))


def push(gate: Gate, **changes: Unpack[PullChanges]) -> None:
    """Change the pull request while Devin works."""

    def change() -> None:
        gate.sim.github.edit_pull(gate.number, **changes)

    gate.clock.at(100, change)


def by_comment(gate: Gate) -> None:
    """Let a comment start the run."""
    issue = {"number": gate.number, "pull_request": {"url": "x"}}
    gate.on("issue_comment", {"issue": issue, "comment": OWNERS})


def test_a_push_meanwhile_makes_it_stale(gate: Gate) -> None:
    """The answer is about a commit that would not be merged."""
    push(gate, head_sha="c" * 40)
    run = gate.run(output_file="out.json")
    assert (run.exit_code, run.outcome, run.outputs["passed"]) == (1, "stale", "false")
    assert run.outputs["conclusion"] == "stale"
    assert "cccccccccccc" in run.outputs["reason"]
    assert not (gate.workspace / "out.json").exists()
    assert show(run.comments[0]).headings[0].startswith("🕰️")


def test_a_retarget_meanwhile_makes_it_stale(gate: Gate) -> None:
    """The same commit onto another branch is another question."""
    push(gate, base_ref="release")
    run = gate.run()
    assert (run.exit_code, run.outcome) == (1, "stale")
    assert "release" in run.outputs["reason"]


def test_completed_becomes_stale_too(gate: Gate) -> None:
    """Without a schema the run is green by evidence, and that can be old as well."""
    gate.devin_does(working(), blocked(300, message="Done."))
    push(gate, head_sha="c" * 40)
    assert gate.run(structured_output_schema="").outcome == "stale"


def test_a_red_answer_stays_what_it_is(gate: Gate) -> None:
    """Only what would be green is looked at again."""
    gate.devin_does(working(), blocked(300, BAD))
    push(gate, head_sha="c" * 40)
    assert gate.run(repair_attempts="0").outcome == "invalid_output"


def test_it_can_be_allowed(gate: Gate) -> None:
    """A team that merges the answer's commit by its SHA may let it pass, by name."""
    push(gate, head_sha="c" * 40)
    run = gate.run(allow_outcomes="stale")
    assert (run.exit_code, run.outcome, run.outputs["passed"]) == (0, "stale", "false")


def test_a_merge_group_does_not_move(gate: Gate) -> None:
    """The queue tests a commit of its own; a push to the pull request throws it out."""
    ref = f"refs/heads/gh-readonly-queue/main/pr-{gate.number}-{'b' * 40}"
    group = {"head_ref": ref, "head_sha": "f" * 40, "base_ref": "refs/heads/main"}
    gate.on("merge_group", {"merge_group": group}, sha="f" * 40)
    run = gate.run()
    assert run.outcome == "passed"
    assert not [seen for seen in run.github if "/pulls/" in seen.path]


def test_an_unreadable_head_leaves_the_check_of_a_commit_alone(gate: Gate) -> None:
    """On `pull_request` the check belongs to the commit: a warning, within 20 s."""
    gate.sim.github.inject("GET", PULL, Answer(502, "down"), times=None)
    run = gate.run()
    assert (run.exit_code, run.outcome) == (0, "passed")
    assert "::warning title=Devin Gate%3A not looked at again::" in run.log
    assert run.ended_s - run.looks_s[-1] <= 20 + 10


def test_an_unreadable_head_is_stale_elsewhere(gate: Gate) -> None:
    """A comment's run is bound to no commit, so what cannot be read is not green."""
    by_comment(gate)
    gate.sim.github.inject("GET", PULL, Answer(502, "down"), times=None, skip=1)
    run = gate.run()
    assert (run.exit_code, run.outcome) == (1, "stale")


def test_one_failure_is_got_over(gate: Gate) -> None:
    """A second try is made within the 20 s."""
    by_comment(gate)
    gate.sim.github.inject("GET", PULL, Answer(502, "down"), skip=1)
    assert gate.run().outcome == "passed"


def test_without_a_pull_request_nothing_can_move(gate: Gate) -> None:
    """A schedule asks GitHub nothing."""
    gate.on("schedule", {"schedule": "0 3 * * *"})
    run = gate.run()
    assert (run.outcome, run.github) == ("passed", ())
