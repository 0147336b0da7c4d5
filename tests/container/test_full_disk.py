"""A disk that is full, from the start or in the middle of a run: nothing passes unheard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final

import pytest

from simulator import Simulation, Timeline
from simulator.timeline import Step as Change
from tests.container.job import Job, comments_on, simulate
from tests.container.marks import CONTAINER_LAYER
from tests.container.small_disk import PAGE_BYTES, SmallDisk, small_disk
from tests.container.step import Finished, Step
from tests.runner_model import read_values

pytestmark = CONTAINER_LAYER

LONG_ANSWER: Final = Timeline(
    (
        Change(
            status_enum="blocked",
            structured_output={"risk": "low", "summary": "word " * PAGE_BYTES},
            message="I am done.",
        ),
    )
)
"""An answer that is longer than the disk."""

_DISK: Final = "/github/file_commands/small"
_FULL: Final = "x=" + "y" * (PAGE_BYTES - 3) + "\n"
_ROOM_FOR_TWO: Final = "x=" + "y" * (PAGE_BYTES - 303) + "\n"
"""Leaves 300 bytes: two values of the state, and the beginning of a third."""


@dataclass(frozen=True)
class Case:
    """What lies on the small disk."""

    variables: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    folder: str = _DISK
    before: str = ""
    """What `file` on the disk holds before the step."""


CASES: Final = {
    "no outputs": Case({"GITHUB_OUTPUT": f"{_DISK}/file"}, before=_FULL),
    "no state": Case({"GITHUB_STATE": f"{_DISK}/file"}, before=_FULL),
    "half of the outputs": Case({"GITHUB_OUTPUT": f"{_DISK}/file"}),
    "half of the state": Case({"GITHUB_STATE": f"{_DISK}/file"}, before=_ROOM_FOR_TWO),
    "no summary": Case({"GITHUB_STEP_SUMMARY": f"{_DISK}/summary"}, before=_FULL),
    "half of the file": Case(
        inputs={"output_file": "small/answer.json"}, folder="/github/workspace/small"
    ),
}


@dataclass(frozen=True)
class Started:
    """A step on its way, and its disk."""

    simulation: Simulation
    disk: SmallDisk
    step: Step


@pytest.fixture(scope="module")
def started(
    image: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Started]]:
    """Start all of them at once: each waits in real time for an answer to settle."""
    with ExitStack() as stack:
        found: dict[str, Started] = {}
        for name, case in CASES.items():
            simulation = stack.enter_context(simulate(LONG_ANSWER))
            disk = stack.enter_context(small_disk(image))
            if case.before:
                disk.write("file", case.before)
            job = Job(image, tmp_path_factory.mktemp("full") / "job", simulation)
            stack.callback(job.clean)
            flags = disk.mounted(case.folder)
            step = job.start(case.inputs, variables=case.variables, flags=flags)
            found[name] = Started(simulation, disk, step)
        yield found


def _assert_error(done: Finished, what: str) -> None:
    """Assert that the step is red and that its reason is the disk."""
    assert done.exit_code == 2, done.log
    assert f"{what} cannot be written: No space left on device" in done.log
    assert "Devin Gate: error." in done.log.splitlines()[-1]
    assert "Traceback" not in done.log


@pytest.mark.parametrize(
    ("name", "variable"), [("no outputs", "GITHUB_OUTPUT"), ("no state", "GITHUB_STATE")]
)
def test_a_full_disk_is_found_before_anything_is_spent(
    started: Mapping[str, Started], name: str, variable: str
) -> None:
    """Where outputs or state cannot be written Devin is not asked, and the step is red."""
    one = started[name]
    _assert_error(one.step.wait(), f"The runner's file {variable}")
    assert one.simulation.devin.journal == []
    assert one.disk.read("file") == _FULL


def test_outputs_that_do_not_fit_are_no_pass(started: Mapping[str, Started]) -> None:
    """The runner reads no half of a verdict: what was whole before is still there, and alone."""
    one = started["half of the outputs"]
    done = one.step.wait()
    _assert_error(done, "The runner's file GITHUB_OUTPUT")
    (session,) = one.simulation.devin.sessions
    values = read_values(one.disk.read("file"))
    assert values["session_id"] == session.session_id
    assert values.get("outcome") in {None, "error"}
    assert done.state["outcome"] == "error"
    (comment,) = comments_on(one.simulation)
    assert "Devin Gate passed" not in comment.body + done.summary


def test_a_session_whose_id_cannot_be_saved_is_told_all_the_same(
    started: Mapping[str, Started],
) -> None:
    """State that is full after the create: red, and outputs, log and comment lead to the session."""
    one = started["half of the state"]
    done = one.step.wait()
    _assert_error(done, "The runner's file GITHUB_STATE")
    (session,) = one.simulation.devin.sessions
    state = read_values(one.disk.read("file"))
    assert "question_key" in state
    assert {name for name in state if name != "x"} <= {"pull_request", "question_key"}
    assert done.outputs["session_id"] == session.session_id
    assert done.outputs["outcome"] == "error"
    (comment,) = comments_on(one.simulation)
    assert session.url in comment.body
    assert session.url in done.log


def test_a_summary_that_does_not_fit_changes_no_verdict(started: Mapping[str, Started]) -> None:
    """The verdict stands, the page that cannot be shown is left out whole, and this is said."""
    one = started["no summary"]
    done = one.step.wait()
    assert (done.exit_code, done.outputs["outcome"]) == (0, "passed"), done.log
    assert "::warning title=Devin Gate%3A no summary::" in done.log
    assert one.disk.read("summary") == ""


def test_an_output_file_that_does_not_fit_is_no_pass(started: Mapping[str, Started]) -> None:
    """What the next step would read is not there, so the step is red; no half of it is left."""
    one = started["half of the file"]
    done = one.step.wait()
    _assert_error(done, "`output_file` (small/answer.json)")
    assert done.outputs["outcome"] == "error"
    assert one.disk.files() == []
