"""Workflow runs by act: all of them are started at once, each test reads the end of one."""

from __future__ import annotations

import fcntl
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest

from simulator import Timeline
from tests.container.engine import ROOT, docker, docker_engine
from tests.container.job import ANSWERED, BREAKS_SCHEMA, simulate
from tests.workflow.act import IMAGE, TOOL_CACHE, ActRun, run_act
from tests.workflow.checkout import make_repository

__all__ = ["docker_engine"]

_OPENED: Final = ROOT / "tests/cases/events/pull_request.opened.json"
# The longest first.
_RUNS: Final[dict[str, tuple[str, Path | None, Timeline]]] = {
    "broken": ("pull_request", _OPENED, BREAKS_SCHEMA),
    "awaited": ("pull_request", _OPENED, ANSWERED),
    "matrix": ("pull_request", _OPENED, ANSWERED),
    "passing": ("pull_request", _OPENED, ANSWERED),
    "pushed": ("push", None, ANSWERED),
}
_FIRST: Final = "mistyped"


@pytest.fixture(scope="session")
def alone(docker_engine: None) -> Iterator[None]:
    """Hold act's one image name for this session: another one on this machine waits."""
    del docker_engine
    with Path(tempfile.gettempdir(), "devin-gate-test-act.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        was_there = _has_tool_cache()
        yield
        docker("image", "rm", "--force", IMAGE)
        if not was_there:
            docker("volume", "rm", TOOL_CACHE)


@pytest.fixture(scope="session")
def repository(alone: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give a git repository with this tree in it; afterwards nothing of act's is left."""
    del alone
    root = tmp_path_factory.mktemp("workflow") / "repository"
    suffix = make_repository(root)
    yield root
    for kind, every in (("container", ["--all"]), ("volume", [])):
        left = docker(kind, "ls", *every, "--quiet", "--filter", f"name={suffix}").stdout.split()
        if left:
            docker(kind, "rm", "--force", *left)


def _has_tool_cache() -> bool:
    return docker("volume", "inspect", TOOL_CACHE).returncode == 0


@pytest.fixture(scope="session")
def runs(repository: Path) -> Iterator[dict[str, Future[ActRun]]]:
    """Run every workflow, each with a Devin and a GitHub of its own.

    The quickest one comes first and alone: it builds the image, and the others find it built.
    """
    with ExitStack() as stack, ThreadPoolExecutor(len(_RUNS)) as pool:

        def start(name: str, event: str, payload: Path | None, timeline: Timeline) -> ActRun:
            simulation = stack.enter_context(simulate(timeline))
            return run_act(repository, name, event, payload, simulation)

        first = pool.submit(start, _FIRST, "pull_request", _OPENED, ANSWERED)
        first.exception()
        others = {name: pool.submit(start, name, *run) for name, run in _RUNS.items()}
        yield {_FIRST: first, **others}
