"""Six simulated hours of one run in flapping trouble, watched from outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from simulator import Answer, CutBody, CutChunked, Delay, Exchange, Fault, Reset, Simulation, Step
from simulator.clock import SimClock
from tests.scenarios.world import DETAILS, GOOD, SCHEMA, Gate, blocked, working
from tests.soak.watched import HOUR_S

HOURS: Final = 6
_ROOT: Final = Path(__file__).parents[2]
_WORDS: Final = "I have looked at one more file and found nothing that breaks a rule; going on."
_BUSY: Final = {"detail": "slow down"}
_LIMIT: Final = {"message": "You have exceeded a secondary rate limit."}
_DEVIN: Final[Sequence[Fault]] = (
    *(Answer(503), Reset(), CutBody(1_000), Delay(20), CutChunked(500), Answer(500, _BUSY)),
    *(Answer(429, _BUSY, (("Retry-After", "90"),)), Answer(502, "<h1>Bad Gateway</h1>"), Delay(5)),
    *(Answer(503, _BUSY, (("Retry-After", "45"),)), Answer(200, "<html>portal</html>")),
)
_GITHUB: Final[Sequence[Fault]] = (
    *(Answer(502, "<h1>Bad Gateway</h1>"), Reset(), Answer(403, _LIMIT), CutBody(10), Delay(5)),
)


@dataclass(frozen=True)
class Soak:
    """What six hours left behind."""

    exit_code: int
    samples: Sequence[Mapping[str, float]]
    """What the process held: after its start, at hours 1 to 5, shortly before the end, after it."""
    log: str
    devin: Sequence[Exchange]
    github: Sequence[Exchange]
    leftovers: Sequence[str]

    def requests_of(self, hour: int) -> int:
        """Return how many requests one of the hours had, counted from 0."""
        every = [*self.devin, *self.github]
        return sum(hour * HOUR_S <= seen.at_s < (hour + 1) * HOUR_S for seen in every)


def soak(folder: Path, messages: int) -> Soak:
    """Let a session work for six hours and say so many things, half of them in the last hour."""
    (folder / "workspace").mkdir()
    (folder / "run-1").mkdir()
    with Simulation() as sim:
        gate = Gate(sim, folder)
        gate.on_pull_request()
        gate.devin_does(*sorted(_script(messages), key=lambda step: step.after_s))
        _spoil(sim)
        inputs = {"prompt": "Review this.", "structured_output_schema": SCHEMA}
        inputs["timeout_minutes"] = str(HOURS * 60 + 30)
        environ = {**gate._environ(folder / "run-1", 1, inputs), "PATH": os.environ["PATH"]}
        code, samples = _run(gate.clock, environ, folder / "log")
        return Soak(
            exit_code=code,
            samples=samples,
            log=(folder / "log").read_text(),
            devin=sim.devin.journal,
            github=sim.github.journal,
            leftovers=sim.leftovers(),
        )


def _script(messages: int) -> Iterator[Step]:
    """Yield what Devin does: it stops for a minute now and then, which changes the comment."""
    yield working()
    half = messages // 2
    for number in range(half):
        yield Step(600 + number * 2_700 / half, message=f"{number}: {_WORDS}")
        yield Step((HOURS - 1) * HOUR_S + 60 + number * 3_300 / half, message=f"{number}! {_WORDS}")
    for stop in range(3 * HOURS):
        yield blocked(300 + 1_200 * stop)
        yield working(360 + 1_200 * stop)
    yield blocked(HOURS * HOUR_S, GOOD)


def _spoil(sim: Simulation) -> None:
    """Spoil a fifth of all answers, and let Devin be away for some minutes once an hour."""
    for number, skip in enumerate(range(4, 600, 5)):
        sim.devin.inject("GET", DETAILS, _DEVIN[number % len(_DEVIN)], skip=skip)
    for hour in range(1, HOURS):
        sim.devin.inject("GET", DETAILS, Answer(503), skip=100 * hour, times=12)
    for number, skip in enumerate(range(3, 43, 4)):
        sim.github.inject("*", "*", _GITHUB[number % len(_GITHUB)], skip=skip)


def _run(
    clock: SimClock, environ: Mapping[str, str], log: Path
) -> tuple[int, list[dict[str, float]]]:
    """Run the action and answer its questions for the time."""
    command = [sys.executable, "-m", "tests.soak.watched", str(log)]
    samples: list[dict[str, float]] = []
    with subprocess.Popen(
        command, env=environ, cwd=_ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stdout
        for line in process.stdout:
            if line.startswith("["):
                samples = json.loads(line)
                continue
            if line.startswith("sleep "):
                clock.sleep(float(line.split()[1]))
            process.stdin.write(f"{clock.monotonic_s()}\n")
            process.stdin.flush()
    return process.returncode, samples
