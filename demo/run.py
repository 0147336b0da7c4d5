"""One run of the action in a simulated world, and everything that it left behind.

The action is passed in: it gets an environment as a runner would make it, the simulated clock and
a place to log to, and does real HTTP.
"""

from __future__ import annotations

import io
import json
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import yaml

from demo.events import Event, collect_events
from demo.log import Log, interpret_log
from demo.payloads import EVENTS, HEAD_SHA, PULL_NUMBER, TITLE, make_payload
from simulator import DEVIN_KEY, DEVIN_KEY_V3, Clock, Comment, Simulation
from simulator.github_store import DEFAULT_REPOSITORY

if TYPE_CHECKING:
    from demo.scenario import DemoScenario

_NEXT_SHA: Final = "c07ae5512d9f4b0e8d6ea3c1b5f79284de13a6f8"
_MERGE_SHA: Final = "91d0b3c7a6f245e8803c1bd97e64fa52c0837e1d"
_MANIFEST: Final = Path(__file__).parent.parent / "action.yml"


class Action(Protocol):
    """What is run: the action's own composition root."""

    def __call__(
        self, environ: Mapping[str, str], *, clock: Clock, out: io.StringIO, cancel: Cancel
    ) -> int:
        """Run once and return the exit code; ``cancel`` is to be called within the run."""


class Cancel(Protocol):
    """Plans the cancelling of the run: calls what it is given at that moment."""

    def __call__(self, interrupt: Callable[[], None]) -> None:
        """Plan it, or do nothing."""


@dataclass(frozen=True, slots=True)
class DemoRun:
    """A run that is over."""

    scenario: DemoScenario
    exit_code: int
    log: Log
    summary: str
    outputs: Mapping[str, str]
    comments: tuple[Comment, ...]
    events: tuple[Event, ...]
    leftovers: tuple[str, ...]
    simulated_s: float
    real_s: float
    requests: int

    @property
    def outcome(self) -> str:
        """Return what the gate concluded."""
        return self.outputs.get("outcome", "")

    @property
    def traffic(self) -> str:
        """Say how many requests Devin and GitHub got."""
        return f"{self.requests} HTTP request{'s' * (self.requests != 1)}"

    @property
    def surprises(self) -> tuple[str, ...]:
        """Return how the run ended otherwise than its scenario says; nothing is as it must be."""
        wanted = self.scenario
        ends = (
            ("outcome", wanted.outcome, self.outcome),
            ("exit code", str(wanted.exit_code), str(self.exit_code)),
        )
        wrong = [
            f"{what}: {hoped} expected, got {got}" for what, hoped, got in ends if hoped != got
        ]
        return (*wrong, *self.leftovers)


def perform(scenario: DemoScenario, action: Action) -> DemoRun:
    """Run the action in the scenario's world, and what came before it; show the last run."""
    key = DEVIN_KEY_V3 if scenario.api == "v3" else DEVIN_KEY
    with (
        Simulation(devin_key=key) as simulation,
        tempfile.TemporaryDirectory(prefix="devin-gate-") as folder,
    ):
        if scenario.event != "push":
            simulation.github.add_pull(PULL_NUMBER, head_sha=HEAD_SHA, title=TITLE)
        scenario.world.arrange(simulation)
        began = time.perf_counter()
        place = Path(folder) / "before"
        for number, inputs in enumerate(scenario.before):
            place = Path(folder) / str(number)
            environ = _prepare(scenario, inputs, simulation, place)
            action(environ, clock=simulation.clock, out=io.StringIO(), cancel=_cancel_never)
            simulation.clock.sleep(60.0)
        began_s = simulation.clock.monotonic_s()
        place, out = Path(folder) / "last", io.StringIO()
        environ = _prepare(scenario, {}, simulation, place)
        cancel = _plan(scenario, simulation)
        exit_code = action(environ, clock=simulation.clock, out=out, cancel=cancel)
        return DemoRun(
            scenario=scenario,
            exit_code=exit_code,
            log=interpret_log(out.getvalue()),
            summary=_read(place / "summary"),
            outputs=read_outputs(_read(place / "output")),
            comments=tuple(simulation.github.comments_of(PULL_NUMBER)),
            events=collect_events(simulation, began_s),
            leftovers=tuple(simulation.leftovers()),
            simulated_s=simulation.clock.monotonic_s() - began_s,
            real_s=time.perf_counter() - began,
            requests=len(simulation.devin.journal) + len(simulation.github.journal),
        )


def read_outputs(text: str) -> dict[str, str]:
    """Read the runner's file of outputs; of two values of a name the later one counts."""
    outputs: dict[str, str] = {}
    lines = iter(text.removesuffix("\n").split("\n") if text else ())
    for line in lines:
        name, _, delimiter = line.partition("<<")
        value: list[str] = []
        for inner in lines:
            if inner == delimiter:
                break
            value.append(inner)
        outputs[name] = "\n".join(value)
    return outputs


def _cancel_never(interrupt: Callable[[], None]) -> None:
    del interrupt


def _plan(scenario: DemoScenario, simulation: Simulation) -> Cancel:
    """Plan what people do meanwhile; the returned call takes how the run is cancelled."""

    def push() -> None:
        simulation.github.edit_pull(PULL_NUMBER, head_sha=_NEXT_SHA)

    def archive() -> None:
        simulation.devin.sessions[-1].archived = True

    def plan(interrupt: Callable[[], None]) -> None:
        deeds = {"cancel": interrupt, "push": push, "archive": archive}
        for deed in scenario.meanwhile:
            simulation.clock.at(began_s + deed.after_s, deeds[deed.what])

    began_s = simulation.clock.monotonic_s()
    return plan


def _prepare(
    scenario: DemoScenario, more: Mapping[str, str], simulation: Simulation, place: Path
) -> dict[str, str]:
    """Make the files and return the variables that a runner would give to the container."""
    (place / "workspace").mkdir(parents=True)
    payload = json.dumps(make_payload(scenario.event))
    (place / "event.json").write_text(payload, encoding="utf-8")
    event = EVENTS[scenario.event]
    is_pull = event == "pull_request"
    given = {
        "devin_api_key": simulation.devin_key,
        "devin_api_url": simulation.devin.url,
        "github_token": simulation.github_token,
        **scenario.inputs,
        **more,
    }
    inputs = {**_defaults(), **given}
    return {
        **{f"INPUT_{name.upper()}": value for name, value in inputs.items()},
        "GITHUB_EVENT_NAME": event,
        "GITHUB_EVENT_PATH": str(place / "event.json"),
        "GITHUB_REPOSITORY": DEFAULT_REPOSITORY,
        "GITHUB_SHA": _MERGE_SHA if is_pull else HEAD_SHA,
        "GITHUB_REF": f"refs/pull/{PULL_NUMBER}/merge" if is_pull else "refs/heads/prices",
        "GITHUB_WORKFLOW_REF": f"{DEFAULT_REPOSITORY}/.github/workflows/gate.yml@refs/heads/main",
        "GITHUB_JOB": "gate",
        "GITHUB_ACTION": "gate",
        "GITHUB_RUN_ID": "5280190476",
        "GITHUB_RUN_ATTEMPT": "1",
        "GITHUB_API_URL": simulation.github.url,
        "GITHUB_WORKSPACE": str(place / "workspace"),
        "GITHUB_OUTPUT": str(place / "output"),
        "GITHUB_STATE": str(place / "state"),
        "GITHUB_STEP_SUMMARY": str(place / "summary"),
    }


def _defaults() -> dict[str, str]:
    """Return every declared input; the runner hands over an empty text where nothing is given."""
    manifest = yaml.safe_load(_MANIFEST.read_text(encoding="utf-8"))
    # The two defaults that are expressions: the token is given above, the job has no matrix.
    expressions = {"${{ github.token }}": "", "${{ toJSON(matrix) }}": "null"}
    defaults = {name: str(item.get("default", "")) for name, item in manifest["inputs"].items()}
    return {name: expressions.get(value, value) for name, value in defaults.items()}


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
