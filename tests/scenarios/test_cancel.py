"""A cancelled workflow run: real signals, at simulated moments."""

import os
import signal
from collections.abc import Callable

import pytest

from simulator import Delay
from simulator.github_records import ACTIONS_LOGIN
from tests.scenarios.page import show
from tests.scenarios.world import COMMENT, COMMENTS, CREATE, DETAILS, GOOD, Gate, blocked, working


def _send(number: signal.Signals) -> Callable[[], None]:
    """Return a callback that sends a signal to this very process."""
    return lambda: os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("when_s", [1, 50, 100])
def test_a_cancel_while_sleeping_ends_the_run(
    gate: Gate, number: signal.Signals, when_s: float
) -> None:
    """The run ends at once; outputs, state, summary and the comment are final."""
    gate.devin_does(working())
    gate.clock.at(when_s, _send(number))
    run = gate.run(cancellable=True)
    assert (run.exit_code, run.outcome, run.outputs["conclusion"]) == (1, "cancelled", "cancelled")
    assert run.duration_s == when_s
    assert run.outputs["session_id"] == run.state["session_id"]
    assert show(run.comments[0]).headings[0] == "⏹️ The workflow run was cancelled"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    ("method", "path"), [("GET", DETAILS), ("POST", CREATE), ("POST", "/graphql")]
)
def test_a_cancel_in_the_middle_of_a_request_ends_the_run(
    gate: Gate, number: signal.Signals, method: str, path: str
) -> None:
    """A request that is under way does not hold the run back."""
    gate.devin_does(working())
    service = gate.sim.github if path == "/graphql" else gate.sim.devin
    service.inject(method, path, Delay(5), after_commit=True)
    gate.clock.at(7, _send(number))
    run = gate.run(cancellable=True)
    assert (run.exit_code, run.outcome) == (1, "cancelled")


def test_a_cancel_while_the_comment_is_made_leaves_one(gate: Gate) -> None:
    """A create at GitHub that was interrupted is found again, not repeated."""
    gate.devin_does(working())
    gate.sim.github.inject("POST", COMMENTS, Delay(5), after_commit=True)
    gate.clock.at(2, _send(signal.SIGINT))
    run = gate.run(cancellable=True)
    assert run.outcome == "cancelled"
    assert show(run.comments[0]).headings[0] == "⏹️ The workflow run was cancelled"


def test_a_cancel_while_the_verdict_is_told_changes_nothing(gate: Gate) -> None:
    """Once the verdict is decided a first signal is only noted."""
    gate.devin_does(working(), blocked(60, GOOD))
    gate.sim.github.inject("PATCH", COMMENT, Delay(5), after_commit=True)
    gate.clock.at(102, _send(signal.SIGTERM))
    run = gate.run(cancellable=True, poll_interval_seconds="90")
    assert run.ended_s == pytest.approx(105, abs=1), "the signal came while the comment was edited"
    assert (run.exit_code, run.outcome) == (0, "passed")


def test_a_run_after_a_cancel_finds_the_session(gate: Gate) -> None:
    """A cancel loses nothing: the re-run watches the same session to its end."""
    gate.devin_does(working(), blocked(200, GOOD))
    gate.clock.at(50, _send(signal.SIGINT))
    cancelled, again = gate.run(cancellable=True), gate.run(cancellable=True)
    assert (cancelled.outcome, again.outcome) == ("cancelled", "passed")
    assert len(gate.sim.devin.sessions) == 1
    assert len(again.comments) == 1


def test_a_cancelled_run_leaves_a_younger_runs_comment_alone(gate: Gate) -> None:
    """Cancelling the old run of a pull request does not overwrite what the new one found."""
    gate.devin_does(working(), blocked(300, GOOD))
    younger = "<!-- devin-gate key={} run=999999 attempt=1 -->\n### Younger"

    def write_younger() -> None:
        [comment] = gate.comments()
        key = comment.body.split("key=")[1].split(" ")[0]
        gate.sim.github.delete_comment(comment.id)
        gate.sim.github.add_comment(gate.number, younger.format(key), ACTIONS_LOGIN)

    gate.clock.at(40, write_younger)
    gate.clock.at(50, _send(signal.SIGINT))
    run = gate.run(cancellable=True)
    assert run.outcome == "cancelled"
    assert [body.splitlines()[1] for body in run.comments] == ["### Younger"]
