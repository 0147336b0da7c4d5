"""Which versions may be released, what their tags are called, and what the changelog must say."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

Version: TypeAlias = tuple[int, int, int]


class RefusedError(Exception):
    """A release that must not be made; the message says why, in a line for each problem."""


@dataclass(frozen=True)
class Sources:
    """What the repository says about its own version."""

    project: str
    """`version` of pyproject.toml."""
    package: str
    """`__version__` of the package, which is what the action tells Devin and the log."""
    changelog: str
    """The text of CHANGELOG.md."""
    tags: tuple[str, ...]
    """Every tag of the repository."""


def parse_version(text: str) -> Version | None:
    """Return the three numbers, or `None`: no pre-releases, no leading zeros, nothing else."""
    match = re.fullmatch(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)", text, re.ASCII)
    if match is None:
        return None
    major, minor, patch = (int(number) for number in match.groups())
    return major, minor, patch


def released_versions(tags: Iterable[str]) -> list[Version]:
    """Return the versions that tags name, the newest first; other tags do not count."""
    named = (parse_version(tag.removeprefix("v")) for tag in tags if tag.startswith("v"))
    return sorted((version for version in named if version), reverse=True)


def check_release(version: str, sources: Sources) -> None:
    """Raise `RefusedError` with everything that is wrong about releasing the version now."""
    problems = list(_find_problems(version, sources))
    if problems:
        raise RefusedError("\n".join(problems))


def _find_problems(version: str, sources: Sources) -> Iterable[str]:
    numbers = parse_version(version)
    if numbers is None:
        yield f"{version!r} is no version: three numbers are, such as 1.2.3"
        return
    if sources.project != version:
        yield f"pyproject.toml says {sources.project}, not {version}"
    if sources.package != version:
        yield f"entrypoint/__init__.py says {sources.package}, not {version}"
    newest = next(iter(released_versions(sources.tags)), None)
    if newest and numbers <= newest:
        said = ".".join(str(number) for number in newest)
        yield f"{version} does not come after {said}, which is released"
    try:
        extract_notes(sources.changelog, version)
    except RefusedError as error:
        yield str(error)


def extract_notes(changelog: str, version: str) -> str:
    """Return the text below the version's heading, which must be the first one and have a date."""
    head, *rest = re.split(r"^## (.*)$", changelog, flags=re.MULTILINE)[1:] or [""]
    if not re.fullmatch(rf"{re.escape(version)} \(\d{{4}}-\d\d-\d\d\)", head):
        raise RefusedError(
            f"CHANGELOG.md begins with {head!r}, not with '{version} (YYYY-MM-DD)', its date"
        )
    notes = rest[0].strip()
    if not notes:
        raise RefusedError(f"CHANGELOG.md says nothing about {version}")
    return notes + "\n"


def major_tag_to_move(version: str, tags: Iterable[str]) -> str | None:
    """Return the tag of the major version, which follows its newest release and never goes back."""
    numbers = parse_version(version)
    if numbers is None:
        raise RefusedError(f"{version!r} is no version")
    same_major = (other for other in released_versions(tags) if other[0] == numbers[0])
    return f"v{numbers[0]}" if max(same_major, default=numbers) <= numbers else None
