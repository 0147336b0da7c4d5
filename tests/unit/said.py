"""The sentences that people and Devin read, kept whole in `tests/cases/said`, one page for each kind.

Their words may change; they do so only where somebody has read them:
`python -m tests.unit.rewrite_pages`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Final

from entrypoint.core.documents import DocumentError, Json
from entrypoint.core.gate import GateResult
from entrypoint.core.outcome import Outcome
from entrypoint.core.question import pose_question, write_create
from entrypoint.core.repair import write_repair
from entrypoint.core.ruling import apply_gate
from entrypoint.core.schema import Schema, read_schema
from entrypoint.core.session import Phase
from entrypoint.core.unjudged import (
    judge_bug,
    judge_cancelled,
    judge_error,
    judge_exhausted,
    judge_moved,
    judge_not_allowed,
    judge_other_commit,
    judge_skipped,
    judge_started,
)
from entrypoint.core.verdict import Ending, Verdict, judge
from entrypoint.core.violations import Violation
from entrypoint.core.watching import Stop, StopReason
from entrypoint.errors import GateError
from tests.unit.builders import (
    HEAD_SHA,
    PULL_REQUEST,
    RISK_SCHEMA,
    TRIGGER,
    make_look,
    make_session,
    make_settings,
)

FOLDER: Final = Path(__file__).resolve().parents[1] / "cases" / "said"
D2020: Final = "https://json-schema.org/draft/2020-12/schema"
DRAFT_3: Final = "http://json-schema.org/draft-03/schema#"
DRAFT_4: Final = "http://json-schema.org/draft-04/schema#"
RISK: Final[dict[str, Json]] = {"type": "object", "required": ["risk"]}


def say_verdicts() -> str:
    """Return every verdict that a run can end with, in words."""
    told = dict.fromkeys(
        f"### {verdict.outcome}, {verdict.outcome.conclusion}, exit {verdict.exit_code}\n\n"
        f"{verdict.reason}\n\n{f'Briefly: {verdict.brief}{chr(10) * 2}' if verdict.brief else ''}"
        f"{verdict.remedy or '(nothing to do)'}\n"
        for verdict in _verdicts()
    )
    return "\n".join(told)


def _verdicts() -> Iterator[Verdict]:
    for has_schema, reason, phase in product([True, False], StopReason, Phase):
        for answered, broken in ((True, 0), (False, 0), (False, 1), (False, 2), (False, 3)):
            breaks = Violation("$.risk", "misses the required `risk`", "required")
            look = make_look(0.0, phase, {}, answered=answered)
            look = replace(look, violations=(breaks,) * broken if has_schema else ())
            stop = Stop(reason, "Devin answered 503.")
            yield judge(Ending(stop, look, has_schema, 60), frozenset())
            stop = Stop(reason, repairs="after 1 repair")
            yield judge(Ending(stop, look, has_schema, 60, by_id=True), frozenset())
    archived = replace(make_look(0.0, answered=True), session=make_session(is_archived=True))
    yield judge(
        Ending(Stop(StopReason.SETTLED), archived, has_schema=True, timeout_minutes=60), frozenset()
    )
    never = Stop(StopReason.OUT_OF_TIME)
    yield judge(Ending(never, None, has_schema=True, timeout_minutes=60), frozenset())
    refused = Stop(StopReason.UNREADABLE, "Devin answered 401.", "Make a new key.")
    yield judge(Ending(refused, None, has_schema=True, timeout_minutes=60), frozenset())
    rule = GateResult("output.risk == 'low'", passed=False, detail='`output.risk` = `"high"`')
    good = replace(rule, passed=True)
    for rules in ((rule,), (good, rule, good), (rule, good, rule)):
        yield apply_gate(Verdict(Outcome.PASSED, "Yes."), rules, frozenset())
    yield judge_exhausted(frozenset())
    yield judge_other_commit(HEAD_SHA, frozenset())
    for now in (
        None,
        replace(PULL_REQUEST, head_sha="f" * 40),
        replace(PULL_REQUEST, base_ref="next"),
    ):
        yield judge_moved(Verdict(Outcome.PASSED, "Yes."), PULL_REQUEST, now, frozenset())
    yield judge_not_allowed("mallory", frozenset())
    yield judge_not_allowed("", frozenset())
    yield judge_skipped()
    yield judge_started("devin-1", "risk")
    yield judge_error(GateError("The `x` is missing.", "Set `x`."))
    yield judge_cancelled()
    yield judge_bug()


def say_prompt() -> str:
    """Return what Devin is asked, with a schema to answer by."""
    settings = make_settings(structured_output_schema=RISK_SCHEMA)
    question = pose_question(settings, TRIGGER, PULL_REQUEST)
    return f"{write_create(question, 2).body['prompt']}\n"


def say_repair() -> str:
    """Return how Devin is asked to repair an answer that is broken, and one that is missing."""
    question = pose_question(
        make_settings(structured_output_schema=RISK_SCHEMA), TRIGGER, PULL_REQUEST
    )
    broken = (
        Violation("$", "misses the required `risk`", "required"),
        Violation("$.a", "must not be there: `1`", "false"),
    )
    told = (
        write_repair(question, make_session(), 1, broken),
        write_repair(question, make_session(), 2, ()),
    )
    return "\n\n---\n\n".join(told) + "\n"


SCHEMAS: Final[tuple[Json, ...]] = (
    5,
    {"$schema": "https://json-schema.org/draft-99", **RISK},
    {"type": "object", "requried": ["risk"]},
    RISK | {"zzzz": 1},
    {"type": "object", "required": ["severity"], "properties": {"severty": {}}},
    {"required": "risk"},
    {"type": "strng"},
    {"$schema": DRAFT_3, "type": "object", "properties": {"a": {"required": 1}}},
    {"properties": {"a": 5}},
    {"properties": {"type": 5}},
    {"dependencies": {"a": 5}},
    {"items": {"$ref": "https://x.test/y"}, "type": "array", "minItems": 1},
    {"$ref": "#/definitions/a", "definitions": {"a": {"type": "null"}}, "enum": [1], "not": {}},
    RISK | {"then": {"required": ["x"]}},
    RISK | {"if": {"required": ["x"]}},
    {"$schema": D2020, "type": "array", "minItems": 1, "maxContains": 2},
    RISK | {"properties": {"risk": {"format": "datetime"}}},
    RISK | {"properties": {"risk": {"pattern": "a{99999999999999999999}"}}},
    RISK | {"properties": {"risk": {"pattern": "(?<=a+)b"}}},
    {"$schema": DRAFT_4, **RISK, "patternProperties": {"(": {}}},
    RISK | {"allOf": [{"$schema": D2020}]},
    {"properties": {"risk": {"enum": ["low"]}}},
    {"type": "object"},
    {"$ref": "#"},
)
"""Schemas with one fault each, as far as one kind of fault needs no other."""


def say_schema_faults() -> str:
    """Return what a team reads about each schema that is refused."""
    return (
        "\n".join(f"- `{json.dumps(schema)}`\n  {_fault_of(schema)}" for schema in SCHEMAS) + "\n"
    )


def _fault_of(schema: Json) -> str:
    try:
        read_schema(json.dumps(schema))
    except DocumentError as error:
        return str(error)
    return "(taken)"


OUTPUTS: Final[tuple[tuple[dict[str, Json], Json], ...]] = (
    ({"maxLength": 1}, "x" * 300_000),
    ({"$ref": "#"}, 1),
    ({"properties": {"a": False}}, {"a": [1]}),
    ({"enum": [{"a": 1}, [1], "x", None, True, 1.5]}, 0),
    ({"enum": [*range(30)]}, "x"),
    ({"additionalProperties": False}, dict.fromkeys("abcdefg", 1)),
    ({"additionalProperties": False, "patternProperties": {"^a": {}}}, {"a1": 1, "b": 2}),
    ({"additionalProperties": {"type": "null"}}, {"a": 1}),
    ({"dependencies": {"a": ["b"]}}, {"a": 1}),
    ({"type": "object"}, ["x" * 999]),
    ({"type": "object"}, [*range(1_000)]),
    ({"type": "array"}, {"a": "x" * 2_000}),
    ({"items": {"type": "boolean"}}, [None]),
    ({"minimum": 2}, 1.5),
)
"""A schema and an output that breaks it, where the unit tests have no table of their own."""


def say_violations() -> str:
    """Return how an output's faults are told."""
    return "".join(
        f"- `{json.dumps(schema)[:120]}`\n"
        + "".join(
            f"  {found.path}: {found.message} ({found.keyword})\n"
            for found in Schema(schema).find_violations(make_session(output=output))
        )
        for schema, output in OUTPUTS
    )


SAID: Final[Mapping[str, Callable[[], str]]] = {
    "verdicts": say_verdicts,
    "prompt": say_prompt,
    "repair": say_repair,
    "schema_faults": say_schema_faults,
    "violations": say_violations,
}
