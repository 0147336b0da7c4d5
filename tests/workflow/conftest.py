"""Workflow runs by act: all of them are started at once, each test reads the end of one."""

from __future__ import annotations

import fcntl
import json
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest

from simulator import Simulation, Timeline, Token
from tests.container.engine import ROOT, docker, docker_engine, docker_must
from tests.container.job import ANSWERED, BREAKS_SCHEMA, simulate
from tests.repo.recipes import find_permissions
from tests.workflow.act import IMAGE, NAMED_IMAGE, TOOL_CACHE, ActRun, run_act
from tests.workflow.checkout import copy_action, make_repository, make_repository_of_recipes
from tests.workflow.places import Place, settle
from tests.workflow.recipe_runs import RUNS, RecipeRun

__all__ = ["docker_engine"]

_OPENED: Final = ROOT / "tests/cases/events/pull_request.opened.json"
# The longest first.
_WORKFLOWS: Final[dict[str, tuple[str, Path | None, Timeline]]] = {
    "broken": ("pull_request", _OPENED, BREAKS_SCHEMA),
    "matrix": ("pull_request", _OPENED, ANSWERED),
    "passing": ("pull_request", _OPENED, ANSWERED),
    "pushed": ("push", None, ANSWERED),
}
_FIRST: Final = "mistyped"
_AT_ONCE: Final = 6
"""Most of a run is waiting for the second look; more at once would only wait for each other."""


@pytest.fixture(scope="session")
def alone(docker_engine: None) -> Iterator[None]:
    """Hold act's two image names for this session: another one on this machine waits."""
    del docker_engine
    with Path(tempfile.gettempdir(), "devin-gate-test-act.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        was_there = _has_tool_cache()
        yield
        docker("image", "rm", "--force", IMAGE, NAMED_IMAGE)
        if not was_there:
            docker("volume", "rm", TOOL_CACHE)


@pytest.fixture(scope="session")
def folder(alone: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder that holds the repositories."""
    del alone
    return tmp_path_factory.mktemp("workflow")


@pytest.fixture(scope="session")
def suffix(folder: Path) -> Iterator[str]:
    """Make the repository with this tree in it; afterwards nothing of act's is left."""
    suffix = make_repository(folder / "repository")
    yield suffix
    for kind, every in (("container", ["--all"]), ("volume", [])):
        left = docker(kind, "ls", *every, "--quiet", "--filter", f"name={suffix}").stdout.split()
        if left:
            docker(kind, "rm", "--force", *left)


def _has_tool_cache() -> bool:
    return docker("volume", "inspect", TOOL_CACHE).returncode == 0


@pytest.fixture(scope="session")
def all_runs(
    folder: Path, suffix: str, request: pytest.FixtureRequest
) -> Iterator[Mapping[str, Future[ActRun]]]:
    """Run what the selected tests ask for, each run with a Devin and a GitHub of its own.

    The quickest one comes first and alone: it builds the image, and the others find it built.
    """
    with ExitStack() as stack, ThreadPoolExecutor(_AT_ONCE) as pool:

        def start(name: str, event: str, payload: Path | None, timeline: Timeline) -> ActRun:
            simulation = stack.enter_context(simulate(timeline))
            return run_act(folder / "repository", name, event, payload, simulation)

        def start_recipe(name: str, run: RecipeRun) -> ActRun:
            enterprise = run.authority != "public"
            simulation = stack.enter_context(simulate(*run.sessions, enterprise=enterprise))
            token = Token(permissions=find_permissions(run.recipe))
            simulation.github.add_token(simulation.github_token, token)
            run.arrange(simulation)
            own = folder / name
            own.mkdir()
            with settle(simulation, run.authority, own) as place:
                return _run_recipe(own, name, run, simulation, place)

        runs = {_FIRST: pool.submit(start, _FIRST, "pull_request", _OPENED, ANSWERED)}
        runs[_FIRST].exception()
        docker_must("tag", IMAGE, NAMED_IMAGE)
        if any("runs" in getattr(item, "fixturenames", ()) for item in request.session.items):
            runs |= {name: pool.submit(start, name, *run) for name, run in _WORKFLOWS.items()}
        recipes = {name: RUNS[name] for name in _find_asked(request)}
        places = {name: run.recipe for name, run in recipes.items()}
        if places:
            make_repository_of_recipes(folder / "user", places, suffix)
        yield runs | {name: pool.submit(start_recipe, name, run) for name, run in recipes.items()}
        pool.shutdown(cancel_futures=True)


def _find_asked(request: pytest.FixtureRequest) -> list[str]:
    """Return the recipes' runs that the selected tests are about."""
    calls = [getattr(item, "callspec", None) for item in request.session.items]
    asked = [call.params.get("recipe_run") for call in calls if call]
    return list(dict.fromkeys(name for name in asked if name))


def _run_recipe(
    own: Path, name: str, run: RecipeRun, simulation: Simulation, place: Place
) -> ActRun:
    """Run a recipe for its event, where the action is this tree."""
    payload = own / "event.json"
    payload.write_text(json.dumps(run.payload), encoding="utf-8")
    copy_action(own / "action", place.devin_url)
    action = ("--local-repository", f"devin-gate/devin-gate@v0={own / 'action'}")
    more = (*action, *place.arguments, *run.more)
    return run_act(own.parent / "user", name, run.event, payload, simulation, more)


@pytest.fixture(scope="session")
def runs(all_runs: Mapping[str, Future[ActRun]]) -> Mapping[str, Future[ActRun]]:
    """Give the runs of the layer's own workflows."""
    return all_runs


@pytest.fixture
def recipe_run(all_runs: Mapping[str, Future[ActRun]], request: pytest.FixtureRequest) -> ActRun:
    """Wait for the end of a recipe's run."""
    return all_runs[request.param].result()
