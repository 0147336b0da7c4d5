"""What people and Devin read changes only when somebody has read it."""

from __future__ import annotations

import pytest

from tests.unit.said import FOLDER, SAID


@pytest.mark.parametrize("name", SAID)
def test_the_words_are_those_that_were_read(name: str) -> None:
    """Sentences change on purpose: `python -m tests.unit.rewrite_pages`, and read the diff."""
    assert SAID[name]() == (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def test_no_page_of_words_is_left_over() -> None:
    """Every kept page belongs to words that are tested."""
    assert {path.stem for path in FOLDER.iterdir()} == set(SAID)
