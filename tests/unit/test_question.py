"""Which runs ask the same question, and what exactly is sent to Devin."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import pytest

from entrypoint.core.event import PullRequest, Trigger
from entrypoint.core.question import (
    comment_key_of,
    name_gate,
    pose_question,
    without_api_schema,
    write_create,
)
from tests.unit.builders import HEAD_SHA, PULL_REQUEST, RISK_SCHEMA, TRIGGER, change, make_settings

OTHER_SHA = "0" * 40
USER_FIELDS = {
    "snapshot_id",
    "playbook_id",
    "max_acu_limit",
    "unlisted",
    "secret_ids",
    "knowledge_ids",
    "repos",
    "devin_mode",
    "structured_output_schema",
}


@dataclass(frozen=True)
class Asked:
    """A question and its first create."""

    key: str
    head_sha: str
    body: dict[str, Any]


def ask(
    trigger: Trigger = TRIGGER,
    pull_request: PullRequest | None = PULL_REQUEST,
    **inputs: str,
) -> Asked:
    """Return the question of a run."""
    question = pose_question(make_settings(**inputs), trigger, pull_request)
    create = write_create(question, 0)
    assert create.key == question.key
    return Asked(question.key, question.head_sha, create.body)


def key(**facts: Any) -> str:  # noqa: ANN401 - any JSON, or any field
    """Return the key of a run's question."""
    return ask(**facts).key


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"trigger": change(TRIGGER, run_attempt=2)}, id="attempt"),
        pytest.param({"trigger": change(TRIGGER, run_id="2002")}, id="run id"),
        pytest.param({"trigger": change(TRIGGER, event_name="issue_comment")}, id="event"),
        pytest.param({"trigger": change(TRIGGER, sha=OTHER_SHA)}, id="merge commit"),
        pytest.param({"trigger": change(TRIGGER, ref="refs/heads/x")}, id="ref beside a pull request"),
        pytest.param({"timeout_minutes": "5"}, id="timeout"),
        pytest.param({"poll_interval_seconds": "5"}, id="interval"),
        pytest.param({"allow_outcomes": "blocked"}, id="allowed outcomes"),
        pytest.param({"comment": "off"}, id="comment"),
        pytest.param({"output_file": "x.json"}, id="output file"),
        pytest.param({"github_token": "ghs_another"}, id="token"),
        pytest.param({"devin_api_key": "apk_another"}, id="key"),
        pytest.param({"pull_request": replace(PULL_REQUEST, author="x", html_url="")}, id="author"),
    ],
)  # fmt: skip
def test_the_same_question_has_one_key(facts: dict[str, Any]) -> None:
    """A re-run, another event or another patience pays for no second session."""
    assert ask(**facts).key == ask().key
    assert ask(**facts).body == ask().body


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"trigger": change(TRIGGER, repository_id="4712")}, id="repository"),
        pytest.param({"trigger": change(TRIGGER, workflow_path="x.yml")}, id="workflow"),
        pytest.param({"trigger": change(TRIGGER, job="other")}, id="job"),
        pytest.param({"trigger": change(TRIGGER, step="other")}, id="step"),
        pytest.param({"matrix": '{"os":"linux"}'}, id="matrix leg"),
        pytest.param({"comment_key": "x"}, id="comment_key"),
        pytest.param({"pull_request": replace(PULL_REQUEST, number=13)}, id="pull request"),
        pytest.param({"pull_request": replace(PULL_REQUEST, base_ref="dev")}, id="base branch"),
        pytest.param({"pull_request": replace(PULL_REQUEST, head_sha=OTHER_SHA)}, id="commit"),
        pytest.param({"pull_request": None}, id="no pull request"),
        pytest.param({"devin_api_key": "cog_x"}, id="API version"),
        pytest.param({"prompt": "Another task."}, id="prompt"),
        pytest.param({"title": "x"}, id="title"),
        pytest.param({"tags": "x"}, id="tags"),
        pytest.param({"snapshot_id": "x"}, id="snapshot_id"),
        pytest.param({"playbook_id": "x"}, id="playbook_id"),
        pytest.param({"max_acu_limit": "1"}, id="max_acu_limit"),
        pytest.param({"unlisted": "false"}, id="unlisted"),
        pytest.param({"secret_ids": "none"}, id="secret_ids"),
        pytest.param({"knowledge_ids": "none"}, id="knowledge_ids"),
        pytest.param({"structured_output_schema": RISK_SCHEMA}, id="schema"),
        pytest.param({"idempotent": "false"}, id="idempotent"),
    ],
)
def test_another_question_has_another_key(facts: dict[str, Any]) -> None:
    """Another commit, step or task never gets the answer to this one."""
    assert ask(**facts).key != ask().key
    assert ask(**facts).body["prompt"] != ask().body["prompt"]


def test_two_schemas_are_two_questions() -> None:
    """A stricter schema is asked again, even one that only the prompt carries."""
    drafts = [
        json.dumps(
            {"$schema": "http://json-schema.org/draft-04/schema#", "type": "array", "minItems": n}
        )
        for n in (1, 2)
    ]
    one, other = (ask(structured_output_schema=draft) for draft in drafts)
    assert "structured_output_schema" not in one.body
    assert one.key != other.key


def test_two_spellings_of_a_schema_are_one_question() -> None:
    """A schema that was only indented anew, or written as YAML, pays for no second session."""
    spelled = json.dumps(json.loads(RISK_SCHEMA), indent=4, sort_keys=True)
    assert key(structured_output_schema=spelled) == key(structured_output_schema=RISK_SCHEMA)


@pytest.mark.parametrize("field", ["ref", "sha"])
def test_without_a_pull_request_branch_and_commit_count(field: str) -> None:
    """A push to another branch, or of another commit, is another question."""
    one, other = (key(trigger=change(TRIGGER, **{field: x}), pull_request=None) for x in "ab")
    assert one != other


@pytest.mark.parametrize("facts", [{"run_id": "2"}, {"run_attempt": 2}], ids=["run", "attempt"])
def test_without_idempotency_each_run_asks_anew(facts: dict[str, Any]) -> None:
    """`idempotent: false` starts a new session with every run and attempt."""
    trigger = change(TRIGGER, **facts)
    assert key(trigger=trigger, idempotent="false") != key(idempotent="false")


def test_a_key_is_32_hex_digits() -> None:
    """The key fits into a tag and can be read aloud."""
    assert len(key()) == 32
    assert set(key()) <= set("0123456789abcdef")


def test_the_key_stays_the_same_over_releases() -> None:
    """An update of the action finds the sessions that the version before it made."""
    assert key(structured_output_schema=RISK_SCHEMA, tags="a", secret_ids="none") == (
        "2c3fc254a53781c9efe9bc1a8f53931a"
    )


def test_the_smallest_body() -> None:
    """What the team did not set is not sent: Devin's own defaults stay Devin's."""
    question = ask()
    assert question.body == {
        "prompt": (
            "Review this pull request.\n\n"
            "## Context\n"
            "- repository: https://github.com/octo/shop\n"
            "- pull request: #12\n"
            "- base branch: main\n"
            f"- head commit: {HEAD_SHA}\n"
            f"- key of this question: {question.key}"
        ),
        "idempotent": True,
        "tags": [f"devin-gate:{question.key}", f"devin-gate:commit:{HEAD_SHA}"],
        "title": f"octo/shop#12 @ {HEAD_SHA[:7]} · gate",
    }
    assert question.head_sha == HEAD_SHA


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("snapshot_id", "snap-1", "snap-1"),
        ("playbook_id", "play-1", "play-1"),
        ("max_acu_limit", "10", 10),
        ("unlisted", "true", True),
        ("unlisted", "false", False),
        ("secret_ids", "none", []),
        ("secret_ids", "a, b", ["a", "b"]),
        ("knowledge_ids", "none", []),
        ("knowledge_ids", "a", ["a"]),
        ("structured_output_schema", RISK_SCHEMA, json.loads(RISK_SCHEMA)),
        ("structured_output_schema", "enum: [low]", {"enum": ["low"]}),
    ],
)
def test_a_field_is_sent_when_it_is_set(name: str, text: str, value: object) -> None:
    """Absent, `none` and a value are three different requests, and `false` is a value."""
    assert not USER_FIELDS & ask().body.keys()
    inputs: dict[str, Any] = {name: text}
    body = ask(**inputs).body
    assert body[name] == value
    assert type(body[name]) is type(value)
    assert body.keys() & USER_FIELDS == {name}


@pytest.mark.parametrize(("text", "sent"), [("", True), ("true", True), ("false", False)])
def test_idempotency_is_said(*, text: str, sent: bool) -> None:
    """Devin is told whether the same request may bring back its session."""
    assert ask(idempotent=text).body["idempotent"] is sent


def test_tags_and_title_of_the_team_are_kept() -> None:
    """The team's tags come first, its title replaces ours, and the API's limit of 50 is kept."""
    question = ask(tags="\n".join(f"t{n}" for n in range(47)), title="Mine")
    tags = question.body["tags"]
    assert isinstance(tags, list)
    assert tags[:47] == [f"t{n}" for n in range(47)]
    assert tags[47:] == [f"devin-gate:{question.key}", f"devin-gate:commit:{HEAD_SHA}"]
    assert len(tags) <= 50
    assert question.body["title"] == "Mine"
    assert question.body.keys() == ask().body.keys()


def test_without_a_pull_request_the_ref_is_named() -> None:
    """On a push Devin reads which branch and commit it is asked about."""
    trigger = change(TRIGGER, ref="refs/heads/main", sha=OTHER_SHA)
    question = ask(trigger=trigger, pull_request=None)
    assert question.head_sha == OTHER_SHA
    assert "- ref: refs/heads/main\n- head commit: " + OTHER_SHA in str(question.body["prompt"])
    assert "pull request:" not in str(question.body["prompt"])
    assert question.body["title"] == "octo/shop @ 0000000 · gate"


def test_the_prompt_says_how_to_answer() -> None:
    """With a schema Devin reads what to answer, when to set it, and that it may decline."""
    prompt = str(ask(structured_output_schema=RISK_SCHEMA).body["prompt"])
    contract = prompt.partition("## Answer\n\n")[2]
    assert "exactly once, as the last thing you do, complete; leave it empty before" in contract
    assert "if you cannot answer, leave it empty and say why" in contract
    assert json.loads(contract.partition("```json\n")[2].partition("\n```")[0]) == json.loads(
        RISK_SCHEMA
    )


def test_the_prompt_comes_first_and_whole() -> None:
    """The team's own words reach Devin as they were written."""
    prompt = "First\n\n  second `x` ${{ y }}"
    assert str(ask(prompt=prompt).body["prompt"]).startswith(prompt + "\n\n## Context\n")


def test_a_server_that_knows_no_schema_gets_the_rest() -> None:
    """An older API is asked the same question, with the schema in the prompt alone."""
    body = ask(structured_output_schema=RISK_SCHEMA).body
    rest = without_api_schema(body)
    assert body.keys() - rest.keys() == {"structured_output_schema"}
    assert all(rest[name] == body[name] for name in rest)


@pytest.mark.parametrize(
    ("facts", "same"),
    [
        pytest.param(
            {"sha": OTHER_SHA, "run_id": "2", "run_attempt": 3}, True, id="run and commit"
        ),
        pytest.param({"workflow_path": "x"}, False, id="workflow"),
        pytest.param({"job": "x"}, False, id="job"),
        pytest.param({"step": "x"}, False, id="step"),
    ],
)
def test_a_gate_has_one_comment(*, facts: dict[str, Any], same: bool) -> None:
    """Each commit edits the same comment; two gates on one pull request have two."""
    settings = make_settings()
    keys = {comment_key_of(settings, t) for t in (TRIGGER, change(TRIGGER, **facts))}
    assert (len(keys) == 1) is same


def test_matrix_legs_and_named_comments_are_told_apart() -> None:
    """Each leg has its own comment, unless the team gives them one name."""
    legs = [f'{{"os":"{name}"}}' for name in ("linux", "mac")]
    assert len({comment_key_of(make_settings(matrix=leg), TRIGGER) for leg in legs}) == 2
    assert {
        comment_key_of(make_settings(matrix=leg, comment_key="x"), TRIGGER) for leg in legs
    } == {"x"}


@pytest.mark.parametrize(
    ("inputs", "name"),
    [
        ({}, ""),
        ({"matrix": "null"}, ""),
        ({"matrix": '{"os":"linux","py":3,"deep":{"a":1},"list":[1]}'}, "linux, 3"),
        ({"comment_key": "docs"}, "docs"),
        ({"comment_key": "docs", "matrix": '{"os":"linux"}'}, "docs"),
        ({"comment_key": "0123456789abcdef" * 2, "matrix": '{"os":"linux"}'}, "linux"),
        ({"comment_key": "0123456789abcdef" * 2}, ""),
        ({"comment_key": "0123456789abcdef"}, "0123456789abcdef"),
    ],
)
def test_a_gate_has_a_name_for_people(inputs: dict[str, str], name: str) -> None:
    """The team's own, else the matrix leg; a digest that another step made is none."""
    assert name_gate(make_settings(**inputs)) == name


def test_a_schema_cannot_end_its_own_fence() -> None:
    """Backticks in a description do not cut the schema that Devin is shown."""
    schema = '{"type":"object","required":["risk"],"description":"as ````json```` says"}'
    prompt = str(ask(structured_output_schema=schema).body["prompt"])
    assert "\n`````json\n" in prompt
    assert prompt.endswith("\n`````")
