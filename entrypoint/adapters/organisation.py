"""The organisation of a key; apart, since it is needed before an adapter is loaded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Organisation:
    """Shared by all connections of a run, so that Devin is asked once."""

    org_id: str = ""
    """Empty until it is known."""
