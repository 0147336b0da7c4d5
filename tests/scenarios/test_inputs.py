"""What the workflow file asks for: refused whole before anything is spent, or sent exactly."""

import json

import pytest

from tests.scenarios.page import show
from tests.scenarios.world import GOOD, SCHEMA, Gate, blocked, working

BAD_INPUTS = {
    "devin_api_key": "sk-something-else",
    "devin_api_url": "http://devin.example.com",
    "prompt": "",
    "max_acu_limit": "0",
    "unlisted": "maybe",
    "tags": "devin-gate:mine",
    "secret_ids": "none, s1",
    "idempotent": "yes",
    "structured_output_schema": "type: objekt",
    "timeout_minutes": "5000",
    "poll_interval_seconds": "4",
    "allow_outcomes": "timedout",
    "comment": "delete",
    "comment_key": "a b",
    "pull_request_number": "-1",
    "output_file": "../out.json",
    "matrix": "[1]",
}


def test_every_problem_is_told_at_once(gate: Gate) -> None:
    """All problems stand in the summary, each with a correct line; nobody is asked anything."""
    run = gate.run(BAD_INPUTS, promt="a typo")
    assert (run.exit_code, run.outcome, run.devin) == (2, "error", ())
    text = show(run.summary).text
    for name in (*BAD_INPUTS, "promt"):
        assert f"{name}: got" in text, name
    assert "prompt: " in text
    assert run.comments == ()


@pytest.mark.parametrize("name", BAD_INPUTS)
def test_each_problem_is_an_annotation(gate: Gate, name: str) -> None:
    """One bad input gives one annotation that names it and shows a line to write."""
    run = gate.run({name: BAD_INPUTS[name]})
    assert (run.exit_code, run.outcome, run.devin) == (2, "error", ())
    [line] = [
        line for line in run.log.splitlines() if f"::error title=Devin Gate%3A {name}::" in line
    ]
    assert f"Write: `{name}:" in line or f"Write: `# no {name}`" in line
    assert run.log.count(f"`{name}`: got") <= 1
    assert BAD_INPUTS[name] not in line or name != "devin_api_key"


def test_a_missing_key_is_red(gate: Gate) -> None:
    """An empty secret is said to be one, with where to set it."""
    run = gate.run(devin_api_key="")
    assert (run.exit_code, run.outcome) == (2, "error")
    assert "Settings, Secrets and variables, Actions" in show(run.summary).text


def test_a_mistyped_input_is_red_with_the_nearest_name(gate: Gate) -> None:
    """The runner only warns about a name that does not exist; here it would open the gate."""
    run = gate.run(structured_output_shema="{}")
    assert (run.exit_code, run.devin) == (2, ())
    assert "structured_output_schema" in show(run.summary).text


@pytest.mark.parametrize("secret", ["devin_key", "github_token"])
@pytest.mark.parametrize("name", ["prompt", "title", "tags", "structured_output_schema"])
def test_a_secret_for_devin_is_refused(gate: Gate, name: str, secret: str) -> None:
    """A key or token inside a text that Devin would read is an input error."""
    value = getattr(gate.sim, secret)
    text = f"description: {value}\n{SCHEMA}" if name.startswith("struct") else f"Use {value}"
    run = gate.run({name: text})
    assert (run.exit_code, run.devin) == (2, ())


def test_an_existing_comment_tells_of_bad_inputs_too(gate: Gate) -> None:
    """The comment of an earlier run does not stay green when the workflow file is broken."""
    gate.devin_does(working(), blocked(60, GOOD))
    gate.run()
    run = gate.run(max_acu_limit="0")
    assert show(run.comments[0]).headings[0].startswith("⚠️")


def test_every_field_is_sent_as_it_was_set(gate: Gate) -> None:
    """Each field of the API can be set, and reaches Devin with its type."""
    gate.devin_does(working(), blocked(60, GOOD))
    own = {"snapshot_id": "snapshot-1", "unlisted": "true"}
    if gate.is_v3:
        own = {"devin_mode": "lite", "repos": "octo/shop, octo/api"}
    gate.run(
        own,
        title="Security review",
        tags="review, security",
        playbook_id="playbook-1",
        max_acu_limit="10",
        secret_ids="s1\ns2",
        knowledge_ids="none",
    )
    request = dict(gate.sim.devin.sessions[0].request)
    assert str(request.pop("prompt")).startswith("Review this.")
    tags = request.pop("tags")
    assert isinstance(tags, list)
    assert tags[:2] == ["review", "security"]
    schema = request.pop("structured_output_schema")
    assert isinstance(schema, dict)
    assert schema["required"] == ["risk"]
    sent = {"snapshot_id": "snapshot-1", "unlisted": True, "idempotent": True}
    sent_v3 = {"devin_mode": "lite", "repos": ["octo/shop", "octo/api"]}
    assert request == {
        **(sent_v3 | {"structured_output_required": True} if gate.is_v3 else sent),
        "title": "Security review",
        "playbook_id": "playbook-1",
        "max_acu_limit": 10,
        "secret_ids": ["s1", "s2"],
        "knowledge_ids": [],
    }


def test_what_was_not_set_is_not_sent(gate: Gate) -> None:
    """Absent is not `null` and not empty: the API gives each a meaning of its own."""
    gate.devin_does(working(), blocked(60, GOOD))
    gate.run(structured_output_schema="")
    sent = {"prompt", "title", "tags"} | (set() if gate.is_v3 else {"idempotent"})
    assert set(gate.sim.devin.sessions[0].request) == sent


def test_our_tags_name_question_and_commit(gate: Gate) -> None:
    """The tags are how somebody, or a later run, finds the session of a commit."""
    gate.devin_does(working(), blocked(60, GOOD))
    run = gate.run()
    key, head = run.state["question_key"], run.outputs["head_sha"]
    assert gate.sim.devin.sessions[0].tags == [f"devin-gate:{key}", f"devin-gate:commit:{head}"]


def test_prompt_and_schema_may_come_from_files(gate: Gate) -> None:
    """Both can be files of the workspace."""
    gate.devin_does(working(), blocked(60, GOOD))
    (gate.workspace / "ask.md").write_text("Look for secrets.")
    (gate.workspace / "schema.json").write_text(json.dumps({"type": "object", "required": ["x"]}))
    run = gate.run(
        prompt="",
        files_from="workspace",
        prompt_file="ask.md",
        structured_output_schema="",
        structured_output_schema_file="schema.json",
    )
    assert run.outcome == "invalid_output"
    assert gate.sim.devin.sessions[0].prompt.startswith("Look for secrets.")
