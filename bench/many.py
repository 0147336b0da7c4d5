"""Many runs at once, in one process on the simulated clock, against services with limits."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, quantiles
from typing import Final

from simulator import Simulation, Timeline
from simulator.clock import Clock, SimClock
from simulator.wire import Reply, json_reply
from tests.scenarios.world import GOOD, Gate, Run, blocked, working

WATCHERS: Final = 256
DEVIN_A_SECOND: Final = 10
GITHUB_AN_HOUR: Final = 1_000
_SHORTEST_S: Final = 300
_LONGEST_S: Final = 1_200
_FIRST_PULL: Final = 100
_PASSED: Final = "\n### ✅ Devin Gate passed\n"


@dataclass(frozen=True)
class Many:
    """What many runs at once came to."""

    watchers: int
    outcomes: Counter[str]
    creates: int
    """Sessions that were made."""
    comments: Counter[int]
    """How many comments a pull request has -> how many of them."""
    told: int
    """Comments that tell how it ended; the others stand where GitHub's limit left them."""
    github: Counter[int | None]
    """Status -> GitHub's answers."""
    devin: Counter[int | None]
    """Status -> Devin's answers."""
    lags_s: tuple[float, ...]
    """From each session's end to the end of its run."""
    load: tuple[int, ...]
    """Devin's requests in each minute from the start, refused ones included."""

    @property
    def mean_lag_s(self) -> float:
        """Return the mean lag."""
        return fmean(self.lags_s)

    @property
    def p95_lag_s(self) -> float:
        """Return the lag that one in twenty exceeds."""
        return quantiles(self.lags_s, n=20)[-1]

    @property
    def github_a_run(self) -> float:
        """Return GitHub's requests for each run, on average."""
        return self.github.total() / self.watchers


class Limit:
    """Refuses what comes beyond a number of requests in each window of time."""

    def __init__(self, clock: Clock, most: int, window_s: float, refusal: Reply) -> None:
        """Begin with a full allowance."""
        self._clock, self._most, self._window_s = clock, most, window_s
        self._refusal = refusal
        self._seen: Counter[int] = Counter()

    def __call__(self) -> Reply | None:
        """Count one request; return the refusal where it is one too many."""
        window = int(self._clock.monotonic_s() // self._window_s)
        self._seen[window] += 1
        return self._refusal if self._seen[window] > self._most else None


def run_many(watchers: int = WATCHERS) -> Many:
    """Start so many runs at the same moment, each on a pull request of its own."""
    clock = SimClock(stall_s=120.0)
    with tempfile.TemporaryDirectory() as folder, Simulation(clock) as sim:
        sim.devin.refuse = Limit(
            clock,
            DEVIN_A_SECOND,
            1.0,
            json_reply(429, {"detail": "Too many requests"}, [("Retry-After", "1")]),
        )
        sim.github.refuse = Limit(
            clock,
            GITHUB_AN_HOUR,
            3_600.0,
            json_reply(403, {"message": "API rate limit exceeded for installation ID 1."}),
        )
        step_s = (_LONGEST_S - _SHORTEST_S) / watchers
        lengths_s = [_SHORTEST_S + number * step_s for number in range(watchers)]
        sim.devin.script(
            *(Timeline((working(), blocked(length_s, GOOD))) for length_s in lengths_s)
        )
        calls = [_prepare(sim, Path(folder) / str(number), number) for number in range(watchers)]
        return _sum_up(sim, clock.run_together(*calls))


def _prepare(sim: Simulation, folder: Path, number: int) -> Callable[[], Run]:
    (folder / "workspace").mkdir(parents=True)
    gate = Gate(sim, folder, number=_FIRST_PULL + number)
    gate.on_pull_request()
    return lambda: gate.run(alone=False)


def _sum_up(sim: Simulation, runs: list[Run]) -> Many:
    ended_s = {run.outputs["session_id"]: run.ended_s for run in runs}
    lags = [
        ended_s[session.session_id] - session.created_s - session.timeline.steps[-1].after_s
        for session in sim.devin.sessions
    ]
    minutes = Counter(int(seen.at_s // 60) for seen in sim.devin.journal)
    numbers = [_FIRST_PULL + number for number in range(len(runs))]
    comments = [sim.github.comments_of(number) for number in numbers]
    return Many(
        watchers=len(runs),
        outcomes=Counter(run.outcome for run in runs),
        creates=len(sim.devin.sessions),
        comments=Counter(len(those) for those in comments),
        told=sum(_PASSED in comment.body for those in comments for comment in those),
        github=Counter(seen.status for seen in sim.github.journal),
        devin=Counter(seen.status for seen in sim.devin.journal),
        lags_s=tuple(lags),
        load=tuple(minutes[minute] for minute in range(max(minutes) + 1)),
    )
