"""A cancelled workflow run: real signals, at simulated moments."""

import os
import signal
from collections.abc import Callable

from simulator.github_records import ACTIONS_LOGIN
from tests.scenarios.world import GOOD, Gate, blocked, working


def _send(number: signal.Signals) -> Callable[[], None]:
    """Return a callback that sends a signal to this very process."""
    return lambda: os.kill(os.getpid(), number)


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
