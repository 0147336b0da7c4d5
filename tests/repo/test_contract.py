"""`action.yml`, the README and the code's one table say the same."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from typing import Any

import pytest
import yaml

from entrypoint.core.api import V1
from entrypoint.core.input_row import Input
from entrypoint.core.inputs import INPUTS
from entrypoint.core.outputs import OUTPUTS
from entrypoint.core.settings import Settings, parse_settings, read_inputs
from tests.repo.contract_tables import README, ROOT, render_readme

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
README_TEXT = README.read_text("utf-8")
KEY = "apk_user_0123456789"
KEY_V3 = "cog_0123456789"
SCHEMA = '{"type": "object", "required": ["risk"]}'


def test_action_yml_declares_the_inputs_of_the_table() -> None:
    """What the README and the error messages promise can be written into a workflow."""
    declared = [
        (name, item["description"], item.get("default", ""), item["required"])
        for name, item in ACTION["inputs"].items()
    ]
    assert declared == [(i.name, i.what, i.default, i.required) for i in INPUTS]


def test_action_yml_declares_the_outputs_of_the_table() -> None:
    """Every output that the README names reaches later steps."""
    declared = [(name, item["description"]) for name, item in ACTION["outputs"].items()]
    assert declared == [(o.name, o.what) for o in OUTPUTS]


def test_the_readme_has_the_tables_of_the_code() -> None:
    """`python -m tests.repo.contract_tables` would change nothing."""
    assert render_readme(README_TEXT) == README_TEXT
    names = [item.name for item in INPUTS] + [item.name for item in OUTPUTS]
    assert all(f"| `{name}` |" in README_TEXT for name in names)


def test_each_input_is_a_setting() -> None:
    """No input is declared that nobody reads."""
    renamed = {
        "poll_interval_seconds": "poll_interval_s",
        "prompt_file": "prompt",
        "structured_output_schema": "schema",
        "structured_output_schema_file": "schema",
        "gate_file": "gate",
    }
    known = {field.name for field in fields(Settings)}
    assert {renamed.get(item.name, item.name) for item in INPUTS} == known


@pytest.mark.parametrize("item", INPUTS, ids=lambda item: item.name)
def test_the_correct_line_of_each_input_is_correct(item: Input) -> None:
    """An error message never recommends what is an error again."""
    value = yaml.safe_load(item.yaml_line)[item.name]
    assert isinstance(value, str)
    expressions = {"secrets.DEVIN_API_KEY": KEY, "github.token": "ghs_0123456789"}
    for expression, stands_for in expressions.items():
        value = value.replace(f"${{{{ {expression} }}}}", stands_for)
    value = value.replace("${{ toJSON(matrix) }}", '{"os": "linux"}')
    key = KEY_V3 if item.name in V1.lacks else KEY
    needed = {"devin_api_key": key, "prompt": "Look.", "github_token": "ghs_0123456789"}
    if item.name in ("prompt_file", "session_id"):
        del needed["prompt"]
    if item.name in ("gate", "gate_file"):
        needed["structured_output_schema"] = SCHEMA
    environ = {f"INPUT_{k.upper()}": v for k, v in {**needed, item.name: value}.items()}
    text = "output.risk == 'low'" if item.name == "gate_file" else SCHEMA
    files = {item.name: text} if item.name.endswith("_file") else {}
    assert parse_settings(read_inputs(environ), files)[1] == ()


def test_the_image_is_built_from_the_dockerfile() -> None:
    """A checkout of any commit runs that commit's own code."""
    assert ACTION["runs"] == {
        "using": "docker",
        "image": "Dockerfile",
        "post-entrypoint": "/opt/action/bin/devin-gate-post",
    }
    assert "/opt/action/bin/devin-gate-post" in (ROOT / "Dockerfile").read_text("utf-8")


def test_the_first_screen_holds_the_promise_and_a_workflow_to_paste() -> None:
    """Somebody who opens the README can paste a safe workflow of at most 25 lines at once."""
    promise, block = README_TEXT.split("```yaml\n")[:2]
    workflow_text = block.split("```")[0]
    assert "**Devin classifies, your rules decide, and nothing merges" in promise
    assert len(workflow_text.splitlines()) <= 25
    workflow = yaml.safe_load(workflow_text)
    (job,) = workflow["jobs"].values()
    assert workflow["permissions"] == {"pull-requests": "write"}
    assert workflow["concurrency"]["cancel-in-progress"] is True
    assert workflow[True]["pull_request"]["types"] == [
        "opened",
        "synchronize",
        "reopened",
        "edited",
    ]
    assert job["timeout-minutes"] > int(ACTION["inputs"]["timeout_minutes"]["default"])
    assert "if" not in job
    (step,) = job["steps"]
    assert step["id"] == "gate"
    assert step["with"].keys() <= ACTION["inputs"].keys()
    assert {"structured_output_schema", "gate"} <= step["with"].keys()


def test_the_workflow_to_paste_has_no_problem() -> None:
    """The pasted workflow runs as it is, once the secret is there."""
    block = README_TEXT.split("```yaml\n")[1].split("```")[0]
    (job,) = yaml.safe_load(block)["jobs"].values()
    given = {**job["steps"][0]["with"], "devin_api_key": KEY, "github_token": "ghs_0123456789"}
    environ = {f"INPUT_{name.upper()}": value for name, value in given.items()}
    settings, problems = parse_settings(read_inputs(environ), {})
    assert problems == ()
    assert settings.schema is not None
    assert settings.gate is not None
    assert settings.max_acu_limit == 10


@pytest.mark.parametrize(
    "heading",
    [
        "## Instead of curl and jq",
        "## Decide with rules",
        "### Check before you spend",
        "## Outcomes",
        "### One question, one session",
        "## Keys",
        "## Permissions",
        "## Inputs",
        "## Outputs",
        "## Cost",
        "## Security",
    ],
)
def test_what_is_claimed_links_its_test(heading: str) -> None:
    """Who doubts a claim is one click from what shows it; each row against a script has its own."""
    section = re.split("\n#+ ", README_TEXT.partition(f"\n{heading}\n")[2])[0]
    claims = [line for line in section.splitlines() if line.startswith("| ")][2:]
    shown = claims if heading == "## Instead of curl and jq" else [section]
    assert shown
    assert all("](tests/" in claim for claim in shown)


def test_troubles_are_looked_up_by_words_that_are_said() -> None:
    """What somebody finds in the log leads to its row, since the log has those words."""
    trees = [ast.parse(path.read_text("utf-8")) for path in (ROOT / "entrypoint").rglob("*.py")]
    said = {
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    table = README_TEXT.partition("## When something is wrong")[2].partition("\n## ")[0]
    for phrase in re.findall(r"^\| `([^`]+)`", table, re.MULTILINE):
        words = phrase.rstrip(" 0123456789")  # of a status
        assert any(words in text for text in said), phrase
