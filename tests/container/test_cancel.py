"""A cancelled workflow run, with the runner's signals in the runner's order."""

from __future__ import annotations

import time

from simulator import Silence, Simulation
from tests.container.conftest import Arrange
from tests.container.engine import docker, docker_must
from tests.container.job import AT_WORK, Job, comments_on
from tests.container.marks import CONTAINER_LAYER
from tests.container.step import Finished, Step

pytestmark = CONTAINER_LAYER

GONE_S = 5.0
"""How long a cancelled container may take to be gone."""


def _start_and_watch(simulation: Simulation, job: Job) -> Step:
    """Return a step that watches a session at work, its comment written."""
    step = job.start()
    step.wait_until(lambda: "Devin is working" in step.log() and bool(comments_on(simulation)))
    return step


def _assert_told(done: Finished, simulation: Simulation) -> None:
    """Assert outputs, state, summary and the comment of a cancelled run."""
    (session,) = simulation.devin.sessions
    assert done.exit_code == 1, done.log
    assert done.outputs["outcome"] == "cancelled"
    assert done.outputs["conclusion"] == "cancelled"
    assert done.outputs["session_id"] == session.session_id
    assert done.outputs["session_url"] == session.url
    assert done.state["session_id"] == session.session_id
    assert done.state["outcome"] == "cancelled"
    assert "cancelled" in done.summary
    (comment,) = comments_on(simulation)
    assert "The workflow run was cancelled" in comment.body
    assert session.url in comment.body
    assert "Traceback" not in done.log
    assert simulation.leftovers() == []


def test_a_cancelled_run_is_gone_in_time_and_told(arrange: Arrange) -> None:
    """After the runner's SIGINT the container is gone within 5 s, comment and outputs ended."""
    simulation, job = arrange(AT_WORK)
    step = _start_and_watch(simulation, job)
    took_s = step.cancel()
    assert took_s < GONE_S
    _assert_told(step.wait(), simulation)
    asked = len(simulation.devin.journal)
    time.sleep(4.0)  # longer than the gap between two looks
    assert len(simulation.devin.journal) == asked


def test_sigterm_alone_ends_process_1(arrange: Arrange) -> None:
    """SIGTERM, which process 1 of a container ignores by default, ends the run as a cancel."""
    simulation, job = arrange(AT_WORK)
    step = _start_and_watch(simulation, job)
    began_s = time.monotonic()
    docker_must("kill", "--signal", "SIGTERM", step.name)
    done = step.wait(20.0)
    assert time.monotonic() - began_s < GONE_S
    _assert_told(done, simulation)


def test_process_1_is_the_action_alone(arrange: Arrange) -> None:
    """The container runs one process, Python: a signal reaches it, and no shell is in between."""
    simulation, job = arrange(AT_WORK)
    step = _start_and_watch(simulation, job)
    shown = docker("top", step.name, "-o", "pid,args").stdout.strip().splitlines()
    commands = [line.split(maxsplit=1)[1] for line in shown[1:]]
    assert commands == ["/opt/action/bin/python -I -u -m entrypoint"]


def test_a_silent_github_does_not_hold_a_cancelled_run(arrange: Arrange) -> None:
    """Where GitHub does not answer, a cancelled run is gone within 5 s all the same, outputs set."""
    simulation, job = arrange(AT_WORK)
    step = _start_and_watch(simulation, job)
    simulation.github.inject("*", "*", Silence(), times=None)
    took_s = step.cancel()
    assert took_s < GONE_S
    done = step.wait()
    assert done.exit_code == 1, done.log
    assert done.outputs["outcome"] == "cancelled"
    assert done.outputs["session_id"] == simulation.devin.sessions[0].session_id
    assert done.state["session_id"] == simulation.devin.sessions[0].session_id


def test_a_signal_while_the_action_loads_is_told(arrange: Arrange) -> None:
    """From the moment signals are taken over, a cancelled run writes its outputs, asking nothing."""
    simulation, job = arrange(AT_WORK)
    step = job.start()
    step.wait_until(step.takes_over_sigterm)
    took_s = step.cancel()
    assert took_s < GONE_S
    done = step.wait()
    assert done.exit_code == 1, done.log
    assert "Traceback" not in done.log
    assert done.outputs.get("outcome") == "cancelled"
    assert [session.url for session in simulation.devin.sessions] == [
        url for url in [done.outputs.get("session_url")] if url
    ]
    assert all("cancelled" in comment.body for comment in comments_on(simulation))
