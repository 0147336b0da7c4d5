"""The files of a run: the team's output file, and the runner's own when they cannot be written."""

import json
from pathlib import Path

import pytest

from tests.scenarios.world import BAD, GOOD, Gate, blocked, working


def test_a_valid_output_is_written(gate: Gate) -> None:
    """The file holds the output as JSON, in the folder that was named."""
    gate.devin_does(working(), blocked(60, GOOD))
    assert gate.run(output_file="out/devin.json").outcome == "passed"
    assert json.loads((gate.workspace / "out/devin.json").read_text()) == GOOD


def test_an_invalid_output_is_not_written(gate: Gate) -> None:
    """A later step cannot take an answer for good that is not."""
    gate.devin_does(working(), blocked(60, BAD))
    gate.run(output_file="devin.json")
    assert not (gate.workspace / "devin.json").exists()


@pytest.mark.parametrize("link", ["folder", "file"])
def test_a_link_out_of_the_workspace_is_not_followed(gate: Gate, link: str) -> None:
    """What a checkout planted cannot lead the file elsewhere, and the run is not green."""
    outside = gate.folder / "outside"
    outside.mkdir()
    (outside / "devin.json").write_text("theirs")
    if link == "folder":
        (gate.workspace / "out").symlink_to(outside)
    else:
        (gate.workspace / "out").mkdir()
        (gate.workspace / "out/devin.json").symlink_to(outside / "devin.json")
    gate.devin_does(working(), blocked(60, GOOD))
    run = gate.run(output_file="out/devin.json")
    assert (run.exit_code, run.outcome) == (2, "error")
    assert (outside / "devin.json").read_text() == "theirs"


@pytest.mark.parametrize("how", ["missing", "unset", "folder", "full"])
@pytest.mark.parametrize("name", ["GITHUB_OUTPUT", "GITHUB_STATE"])
def test_an_output_that_cannot_be_written_is_not_green(gate: Gate, name: str, how: str) -> None:
    """Where nobody could read the verdict it is red, and nothing was spent."""
    gate.devin_does(working(), blocked(60, GOOD))
    gate.may_fail_to_write = True
    places = {"missing": gate.folder / "no/file", "folder": gate.folder, "full": Path("/dev/full")}
    gate.environ[name] = str(places.get(how, ""))
    run = gate.run()
    assert (run.exit_code, run.devin) == (2, ())
    assert name in run.log


def test_a_summary_that_cannot_be_written_is_a_warning(gate: Gate) -> None:
    """The summary is told, not judged: the verdict stands without it."""
    gate.devin_does(working(), blocked(60, GOOD))
    gate.may_fail_to_write = True
    gate.environ["GITHUB_STEP_SUMMARY"] = str(gate.folder)
    run = gate.run()
    assert (run.exit_code, run.outcome) == (0, "passed")
    assert "::warning title=Devin Gate%3A no summary::" in run.log
