"""Moments of a run to the single step, and how to send the process a signal just there.

A moment is a request that waits for its answer, a sleep, or the call of a function of the program.
The last is seen by the interpreter's own profiler (`sys.setprofile`), so nothing is replaced, and
a name that is not called any more fails the test that meant it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Final, Literal, TypeAlias

from simulator import Silence
from tests.scenarios.world import COMMENT, COMMENTS, CREATE, DETAILS, LIST, Gate

PULL: Final = "/repos/{owner}/{repo}/pulls/{number}"
_PATIENCE_S: Final = 0.3
"""Real seconds that a server waits for a client that the signal does not interrupt."""
PROGRAM: Final = f"{os.sep}entrypoint{os.sep}"
"""Part of the path of every file of the program."""


@dataclass(frozen=True)
class Asked:
    """A request was sent and waits; `done` tells whether the server does what it asks for."""

    service: Literal["devin", "github"]
    method: str
    path: str
    skip: int = 0
    done: bool = False


@dataclass(frozen=True)
class Asleep:
    """The run sleeps, or waits for a delayed answer, at this simulated second."""

    at_s: float


@dataclass(frozen=True)
class Called:
    """A function of the program is called, one of its arguments being or beginning with a text."""

    function: str
    argument: str = ""


Place: TypeAlias = Asked | Asleep | Called

PLACES: Final[Mapping[str, Place]] = {
    "starting": Called("Signals.release"),
    "reading": Called("Runner.read_event"),
    "state-pull-request": Called("Runner.write_state", "pull_request"),
    "output-head-sha": Called("Runner.write_output", "head_sha"),
    "look-up": Asked("devin", "GET", LIST),
    "state-key": Called("Runner.write_state", "question_key"),
    "create": Asked("devin", "POST", CREATE),
    "create-done": Asked("devin", "POST", CREATE, done=True),
    "state-id": Called("Runner.write_state", "session_id"),
    "state-created": Called("Runner.write_state", "created"),
    "output-id": Called("Runner.write_output", "session_id"),
    "output-url": Called("Runner.write_output", "session_url"),
    "github-list": Asked("github", "GET", COMMENTS),
    "github-create": Asked("github", "POST", COMMENTS),
    "github-create-done": Asked("github", "POST", COMMENTS, done=True),
    "github-list-again": Asked("github", "GET", COMMENTS, skip=1),
    "sleep-before-race": Asleep(3),
    "race-look-up": Asked("devin", "GET", LIST, skip=1),
    "first-poll": Asked("devin", "GET", DETAILS),
    "sleep": Asleep(70),
    "middle-poll": Asked("devin", "GET", DETAILS, skip=2),
    "validating": Called("Schema.find_violations"),
    "last-poll": Asked("devin", "GET", DETAILS, skip=6),
    "last-look-up": Asked("devin", "GET", LIST, skip=2),
    "judging": Called("judge"),
    "github-look": Asked("github", "GET", PULL),
    "output-file": Called("Runner.write_workspace_file"),
    "state-outcome": Called("Runner.write_state", "outcome"),
    "state-reason": Called("Runner.write_state", "reason"),
    "outputs": Called("Runner.write_outputs", "outcome"),
    "summary": Called("Runner.write_summary"),
    "github-list-at-end": Asked("github", "GET", COMMENTS, skip=2),
    "github-edit": Asked("github", "PATCH", COMMENT),
    "github-edit-done": Asked("github", "PATCH", COMMENT, done=True),
    "state-finished": Called("Runner.write_state", "finished"),
    "last-line": Called("Runner.log", "Devin Gate: "),
}
"""Each step of a run that makes a session, watches it with one look a minute and passes."""
RUN: Final = {"poll_interval_seconds": "60", "output_file": "out.json"}
"""The inputs of that run; its session's turn ends after 300 s."""


@dataclass
class Sent:
    """A signal that is sent at a place, and when that was."""

    gate: Gate
    number: signal.Signals
    at_s: list[float] = field(default_factory=list)

    def __call__(self) -> None:
        """Send it to this very process; the main thread handles it."""
        self.at_s.append(self.gate.clock.monotonic_s())
        os.kill(os.getpid(), self.number)


@contextmanager
def signalled(gate: Gate, place: Place, number: signal.Signals) -> Iterator[Sent]:
    """Send the signal when the run is at the place; fails where it never is."""
    sent = Sent(gate, number)
    with happening(gate, place, sent):
        yield sent
    assert len(sent.at_s) == 1, place


@contextmanager
def happening(gate: Gate, place: Place, act: Callable[[], None]) -> Iterator[None]:
    """Do something once the run is at the place; a request that waits there gets no answer."""
    match place:
        case Asked(service, method, path, skip, done):
            waiting = Silence(_PATIENCE_S, act)
            server = gate.sim.devin if service == "devin" else gate.sim.github
            server.inject(method, path, waiting, skip=skip, after_commit=done)
            yield
        case Asleep(at_s):
            gate.clock.at(at_s, act)
            yield
        case Called():
            with _watched_calls(place, act):
                yield


@contextmanager
def _watched_calls(place: Called, act: Callable[[], None]) -> Iterator[None]:
    """Act at the first call that fits, before its first line."""

    def watch(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_qualname == place.function and _fits(frame, place):
            sys.setprofile(None)
            act()

    sys.setprofile(watch)
    try:
        yield
    finally:
        sys.setprofile(None)


def _fits(frame: FrameType, place: Called) -> bool:
    """Tell whether it is the program's function, with that argument or a mapping that has it."""
    if PROGRAM not in frame.f_code.co_filename:
        return False
    return any(
        place.argument in value
        if isinstance(value, Mapping)
        else str(value).startswith(place.argument)
        for value in list(frame.f_locals.values())
    )
