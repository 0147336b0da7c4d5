"""A cancel while the action starts. What comes later is in `test_moments.py`."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Final

import pytest

from simulator import Simulation
from tests.container.conftest import Arrange
from tests.container.job import AT_WORK, comments_on
from tests.container.marks import CONTAINER_LAYER
from tests.container.step import Finished

pytestmark = CONTAINER_LAYER

_SITE: Final = "/opt/action/lib/python3.13/site-packages"
_KEY: Final = "0" * 32


def _assert_told(done: Finished, simulation: Simulation) -> None:
    """Assert that the cancel is told, and whatever there is of a session and a comment."""
    assert done.exit_code == 1, done.log
    assert "Traceback" not in done.log
    assert done.outputs.get("outcome") == "cancelled"
    assert [session.url for session in simulation.devin.sessions] == [
        url for url in [done.outputs.get("session_url")] if url
    ]
    assert all("cancelled" in comment.body for comment in comments_on(simulation))


def test_a_signal_while_the_action_loads_is_told(arrange: Arrange) -> None:
    """From the moment signals are taken over, a cancelled run writes its outputs, asking nothing."""
    simulation, job = arrange(AT_WORK)
    step = job.start()
    step.wait_until(step.takes_over_sigterm)
    assert step.cancel() is signal.SIGINT
    assert not step.is_left()
    _assert_told(step.wait(), simulation)


def _signal_at_the_start(folder: Path, number: signal.Signals) -> tuple[str, str]:
    """Return flags that mount a file which Python's `site` runs, long before the action."""
    path = folder / "early.pth"
    path.write_text(f"import os; os.kill(1, {number})\n", encoding="utf-8")
    return ("-v", f"{path}:{_SITE}/early.pth")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_python_starts_is_told(
    arrange: Arrange, tmp_path: Path, number: signal.Signals
) -> None:
    """Before Python has a handler of ours a signal is neither lost nor a traceback: it waits."""
    simulation, job = arrange(AT_WORK)
    done = job.start(flags=_signal_at_the_start(tmp_path, number)).wait(20.0)
    _assert_told(done, simulation)
    assert simulation.devin.journal == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_the_post_step_starts_lets_it_finish(
    arrange: Arrange, tmp_path: Path, number: signal.Signals
) -> None:
    """What only the post step can end is ended, although the workflow is cancelled once more."""
    simulation, job = arrange(AT_WORK)
    session = simulation.devin.add_session({"prompt": "Review this pull request."})
    state = {"question_key": _KEY, "session_id": session.session_id, "created": "true"}
    inputs = {"on_cancel": "terminate"}
    flags = _signal_at_the_start(tmp_path, number)
    done = job.start_post(state, inputs, flags=flags).wait(20.0)
    assert (done.exit_code, "Traceback" in done.log) == (0, False), done.log
    assert simulation.devin.terminations == [session.session_id]
