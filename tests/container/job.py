"""A job on a pull request, with a simulated Devin and GitHub beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import yaml

from simulator import DEVIN_KEY, Comment, Simulation, SystemClock, Timeline
from simulator.timeline import Step as Change
from tests.container.engine import ROOT
from tests.container.runner_flags import input_variables, make_folders, runner_variables
from tests.container.step import Step

EVENT: Final = (ROOT / "tests/cases/events/pull_request.opened.json").read_text(encoding="utf-8")
_PAYLOAD: Final = json.loads(EVENT)
REPOSITORY: Final[str] = _PAYLOAD["repository"]["full_name"]
NUMBER: Final[int] = _PAYLOAD["number"]
HEAD_SHA: Final[str] = _PAYLOAD["pull_request"]["head"]["sha"]
BASE_REF: Final[str] = _PAYLOAD["pull_request"]["base"]["ref"]

SCHEMA: Final = """\
type: object
required: [risk, summary]
additionalProperties: false
properties:
  risk: {enum: [low, medium, high]}
  summary: {type: string}
"""
ANSWER: Final[Mapping[str, object]] = {"risk": "low", "summary": "One typo is corrected."}
DEVINS_PULL_REQUEST: Final = f"https://github.com/{REPOSITORY}/pull/3"

ANSWERED: Final = Timeline(
    (
        Change(
            status_enum="blocked",
            structured_output=ANSWER,
            pull_request_url=DEVINS_PULL_REQUEST,
            message="I am done.",
        ),
    )
)
"""A session whose turn is over at the first look, with an answer that satisfies `SCHEMA`."""

AT_WORK: Final = Timeline((Change(status_enum="working", message="I am reading."),))
"""A session that never comes to an end by itself."""

BREAKS_SCHEMA: Final = Timeline(
    (
        Change(
            status_enum="finished",
            structured_output={"risk": "unclear", "summary": "Something."},
            message="I am done.",
        ),
    )
)
"""A session that ends with an output that `SCHEMA` does not allow."""


def simulate(*timelines: Timeline, enterprise: bool = False, key: str = DEVIN_KEY) -> Simulation:
    """Serve, on real time, the event's pull request and sessions that follow the timelines."""
    simulation = Simulation(SystemClock(), devin_key=key, enterprise=enterprise)
    simulation.github.add_pull(
        NUMBER, repository=REPOSITORY, head_sha=HEAD_SHA, base_ref=BASE_REF, author="octocat"
    )
    simulation.devin.script(*timelines)
    return simulation


def comments_on(simulation: Simulation) -> list[Comment]:
    """Return the comments on the event's pull request."""
    return simulation.github.comments_of(NUMBER, REPOSITORY)


class Job:
    """Lays out a job's folders and starts its step."""

    def __init__(self, image: str, root: Path, simulation: Simulation) -> None:
        """Lay out the folders."""
        self.workspace = root / "workspace"
        self.home = root / "home"
        self._image = image
        self._root = root
        self._simulation = simulation
        self._steps: list[Step] = []
        make_folders(root, EVENT)

    def start(
        self,
        inputs: Mapping[str, str] | None = None,
        *,
        variables: Mapping[str, str] | None = None,
        network: str = "host",
        keep: bool = False,
        flags: Sequence[str] = (),
    ) -> Step:
        """Start the step with inputs for a whole run, each of which the given ones can replace."""
        simulation = self._simulation
        usual = {
            "devin_api_key": simulation.devin_key,
            "devin_api_url": simulation.devin.url,
            "prompt": "Review this pull request.",
            "structured_output_schema": SCHEMA,
        }
        step = Step(
            self._image,
            self._root,
            {
                **input_variables({**usual, **(inputs or {})}, simulation.github_token),
                **runner_variables(REPOSITORY, simulation.github.url),
                **(variables or {}),
            },
            network=network,
            keep=keep,
            flags=flags,
        )
        self._steps.append(step)
        return step

    def start_post(
        self, state: Mapping[str, str], inputs: Mapping[str, str], flags: Sequence[str] = ()
    ) -> Step:
        """Start the post step as the runner does: a new container, the state in its environment."""
        handed_on = {f"STATE_{name}": value for name, value in state.items()}
        post = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["runs"]["post-entrypoint"]
        return self.start(inputs, variables=handed_on, flags=("--entrypoint", post, *flags))

    def clean(self) -> None:
        """Remove every container that was started."""
        for step in self._steps:
            step.remove()
