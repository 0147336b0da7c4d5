"""Git repositories for act to run workflows in: one with this one's files, one of a user."""

from __future__ import annotations

import re
import shutil
import subprocess
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.container.engine import ENVIRONMENT, ROOT
from tests.container.job import REPOSITORY

RECIPES: Final = ROOT / "docs/recipes"
_WORKFLOWS: Final = Path(__file__).with_name("workflows")
_OF_THE_ACTION: Final = re.compile(
    r"(?:action\.yml|Dockerfile|\.dockerignore|requirements\.txt|LICENSE)$|entrypoint/"
)
_DEVIN: Final = "default: 'https://api.devin.ai'"
_AS_SOMEBODY: Final = (
    *("-c", "user.name=test", "-c", "user.email=test@example.invalid"),
    *("-c", "commit.gpgsign=false", "-c", "core.hooksPath="),
)


def make_repository(root: Path) -> str:
    """Commit a copy of this repository's files, with the layer's workflows.

    Returns what the names of all workflows end with: act names containers and volumes after the
    workflow, so that they must not be the same in two runs on one engine.
    """
    _copy(_list_files(), root)
    shutil.rmtree(root / ".github/workflows", ignore_errors=True)
    suffix = uuid.uuid4().hex[:8]
    for source in _WORKFLOWS.glob("*.yml"):
        _write_workflow(root, source.stem, source, suffix)
    _commit(root)
    return suffix


def make_repository_of_recipes(root: Path, runs: Mapping[str, str], suffix: str) -> None:
    """Commit a repository of somebody who uses the action: one workflow for each run, a recipe.

    `runs` maps a run's name to its recipe. Nothing but the workflow's own name is changed in it.
    """
    for run, recipe in runs.items():
        _write_workflow(root, run, RECIPES / f"{recipe}.yml", f"{run}-{suffix}")
    _commit(root)


def copy_action(root: Path, devin_url: str) -> None:
    """Copy what a runner takes of the action; only the Devin that it asks by default is another."""
    _copy([name for name in _list_files() if _OF_THE_ACTION.match(name)], root)
    manifest = root / "action.yml"
    text = manifest.read_text(encoding="utf-8")
    assert _DEVIN in text
    manifest.write_text(text.replace(_DEVIN, f"default: {devin_url}"), encoding="utf-8")


def _copy(names: list[str], root: Path) -> None:
    for name in names:
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target, follow_symlinks=False)


def _list_files() -> list[str]:
    """Return the tracked files, and those that are new and not ignored, as far as they exist."""
    listed = _git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def _write_workflow(root: Path, name: str, source: Path, suffix: str) -> None:
    text = source.read_text(encoding="utf-8")
    named = re.sub(r"^name: .+$", rf"\g<0>-{suffix}", text, count=1, flags=re.MULTILINE)
    target = root / f".github/workflows/{name}.yml"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(named, encoding="utf-8")


def _commit(root: Path) -> None:
    _git(root, "init", "--quiet", "--initial-branch", "main")
    # From here act takes the repository's name.
    _git(root, "remote", "add", "origin", f"https://github.com/{REPOSITORY}.git")
    _git(root, "add", "--all")
    _git(root, *_AS_SOMEBODY, "commit", "--quiet", "--message", "The tree under test")


def _git(root: Path, *arguments: str) -> str:
    # Its own settings only: neither the user's nor an index that a hook left in the environment.
    own = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    safe = ("-c", f"safe.directory={root}")
    done = subprocess.run(
        ["git", *safe, *arguments],
        cwd=root,
        env={**ENVIRONMENT, **own},
        capture_output=True,
        text=True,
        timeout=60.0,
        check=True,
    )
    return done.stdout
