"""Checking a schema or an output has an end, and what could not be checked is red."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from entrypoint.adapters.time_limit import AlarmLimit
from tests.scenarios.page import show
from tests.scenarios.world import Gate, blocked, working

_Value = TypeVar("_Value")
SHORT, LONG = AlarmLimit(0.1), AlarmLimit(100)
DOUBLING: dict[str, Any] = {
    f"d{n}": {"allOf": [{"$ref": f"#/definitions/d{n + 1}"}] * 2} for n in range(60)
} | {"d60": {"type": "string"}}


def schema_of(**risk: object) -> str:
    """Return a schema whose property `risk` says this."""
    return json.dumps(
        {
            "type": "object",
            "required": ["risk"],
            "properties": {"risk": risk},
            "definitions": DOUBLING,
        }
    )


@pytest.mark.parametrize(
    ("schema", "output"),
    [
        pytest.param(schema_of(pattern="^(a+)+$"), {"risk": "a" * 60 + "!"}, id="a pattern"),
        pytest.param(schema_of(allOf=[{"$ref": "#/definitions/d0"}]), {"risk": "x"}, id="nested allOf"),
        pytest.param('{"type":"object","required":["risk"],"patternProperties":{"^(a+)+$":{}}}', {"risk": "x", "a" * 60 + "!": 1}, id="a pattern of names"),
    ],
)  # fmt: skip
def test_an_output_that_cannot_be_checked_in_time_is_invalid(
    gate: Gate, schema: str, output: object
) -> None:
    """A check that does not end is no pass, no bug and no cancel, and says what to do."""

    def limit(compute: Callable[[], _Value]) -> _Value:
        return (SHORT if gate.clock.monotonic_s() >= 100 else LONG)(compute)

    gate.devin_does(working(), blocked(100, output))
    run = gate.run(structured_output_schema=schema, time_limit=limit)
    assert (run.exit_code, run.outcome) == (1, "invalid_output")
    [violation] = json.loads(run.outputs["validation_errors"])
    assert (violation["path"], violation["keyword"]) == ("$", "time")
    assert (
        "could not be checked within 0.1 s; simplify the schema's patterns" in violation["message"]
    )
    assert "could not be checked within 0.1 s" in show(run.comments[0]).text
    assert run.output == output


def test_a_schema_that_cannot_be_checked_in_time_is_a_problem(gate: Gate) -> None:
    """The schema itself is held to the same limit, before anything is spent."""
    ends = {"d60": {"type": "object"}}
    schema = {"definitions": DOUBLING | ends, "allOf": [{"$ref": "#/definitions/d0"}]}
    run = gate.run(structured_output_schema=json.dumps(schema), time_limit=SHORT)
    assert (run.exit_code, run.outcome) == (2, "error")
    assert "cannot be checked within 0.1 s; simplify" in run.outputs["reason"]
    assert run.devin == ()


def test_a_cancel_while_an_output_is_checked_ends_the_run(gate: Gate) -> None:
    """A check that takes long does not hold a cancelled run back."""

    def interrupted(compute: Callable[[], _Value]) -> _Value:
        """Be cancelled in the middle of whatever is computed once Devin is done."""
        if gate.clock.monotonic_s() >= 100:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0.1)
        return LONG(compute)

    handler = signal.signal(signal.SIGVTALRM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
    gate.devin_does(working(), blocked(100, {"risk": "a" * 60 + "!"}))
    run = gate.run(
        structured_output_schema=schema_of(pattern="^(a+)+$"),
        cancellable=True,
        time_limit=interrupted,
    )
    signal.signal(signal.SIGVTALRM, handler)
    assert (run.exit_code, run.outcome) == (1, "cancelled")
    assert run.outputs["validation_errors"] == "[]"
