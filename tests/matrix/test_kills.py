"""S2: SIGKILL at each step of a run, then its post step, then a re-run."""

from __future__ import annotations

import io
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

import pytest

from entrypoint.__main__ import main
from tests.matrix.moments import PLACES, RUN, Place, signalled
from tests.matrix.test_signals import CANCELLED, PASSED
from tests.runner_model import read_values
from tests.scenarios.page import show
from tests.scenarios.process import Killed
from tests.scenarios.world import GOOD, SCHEMA, Gate, blocked, working

_NOTHING = ("starting", "reading", "state-pull-request", "output-head-sha", "look-up", "state-key")
_DECIDED = (
    *("state-reason", "outputs", "summary", "github-list-at-end"),
    *("github-edit", "github-edit-done", "state-finished"),
)
LEAVES: Final[Mapping[str, str]] = {
    **dict.fromkeys(PLACES, "session"),
    **dict.fromkeys(_NOTHING, "nothing"),
    "create": "key",
    **dict.fromkeys(("create-done", "state-id"), "key and session"),
    "state-created": "session, perhaps another run's",
    **dict.fromkeys(_DECIDED, "verdict"),
    "last-line": "all",
}
"""What was saved when the kill comes; the post step knows nothing else."""
_OWNERLESS = ("key and session", "session, perhaps another run's")
"""Without proof that the run made the session itself it is never terminated."""


@dataclass(frozen=True)
class Left:
    """What a killed run left to its post step."""

    environ: Mapping[str, str]
    state: Mapping[str, str]
    outputs: Mapping[str, str]


@pytest.mark.parametrize(
    ("on_cancel", "phase"),
    [
        pytest.param(on_cancel, phase, id=f"S2.sigkill/{on_cancel}:{phase}:-")
        for phase in PLACES
        for on_cancel in ("leave", "terminate")
    ],
)
def test_s2(gate: Gate, on_cancel: str, phase: str) -> None:
    """The post step finds the session, ends the comment, obeys `on_cancel`; a re-run goes on."""
    gate.devin_does(working(), blocked(300, GOOD))
    left = run_killed(gate, PLACES[phase], {**RUN, "on_cancel": on_cancel})
    leaves = LEAVES[phase]
    made = leaves not in ("nothing", "key")
    assert len(gate.sim.devin.sessions) == made
    if leaves == "verdict" or PLACES[phase] == PLACES["sleep"]:
        [session] = gate.sim.devin.sessions
        saved = (left.outputs["session_id"], left.outputs["session_url"])
        assert saved == (session.session_id, session.url)
    post = gate.post(left.environ, left.state)
    assert post.exit_code == 0
    assert "Traceback" not in post.log
    if leaves in ("nothing", "all"):
        assert (post.log, post.devin_requests, post.github_requests) == ("", 0, 0)
    headings = [show(comment.body).headings[0] for comment in gate.comments()]
    decided = leaves in ("verdict", "all")
    assert headings == ([PASSED] if decided else [CANCELLED] if made else [])
    ends = on_cancel == "terminate" and leaves == "session"
    assert gate.sim.devin.terminations == [one.session_id for one in gate.sim.devin.sessions] * ends
    gate.clock.sleep(1)
    again = gate.run(RUN)
    assert (again.exit_code, again.outcome) == (0, "passed")
    assert len(gate.sim.devin.sessions) == 1 + ends, "what goes on is found again"
    assert [show(body).headings[0] for body in again.comments] == [PASSED]


def run_killed(gate: Gate, place: Place, inputs: Mapping[str, str]) -> Left:
    """Kill a run at the place; the real signal raises where SIGKILL would end everything."""
    attempt = next(gate._attempts)
    folder = gate.folder / f"run-{attempt}"
    folder.mkdir()
    given = {"prompt": "Review this.", "structured_output_schema": SCHEMA, **inputs}
    environ = gate._environ(folder, attempt, given)
    with killing(), suppress(Killed), signalled(gate, place, signal.SIGUSR1):
        main(environ, clock=gate.clock, out=io.StringIO())
        raise AssertionError(f"{place} is no step of the run")
    return left_in(folder, environ)


def left_in(folder: Path, environ: Mapping[str, str]) -> Left:
    """Return what the runner finds in the files of a run."""
    return Left(
        environ, *(read_values((folder / name).read_text()) for name in ("state", "output"))
    )


@contextmanager
def killing() -> Iterator[None]:
    """Let the one signal that the program does not know end it."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise Killed

    before = signal.signal(signal.SIGUSR1, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGUSR1, before)
