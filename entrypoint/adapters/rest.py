"""How long a server wants to be left alone; apart, since it is needed before PyGithub is loaded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Rest:
    """Shared by all connections of a run to one server."""

    until_s: float = 0.0
    """On the run's monotonic clock."""
