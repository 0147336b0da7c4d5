"""Runs of a minute, started before the first test of the layer."""

from __future__ import annotations

import json

from simulator import Simulation
from tests.container.job import comments_on
from tests.container.marks import CONTAINER_LAYER
from tests.container.step import Step

pytestmark = CONTAINER_LAYER


def test_an_output_that_breaks_the_schema_is_red(broken_run: tuple[Simulation, Step]) -> None:
    """An output that breaks the schema exits 1 with its violation told, and never passes."""
    simulation, step = broken_run
    done = step.wait(100.0)
    assert done.exit_code == 1, done.log
    assert done.outputs["outcome"] == "invalid_output"
    assert done.outputs["conclusion"] == "failure"
    assert done.outputs["passed"] == "false"
    (violation,) = json.loads(done.outputs["validation_errors"])
    assert violation["keyword"] == "enum"
    assert "risk" in violation["path"]
    (comment,) = comments_on(simulation)
    for page in (comment.body, done.summary):
        assert "breaks the schema" in page
        assert "Devin Gate passed" not in page
    assert len(simulation.devin.sessions) == 1
    assert simulation.leftovers() == []


def test_without_a_network_the_error_is_in_words(lonely_run: Step) -> None:
    """Where no network is, the run ends with exit 2 and a sentence that says so, no traceback."""
    done = lonely_run.wait(100.0)
    assert done.exit_code == 2, done.log
    assert done.outputs["outcome"] == "error"
    assert "Traceback" not in done.log
    assert "::error" in done.log
    assert "could not be reached" in done.outputs["reason"]
    assert done.outputs["session_id"] == ""
    assert done.outputs["reason"] in done.log
    assert int(done.outputs["duration_seconds"]) <= 65
