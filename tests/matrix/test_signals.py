"""S1: a signal at each step of a run."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from typing import Final

import pytest

from tests.matrix.moments import PLACES, RUN, signalled
from tests.scenarios.page import show
from tests.scenarios.world import GOOD, Gate, Run, blocked, working

CANCELLED: Final = "⏹️ The workflow run was cancelled"
PASSED: Final = "✅ Devin Gate passed"
SIGNALS: Final = {"sigint": signal.SIGINT, "sigterm": signal.SIGTERM}
_NOTHING = ("starting", "reading", "state-pull-request", "output-head-sha", "look-up", "state-key")
_TOLD = (
    *("state-outcome", "state-reason", "outputs", "summary", "github-list-at-end"),
    *("github-edit", "github-edit-done", "state-finished", "last-line"),
)
LEAVES: Final[Mapping[str, str]] = {
    **dict.fromkeys(PLACES, "session"),
    **dict.fromkeys(_NOTHING, "nothing"),
    "create": "key",
    "create-done": "key and session",
    **dict.fromkeys(_TOLD, "verdict"),
}
"""What a run has when the signal comes: it decides everything that follows."""


@pytest.mark.parametrize(
    ("name", "on_cancel", "phase"),
    [
        pytest.param(name, on_cancel, phase, id=f"S1.{name}/{on_cancel}:{phase}:-")
        for phase in PLACES
        for name in SIGNALS
        for on_cancel in ("leave", "terminate")
    ],
)
def test_s1(gate: Gate, name: str, on_cancel: str, phase: str) -> None:
    """Out within 5 s; comment, outputs and state are right; `on_cancel` is obeyed once."""
    gate.devin_does(working(), blocked(300, GOOD))
    with signalled(gate, PLACES[phase], SIGNALS[name]) as sent:
        run = gate.run(RUN, on_cancel=on_cancel, cancellable=True)
    assert run.ended_s - sent.at_s[0] <= 5
    leaves = LEAVES[phase]
    _check_run(gate, run, leaves)
    ends = on_cancel == "terminate" and leaves == "session"
    assert len(gate.sim.devin.terminations) == ends
    _check_post(gate, run, leaves)
    assert len(gate.sim.devin.terminations) == ends, "the post step ends nothing a second time"
    gate.clock.sleep(1)
    again = gate.run(RUN)
    assert (again.exit_code, again.outcome) == (0, "passed")
    assert len(gate.sim.devin.sessions) == 1 + ends, "what goes on is found again"
    assert [show(body).headings[0] for body in again.comments] == [PASSED]


def _check_run(gate: Gate, run: Run, leaves: str) -> None:
    """Check what the run itself told before it went."""
    headings = [show(body).headings[0] for body in run.comments]
    if leaves == "verdict":
        assert (run.exit_code, run.outcome, headings) == (0, "passed", [PASSED])
        return
    assert (run.exit_code, run.outcome, run.outputs["conclusion"]) == (1, "cancelled", "cancelled")
    assert run.state["outcome"] == "cancelled"
    assert len(gate.sim.devin.sessions) == (leaves in ("session", "key and session"))
    if leaves == "session":
        [session] = gate.sim.devin.sessions
        assert (run.outputs["session_id"], run.outputs["session_url"]) == (
            session.session_id,
            session.url,
        )
        assert run.state["session_id"] == session.session_id
        assert session.url in run.log
        assert headings == [CANCELLED]
    else:
        assert (run.outputs["session_id"], headings) == ("", [])
        assert ("question_key" in run.state) is (leaves != "nothing")


def _check_post(gate: Gate, run: Run, leaves: str) -> None:
    """Check that the post step does what is left, and nothing else."""
    post = gate.post(run.environ, run.state)
    assert post.exit_code == 0
    if leaves == "key and session":
        [session] = gate.sim.devin.sessions
        assert session.url in post.log
        assert [show(comment.body).headings[0] for comment in gate.comments()] == [CANCELLED]
    elif leaves == "key":
        assert gate.comments() == []
    else:
        assert (post.log, post.devin_requests, post.github_requests) == ("", 0, 0)
