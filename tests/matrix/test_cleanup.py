"""S3: a second signal while the first one's clean-up is under way."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from entrypoint.__main__ import main
from simulator import Silence
from tests.matrix.moments import PLACES, RUN, Asked, Called, Place, signalled
from tests.matrix.test_kills import Left, killing, left_in
from tests.matrix.test_signals import CANCELLED, PASSED
from tests.scenarios.page import show
from tests.scenarios.process import Killed, watched_signals
from tests.scenarios.world import (
    COMMENT,
    COMMENTS,
    GOOD,
    SCHEMA,
    TAGS,
    TERMINATE,
    Gate,
    blocked,
    working,
)

_ROOT: Final = Path(__file__).parents[2]
CLEAN_UP: Final[Mapping[str, Place]] = {
    "state-outcome": Called("Runner.write_state", "outcome"),
    "state-reason": Called("Runner.write_state", "reason"),
    "outputs": Called("Runner.write_outputs", "outcome"),
    "summary": Called("Runner.write_summary"),
    "tag": Asked("devin", "*", TAGS),
    "tag-done": Asked("devin", "*", TAGS, done=True),
    "terminate": Asked("devin", "DELETE", TERMINATE),
    "terminate-done": Asked("devin", "DELETE", TERMINATE, done=True),
    "state-ended": Called("Runner.write_state", "ended"),
    "github-list-at-end": Asked("github", "GET", COMMENTS, skip=2),
    "github-edit": Asked("github", "PATCH", COMMENT),
    "github-edit-done": Asked("github", "PATCH", COMMENT, done=True),
    "state-finished": Called("Runner.write_state", "finished"),
    "last-line": Called("Runner.annotate", "The workflow run was cancelled"),
}
"""Each step after a first signal that came while the run slept."""
_ENDING = ("tag", "tag-done", "terminate", "terminate-done", "state-ended")
_SOON_S = 3.0
"""Real seconds in which a process ends that was told twice; starting one takes half a second."""


@pytest.mark.parametrize(
    ("on_cancel", "phase"),
    [
        pytest.param(on_cancel, phase, id=f"S3.second-signal/{on_cancel}:{phase}:-")
        for on_cancel in ("leave", "terminate")
        for phase in CLEAN_UP
        if on_cancel == "terminate" or phase not in _ENDING
    ],
)
def test_s3_second_signal(gate: Gate, on_cancel: str, phase: str) -> None:
    """Ended in the middle of its clean-up a run is finished by its post step."""
    gate.devin_does(working(), blocked(300, GOOD))
    gate.may_end_twice = phase == "state-ended"
    left = _run_signalled_twice(gate, CLEAN_UP[phase], {**RUN, "on_cancel": on_cancel})
    post = gate.post(left.environ, left.state)
    assert post.exit_code == 0
    assert [show(comment.body).headings[0] for comment in gate.comments()] == [CANCELLED]
    _check_end(gate, on_cancel)


@pytest.mark.real_time  # the second signal ends a real process, which is started and waited for
@pytest.mark.parametrize(
    ("names", "phase", "method", "path"),
    [
        pytest.param(names, phase, method, path, id=f"S3.process/{'-'.join(names)}:{phase}:-")
        for names in (("SIGINT", "SIGTERM"), ("SIGTERM", "SIGINT"), ("SIGINT", "SIGINT"))
        for phase, method, path in (
            ("tag", "*", TAGS),
            ("terminate", "DELETE", TERMINATE),
            ("github-list", "GET", COMMENTS),
            ("github-edit", "PATCH", COMMENT),
        )
    ],
)
def test_s3_process(gate: Gate, names: tuple[str, str], phase: str, method: str, path: str) -> None:
    """A process that is told twice is gone at once, whatever it waits for, and is red."""
    gate.devin_does(working(), blocked(300, GOOD))
    folder = gate.folder / "run-1"
    folder.mkdir()
    environ = gate._environ(folder, next(gate._attempts), _INPUTS)
    first, second = (getattr(signal, name) for name in names)
    process: list[subprocess.Popen[str]] = []
    told_at_s: list[float] = []

    def tell_again() -> None:
        told_at_s.append(time.monotonic())
        process[0].send_signal(second)

    gate.sim.github.inject(
        "GET", COMMENTS, Silence(9, lambda: process[0].send_signal(first)), skip=1
    )
    server = gate.sim.github if "github" in phase else gate.sim.devin
    server.inject(method, path, Silence(9, tell_again))
    program = [sys.executable, "-m", "entrypoint"]
    with subprocess.Popen(
        program, cwd=_ROOT, env=environ, text=True, stdout=subprocess.PIPE
    ) as one:
        process.append(one)
        log, _ = one.communicate(timeout=30)
    assert one.returncode == 1, log
    assert time.monotonic() - told_at_s[0] < _SOON_S
    left = left_in(folder, environ)
    assert left.outputs["outcome"] == "cancelled", "outputs come before all that can hang"
    gate.post(environ, left.state)
    assert [show(comment.body).headings[0] for comment in gate.comments()] == [CANCELLED]
    _check_end(gate, "terminate")


_INPUTS: Final = {
    "prompt": "Review this.",
    "structured_output_schema": SCHEMA,
    "on_cancel": "terminate",
}


def _run_signalled_twice(gate: Gate, place: Place, inputs: Mapping[str, str]) -> Left:
    """Send SIGINT to a run that sleeps, and end it at a step of the clean-up.

    The second signal makes the program call `os._exit`, so nothing of it acts any more.
    """
    attempt = next(gate._attempts)
    folder = gate.folder / f"run-{attempt}"
    folder.mkdir()
    environ = gate._environ(folder, attempt, {**_INPUTS, **inputs})
    with (
        killing(),
        watched_signals() as signals,
        suppress(Killed),
        signalled(gate, PLACES["sleep"], signal.SIGINT),
        signalled(gate, place, signal.SIGUSR1),
    ):
        main(environ, clock=gate.clock, out=io.StringIO(), signals=signals)
        raise AssertionError(f"{place} is no step of the clean-up")
    return left_in(folder, environ)


def _check_end(gate: Gate, on_cancel: str) -> None:
    """Check what became of the session, and that a re-run goes on."""
    [session] = gate.sim.devin.sessions
    ends = on_cancel == "terminate"
    assert set(gate.sim.devin.terminations) == ({session.session_id} if ends else set())
    gate.clock.sleep(1)
    again = gate.run(RUN)
    assert (again.exit_code, again.outcome) == (0, "passed")
    assert len(gate.sim.devin.sessions) == 1 + ends
    assert [show(body).headings[0] for body in again.comments] == [PASSED]
