"""B3: what stands in the structured output, when, and what is made of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import pytest

from simulator import Altered, Step
from tests.scenarios.world import BAD, DETAILS, GOOD, Gate, Run, working

_END_S: Final = 206
_LATE_S: Final = 247
"""Looks are 40 s apart: the end is seen first at 245 s, and this is after that look."""
_LAST_S: Final = 300
"""Within the grace of 120 s."""
_TOO_LATE_S: Final = 500
_HUGE: Final = {"risk": "low", "why": "x" * 1024 * 1024}
_LARGE: Final = {"risk": "low", "why": "x" * 200 * 1024}
_CHANGED: Final = {"risk": "high"}
_NESTED: Final = {"structured_output": {"structured_output": GOOD}}
_NOTHING: Final = {"blocked": "blocked", "finished": "missing_output"}
"""The outcome of a turn without an output, by the word that ended it."""


def _step(at_s: float, output: object, *, touch: bool = True) -> Step:
    return Step(at_s, structured_output=output, touch=touch)


_OUTPUTS: Final[dict[str, tuple[tuple[Step, ...], str, object]]] = {
    # what the end shows and what comes after it, the outcome, the output that was judged
    "null": ((_step(_END_S, None),), "", None),
    "partial": ((_step(_END_S, {}),), "invalid_output", {}),
    "partial-before": ((_step(60, {}), _step(_END_S, GOOD)), "passed", GOOD),
    "valid": ((_step(_END_S, GOOD),), "passed", GOOD),
    "valid-before": ((_step(60, GOOD), _step(_END_S, GOOD)), "passed", GOOD),
    "valid-before-only": ((_step(60, GOOD), _step(_END_S, None)), "", None),
    "changed": ((_step(_END_S, GOOD), _step(_LATE_S, _CHANGED)), "passed", _CHANGED),
    "changed-untouched": (
        (_step(_END_S, GOOD), _step(_LATE_S, _CHANGED, touch=False)),
        "passed",
        _CHANGED,
    ),
    "changed-to-invalid": ((_step(_END_S, GOOD), _step(_LATE_S, BAD)), "invalid_output", BAD),
    "changed-to-null": ((_step(_END_S, GOOD), _step(_LATE_S, None)), "", None),
    "changed-to-valid": ((_step(_END_S, BAD), _step(_LATE_S, GOOD)), "passed", GOOD),
    "invalid": ((_step(_END_S, BAD),), "invalid_output", BAD),
    "only-after-the-end": ((_step(_END_S, None), _step(_LAST_S, GOOD)), "passed", GOOD),
    "too-late": ((_step(_END_S, None), _step(_TOO_LATE_S, GOOD)), "", None),
    "1-mib": ((_step(_END_S, _HUGE),), "invalid_output", None),
    "200-kib": ((_step(_END_S, _LARGE),), "passed", _LARGE),
    "text": ((_step(_END_S, "low"),), "invalid_output", "low"),
    "number": ((_step(_END_S, 0),), "invalid_output", 0),
    "false": ((_step(_END_S, False),), "invalid_output", False),
    "empty-text": ((_step(_END_S, ""),), "invalid_output", ""),
    "list": ((_step(_END_S, [GOOD]),), "invalid_output", [GOOD]),
    "double-nested": ((_step(_END_S, _NESTED),), "invalid_output", _NESTED),
}
_IN_THE_OUTPUT: Final = {
    "nan": b'{"risk": "low", "why": NaN}',
    "infinity": b'{"risk": "low", "why": 1e999}',
    "duplicate-keys": b'{"risk": "high", "risk": "low"}',
    "5000-digits": b'{"risk": "low", "why": ' + b"9" * 5_000 + b"}",
    "depth-90": b'{"risk": "low", "why": ' + b"[" * 90 + b"]" * 90 + b"}",
}
"""What JSON leaves open, and what it does not."""
_ENDS: Final = ("blocked", "finished")


def _ids(variants: Iterable[str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("variant", "word"),
        [
            pytest.param(variant, word, id=f"B3.{variant}/{word}:-:-")
            for variant in variants
            for word in _ENDS
        ],
    )


def _run(gate: Gate, word: str, *steps: Step) -> Run:
    """Run a session whose turn ends with this word."""
    told = [
        replace(step, status="running", status_enum=word) if step.after_s == _END_S else step
        for step in steps
    ]
    gate.devin_does(working(), *told)
    return gate.run(poll_interval_seconds="40", repair_attempts="0")


@_ids(_OUTPUTS)
def test_an_output(gate: Gate, variant: str, word: str) -> None:
    """The value at the settled end counts, whatever the notepad held before it or holds too late."""
    steps, outcome, output = _OUTPUTS[variant]
    run = _run(gate, word, *steps)
    assert _END_S + 39 in run.looks_s, "the first look at the end must be just before the change"
    assert run.outcome == (outcome or _NOTHING[word])
    written = run.outputs["structured_output"]
    assert (json.loads(written) if written else None) == output


@_ids([f"{name}-inside" for name in _IN_THE_OUTPUT])
def test_an_output_that_json_leaves_open(gate: Gate, variant: str, word: str) -> None:
    """What two readers could read differently is a violation inside the output, and never a pass."""
    text = _IN_THE_OUTPUT[variant.removesuffix("-inside")]

    def change(answer: dict[str, object]) -> bytes:
        return json.dumps({**answer, "structured_output": "HERE"}).encode().replace(b'"HERE"', text)

    gate.sim.devin.inject("GET", DETAILS, Altered(change), times=None)
    run = _run(gate, word, Step(_END_S))
    assert run.outcome == ("passed" if variant == "depth-90-inside" else "invalid_output")
