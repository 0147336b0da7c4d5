"""A world whose requests may take less time, so that a case can wait for their end."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from entrypoint.__main__ import compose_world

if TYPE_CHECKING:
    from entrypoint.adapters.runner import Runner
    from entrypoint.core.event import Trigger
    from entrypoint.core.retry import Patience
    from entrypoint.core.settings import Settings
    from entrypoint.core.time_limit import TimeLimit
    from entrypoint.world import Clock, Devin, GitHub, World

REQUEST_S: Final = 1.0
"""Real seconds; a healthy answer on loopback takes some milliseconds."""


def compose_hurried(
    runner: Runner, clock: Clock, limit: TimeLimit, connections: ExitStack
) -> World:
    """Compose the product's own world, but for how long one request may take in all."""
    world = compose_world(runner, clock, limit, connections)

    def open_devin(settings: Settings, patience: Patience) -> Devin:
        return world.open_devin(settings, _hurry(patience))

    def open_github(settings: Settings, trigger: Trigger, patience: Patience) -> GitHub:
        return world.open_github(settings, trigger, _hurry(patience))

    return replace(world, open_devin=open_devin, open_github=open_github)


def _hurry(patience: Patience) -> Patience:
    return replace(patience, request_s=min(patience.request_s, REQUEST_S))
