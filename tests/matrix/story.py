"""One story, told with one fault in it, and what must be true of every such story."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import pytest

from simulator import Exchange, Fault, Front
from simulator.front import Trouble
from tests.matrix.oracle import End, Kind, find_end
from tests.matrix.places import CANCEL_S, INTERVAL_S, LASTS_S, PLACES, STORIES, TIMES
from tests.scenarios.conftest import KEYS
from tests.scenarios.page import show
from tests.scenarios.world import GOOD, Gate, PostRun, Run

_LONGEST_POST_S: Final = 30.0
_STORY_OF: Final = {"terminate": "cancelled", "message": "repaired"}


@dataclass(frozen=True)
class Told:
    """What the main step and the post step left, as the runner starts them."""

    gate: Gate
    phase: str
    run: Run
    post: PostRun
    post_s: float

    @property
    def calls(self) -> tuple[Exchange, ...]:
        """Return what the service of the phase was asked in the main step."""
        return self.run.github if PLACES[self.phase].service == "github" else self.run.devin

    @property
    def calls_of_route(self) -> list[Exchange]:
        """Return those among them that are of the phase's own route."""
        place = PLACES[self.phase]
        return [seen for seen in self.calls if seen.is_of(place.method, place.path)]


def cases(
    row: str,
    variants: Iterable[str],
    kind_of: Callable[[str, str], Kind | None],
    phases: Iterable[str] = tuple(PLACES),
    persistences: Iterable[str] = tuple(TIMES),
    find: Callable[[Kind, str, str, str], End | None] = find_end,
) -> pytest.MarkDecorator:
    """Return every combination of API, variant, phase and persistence that means something.

    `kind_of` tells what kind of trouble a variant is in a phase, `None` where it is none; `find`
    is the oracle.
    """
    return pytest.mark.parametrize(
        ("gate", "variant", "phase", "persistence", "end"),
        [
            pytest.param(
                *(api, variant, phase, persistence, end),
                id=f"{api}-{row}.{variant}:{phase}:{persistence}",
            )
            for api in KEYS
            for variant in variants
            for phase in phases
            for persistence in persistences
            if (kind := kind_of(variant, phase)) and (end := find(kind, phase, persistence, api))
        ],
        indirect=["gate"],
    )


def spoil(gate: Gate, phase: str, persistence: str, fault: Fault, *, done: bool = False) -> None:
    """Put the fault into the answer to the phase's call, after the work was done or before."""
    place = PLACES[phase]
    service = gate.sim.github if place.service == "github" else gate.sim.devin
    service.inject(
        place.method,
        place.path,
        fault,
        times=TIMES[persistence],
        skip=place.skip,
        after_commit=done,
    )


def tell(gate: Gate, phase: str, persistence: str, recover: Callable[[], None]) -> Told:
    """Run the story to its end with the post step; all but *forever* is over before that."""
    random.seed(7)  # the jitter: the same waits in every run of a case
    cancelled = phase == "terminate"
    gate.sim.devin.script(STORIES[_STORY_OF.get(phase, "told")])
    if cancelled:
        gate.clock.at(CANCEL_S, lambda: os.kill(os.getpid(), signal.SIGINT))
    run = gate.run(
        cancellable=cancelled,
        poll_interval_seconds=str(INTERVAL_S),
        on_cancel="terminate" if cancelled else "leave",
    )
    if persistence != "forever":
        recover()
    began_s = gate.clock.monotonic_s()
    post = gate.post(run.environ, run.state)
    return Told(gate, phase, run, post, gate.clock.monotonic_s() - began_s)


def tell_spoiled(
    gate: Gate, phase: str, persistence: str, fault: Fault, *, done: bool = False
) -> Told:
    """Put the fault into the answer and tell the story."""
    spoil(gate, phase, persistence, fault, done=done)

    def recover() -> None:
        gate.sim.devin.heal()
        gate.sim.github.heal()

    return tell(gate, phase, persistence, recover)


def tell_cut_off(gate: Gate, phase: str, persistence: str, front: Front, trouble: Trouble) -> Told:
    """Let the front misbehave from the connection on that brings the phase's call."""
    place, lasts_s = PLACES[phase], LASTS_S[persistence]

    def plan_recovery() -> None:
        if lasts_s is not None:
            gate.clock.at(place.at_s + lasts_s, front.recover)

    front.begin(place.find_number(is_v3=gate.is_v3), trouble, plan_recovery)
    return tell(gate, phase, persistence, front.recover)


def check(told: Told, end: End) -> None:
    """Check what the oracle says about this case; the fixture checks what is always true."""
    gate, run = told.gate, told.run
    assert run.outcome == end.outcome, run.log
    assert end.said in run.outputs["reason"]
    if end.outcome == "passed":
        assert run.output == GOOD
    if end.retried is not None:
        assert _is_retried(told) == end.retried, told.calls_of_route
    assert (told.post.exit_code, told.post_s <= _LONGEST_POST_S) == (0, True)
    assert "Traceback" not in told.post.log, told.post.log
    _check_comment(told, end)
    assert [not one.is_living() for one in gate.sim.devin.sessions] in ([], [end.terminated])
    if end.again:
        assert gate.run().outcome == end.again
    assert len(gate.sim.devin.sessions) == end.sessions


def _is_retried(told: Told) -> bool:
    """Tell whether the call was made again after it was spoiled for the first time.

    What never reached a server stands in no journal; then the log tells.
    """
    spoiled = [number for number, seen in enumerate(told.calls_of_route) if seen.fault]
    if spoiled:
        return len(told.calls_of_route) > spoiled[0] + 1
    return " again in " in told.run.log


def _check_comment(told: Told, end: End) -> None:
    headings = [show(comment.body).headings[0] for comment in told.gate.comments()]
    match end.comment:
        case "ended":
            assert headings == [show(told.run.summary).headings[0]]
        case "open":
            assert [heading[:1] for heading in headings] == ["⏳"]
        case "none":
            assert headings == []
