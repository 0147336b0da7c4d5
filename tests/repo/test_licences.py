"""Everything that is installed may be used, and handed on where it is in the image."""

from __future__ import annotations

import pytest

from tests.repo.licence_tables import (
    EXCEPTIONS,
    PAGE,
    is_allowed,
    packages_of,
    read_licence,
    render_page,
)


@pytest.mark.parametrize("name", packages_of("requirements-dev.txt"))
def test_the_licence_is_allowed(name: str) -> None:
    """A dependency under a licence that nobody has looked at cannot come in unseen."""
    assert is_allowed(name, read_licence(name)), read_licence(name)


def test_what_the_image_hands_on_has_no_strong_copyleft() -> None:
    """A tool's GPL stays with the tool: what the image holds is at most the LGPL."""
    image = packages_of("requirements.txt")
    assert "GPL-3.0" not in {read_licence(name) for name in image}
    assert [name for name in EXCEPTIONS if name in image] == ["pygithub"]


def test_the_page_lists_them() -> None:
    """`python -m tests.repo.licence_tables` would change nothing."""
    assert render_page() == PAGE.read_text("utf-8")
