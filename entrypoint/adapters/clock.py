"""The machine's clock."""

from __future__ import annotations

import time


class SystemClock:
    """Monotonic time; wall-clock jumps do not exist for it."""

    def monotonic_s(self) -> float:
        """Return seconds since an arbitrary start; never goes back."""
        return time.monotonic()

    def sleep(self, duration_s: float) -> None:
        """Sleep at least so many seconds; a signal's exception ends it early."""
        time.sleep(max(0.0, duration_s))
