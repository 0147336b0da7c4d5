"""GitHub in trouble, and runs that race there: one comment, the youngest run's, at its end."""

from __future__ import annotations

import pytest

from simulator import Answer, Delay, Fault, Timeline
from tests.scenarios.page import show
from tests.scenarios.world import BAD, COMMENT, COMMENTS, GOOD, Gate, Run, blocked, working

NOT_FOUND = Answer(404, {"message": "Not Found"})
PASSED = "✅ Devin Gate passed"
COMMENT_OK = {"id": 1, "body": "x", "user": {"login": "octocat"}, "html_url": "https://x.test"}
DEEP = 100_000


@pytest.fixture(autouse=True)
def answer(gate: Gate) -> None:
    """Let Devin give a good answer to every question."""
    gate.devin_does(working(), blocked(60, GOOD))


def test_an_edit_that_is_never_found_is_given_up(gate: Gate) -> None:
    """A PATCH that says 404 for ever costs few requests and the comment, never the verdict."""
    gate.sim.github.inject("PATCH", COMMENT, NOT_FOUND, times=None)
    run = gate.run()
    assert (run.exit_code, run.outcome) == (0, "passed")
    assert "::warning title=Devin Gate%3A no comment::" in run.log
    assert len(run.github) < 30
    assert run.duration_s < 180


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        ("GET", Answer(200, [COMMENT_OK | {"id": "x"}])),
        ("GET", Answer(200, [COMMENT_OK | {"body": 5}])),
        ("GET", Answer(200, [COMMENT_OK | {"html_url": 3}])),
        ("GET", Answer(200, [COMMENT_OK | {"user": {"login": 4}}])),
        ("GET", Answer(200, b"[" * DEEP)),
        ("GET", Answer(200, ["x"])),
        ("GET", Answer(200, {"a": 1})),
        ("GET", Answer(403, {"message": None})),
        ("POST", Answer(403, {"message": ["x"]})),
        ("POST", Answer(429, {"message": 5})),
        ("POST", Answer(201, b'{"id":' * DEEP)),
        ("POST", Answer(201, {"id": 5, "html_url": 7, "body": "x"})),
        ("POST", Answer(201, b'{"id":' + b"9" * 5_000 + b"}")),
    ],
    ids=lambda value: str(value)[:60],
)
def test_an_answer_of_another_shape_is_a_warning(gate: Gate, method: str, fault: Fault) -> None:
    """Whatever GitHub sends in place of comments, Devin's answer decides."""
    gate.sim.github.inject(method, COMMENTS, fault, times=None)
    run = gate.run()
    assert (run.exit_code, run.outcome) == (0, "passed")
    assert "::warning title=Devin Gate%3A no comment::" in run.log


def test_an_older_run_leaves_a_younger_runs_end_alone(gate: Gate) -> None:
    """A run that was overtaken by one for a newer commit does not tell its verdict over it."""
    gate.sim.devin.script(
        Timeline((working(), blocked(600, GOOD))), Timeline((working(), blocked(100, BAD)))
    )

    def younger() -> Run:
        gate.clock.sleep(60)
        return _run_as(gate, "1001", head_sha="c" * 40)

    old, young = gate.clock.run_together(lambda: gate.run(alone=False), younger)
    assert (old.outcome, young.outcome) == ("stale", "invalid_output")
    assert old.ended_s > young.ended_s
    _assert_one_comment(gate, "1001", show(young.summary).headings[0])


def _run_as(gate: Gate, run_id: str, head_sha: str | None = None) -> Run:
    """Run as another workflow run, for another commit perhaps, beside one that has begun."""
    gate.environ["GITHUB_RUN_ID"] = run_id
    if head_sha:
        gate.on_pull_request(head_sha)
    return gate.run(alone=False)


def _assert_one_comment(gate: Gate, run_id: str, heading: str) -> None:
    [comment] = gate.comments()
    assert f" run={run_id} " in comment.body.splitlines()[0]
    assert show(comment.body).headings[0] == heading


def test_many_slow_pages_are_not_waited_for(gate: Gate) -> None:
    """A conversation of two thousand comments on a slow GitHub costs the comment, not the hour."""
    for number in range(2_000):
        gate.sim.github.add_comment(gate.number, login="octocat", body=f"{number}")
    gate.sim.github.inject("GET", COMMENTS, Delay(6), times=None)
    run = gate.run()
    assert (run.exit_code, run.outcome) == (0, "passed")
    assert run.ended_s - run.looks_s[-1] <= 60
    assert "::warning title=Devin Gate%3A no comment::" in run.log
