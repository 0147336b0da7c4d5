"""Patterns through the whole program: the standard's meaning decides, not Python's."""

from __future__ import annotations

import json

import pytest

from tests.scenarios.world import Gate, blocked, working


def schema_of(pattern: str) -> str:
    """Return a schema whose property `risk` must match a pattern."""
    properties = {"risk": {"type": "string", "pattern": pattern}}
    return json.dumps({"type": "object", "required": ["risk"], "properties": properties})


@pytest.mark.parametrize(
    ("pattern", "risk"),
    [
        pytest.param("^low$", "low\n", id="a line break at the end"),
        pytest.param(r"^[1-9]\d*$", "1\u0663", id="a digit of another script"),
        pytest.param(r"^\w+$", "hoch\u00e9", id="a letter of another script"),
        pytest.param("^low.*$", "low\u2028fails", id="a line separator"),
    ],
)
def test_what_only_python_would_let_through_is_red(gate: Gate, pattern: str, risk: str) -> None:
    """An answer passes only where every reader of the team's pattern would let it."""
    gate.devin_does(working(), blocked(100, {"risk": risk}))
    run = gate.run(structured_output_schema=schema_of(pattern))
    assert (run.exit_code, run.outcome) == (1, "invalid_output")
    [violation] = json.loads(run.outputs["validation_errors"])
    assert (violation["path"], violation["keyword"]) == ("$.risk", "pattern")
    assert f"`{pattern}`" in violation["message"]


def test_devin_gets_the_teams_own_pattern(gate: Gate) -> None:
    """What is rewritten for Python stays here; the API and the prompt have what was written."""
    gate.devin_does(working(), blocked(100, {"risk": "low"}))
    run = gate.run(structured_output_schema=schema_of(r"^\w+$"))
    assert run.outcome == "passed"
    [create] = [seen for seen in run.devin if seen.method == "POST"]
    body = json.loads(create.body)
    assert body["structured_output_schema"] == json.loads(schema_of(r"^\w+$"))
    assert json.dumps(r"^\w+$")[1:-1] in body["prompt"]


@pytest.mark.parametrize(
    ("pattern", "advice"), [(r"^low\Z", "`$` is the end"), (r"(a)\1", "refers back")]
)
def test_a_pattern_that_would_be_read_otherwise_costs_nothing(
    gate: Gate, pattern: str, advice: str
) -> None:
    """It is an input problem with what to write instead."""
    run = gate.run(structured_output_schema=schema_of(pattern))
    assert (run.exit_code, run.outcome, run.devin) == (2, "error", ())
    assert advice in run.outputs["reason"]
