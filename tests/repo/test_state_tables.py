"""The page about states is what the code does."""

from __future__ import annotations

from tests.repo.state_tables import PAGE, render_page


def test_the_page_is_made_of_the_tables_of_the_code() -> None:
    """Nobody reads a mapping that is not the one in use."""
    assert PAGE.read_text("utf-8") == render_page()
