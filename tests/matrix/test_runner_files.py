"""F1: the files of the runner that cannot be written, from the start or from some step on."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.matrix.moments import PLACES, RUN, happening
from tests.matrix.test_signals import PASSED
from tests.runner_model import read_commands
from tests.scenarios.page import show
from tests.scenarios.world import GOOD, Gate, Run, blocked, working

FILES: Final = {
    "output": "GITHUB_OUTPUT",
    "state": "GITHUB_STATE",
    "summary": "GITHUB_STEP_SUMMARY",
}
_NAMES: Final = {"output": "output", "state": "state", "summary": "summary.md"}
_READ_ONLY: Final = "/proc/self/timers"
"""Refuses to be written, by root too, and is empty."""
ERROR: Final = "⚠️ Devin Gate could not get an answer"
NO_SUMMARY: Final = "Devin Gate: no summary"
LATER: Final = ("output-id", "sleep", "outputs", "github-list-at-end")
"""Steps before which the file goes bad."""


def _link(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


HOW: Final[Mapping[str, Callable[[Path], None]]] = {
    "folder": Path.mkdir,
    "full": _link("/dev/full"),
    "read-only": _link(_READ_ONLY),
    "no-folder": _link("nowhere/at/all"),
}
"""What stands in the place of the file."""


@pytest.mark.parametrize(
    ("file", "how"),
    [
        pytest.param(file, how, id=f"F1.{file}/{how}:starting:forever")
        for file in FILES
        for how in (*HOW, "unset")
    ],
)
def test_f1_from_the_start(gate: Gate, file: str, how: str) -> None:
    """Where nobody could read the verdict it is red, and nothing is spent; a summary may fail."""
    gate.devin_does(working(), blocked(300, GOOD))
    gate.may_fail_to_write = True
    bad = gate.folder / "bad"
    if how != "unset":
        HOW[how](bad)
    gate.environ[FILES[file]] = "" if how == "unset" else str(bad)
    run = gate.run(RUN)
    if file == "summary":
        _check_passed(run)
    else:
        assert (run.exit_code, run.devin, gate.comments()) == (2, (), [])
        assert FILES[file] in _errors(run)
        assert run.outcome == ("" if file == "output" else "error")


@pytest.mark.parametrize(
    ("file", "how", "phase"),
    [
        pytest.param(file, how, phase, id=f"F1.{file}/{how}:{phase}:forever")
        for file in FILES
        for how in HOW
        for phase in LATER
    ],
)
def test_f1_meanwhile(gate: Gate, file: str, how: str, phase: str) -> None:
    """The verdict stands, or is red in words; the session is in the log and found again."""
    gate.devin_does(working(), blocked(300, GOOD))
    gate.may_fail_to_write = True
    path = gate.folder / "run-1" / _NAMES[file]

    def spoil() -> None:
        path.unlink()
        HOW[how](path)

    with happening(gate, PLACES[phase], spoil):
        run = gate.run(RUN)
    [session] = gate.sim.devin.sessions
    assert session.url in run.log
    late = phase == "github-list-at-end"
    if file == "summary" and not late:
        _check_passed(run)
    elif late or (file == "state" and phase == "outputs"):
        assert run.exit_code == 0, "everything that counts had been written"
    else:
        assert run.exit_code == 2
        assert FILES[file] in _errors(run)
        assert [show(body).headings[0] for body in run.comments] == [ERROR]
        assert run.outcome == ("" if file == "output" else "error")
    gate.may_fail_to_write = False
    gate.runs.clear()
    assert gate.run(RUN).outcome == "passed"
    assert len(gate.sim.devin.sessions) == 1


@pytest.mark.parametrize(
    ("file", "phase"),
    [
        pytest.param(file, phase, id=f"F1.{file}/gone:{phase}:once")
        for file in FILES
        for phase in LATER
    ],
)
def test_f1_gone(gate: Gate, file: str, phase: str) -> None:
    """A file that somebody removed is made again, with every output in it."""
    gate.devin_does(working(), blocked(300, GOOD))
    gate.may_fail_to_write = phase == "github-list-at-end"  # what was told is lost with the file
    with happening(gate, PLACES[phase], (gate.folder / "run-1" / _NAMES[file]).unlink):
        run = gate.run(RUN)
    assert run.exit_code == 0
    assert [show(body).headings[0] for body in run.comments] == [PASSED]


@pytest.mark.parametrize(
    "room",
    [pytest.param(room, id=f"F1.output/room-for-{room}:outputs:forever") for room in (0, 1, 200)],
)
def test_f1_nearly_full(gate: Gate, room: int) -> None:
    """A disk that takes a part of the outputs leaves none of them: no half of a pass."""
    gate.devin_does(working(), blocked(300, GOOD))
    gate.may_fail_to_write = True
    path = gate.folder / "run-1" / "output"
    with (
        _limited_files() as limit,
        happening(gate, PLACES["outputs"], lambda: limit(path.stat().st_size + room)),
    ):
        run = gate.run(RUN)
    assert (run.exit_code, run.outcome) == (2, "")
    assert set(run.outputs) == {"head_sha", "comment_key", "session_id", "session_url"}
    assert "GITHUB_OUTPUT" in _errors(run)


@contextmanager
def _limited_files() -> Iterator[Callable[[int], None]]:
    """Give what limits the size of every file of this process, until the block ends."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def _check_passed(run: Run) -> None:
    assert (run.exit_code, run.outcome) == (0, "passed")
    assert [show(body).headings[0] for body in run.comments] == [PASSED]
    warned = [one.properties["title"] for one in read_commands(run.log) if one.name == "warning"]
    assert NO_SUMMARY in warned


def _errors(run: Run) -> str:
    return "\n".join(one.data for one in read_commands(run.log) if one.name == "error")
