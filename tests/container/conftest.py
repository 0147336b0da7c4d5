"""The image, built as a runner builds it, and jobs that use it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Protocol

import pytest

from simulator import DEVIN_KEY, Simulation, Timeline
from tests.container.engine import ROOT, docker, docker_engine, docker_must
from tests.container.job import BREAKS_SCHEMA, Job, simulate
from tests.container.moments import Scene, perform
from tests.container.plays import PLAYS
from tests.container.step import Step

__all__ = ["docker_engine"]


class Arrange(Protocol):
    """Gives a simulation that follows a timeline, and a job beside it whose key is this one."""

    def __call__(self, timeline: Timeline, key: str = DEVIN_KEY) -> tuple[Simulation, Job]:
        """Arrange the world of one test."""


@pytest.fixture(scope="session")
def package_files() -> frozenset[str]:
    """List the modules of `entrypoint` as they are when the image is built."""
    package = ROOT / "entrypoint"
    return frozenset(str(path.relative_to(package)) for path in package.rglob("*.py"))


@pytest.fixture(scope="session")
def image(docker_engine: None, package_files: frozenset[str]) -> Iterator[str]:
    """Build the Dockerfile under a name of this run alone; remove it afterwards."""
    del docker_engine, package_files
    tag = f"devin-gate-test:{uuid.uuid4().hex[:12]}"
    docker_must("build", "--quiet", "--tag", tag, ".", timeout_s=240.0)
    yield tag
    docker("image", "rm", "--force", tag)


@pytest.fixture
def arrange(image: str, tmp_path: Path) -> Iterator[Arrange]:
    """Give a simulation that follows a timeline, and a job beside it."""
    with ExitStack() as stack:

        def make(timeline: Timeline, key: str = DEVIN_KEY) -> tuple[Simulation, Job]:
            simulation = stack.enter_context(simulate(timeline, key=key))
            job = Job(image, tmp_path / "job", simulation)
            stack.callback(job.clean)
            return simulation, job

        yield make


# What lasts by its nature is started before the first test and looked at by later ones: the plays,
# and two runs of a minute.

_PLAYS_AT_ONCE: Final = 4
"""More would keep two processors busy with nothing but starting Python."""


@pytest.fixture(scope="session", autouse=True)
def scenes(
    image: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Future[Scene]]]:
    """Perform the plays of all selected tests, several at once, in the order of their table."""
    calls = [getattr(item, "callspec", None) for item in request.session.items]
    asked = {call.params.get("play") for call in calls if call}
    pool = ThreadPoolExecutor(_PLAYS_AT_ONCE)
    yield {
        name: pool.submit(perform, play, image, tmp_path_factory.mktemp("play"))
        for name, (play, _) in PLAYS.items()
        if name in asked
    }
    pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="session", autouse=True)
def broken_run(
    image: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Simulation, Step]]:
    """Run a session whose output breaks the schema; the deadline cuts the grace of 120 s."""
    root = tmp_path_factory.mktemp("broken") / "job"
    with ExitStack() as stack:
        simulation = stack.enter_context(simulate(BREAKS_SCHEMA))
        job = Job(image, root, simulation)
        stack.callback(job.clean)
        yield simulation, job.start({"timeout_minutes": "1"})


@pytest.fixture(scope="session", autouse=True)
def lonely_run(image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Step]:
    """Run where no network is; Devin is asked again until the minute is over."""
    root = tmp_path_factory.mktemp("lonely") / "job"
    with ExitStack() as stack:
        job = Job(image, root, stack.enter_context(simulate(BREAKS_SCHEMA)))
        stack.callback(job.clean)
        inputs = {"timeout_minutes": "1", "devin_api_url": "https://api.devin.ai"}
        yield job.start(inputs, network="none")
