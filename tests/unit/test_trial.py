"""What an output would lead to: what is said about the rest, and what is missing."""

from __future__ import annotations

import json

import pytest

from entrypoint.core.documents import DocumentError, Json
from entrypoint.core.facts import FIELDS
from entrypoint.core.gate_text import read_gate
from entrypoint.core.sandbox import no_sandbox
from entrypoint.core.schema import read_schema
from entrypoint.core.trial import find_lacking, read_facts, read_sample, try_out
from tests.unit.builders import RISK_SCHEMA

EVERY_FACT: dict[str, dict[str, Json]] = {
    "session": {
        "status": "blocked",
        "phase": "awaiting_user",
        "url": "https://app.devin.ai/sessions/1",
        "duration_seconds": 61,
        "acus_consumed": 1.5,
        "pull_requests": ["https://github.com/octo/shop/pull/13"],
    },
    "pull_request": {
        "number": 12,
        "head_sha": "a" * 40,
        "base_ref": "main",
        "author": "octocat",
        "draft": False,
        "labels": ["small"],
    },
}


def lead_to(output: Json, rules: str = "", facts: dict[str, Json] | None = None) -> str:
    """Return the outcome of an output, by the rules where there are any."""
    gate = read_gate(rules) if rules else None
    sample = read_sample(json.dumps(output))
    return try_out(sample, read_schema(RISK_SCHEMA), gate, facts or {}, no_sandbox).outcome


@pytest.mark.parametrize(
    ("output", "outcome"),
    [
        ({"risk": "low"}, "passed"),
        ({"structured_output": {"risk": "low"}}, "passed"),
        ({"risk": "medium"}, "invalid_output"),
        ({}, "invalid_output"),
        ("low", "invalid_output"),
        ({"risk": "low", "x": "y" * 300_000}, "invalid_output"),
        (None, "missing_output"),
    ],
    ids=["valid", "inside itself", "invalid", "empty", "text", "too large", "none"],
)
def test_an_output_is_held_against_the_schema(output: Json, outcome: str) -> None:
    """As a run does: what stands inside itself is taken out, what is too large is refused."""
    assert lead_to(output) == outcome


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ('{"risk": "low", "risk": "low"}', "invalid_output"),
        ('{"risk": "low", "x": NaN}', "invalid_output"),
        ("  null  ", "missing_output"),
        ("[" * 99 + "]" * 99, "invalid_output"),
    ],
)
def test_what_json_leaves_open_breaks_the_schema(text: str, outcome: str) -> None:
    """The text of the sample is read as an answer of Devin's API is."""
    verdict = try_out(read_sample(text), read_schema(RISK_SCHEMA), None, {}, no_sandbox)
    assert verdict.outcome == outcome


@pytest.mark.parametrize(
    "text",
    ["", "risk: low", "{", '1, "status": "finished"', '1} {"a": 1', "[" * 100 + "]" * 100],
)
def test_what_the_api_could_not_send_is_no_sample(text: str) -> None:
    """Text that is no JSON, or more than one value, is a mistake and no answer."""
    with pytest.raises(DocumentError):
        read_sample(text)


@pytest.mark.parametrize(
    ("phase", "output", "outcome"),
    [
        ("finished", {"risk": "low"}, "passed"),
        ("awaiting_user", {"risk": "low"}, "passed"),
        ("awaiting_user", None, "blocked"),
        ("awaiting_approval", {"risk": "low"}, "needs_approval"),
        ("suspended", {"risk": "low"}, "suspended"),
        ("limited", {"risk": "low"}, "limit_reached"),
        ("expired", {"risk": "low"}, "expired"),
        ("failed", {"risk": "low"}, "session_failed"),
    ],
)
def test_the_phase_can_be_said(phase: str, output: Json, outcome: str) -> None:
    """What a turn that did not end by itself holds is never judged, here as little as in a run."""
    assert lead_to(output, facts={"session": {"phase": phase}}) == outcome


@pytest.mark.parametrize("root", FIELDS)
def test_every_fact_can_be_said(root: str) -> None:
    """Whatever a rule may look at, a file can say."""
    facts = read_facts(json.dumps(EVERY_FACT))
    assert {*EVERY_FACT[root]} == {*FIELDS[root]}
    for name, value in EVERY_FACT[root].items():
        assert lead_to({"risk": "low"}, f"{root}.{name} == {json.dumps(value)}", facts) == "passed"
        assert lead_to({"risk": "low"}, f"{root}.{name} != {json.dumps(value)}", facts) != "passed"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[]", "type object"),
        ("pull_reqest: {}", "pull_reqest"),
        ("session: {phas: finished}", "phas"),
        ("session: {phase: working}", "working"),
        ("session: {phase: done}", "done"),
        ("session: null", "null"),
        ("pull_request: {number: '12'}", "12"),
        ("pull_request: {labels: small}", "labels"),
        ("pull_request: {draft: yes}", "draft"),
        ("{", "not JSON"),
    ],
)
def test_a_fact_with_a_typo_is_refused(text: str, why: str) -> None:
    """A fact that no rule would see must not seem to be said."""
    with pytest.raises(DocumentError, match=why):
        read_facts(text)


def test_a_fact_that_is_not_said_is_asked_for_with_an_example() -> None:
    """Nothing is made up: the message holds what is missing, as a file that could be given."""
    rules = (
        "output.risk == 'low'\npull_request.draft || 'x' in pull_request.labels\nsession.url != ''"
    )
    with pytest.raises(DocumentError) as raised:
        lead_to({"risk": "low"}, rules, {"pull_request": {"draft": True}})
    said = str(raised.value)
    assert "`pull_request.labels`, `session.url`" in said
    assert "pull_request.draft" not in said
    example = said.partition("such as `")[2].partition("`")[0]
    facts = read_facts(example)
    facts["pull_request"] = {"draft": True, "labels": []}
    assert lead_to({"risk": "low"}, rules, facts) == "passed"


def test_the_example_of_all_facts_is_a_file_that_is_taken() -> None:
    """However much is missing, the message is not cut, and each example is of the right kind."""
    rules = "\n".join(f"has({root}.{name})" for root, names in FIELDS.items() for name in names)
    with pytest.raises(DocumentError) as raised:
        lead_to({"risk": "low"}, rules)
    example = str(raised.value).partition("such as `")[2].partition("`")[0]
    assert lead_to({"risk": "low"}, rules, read_facts(example)) == "passed"


def test_a_broken_output_needs_no_facts() -> None:
    """The gate is not asked about it."""
    assert lead_to({"risk": "?"}, "pull_request.draft") == "invalid_output"


def test_without_a_pull_request_is_a_fact_too() -> None:
    """`null` says that there is none; not to say anything does not."""
    rule = "pull_request == null"
    assert lead_to({"risk": "low"}, rule, {"pull_request": None}) == "passed"
    assert lead_to({"risk": "low"}, "pull_request.draft", {"pull_request": None}) == "gate_failed"
    assert find_lacking(read_gate(rule), {}) == ("pull_request",)
