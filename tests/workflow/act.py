"""A workflow run by nektos/act, against a simulated Devin and GitHub.

What act does otherwise than GitHub's runner (act 0.2.89), as far as it matters here: the workspace
and the files of commands lie elsewhere (`/var/run/act/…`), `GITHUB_WORKFLOW_REF` and
`GITHUB_REPOSITORY_ID` are not set, every run is number 1 of attempt 1, `toJSON(matrix)` is `{}`
without a matrix, inputs come a second time under their plain names, and a container action shares
the network of its job's container. The layer `container` has what is exact about the runner.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from simulator import Comment, Simulation
from tests.container.engine import BASE_IMAGE, ENVIRONMENT
from tests.container.job import comments_on

IMAGE: Final = "act-dockeraction:latest"
"""The name that act gives to the image of `uses: ./`; it cannot be changed."""
NAMED_IMAGE: Final = "act-devin-gate-devin-gate-v0-dockeraction:latest"
"""The same for `uses: devin-gate/devin-gate@v0`, by which the recipes name the action."""
TOOL_CACHE: Final = "act-toolcache"
"""The volume that act makes once on an engine."""
_ACT: Final = Path(sys.executable).with_name("act")
_LONGEST_S: Final = 200.0


@dataclass(frozen=True)
class ActRun:
    """A workflow run that is over, and what Devin and GitHub hold after it."""

    exit_code: int
    log: str
    seen: Mapping[str, tuple[str, ...]]
    """What later steps printed as `SEEN_<NAME>=<value>`, one value from each job, sorted."""
    annotations: str
    jobs: Mapping[str, tuple[str, ...]]
    """How each job ended, by its id, one word from each leg; a job that never began is not here."""
    outputs: Mapping[str, tuple[str, ...]]
    """What the steps gave as outputs, one value from each, sorted."""
    simulation: Simulation

    @property
    def said(self) -> str:
        """Return what the steps printed: enough to see why a run ended otherwise."""
        lines = [_read_line(line) for line in self.log.splitlines()]
        return "".join(
            f"\n{one.get('jobID')}: {one['msg'].strip()}" for one in lines if "msg" in one
        )

    @property
    def comments(self) -> list[Comment]:
        """Return the comments on the event's pull request."""
        return comments_on(self.simulation)


def run_act(
    repository: Path,
    workflow: str,
    event: str,
    payload: Path | None,
    simulation: Simulation,
    more: Sequence[str] = (),
) -> ActRun:
    """Run one workflow file of the repository for an event and wait for its end.

    `more` are further arguments of act; of two values for one name it takes the last.
    """
    done = subprocess.run(
        [
            *(_ACT, event, "--workflows", f".github/workflows/{workflow}.yml", "--json"),
            *(() if payload is None else ("--eventpath", payload)),
            *("--platform", f"ubuntu-latest={BASE_IMAGE}", "--pull=false"),
            *("--action-offline-mode", "--no-cache-server", "--rm"),
            *("--env", f"GITHUB_API_URL={simulation.github.url}"),
            *("--var", f"DEVIN_API_URL={simulation.devin.url}"),
            *("--secret", "DEVIN_API_KEY", "--secret", "GITHUB_TOKEN"),
            *more,
        ],
        cwd=repository,
        env=_environment(repository.parent / "home", simulation),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_LONGEST_S,
        check=False,
    )
    lines = [_read_line(line) for line in done.stdout.splitlines()]
    printed = [line.get("msg", "").rstrip("\n") for line in lines if line.get("raw_output")]
    return ActRun(
        done.returncode,
        done.stdout,
        _collect(_split(line) for line in printed if line.startswith("SEEN_")),
        "\n".join(line.get("raw", "") for line in lines if line.get("command") == "error"),
        _collect((line["jobID"], line["jobResult"]) for line in lines if "jobResult" in line),
        _collect(
            (line["name"], line["arg"]) for line in lines if line.get("command") == "set-output"
        ),
        simulation,
    )


def _environment(home: Path, simulation: Simulation) -> dict[str, str]:
    """Return act's environment: no settings or caches of the user, secrets by name alone."""
    return {
        **ENVIRONMENT,
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "XDG_CACHE_HOME": str(home),
        "ACT_DISABLE_VERSION_CHECK": "1",  # it would ask a server outside
        "DEVIN_API_KEY": simulation.devin_key,
        "GITHUB_TOKEN": simulation.github_token,
    }


def _read_line(line: str) -> dict[str, str]:
    """Return a line of act's log; act itself writes a few that are no JSON."""
    try:
        fields: object = json.loads(line)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _split(line: str) -> tuple[str, str]:
    name, _, value = line.removeprefix("SEEN_").partition("=")
    return name, value


def _collect(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return {name: tuple(sorted(values)) for name, values in found.items()}
