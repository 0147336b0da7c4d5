"""What `docs/recipes` promises of every recipe, as far as it can be read in it."""

from __future__ import annotations

import re

import pytest

from entrypoint.core.outputs import OUTPUTS
from entrypoint.core.settings import parse_settings, read_inputs
from tests.repo.contract_tables import README, ROOT
from tests.repo.recipes import ACTION, ONLY_A_PUSH, PAGE, RECIPES, Json, Recipe
from tests.workflow.recipe_runs import RUNS

recipes = pytest.mark.parametrize("recipe", RECIPES, ids=[one.path.stem for one in RECIPES])


def test_every_recipe_is_listed_and_run_both_ways() -> None:
    """The page's table has each; the tests of the workflow layer have two runs or more of each."""
    names = [recipe.path.stem for recipe in RECIPES]
    rows = re.findall(r"^\| \[([a-z-]+)\]\(\1\.yml\)", PAGE.read_text("utf-8"), re.MULTILINE)
    assert sorted(rows) == names
    tests = (ROOT / "tests/workflow/test_recipes.py").read_text("utf-8")
    assert [run for run in RUNS if f'"{run}"' not in tests] == []
    runs = [run.recipe for run in RUNS.values()]
    assert [name for name in names if runs.count(name) < 2] == []


@recipes
def test_the_table_says_trigger_and_permissions(recipe: Recipe) -> None:
    """The row has the workflow's triggers, and the permissions of each of its jobs."""
    _, _, trigger, permissions, _, _ = _row_of(recipe)
    assert trigger == ", ".join(f"`{name}`" for name in recipe.triggers)
    assert permissions == "; ".join(
        f"`{name}`: {', '.join(f'`{what}: {access}`' for what, access in job['permissions'].items()) or 'none'}"
        for name, job in recipe.jobs.items()
    )


def _row_of(recipe: Recipe) -> list[str]:
    (row,) = re.findall(rf"^\| \[{recipe.path.stem}\]\(.*$", PAGE.read_text("utf-8"), re.MULTILINE)
    return [cell.strip() for cell in row.split("|")]


@recipes
def test_it_has_what_all_have(recipe: Recipe) -> None:
    """No permission at the top, limits of time, one at a time, nothing foreign in the shell."""
    assert recipe.text.startswith("# "), "when to take it"
    assert recipe.workflow["permissions"] == {}
    for job, step in recipe.steps():
        assert "concurrency" in recipe.workflow or "concurrency" in job
        assert job["timeout-minutes"] <= 360
        assert "${{" not in step.get("run", "")
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@recipes
def test_an_edit_or_a_re_run_ends_no_session(recipe: Recipe) -> None:
    """Where a cancelled run ends its session, only a push cancels: else the same is paid for again."""
    given = [step["with"] for _, step in recipe.asking()]
    if any(one.get("on_cancel") == "terminate" for one in given):
        cancels = recipe.workflow["concurrency"]["cancel-in-progress"]
        assert "edited" not in recipe.text or cancels == ONLY_A_PUSH
        assert "workflow_run" not in recipe.workflow["on"] or "run_attempt == 1" in cancels


@recipes
def test_its_inputs_and_outputs_are_there(recipe: Recipe) -> None:
    """The action is named as in the README, and finds no problem with what it is given."""
    (ref,) = set(re.findall(rf"uses: ({ACTION}@\S+)", README.read_text("utf-8")))
    asking = list(recipe.asking())
    assert asking
    for job, step in asking:
        assert step["uses"] == ref
        inputs = _inputs_of(step, recipe.workflow.get("env", {}))
        settings, problems = parse_settings(read_inputs(inputs), _files_of(step))
        assert problems == ()
        assert job["timeout-minutes"] > settings.timeout_minutes
        assert settings.max_acu_limit or settings.session_id
        named = set(re.findall(rf"steps\.{step['id']}\.outputs\.(\w+)", recipe.text))
        assert named <= {output.name for output in OUTPUTS}


def _inputs_of(step: Json, env: Json) -> dict[str, str]:
    """Return the inputs as variables; where the runner would put a value in, a plausible one."""
    values = {
        "secrets.DEVIN_API_KEY": "apk_user_0",
        "inputs.pull_request": "1",
        "vars.DEVIN_API_URL": "https://devin.example",
        **{f"env.{name}": value for name, value in env.items()},
    }

    def fill(match: re.Match[str]) -> str:
        return str(values.get(match[1], "something"))

    inputs = {"github_token": "ghs_0", **step["with"]}
    return {
        f"INPUT_{name.upper()}": re.sub(r"\$\{\{ (.*?) \}\}", fill, str(value))
        for name, value in inputs.items()
    }


def _files_of(step: Json) -> dict[str, str]:
    """Return what the files that are named would hold."""
    texts = {
        "prompt_file": "Look.",
        "structured_output_schema_file": "type: object\nrequired: [x]",
        "gate_file": "output.x == 1",
    }
    return {name: text for name, text in texts.items() if name in step["with"]}


def test_the_page_shows_the_gate_that_is_run() -> None:
    """The rules beside those of the hand-written workflow are the recipe's own."""
    block = re.search(r"```yaml\n(          gate:.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert block is not None
    assert block[1] in (PAGE.parent / "auto-merge-by-scope.yml").read_text("utf-8")
