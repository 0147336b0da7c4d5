"""An output inside another of the same name: judged where nobody can have meant the outer one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.scenarios.page import show
from tests.scenarios.world import BAD, GOOD, Gate, blocked, working

SAID = "Devin wrote its output into one more structured_output; what stands inside it counts."
RISK: dict[str, Any] = {
    "type": "object",
    "required": ["risk"],
    "properties": {"risk": {"enum": ["low", "high"]}},
}


def nested(value: object) -> dict[str, object]:
    """Return a value as it was seen live."""
    return {"structured_output": value}


def test_the_output_inside_is_judged_and_passed_on(gate: Gate) -> None:
    """Log, comment and summary say it once; outputs and file have what is inside."""
    gate.devin_does(working(), blocked(100, nested(GOOD)))
    run = gate.run(output_file="out.json")
    assert (run.exit_code, run.outcome, run.output) == (0, "passed", GOOD)
    assert json.loads((gate.workspace / "out.json").read_text()) == GOOD
    assert run.log.count("into one more `structured_output`") == 1
    assert SAID in show(run.comments[0]).text
    assert SAID in show(run.summary).text


def test_what_is_inside_can_be_wrong(gate: Gate) -> None:
    """The paths of the violations are those of what is inside."""
    gate.devin_does(working(), blocked(100, nested(BAD)))
    run = gate.run()
    assert (run.exit_code, run.outcome, run.output) == (1, "invalid_output", BAD)
    assert [one["path"] for one in json.loads(run.outputs["validation_errors"])] == ["$.risk"]


@pytest.mark.parametrize(
    ("output", "more"),
    [
        pytest.param(nested(nested(GOOD)), {}, id="nested once more"),
        pytest.param({**nested(GOOD), "note": "x"}, {}, id="with another key"),
        pytest.param(nested(GOOD), {"properties": {"risk": {}, "structured_output": {}}}, id="declared"),
        pytest.param(nested(GOOD), {"allOf": [{"$ref": "#/definitions/a"}], "definitions": {"a": {"properties": {"structured_output": {}}}}}, id="declared behind a reference"),
        pytest.param(nested(GOOD), {"additionalProperties": {"type": "object"}}, id="a map"),
    ],
)  # fmt: skip
def test_where_somebody_may_have_meant_it_nothing_is_unwrapped(
    gate: Gate, output: object, more: dict[str, Any]
) -> None:
    """The step is red rather than green on an answer that was put together here."""
    gate.devin_does(working(), blocked(100, output))
    run = gate.run(structured_output_schema=json.dumps(RISK | more))
    assert (run.exit_code, run.outcome) == (1, "invalid_output")


def test_a_rule_that_the_outer_object_would_slip_through_holds(gate: Gate) -> None:
    """A veto is found inside, where the schema forbids it."""
    schema = {"type": "object", "minProperties": 1, "not": {"required": ["veto"]}}
    gate.devin_does(working(), blocked(100, nested({"veto": True})))
    run = gate.run(structured_output_schema=json.dumps(schema))
    assert (run.exit_code, run.outcome) == (1, "invalid_output")


def test_nothing_inside_is_no_answer(gate: Gate) -> None:
    """Devin left it empty; the outer object does not make that an answer."""
    gate.devin_does(working(), blocked(100, nested(None)))
    run = gate.run()
    assert (run.exit_code, run.outcome, run.outputs["structured_output"]) == (1, "blocked", "")


def test_without_a_schema_the_output_stays_as_it_came(gate: Gate) -> None:
    """Nothing is judged, so nothing is put right."""
    gate.devin_does(working(), blocked(100, nested(GOOD), message="Done."))
    run = gate.run(structured_output_schema="")
    assert (run.outcome, run.output) == ("completed", nested(GOOD))
