"""Telling failures that come again and again: each one once, and then now and then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from entrypoint.core.retry import LONGEST_BACKOFF_S

if TYPE_CHECKING:
    from entrypoint.world import World

HEARTBEAT_S: Final = 180.0
"""Longest silence of the log, as far as the gaps between attempts allow."""


class Failures:
    """Writes one line for each failure that differs from the one before, and a heartbeat."""

    def __init__(self, world: World, again: str = "Trying again") -> None:
        """Promise that `again` is what the line says will be done after the wait."""
        self._world = world
        self._again = again
        self._last = ""
        self._count = 0
        self._spoke_s = 0.0
        self._told_wait_s = 0.0

    def tell(self, failure: Exception, wait_s: float | None) -> None:
        """Write down that an attempt failed and how long the wait is; `None`: none follows."""
        self._count += 1
        now_s = self._world.clock.monotonic_s()
        is_old = str(failure) == self._last
        is_long = wait_s is not None and wait_s > max(self._told_wait_s, LONGEST_BACKOFF_S)
        if is_old and not is_long and now_s - self._spoke_s < HEARTBEAT_S:
            return
        self._last, self._spoke_s, self._told_wait_s = str(failure), now_s, wait_s or 0.0
        times = f" That is {self._count} times by now." if is_old else ""
        next_step = "" if wait_s is None else f" {self._again} in {wait_s:.0f} s."
        self._world.runner.event(f"{failure}{times}{next_step}")

    def end(self) -> int:
        """Forget them, since there is an answer; return how many attempts in a row had failed."""
        count, self._count, self._last = self._count, 0, ""
        return count
