"""The files of a run: the team's output file, and the runner's own when they cannot be written."""

import json

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
