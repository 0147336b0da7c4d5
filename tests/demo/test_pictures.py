"""The pictures in README and docs show what the product writes today."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from demo.pictures import DIGESTS, FOLDER, PICTURES, THEMES, digest_of, render_picture

ROOT = Path(__file__).resolve().parents[2]
MOST_BYTES = 100_000


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_not_older_than_what_it_shows(name: str) -> None:
    """Where this is red, `make pictures` and a look at them mend it."""
    page = render_picture(PICTURES[name])
    assert json.loads(DIGESTS.read_text("utf-8"))[name] == digest_of(page), page
    assert "Made by the simulator" in page


def test_there_are_these_pictures_and_no_others() -> None:
    """Each is there in light and dark, and small enough for a page that loads at once."""
    expected = {f"{name}-{theme}.png" for name in PICTURES for theme in THEMES}
    assert {path.name for path in FOLDER.iterdir()} == expected | {DIGESTS.name}
    for name in expected:
        content = (FOLDER / name).read_bytes()
        assert content.startswith(b"\x89PNG")
        assert len(content) < MOST_BYTES, name


def test_what_the_readme_shows_is_there() -> None:
    """And every picture is shown in both themes."""
    text = (ROOT / "README.md").read_text("utf-8")
    shown = re.findall(r'(?:src|srcset)="(docs/pictures/[^"]+)"', text)
    assert shown
    assert all((ROOT / name).is_file() for name in shown)
    names = {re.sub(r"-(?:light|dark)\.png$", "", name) for name in shown}
    assert {f"{name}-{theme}.png" for name in names for theme in THEMES} == set(shown)
