"""The action in a process of its own that counts what it holds, hour by simulated hour.

Speaks to its parent over stdin and stdout: `now` and `sleep SECONDS`, each answered by the
simulated time. The step's log goes to the file that is the only argument. At the end it writes one
JSON list: what it held at the moments of `SAMPLES_S`, and at the very end.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import tracemalloc
from pathlib import Path
from typing import Final

HOUR_S: Final = 3600.0
SAMPLES_S: Final = (400.0, *(hour * HOUR_S for hour in range(1, 6)), 5.97 * HOUR_S)
"""When everything has been loaded, at each hour, and shortly before the end."""


class ParentsClock:
    """The clock of the parent, which is shared with both servers."""

    def __init__(self) -> None:
        self.samples: list[dict[str, float]] = []

    def monotonic_s(self) -> float:
        """Return the simulated seconds."""
        return self._ask("now")

    def sleep(self, duration_s: float) -> None:
        """Sleep in the parent; count before, if it is time."""
        due = SAMPLES_S[len(self.samples) :]
        if due and self._ask("now") >= due[0]:
            self.sample()
        self._ask(f"sleep {max(0.0, duration_s)}")

    def sample(self) -> None:
        """Write down what this process holds."""
        gc.collect()
        kept, peak = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        self.samples.append(
            {
                "at_s": self._ask("now"),
                "kept": kept,
                "peak": peak,
                "resident": pages * os.sysconf("SC_PAGE_SIZE"),
                "descriptors": len(list(Path("/proc/self/fd").iterdir())),
                "threads": threading.active_count(),
            }
        )

    def _ask(self, question: str) -> float:
        sys.stdout.write(f"{question}\n")
        sys.stdout.flush()
        return float(sys.stdin.readline())


def run(log: Path) -> int:
    """Run the action once and tell what it held."""
    from entrypoint.__main__ import main

    clock = ParentsClock()
    with log.open("w") as out:
        code = main(clock=clock, out=out)
    clock.sample()
    sys.stdout.write(json.dumps(clock.samples) + "\n")
    return code


if __name__ == "__main__":
    tracemalloc.start()
    sys.exit(run(Path(sys.argv[1])))
