"""Whose pull request: every event that starts a run, and what it means for question and comment."""

from collections.abc import Mapping

import pytest

from simulator import Answer, Token
from tests.scenarios.world import GOOD, HEAD, Gate, blocked, working

OWNERS = {"user": {"login": "octocat"}, "author_association": "OWNER"}


@pytest.fixture(autouse=True)
def answer(gate: Gate) -> None:
    """Let Devin give a good answer to every question."""
    gate.devin_does(working(), blocked(100, GOOD))


def test_a_push_without_a_token_has_no_pull_request(gate: Gate) -> None:
    """With `comment: off` and no token everything else works: the summary is told."""
    gate.on("push", {}, sha=HEAD)
    run = gate.run(comment="off", github_token="")
    assert (run.outcome, run.github, run.comments) == ("passed", (), ())
    assert "no pull request is looked for" in run.log


def test_a_push_is_not_about_closed_or_older_pull_requests(gate: Gate) -> None:
    """A closed pull request, or one whose head has moved on, is not the one."""
    gate.on("push", {}, sha=HEAD)
    gate.sim.github.edit_pull(gate.number, state="closed")
    assert gate.run().comments == ()


def test_of_several_pull_requests_the_one_onto_the_default_branch_is_meant(gate: Gate) -> None:
    """A commit that heads several pull requests belongs to the one onto the default branch."""
    gate.sim.github.add_pull(3, head_sha=HEAD, base_ref="release")
    gate.sim.github.add_pull(20, head_sha=HEAD, base_ref="main")
    gate.on("push", {}, sha=HEAD)
    gate.run()
    assert len(gate.comments()) == 1
    assert gate.sim.github.comments_of(3) == []


@pytest.mark.parametrize("event", ["workflow_dispatch", "push", "pull_request"])
def test_a_number_that_was_given_wins(gate: Gate, event: str) -> None:
    """`pull_request_number` names the pull request, its head is read from the API."""
    gate.sim.github.add_pull(77, head_sha="7" * 40)
    if event != "pull_request":
        gate.on(event, {}, sha=HEAD)
    run = gate.run(pull_request_number="77")
    assert (run.comments, run.outputs["head_sha"]) == ((), "7" * 40)
    assert len(gate.sim.github.comments_of(77)) == 1


def test_a_number_that_does_not_exist_is_an_error_before_anything_is_spent(gate: Gate) -> None:
    """Without the pull request there is no question."""
    run = gate.run(pull_request_number="404")
    assert (run.exit_code, run.outcome, run.devin) == (2, "error", ())


def test_a_github_that_cannot_be_read_before_the_create_is_an_error_after_a_minute(
    gate: Gate,
) -> None:
    """What must be known before asking is asked for 60 s, then nothing is spent."""
    gate.on("push", {}, sha=HEAD)
    gate.sim.github.inject("GET", "*", Answer(502, "<h1>Bad</h1>"), times=None)
    run = gate.run()
    assert (run.exit_code, run.outcome, run.devin) == (2, "error", ())
    assert 25 <= run.duration_s <= 60


def test_a_github_that_comes_back_within_the_minute_is_asked_again(gate: Gate) -> None:
    """Three failures before the create are got over."""
    gate.on("push", {}, sha=HEAD)
    gate.sim.github.inject("GET", "*", Answer(502, "<h1>Bad</h1>"), times=3)
    assert gate.run().outcome == "passed"


@pytest.mark.parametrize(("comment", "permission"), [("update", "write"), ("off", "read")])
def test_a_push_without_the_permission_to_read_is_told_what_to_paste(
    gate: Gate, comment: str, permission: str
) -> None:
    """Where pull requests cannot be read the error has the block that the whole run needs."""
    gate.on("push", {}, sha=HEAD)
    gate.sim.github.add_token(gate.sim.github_token, Token(permissions={"contents": "read"}))
    run = gate.run(comment=comment)
    assert (run.outcome, run.devin) == ("error", ())
    assert f"pull-requests: {permission} }}" in run.summary


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("pull_request", {}),
        ("pull_request", {"pull_request": {"number": "12"}}),
        ("merge_group", {"merge_group": {"head_ref": "refs/heads/main", "head_sha": HEAD}}),
    ],
    ids=str,
)
def test_an_event_that_names_nothing_is_an_error(
    gate: Gate, event: str, payload: Mapping[str, object]
) -> None:
    """A payload without what the event promises ends the run before anything is spent."""
    gate.on(event, payload)
    run = gate.run()
    assert (run.exit_code, run.outcome, run.devin) == (2, "error", ())
