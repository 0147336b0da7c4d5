"""What the simulator asks of a clock, and the callbacks that all clocks share.

All times are seconds; ``monotonic_s`` counts from 0.0 at the making of the clock.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


class Clock(Protocol):
    """What the simulator asks of a clock."""

    def monotonic_s(self) -> float:
        """Return the seconds since the clock was made; they never go back."""

    def wall(self) -> datetime:
        """Return the date and time in UTC."""

    def sleep(self, duration_s: float, *, closing: threading.Event | None = None) -> None:
        """Return when the time has passed, or early once ``closing`` is set and told."""

    def at(self, when_s: float, callback: Callable[[], None]) -> None:
        """Run the callback in the thread that sleeps when time passes that moment."""

    def tell_closing(self) -> None:
        """Make every sleeper look at its ``closing`` event."""


@dataclass(frozen=True, order=True, slots=True)
class _Planned:
    """One callback of ``at``."""

    when_s: float
    ticket: int
    callback: Callable[[], None] = field(compare=False)


class Schedule:
    """The callbacks of ``at``, and the lock that a clock shares with them."""

    def __init__(self) -> None:
        """Begin without callbacks."""
        # Re-entrant, since a signal handler may ask the clock in the middle of a sleep.
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._tickets = itertools.count()
        self._planned: list[_Planned] = []

    def at(self, when_s: float, callback: Callable[[], None]) -> None:
        """Run the callback once, outside all locks, in the thread that sleeps at ``when_s``."""
        with self._changed:
            heapq.heappush(self._planned, _Planned(when_s, next(self._tickets), callback))

    def tell_closing(self) -> None:
        """Make every sleeper look at its ``closing`` event."""
        with self._changed:
            self._changed.notify_all()

    def _run_due(self, now_s: Callable[[], float]) -> None:
        while (callback := self._pop_due(now_s())) is not None:
            callback()

    def _pop_due(self, now_s: float) -> Callable[[], None] | None:
        with self._changed:
            if self._planned and self._planned[0].when_s <= now_s:
                return heapq.heappop(self._planned).callback
            return None

    def _next_planned_s(self) -> float:
        return self._planned[0].when_s if self._planned else float("inf")
