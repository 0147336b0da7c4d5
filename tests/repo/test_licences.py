"""Everything that is installed may be used, and handed on where it is in the image."""

from __future__ import annotations

import pytest

from tests.repo.licence_tables import (
    EXCEPTIONS,
    PAGE,
    is_allowed,
    read_licences,
    render_page,
)

LICENCES = read_licences()


@pytest.mark.parametrize(
    ("name", "licence"), [one for some in LICENCES.values() for one in some.items()]
)
def test_the_licence_is_allowed(name: str, licence: str) -> None:
    """A dependency under a licence that nobody has looked at cannot come in unseen."""
    assert is_allowed(name, licence)


def test_what_the_image_hands_on_has_no_strong_copyleft() -> None:
    """A tool's GPL stays with the tool: what the image holds is at most the LGPL."""
    image = LICENCES["In the image"]
    assert [name for name in EXCEPTIONS if name in image] == ["pygithub"]


def test_the_page_lists_them() -> None:
    """`python -m tests.repo.licence_tables` would change nothing."""
    assert render_page() == PAGE.read_text("utf-8")
