"""The image as `make bench` measures it: built here, started as the runner starts it."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.container.job import EVENT, REPOSITORY
from tests.container.runner_flags import input_variables, make_folders, runner_variables

ROOT: Final = Path(__file__).resolve().parents[1]
IMAGE: Final = "devin-gate:bench"
PYTHON: Final = "/opt/action/bin/python"
_LONGEST_S: Final = 600.0


@dataclass(frozen=True)
class Command:
    """One thing to be timed inside the image."""

    command: tuple[str, ...]
    environ: Mapping[str, str]
    until: str = "ended"
    """`ended`, or `asked`: it has sent a request to the port that `{port}` stands for."""


def docker(*arguments: str, environ: Mapping[str, str] | None = None) -> str:
    """Call docker and return what it printed; anything but exit code 0 is an error with its text."""
    done = subprocess.run(
        ["docker", *arguments],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=_LONGEST_S,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"docker {arguments[0]}: {done.stderr or done.stdout}")
    return done.stdout


def build() -> None:
    """Build the image."""
    docker("build", "--quiet", "--tag", IMAGE, ".")


@contextmanager
def a_job() -> Iterator[Path]:
    """Lay out a job's folders, as the runner does, for as long as the block lasts."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "job"
        make_folders(root, EVENT)
        yield root


def variables(devin_url: str, github_url: str, **inputs: str) -> dict[str, str]:
    """Return the environment of a step."""
    given = {"devin_api_key": "apk_user_simulated_key_000000", "devin_api_url": devin_url}
    given |= {"prompt": "Review this pull request.", **inputs}
    token = "ghs_simulatedtoken0000000000"  # noqa: S105 - opens nothing
    return input_variables(given, token) | runner_variables(REPOSITORY, github_url)


def measure(job: Path, runs: int, commands: Mapping[str, Command]) -> dict[str, dict[str, Any]]:
    """Time the commands by turns inside one container; see `bench.inside`."""
    plan = {"runs": runs, "commands": {name: vars(one) for name, one in commands.items()}}
    (job / "workflow/plan.json").write_text(json.dumps(plan), encoding="utf-8")
    (job / "workflow/inside.py").write_bytes(Path(__file__).with_name("inside.py").read_bytes())
    folders = ("workflow", "file_commands", "workspace", "home")
    mounts = [part for name in folders for part in ("-v", f"{job / name}:/github/{name}")]
    inside = ("-I", "/github/workflow/inside.py", "/github/workflow/plan.json")
    flags = ("--rm", "--network", "host", "--workdir", "/github/workspace", "--entrypoint", PYTHON)
    result: dict[str, dict[str, Any]] = json.loads(docker("run", *flags, *mounts, IMAGE, *inside))
    return result
