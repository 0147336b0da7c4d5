"""What comes back through the runner is looked at before it becomes part of an address."""

from __future__ import annotations

import pytest

from entrypoint.core.handover import read_handover
from tests.unit.builders import SESSION_ID, SESSION_URL


def session_url_of(url: str) -> str:
    """Return the address that a post step would show."""
    handover = read_handover({"STATE_session_id": SESSION_ID, "STATE_session_url": url})
    assert handover is not None
    return handover.session_url


@pytest.mark.parametrize(
    "url", [SESSION_URL, "https://acme.devinenterprise.com/sessions/1", "http://127.0.0.1:1/x"]
)
def test_the_address_that_devin_gave_is_shown(url: str) -> None:
    """Also where Devin is down by then, and on a dedicated host."""
    assert session_url_of(url) == url


@pytest.mark.parametrize(
    "url", ["", "javascript:alert(1)", "https://a b", "https://a\nb", "https://é", f"https://{'a' * 2001}"]
)  # fmt: skip
def test_what_is_no_address_is_none(url: str) -> None:
    """Nothing else that stands in the state becomes a link."""
    assert session_url_of(url) == ""
