"""What a whole run costs beside the session's own time, and what it holds in memory."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from bench.container import IMAGE, PYTHON, Command, docker, measure
from bench.paired import Ratio, compare
from entrypoint.core.watching import SETTLE_S
from tests.container.job import ANSWERED, REPOSITORY, SCHEMA, Job, simulate
from tests.container.runner_flags import input_variables, runner_variables
from tests.soak.soaking import HOURS, soak

_MESSAGES: Final = 50


@dataclass(frozen=True)
class Ran:
    """What runs cost whose session had ended before the first look."""

    beside_settling: Ratio
    """Container time less the 5 s in which an end settles, over a container that only starts."""
    whole_s: float
    devin_requests: int
    github_requests: int


@dataclass(frozen=True)
class Held:
    """Memory in MiB."""

    peak: float
    """Of a whole run in the image."""
    bare: float
    """Of Python that has imported requests, in the image."""
    hours: tuple[float, ...]
    """Resident at each simulated hour of one run in trouble."""


def measure_runs(pairs: int) -> Ran:
    """Run the container with comment and summary, and an empty one, by turns."""
    whole_s, empty_s, counts = [], [], set()
    for _ in range(pairs):
        began = time.perf_counter()
        docker("run", "--rm", "--entrypoint", PYTHON, IMAGE, "-I", "-c", "pass")
        empty_s.append(time.perf_counter() - began)
        seconds, count = _run_once()
        whole_s.append(seconds)
        counts.add(count)
    ((devin, github),) = counts
    beside = compare([one - SETTLE_S for one in whole_s], empty_s)
    return Ran(beside, median(whole_s), devin, github)


def _run_once() -> tuple[float, tuple[int, int]]:
    with tempfile.TemporaryDirectory() as folder, simulate(ANSWERED) as simulation:
        job = Job(IMAGE, Path(folder) / "job", simulation)
        began = time.perf_counter()
        done = job.start().wait()
        seconds = time.perf_counter() - began
        if done.outputs.get("outcome") != "passed":
            raise RuntimeError(done.log)
        return seconds, (len(simulation.devin.journal), len(simulation.github.journal))


def measure_memory() -> Held:
    """Look at one whole run in the image, and at six simulated hours in trouble."""
    with tempfile.TemporaryDirectory() as folder, simulate(ANSWERED) as simulation:
        job = Path(folder) / "job"
        Job(IMAGE, job, simulation)
        given = {
            "devin_api_key": simulation.devin_key,
            "devin_api_url": simulation.devin.url,
            "prompt": "Review this pull request.",
            "structured_output_schema": SCHEMA,
        }
        environ = input_variables(given, simulation.github_token)
        environ |= runner_variables(REPOSITORY, simulation.github.url)
        commands = {
            "run": Command((PYTHON, "-I", "-u", "-m", "entrypoint"), environ),
            "bare": Command((PYTHON, "-I", "-c", "import requests"), {}),
        }
        took = measure(job, 0, commands)
    with tempfile.TemporaryDirectory() as folder:
        samples = soak(Path(folder), _MESSAGES).samples
    resident = tuple(sample["resident"] / 2**20 for sample in samples[1:HOURS])
    return Held(took["run"]["peak_kib"] / 2**10, took["bare"]["peak_kib"] / 2**10, resident)
