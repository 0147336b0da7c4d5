"""A world whose requests may take less time, so that a case can wait for their end."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from entrypoint.__main__ import compose_world

if TYPE_CHECKING:
    from entrypoint.adapters.runner import Runner
    from entrypoint.core.event import Trigger
    from entrypoint.core.settings import Settings
    from entrypoint.world import Clock, Devin, GitHub, World

REQUEST_S: Final = 1
"""Real seconds; a healthy answer on loopback takes some milliseconds."""


def compose_hurried(runner: Runner, clock: Clock, connections: ExitStack) -> World:
    """Compose the product's own world, but for how long one request may take in all."""
    world = compose_world(runner, clock, connections)

    def open_devin(settings: Settings, request_s: float) -> Devin:
        return world.open_devin(settings, min(request_s, REQUEST_S))

    def open_github(settings: Settings, trigger: Trigger, request_s: int) -> GitHub:
        return world.open_github(settings, trigger, min(request_s, REQUEST_S))

    return replace(world, open_devin=open_devin, open_github=open_github)
