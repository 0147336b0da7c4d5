"""Runs that are ended in the middle: where each one is, what is done to it, and what is left.

A play starts the step, waits for its moment, does the deed, and runs the post step, as the runner
does. Each has a Devin and a GitHub of its own, so that many go on beside each other: they wait in
real time, and hardly need a processor meanwhile.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from simulator import Answer, Delay, Fault, Silence, Simulation, Timeline
from simulator.faults import compile_path
from simulator.timeline import Step as Change
from tests.container.engine import docker_must
from tests.container.job import ANSWERED, AT_WORK, SCHEMA, Job, simulate
from tests.container.step import Finished, Step

LIST: Final = "/v1/sessions"
DETAILS: Final = "/v1/sessions/{session_id}"
TAGS: Final = "/v1/sessions/{session_id}/tags"
COMMENTS: Final = "/repos/{owner}/{repo}/issues/{number}/comments"
COMMENT: Final = "/repos/{owner}/{repo}/issues/comments/{id}"

SLOW_SCHEMA: Final = """\
type: object
required: [summary]
properties:
  summary: {type: string, pattern: "^(a+)+$"}
"""
HARD_TO_VALIDATE: Final = Timeline(
    (Change(status_enum="blocked", structured_output={"summary": "a" * 40 + "!"}, message="Done."),)
)
"""An output that would keep `SLOW_SCHEMA` busy for years."""

_NO_ANSWER: Final = Delay(120.0)
"""The server does what it is asked, and the answer does not come while the test lasts."""


@dataclass(frozen=True)
class Moment:
    """The n-th request of a kind has arrived; `answer` is what holds it there, if anything does."""

    service: Literal["devin", "github"]
    method: str
    path: str
    nth: int = 1
    answer: Fault | None = _NO_ANSWER
    words: str = ""
    """What the log holds by then."""
    timeline: Timeline = AT_WORK

    def prepare(self, simulation: Simulation) -> None:
        """Have the request held."""
        if self.answer is not None:
            service = simulation.devin if self.service == "devin" else simulation.github
            service.inject(
                self.method, self.path, self.answer, skip=self.nth - 1, after_commit=True
            )

    def is_reached(self, simulation: Simulation, log: str) -> bool:
        """Tell whether the run is there."""
        return self.words in log and self.nth <= count(
            simulation, self.service, self.method, self.path
        )


def count(simulation: Simulation, service: str, method: str, path: str) -> int:
    """Return how many requests of a kind have arrived."""
    journal = (simulation.devin if service == "devin" else simulation.github).journal
    route = compile_path(path)
    return sum(one.method == method and route.fullmatch(one.path) is not None for one in journal)


LOOKING: Final = Moment("devin", "GET", LIST)
CREATING: Final = Moment("devin", "POST", LIST)
SAVED: Final = Moment("github", "GET", COMMENTS)
"""Id and address are saved, and there is no comment yet."""
SETTLING: Final = Moment("devin", "POST", LIST, answer=None, words="Devin session:")
"""The session is saved, and a race is waited for."""
COMMENTING: Final = Moment("github", "POST", COMMENTS)
SLEEPING: Final = Moment("devin", "GET", DETAILS, answer=None, words="Devin is working")
POLLING: Final = Moment("devin", "GET", DETAILS, nth=2)
VALIDATING: Final = Moment("devin", "GET", DETAILS, answer=None, timeline=HARD_TO_VALIDATE)
TELLING: Final = Moment("github", "PATCH", COMMENT, answer=Delay(2.5), timeline=ANSWERED)
TELLING_NOBODY: Final = Moment("github", "PATCH", COMMENT, answer=Silence(), timeline=ANSWERED)

Deed: TypeAlias = Callable[[Step, Simulation], signal.Signals]
"""Ends a step; returns the last signal that it took."""
Blow: TypeAlias = Callable[[Simulation], None]
"""What befalls the world."""


def cancel(step: Step, _: Simulation) -> signal.Signals:
    """Climb the runner's ladder."""
    return step.cancel()


def cancel_at_work(step: Step, simulation: Simulation) -> signal.Signals:
    """Climb it once the step has asked for its session, the second that does so."""
    step.wait_until(lambda: count(simulation, "devin", "GET", DETAILS) > 1)
    return step.cancel()


def kill(step: Step, _: Simulation) -> signal.Signals:
    """Kill the container."""
    docker_must("kill", "--signal", "KILL", step.name)
    return signal.SIGKILL


def terminate(step: Step, _: Simulation) -> signal.Signals:
    """Send SIGTERM to process 1, which its kernel keeps from it without a handler."""
    docker_must("kill", "--signal", "TERM", step.name)
    return signal.SIGTERM


def interrupt_and_terminate(step: Step, _: Simulation) -> signal.Signals:
    """Send both signals of the ladder without its pause."""
    step.send(signal.SIGINT)
    step.send(signal.SIGTERM)
    return signal.SIGTERM


def interrupt_twice(step: Step, simulation: Simulation) -> signal.Signals:
    """Send the second SIGINT while the run cleans up after the first."""
    step.send(signal.SIGINT)
    step.wait_until(lambda: count(simulation, "devin", "PUT", TAGS) > 0)
    step.send(signal.SIGINT)
    return signal.SIGINT


def wait(step: Step, _: Simulation) -> signal.Signals:
    """Let the step come to its end."""
    step.wait(150.0)
    return signal.SIGCHLD


def nothing(_: Simulation) -> None:
    """Leave the world as it is."""


def devin_down(simulation: Simulation) -> None:
    """Answer nothing but 503 at Devin's."""
    simulation.devin.inject("*", "*", Answer(503), times=None)


def github_down(simulation: Simulation) -> None:
    """Answer nothing but 503 at GitHub's."""
    simulation.github.inject("*", "*", Answer(503), times=None)


def github_silent(simulation: Simulation) -> None:
    """Accept every connection to GitHub, and never answer."""
    simulation.github.inject("*", "*", Silence(120.0), times=None)


def black_hole(simulation: Simulation) -> None:
    """Accept every connection, and never answer."""
    github_silent(simulation)
    simulation.devin.inject("*", "*", Silence(120.0), times=None)


def slow(simulation: Simulation) -> None:
    """Answer so late that all answers together would take too long, did each get its full time."""
    simulation.devin.inject("*", "*", Delay(0.4), times=None)
    simulation.github.inject("*", "*", Delay(1.5), times=None)


@dataclass(frozen=True)
class Play:
    """One run that is ended in the middle."""

    moment: Moment
    deed: Deed
    on_cancel: str = "terminate"
    meanwhile: Blow = nothing
    """What befalls the world at the moment, before the deed."""
    later: Blow = nothing
    """What befalls it between the step and its post step."""
    post_deed: Deed = wait
    attached: bool = False
    """Whether another run, which was killed, has created the session."""
    schema: str = SCHEMA
    wait: str = "true"
    """The input of that name."""


@dataclass(frozen=True)
class Scene:
    """What was left of a play."""

    processes: Mapping[Path, str]
    """What ran in the container before the deed: folder in `/proc` -> command line."""
    rung: signal.Signals
    is_left: bool
    main: Finished
    post: Finished
    post_rung: signal.Signals
    post_s: float
    """How long the post step took; on a machine that is short of processors the better part."""
    simulation: Simulation


def perform(play: Play, image: str, root: Path) -> Scene:
    """Play, and return what was left; fails where the moment does not come."""
    with ExitStack() as stack:
        simulation = stack.enter_context(simulate(play.moment.timeline))
        if play.attached:
            _leave_session(image, root / "other", simulation)
        job = Job(image, root / "job", simulation)
        stack.callback(job.clean)
        inputs = {
            "on_cancel": play.on_cancel,
            "structured_output_schema": play.schema,
            "wait": play.wait,
        }
        if play.moment.answer is None:
            inputs["poll_interval_seconds"] = "60"
        play.moment.prepare(simulation)
        step = job.start(inputs)
        step.wait_for_start()
        step.wait_until(lambda: play.moment.is_reached(simulation, step.log()), 120.0)
        processes = step.processes()
        play.meanwhile(simulation)
        rung = play.deed(step, simulation)
        main = step.wait()
        is_left = step.is_left()
        play.later(simulation)
        began_s = time.monotonic()
        post_step = job.start_post(main.state, inputs)
        post_step.slowness = step.slowness
        post_rung = play.post_deed(post_step, simulation)
        post = post_step.wait()
        post_s = (time.monotonic() - began_s) / step.slowness
    return Scene(processes, rung, is_left, main, post, post_rung, post_s, simulation)


def _leave_session(image: str, root: Path, simulation: Simulation) -> None:
    """Have another run create the session of this question, and kill it."""
    job = Job(image, root, simulation)
    step = job.start()
    step.wait_until(lambda: "Devin session:" in step.log())
    kill(step, simulation)
    step.wait()
    job.clean()
