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
    assert json.loads(DIGESTS.read_text("utf-8"))[name] == digest_of(page), "make pictures"
    assert "Made by the simulator" in page


def test_there_are_these_pictures_and_no_others() -> None:
    """Each is there in light and dark, and small enough for a page that loads at once."""
    expected = {f"{name}-{theme}.png" for name in PICTURES for theme in THEMES}
    assert {path.name for path in FOLDER.iterdir()} == expected | {DIGESTS.name}
    for name in expected:
        content = (FOLDER / name).read_bytes()
        assert content.startswith(b"\x89PNG")
        assert len(content) < MOST_BYTES, name


def test_every_picture_is_shown_somewhere_in_both_themes() -> None:
    """README and docs name those that there are, each with its counterpart and in words."""
    shown: set[str] = set()
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        text = page.read_text("utf-8")
        here = re.findall(r'(?:src|srcset)="([^"]*pictures/[^"]+)"', text)
        assert all((page.parent / name).is_file() for name in here), page
        assert text.count('<img alt="') == text.count("<picture>") == len(here) / 2
        shown |= {Path(name).name for name in here}
    assert shown == {f"{name}-{theme}.png" for name in PICTURES for theme in THEMES}
