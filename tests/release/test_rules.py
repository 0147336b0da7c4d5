"""Which releases are refused, and what is said."""

from __future__ import annotations

import pytest

from release.rules import (
    RefusedError,
    Sources,
    check_release,
    extract_notes,
    major_tag_to_move,
    parse_version,
)

CHANGELOG = """\
# Changelog

## 1.2.0 (2026-11-22)

- Rules.

## 1.1.0 (2026-10-01)

- More.
"""


def sources(**changed: object) -> Sources:
    """Return a repository that is ready for 1.2.0."""
    ready: dict[str, object] = {
        "project": "1.2.0",
        "package": "1.2.0",
        "changelog": CHANGELOG,
        "tags": ("v1", "v1.1.0", "v0.9.0"),
    }
    return Sources(**{**ready, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("1.2.3", (1, 2, 3)),
        ("0.1.0", (0, 1, 0)),
        ("10.0.12", (10, 0, 12)),
        ("1.2", None),
        ("1.2.3.4", None),
        ("v1.2.3", None),
        ("01.2.3", None),
        ("1.2.3-rc.1", None),
        ("1.2.3\n", None),
        ("\N{ARABIC-INDIC DIGIT ONE}.2.3", None),
        ("", None),
    ],
)
def test_a_version_is_three_numbers(text: str, version: object) -> None:
    """Nothing else becomes a tag."""
    assert parse_version(text) == version


def test_a_release_that_is_ready_may_be_made() -> None:
    """Project, package and changelog agree, and the version is new."""
    check_release("1.2.0", sources())
    check_release("1.2.0", sources(tags=()))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"project": "1.1.0"}, "pyproject.toml says 1.1.0"),
        ({"package": "1.1.0"}, "entrypoint/__init__.py says 1.1.0"),
        ({"tags": ("v1.2.0",)}, "does not come after 1.2.0"),
        ({"tags": ("v1.10.0", "v1.9.0")}, "does not come after 1.10.0"),
        ({"tags": ("v2.0.0",)}, "does not come after 2.0.0"),
        ({"changelog": CHANGELOG.replace("2026-11-22", "unreleased")}, "its date"),
        ({"changelog": CHANGELOG.replace("## 1.2.0", "## 1.3.0")}, "its date"),
        ({"changelog": CHANGELOG.replace("- Rules.", "")}, "says nothing"),
        ({"changelog": "# Changelog\n"}, "its date"),
    ],
)
def test_a_release_that_is_not_ready_is_refused(changed: dict[str, object], said: str) -> None:
    """Each thing that was forgotten is named before anything is built."""
    with pytest.raises(RefusedError, match=said):
        check_release("1.2.0", sources(**changed))


def test_every_problem_is_told_at_once() -> None:
    """One start of the workflow is enough to learn all that is to be done."""
    with pytest.raises(RefusedError) as refused:
        check_release("1.2.0", sources(project="1", package="2", changelog="", tags=("v1.2.0",)))
    assert len(str(refused.value).splitlines()) == 4


def test_the_notes_are_the_versions_own() -> None:
    """The release says what changed, and not what changed before."""
    assert extract_notes(CHANGELOG, "1.2.0") == "- Rules.\n"


@pytest.mark.parametrize(
    ("version", "tags", "moved"),
    [
        ("1.2.0", ["v1", "v1.1.0", "v1.2.0"], "v1"),
        ("1.2.0", [], "v1"),
        ("0.1.0", ["v0.1.0"], "v0"),
        ("2.0.0", ["v1.9.0", "v2.0.0"], "v2"),
        ("1.2.0", ["v1.10.0"], None),
        ("1.2.0", ["v2.0.0"], "v1"),
        ("1.2.0", ["v1.99", "v1.3.0-rc.1", "1.4.0"], "v1"),
    ],
)
def test_the_major_tag_never_goes_back(version: str, tags: list[str], moved: str | None) -> None:
    """Who uses `@v1` gets the newest release of it, also when an older one is finished later."""
    assert major_tag_to_move(version, tags) == moved
