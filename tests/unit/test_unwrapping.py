"""Only an outer object that nobody can have meant is taken away."""

from __future__ import annotations

import json
from typing import Any

import pytest

from entrypoint.core.documents import Flaw, Json
from entrypoint.core.unwrapping import unwrap
from tests.unit.builders import RISK_SCHEMA, make_session

NAME = "structured_output"
GOOD: Json = {"risk": "low"}
RISK: dict[str, Any] = json.loads(RISK_SCHEMA)


@pytest.mark.parametrize("inside", [GOOD, "low", 0, [], None, {NAME: GOOD}], ids=json.dumps)
def test_what_stands_inside_counts(inside: Json) -> None:
    """Whatever it is, once: what is nested deeper is left."""
    session = unwrap(make_session(output={NAME: inside}), RISK)
    assert (session.structured_output, session.is_unwrapped) == (inside, True)


@pytest.mark.parametrize(
    "output",
    [
        GOOD,
        {NAME: GOOD, "risk": "low"},
        {"Structured_output": GOOD},
        [{NAME: GOOD}],
        NAME,
        None,
        {},
    ],
    ids=json.dumps,
)
def test_any_other_output_stays(output: Json) -> None:
    """One more key, or another value, and somebody meant it."""
    session = make_session(output=output)
    assert unwrap(session, RISK) is session


def test_an_ambiguous_output_stays() -> None:
    """Where a key stands twice nobody knows which of the two is inside."""
    session = make_session(output={NAME: GOOD}, output_flaws=(("$", Flaw("a key", NAME)),))
    assert unwrap(session, RISK) is session


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"properties": {NAME: {}}}, id="properties"),
        pytest.param({"required": [NAME]}, id="required"),
        pytest.param({"allOf": [{"properties": {NAME: True}}]}, id="allOf"),
        pytest.param({"anyOf": [{}, {"if": {"required": [NAME]}}]}, id="if in anyOf"),
        pytest.param({"$ref": "#/x-parts/a", "x-parts": {"a": {"properties": {NAME: {}}}}}, id="a reference"),
        pytest.param({"enum": [{NAME: {"risk": "low"}}]}, id="enum"),
        pytest.param({"const": {NAME: 1}}, id="const"),
        pytest.param({"propertyNames": {"enum": ["risk", NAME]}}, id="propertyNames"),
        pytest.param({"propertyNames": {"const": NAME}}, id="a constant name"),
        pytest.param({"dependencies": {"risk": [NAME]}}, id="dependencies"),
        pytest.param({"default": {NAME: 1}}, id="default"),
        pytest.param({"examples": [NAME]}, id="examples"),
        pytest.param({"properties": {"title": {"required": [NAME]}}}, id="below a property named as a note"),
        pytest.param({"patternProperties": {"^s": {}}}, id="a pattern of names"),
        pytest.param({"additionalProperties": {"type": "object"}}, id="a map"),
        pytest.param({"unevaluatedProperties": {"type": "object"}}, id="a newer map"),
        pytest.param({"oneOf": [{"additionalProperties": {}}]}, id="a map among forms"),
    ],
)  # fmt: skip
def test_a_schema_that_may_know_the_property_keeps_it(schema: dict[str, Any]) -> None:
    """Where there is a doubt the output is judged as Devin wrote it."""
    session = make_session(output={NAME: GOOD})
    assert unwrap(session, RISK | schema) is session


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"additionalProperties": False}, id="nothing else"),
        pytest.param({"additionalProperties": True}, id="anything else"),
        pytest.param({"unevaluatedProperties": False}, id="nothing else, newer"),
        pytest.param({"title": NAME, "description": NAME, "$comment": NAME, "$id": NAME}, id="notes"),
        pytest.param({"properties": {"structured_outputs": {"description": f"the {NAME}"}}}, id="names that are like it"),
    ],
)  # fmt: skip
def test_a_schema_that_leaves_no_doubt_unwraps(schema: dict[str, Any]) -> None:
    """What says nothing of the property keeps nothing."""
    assert unwrap(make_session(output={NAME: GOOD}), RISK | schema).structured_output == GOOD
