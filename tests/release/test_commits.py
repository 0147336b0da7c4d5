"""The release's commit and tags, in real git repositories."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from release.__main__ import main
from tests.release.test_images import IMAGE

ROOT: Final = Path(__file__).resolve().parents[2]
OTHER_IMAGE: Final = IMAGE.replace("0", "f")


def git(folder: Path, *arguments: str) -> str:
    """Call git and return what it printed."""
    somebody = ("-c", "user.name=test", "-c", "user.email=test@example.invalid")
    done = subprocess.run(
        ["git", "-C", folder, *somebody, *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Give a clone of a repository whose `main` is ready for 1.2.0, and has 1.1.0 behind it."""
    remote, clone = tmp_path / "remote.git", tmp_path / "clone"
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch", "main", str(remote))
    git(tmp_path, "clone", "--quiet", str(remote), str(clone))
    git(clone, "checkout", "--quiet", "-B", "main")
    (clone / "entrypoint").mkdir()
    shutil.copy(ROOT / "action.yml", clone)
    for version in ("1.1.0", "1.2.0"):
        set_version(clone, version)
        git(clone, "push", "--quiet", "origin", "main")
        if version == "1.1.0":
            assert release(clone, version) == 0
    return clone


def set_version(clone: Path, version: str) -> None:
    """Commit everything that a release of the version asks for."""
    (clone / "pyproject.toml").write_text(f'[project]\nversion = "{version}"\n', "utf-8")
    (clone / "entrypoint/__init__.py").write_text(f'__version__ = "{version}"\n', "utf-8")
    (clone / "CHANGELOG.md").write_text(f"# Changelog\n\n## {version} (2026-11-22)\n\n- It.\n")
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message", f"Prepare {version}")


def release(clone: Path, version: str, image: str = IMAGE) -> int:
    """Go the way of the workflow's job `publish`, then back to `main`; the first failure ends it."""
    steps = (["commit", version, image], ["push", version], ["major", version])
    code = next((code for step in steps if (code := main(step, clone))), 0)
    git(clone, "checkout", "--quiet", "--force", "-B", "main", "origin/main")
    return code


def remote_of(clone: Path) -> Path:
    """Return the repository that was cloned."""
    return clone.parent / "remote.git"


def test_the_tags_name_a_child_of_main_with_the_image(clone: Path) -> None:
    """Version and major tag are one commit, `main` stays as it was and goes on building."""
    main_before = git(remote_of(clone), "rev-parse", "main")
    assert main(["check", "1.2.0"], clone) == 0
    assert release(clone, "1.2.0") == 0
    remote = remote_of(clone)
    commit = git(remote, "rev-parse", "v1.2.0^{commit}")
    assert git(remote, "rev-parse", "v1^{commit}") == commit
    assert git(remote, "rev-parse", f"{commit}^") == main_before == git(remote, "rev-parse", "main")
    assert f"  image: docker://{IMAGE}" in git(remote, "show", "v1:action.yml").splitlines()
    assert "  image: Dockerfile" in git(remote, "show", "main:action.yml").splitlines()
    assert git(remote, "diff", "--name-only", "main", "v1.2.0") == "action.yml"
    assert git(remote, "cat-file", "-t", "v1") == "commit"


def test_the_major_tag_moves_from_release_to_release(clone: Path) -> None:
    """Who uses `@v1` had 1.1.0 until 1.2.0 was there, and never nothing."""
    remote = remote_of(clone)
    assert git(remote, "rev-parse", "v1") == git(remote, "rev-parse", "v1.1.0")
    assert release(clone, "1.2.0") == 0
    assert git(remote, "rev-parse", "v1") == git(remote, "rev-parse", "v1.2.0")


def test_a_release_that_broke_off_can_be_done_again(clone: Path) -> None:
    """The same steps make the same commit, find what is there and go on."""
    for step in (["commit", "1.2.0", IMAGE], ["push", "1.2.0"]):
        assert main(step, clone) == 0
    git(clone, "checkout", "--quiet", "--force", "-B", "main", "origin/main")
    before = git(remote_of(clone), "rev-parse", "v1.2.0")
    assert release(clone, "1.2.0") == 0
    assert git(remote_of(clone), "rev-parse", "v1.2.0") == before


def test_a_tag_is_never_moved_to_another_image(
    clone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A released version stays what it is, whatever is built later under its name."""
    assert release(clone, "1.2.0") == 0
    before = git(remote_of(clone), "rev-parse", "v1.2.0")
    assert main(["check", "1.2.0"], clone) == 1
    assert release(clone, "1.2.0", OTHER_IMAGE) == 1
    git(clone, "tag", "--delete", "v1.2.0")
    assert release(clone, "1.2.0", OTHER_IMAGE) == 1  # refused by the remote alone
    assert git(remote_of(clone), "rev-parse", "v1.2.0") == before
    assert git(remote_of(clone), "rev-parse", "v1") == before
    assert "does not come after 1.2.0" in capsys.readouterr().err


def test_an_older_release_that_is_finished_later_leaves_the_major_tag(clone: Path) -> None:
    """`@v1` does not go back to 1.1.0 because somebody started its last step again."""
    assert release(clone, "1.2.0") == 0
    before = git(remote_of(clone), "rev-parse", "v1")
    assert main(["major", "1.1.0"], clone) == 0
    assert git(remote_of(clone), "rev-parse", "v1") == before


def test_a_work_tree_with_changes_is_refused(
    clone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing that nobody reviewed gets into a release."""
    (clone / "entrypoint/__init__.py").write_text("", "utf-8")
    assert main(["commit", "1.2.0", IMAGE], clone) == 1
    assert "changes that are in no commit" in capsys.readouterr().err
    assert git(clone, "tag", "--list", "v1.2.0") == ""


def test_the_notes_and_the_image_are_written(
    clone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The steps that other jobs use do what they say."""
    assert main(["notes", "1.2.0"], clone) == 0
    assert capsys.readouterr().out == "- It.\n"
    assert main(["image", IMAGE], clone) == 0
    assert f"docker://{IMAGE}" in (clone / "action.yml").read_text("utf-8")
    assert main(["image", IMAGE], clone) == 1
