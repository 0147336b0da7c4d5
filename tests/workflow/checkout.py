"""A git repository that holds this one's files, for act to run workflows in."""

from __future__ import annotations

import re
import shutil
import subprocess
import uuid
from pathlib import Path
from typing import Final

from tests.container.engine import ENVIRONMENT, ROOT
from tests.container.job import REPOSITORY

_WORKFLOWS: Final = Path(__file__).with_name("workflows")
_AS_SOMEBODY: Final = (
    *("-c", "user.name=test", "-c", "user.email=test@example.invalid"),
    *("-c", "commit.gpgsign=false", "-c", "core.hooksPath="),
)


def make_repository(root: Path) -> str:
    """Copy this repository's files and the layer's workflows and commit them.

    Returns what the names of all workflows end with: act names containers and volumes after the
    workflow, so that they must not be the same in two runs on one engine.
    """
    root.mkdir(parents=True)
    for name in _list_files():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target, follow_symlinks=False)
    suffix = uuid.uuid4().hex[:8]
    _write_workflows(root / ".github" / "workflows", suffix)
    _git(root, "init", "--quiet", "--initial-branch", "main")
    # From here act takes the repository's name.
    _git(root, "remote", "add", "origin", f"https://github.com/{REPOSITORY}.git")
    _git(root, "add", "--all")
    _git(root, *_AS_SOMEBODY, "commit", "--quiet", "--message", "The tree under test")
    return suffix


def _list_files() -> list[str]:
    """Return the tracked files, and those that are new and not ignored, as far as they exist."""
    listed = _git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def _write_workflows(folder: Path, suffix: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for source in _WORKFLOWS.glob("*.yml"):
        text = source.read_text(encoding="utf-8")
        named = re.sub(r"^name: .+$", rf"\g<0>-{suffix}", text, count=1, flags=re.MULTILINE)
        (folder / source.name).write_text(named, encoding="utf-8")


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
