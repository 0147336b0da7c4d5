"""The release's own commit and tags, in a git repository and its remote.

The commit is a child of the one on `main` that was built, differs from it in one line, and is
reached by tags alone: `main` goes on building its Dockerfile. Doing a step again finds it done.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Final

from release.images import write_image
from release.rules import RefusedError, major_tag_to_move

_AUTHOR: Final = (
    "github-actions[bot]",
    "41898282+github-actions[bot]@users.noreply.github.com",
)
"""GitHub's own name for what its workflows do."""


def commit_release(root: Path, version: str, image: str) -> str:
    """Commit `action.yml` with the image by digest on what is checked out, tag it, return its hash.

    The commit takes its time from its parent, so the same release is the same commit.
    """
    if _git(root, "status", "--porcelain"):
        raise RefusedError("the work tree has changes that are in no commit")
    action = root / "action.yml"
    action.write_text(write_image(action.read_text("utf-8"), image), encoding="utf-8")
    time = _git(root, "show", "--no-patch", "--format=%cI", "HEAD")
    message = f"Release {version}\n\nThe image is {image}."
    commit = ("commit", "--quiet", "--no-verify", "--no-gpg-sign", "--message", message)
    _git(root, *commit, "action.yml", made=(*_AUTHOR, time))
    made = _git(root, "rev-parse", "HEAD")
    if f"v{version}" not in list_tags(root):
        _git(root, "tag", f"v{version}")
    if _git(root, "rev-parse", f"refs/tags/v{version}^{{commit}}") != made:
        raise RefusedError(f"the tag v{version} is there already, on another commit")
    return made


def push_version(root: Path, version: str, remote: str = "origin") -> None:
    """Push the version's tag. One that is there already must be this very commit."""
    _git(root, "push", "--quiet", remote, f"refs/tags/v{version}")


def push_major(root: Path, version: str, remote: str = "origin") -> str | None:
    """Move the remote's tag of the major version to this release; return it.

    `None` where a newer release has it.
    """
    listed = _git(root, "ls-remote", "--tags", "--refs", remote)
    tags = [line.rpartition("refs/tags/")[2] for line in listed.splitlines()]
    major = major_tag_to_move(version, tags)
    if major:
        target = f"+refs/tags/v{version}^{{commit}}:refs/tags/{major}"
        _git(root, "push", "--quiet", remote, target)
    return major


def list_tags(root: Path) -> tuple[str, ...]:
    """Return every tag of the repository."""
    return tuple(_git(root, "tag", "--list").splitlines())


def _git(root: Path, *arguments: str, made: tuple[str, str, str] | None = None) -> str:
    """Call git and return what it printed, without the line's end.

    `made`: name, address and time of whoever commits.
    """
    parts = zip(("NAME", "EMAIL", "DATE"), made or (), strict=False)
    said = [
        (f"GIT_{who}_{part}", value) for part, value in parts for who in ("AUTHOR", "COMMITTER")
    ]
    done = subprocess.run(
        ["git", "-C", str(root), *arguments],
        env={**os.environ, **dict(said)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RefusedError(f"git {arguments[0]}: {done.stderr.strip()}")
    return done.stdout.strip()
