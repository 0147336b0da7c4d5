"""The post step in its own container, after a kill and after a normal end."""

from __future__ import annotations

import pytest

from simulator import Simulation
from tests.container.conftest import Arrange
from tests.container.engine import docker_must
from tests.container.job import AT_WORK, Job, comments_on
from tests.container.marks import CONTAINER_LAYER
from tests.container.step import Finished

pytestmark = CONTAINER_LAYER


def _kill_at_work(simulation: Simulation, job: Job, inputs: dict[str, str]) -> Finished:
    """Run the step until Devin is at work, kill its container, and return what it left."""
    step = job.start(inputs)
    step.wait_until(lambda: "Devin is working" in step.log() and bool(comments_on(simulation)))
    docker_must("kill", "--signal", "KILL", step.name)
    return step.wait()


@pytest.mark.parametrize("on_cancel", ["leave", "terminate"])
def test_a_killed_step_is_finished(arrange: Arrange, on_cancel: str) -> None:
    """SIGKILL leaves no comment at "in progress", and no session that was to be ended."""
    simulation, job = arrange(AT_WORK)
    inputs = {"on_cancel": on_cancel}
    killed = _kill_at_work(simulation, job, inputs)
    (session,) = simulation.devin.sessions
    assert killed.exit_code == 137
    assert killed.outputs["session_id"] == killed.state["session_id"] == session.session_id
    done = job.start_post(killed.state, inputs).wait()
    assert done.exit_code == 0, done.log
    (comment,) = comments_on(simulation)
    assert "The workflow run was cancelled" in comment.body
    assert session.url in comment.body
    assert simulation.devin.terminations == [session.session_id] * (on_cancel == "terminate")
    assert "Traceback" not in done.log


def test_with_nothing_left_the_post_step_says_nothing(arrange: Arrange) -> None:
    """After a step that told its end, and without any state as act has it, nobody is asked."""
    simulation, job = arrange(AT_WORK)
    for state in ({}, {"session_id": "devin-1", "finished": "true"}):
        done = job.start_post(state, {}).wait()
        assert (done.exit_code, done.log) == (0, "")
    assert simulation.devin.journal == []
    assert simulation.github.journal == []
