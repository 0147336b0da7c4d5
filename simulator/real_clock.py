"""The clock of the simulator as a process: real time, faster where wanted."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

from simulator.schedule import Schedule


class SystemClock(Schedule):
    """Real time, ``speed`` times as fast; for the demo and for the simulator as a process."""

    def __init__(self, *, speed: float = 1.0) -> None:
        """Begin at 0.0 and at the real date; ``speed`` 60 makes a minute of each second."""
        super().__init__()
        self._speed = speed
        self._began_s = time.monotonic()
        self._began_at = datetime.now(UTC)

    def monotonic_s(self) -> float:
        """Return the real seconds since the clock was made, times the speed."""
        return (time.monotonic() - self._began_s) * self._speed

    def wall(self) -> datetime:
        """Return the date of the beginning plus ``monotonic_s``."""
        return self._began_at + timedelta(seconds=self.monotonic_s())

    def sleep(self, duration_s: float, *, closing: threading.Event | None = None) -> None:
        """Return after ``duration_s / speed`` real seconds, early when closing."""
        stop = closing or threading.Event()
        wake_s = self.monotonic_s() + duration_s
        while not stop.is_set() and self.monotonic_s() < wake_s:
            pause_s = min(wake_s, self._next_planned_s()) - self.monotonic_s()
            with self._changed:
                self._changed.wait_for(stop.is_set, timeout=max(0.0, pause_s) / self._speed)
            self._run_due(self.monotonic_s)
