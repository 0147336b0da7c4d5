"""The repository is about the product alone, pinned, and without mocks."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-audit.txt")


def tracked() -> list[Path]:
    """Return the files that git tracks, or would."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in paths if path.is_file()]


def pins_of(lock: str) -> dict[str, str]:
    """Return name and version of each pin."""
    text = (ROOT / lock).read_text("utf-8")
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", text, re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_have_hashes_and_name_no_registry(lock: str) -> None:
    """What is installed is what was looked at, from whatever registry the machine uses."""
    text = (ROOT / lock).read_text("utf-8")
    pins = re.findall(r"^[A-Za-z0-9._-]+==.*?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
    assert pins
    assert all("--hash=sha256:" in pin for pin in pins)
    assert not re.search(r"https?://|index-url", text)


def test_the_lock_of_npm_has_hashes_and_names_no_registry() -> None:
    """As those of Python; it holds linters alone."""
    lock = json.loads((ROOT / "tests/repo/linters/package-lock.json").read_text("utf-8"))
    packages = {name: fields for name, fields in lock["packages"].items() if name}
    assert packages
    for fields in packages.values():
        assert fields["integrity"].startswith("sha512-")
        assert "resolved" not in fields


def test_locks_agree_and_cover_the_project() -> None:
    """The tests run what the image runs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    runtime, dev = pins_of("requirements.txt"), pins_of("requirements-dev.txt")
    assert runtime.items() <= dev.items()
    for needed, pins in (
        (project["project"]["dependencies"], runtime),
        (project["dependency-groups"]["dev"], dev),
    ):
        names = {re.split(r"[\[>=<~! ]", line)[0].lower() for line in needed}
        assert names <= {name.lower() for name in pins}


def test_one_version() -> None:
    """Package and project say the same version, the changelog knows it, and who copies gets it."""
    from entrypoint import __version__

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == __version__
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")
    shown = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "docs").rglob("*.yml")]
    texts = [path.read_text("utf-8") for path in shown]
    used = {tag for text in texts for tag in re.findall(r"\bdevin-gate/devin-gate@(\w+)", text)}
    assert used == {f"v{__version__.partition('.')[0]}"}


def test_actions_are_pinned_by_commit() -> None:
    """A moved tag of somebody else's action changes nothing here."""
    for path in (ROOT / ".github/workflows").glob("*.yml"):
        for use in re.findall(r"uses: *(\S+.*)", path.read_text("utf-8")):
            assert use.startswith("./") or re.fullmatch(r"\S+@[0-9a-f]{40} # v\S+", use), use


def test_no_mocks_and_nothing_left_open() -> None:
    """Promises about history are tested against something that has one."""
    banned = re.compile(
        r"import mock|unittest\.mock|monkeypatch\.|MagicMock|\bTO[D]O\b|\bFIX[M]E\b"
    )
    own = Path(__file__).name
    for path in tracked():
        if path.suffix == ".py" and path.name != own:
            assert not banned.search(path.read_text("utf-8")), path.name


def test_no_path_of_a_machine() -> None:
    """Nothing in the repository depends on where somebody worked on it."""
    path_of_a_machine = re.compile(r"(?<![A-Za-z0-9_.}])/(?:root|home/(?!runner)[a-z]+|Users)/")
    for path in tracked():
        if path.suffix in {".py", ".md", ".yml", ".toml", ".lock", ""} and path.name != "LICENSE":
            assert not path_of_a_machine.search(path.read_text("utf-8", errors="replace")), (
                path.name
            )
