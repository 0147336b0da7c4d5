"""What GitHub's runner gives to a container action: folders, variables and the docker command.

Source: actions/runner 2.336, `ContainerActionHandler.cs` and `DockerCommandManager.cs`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import yaml

from tests.container.engine import ROOT

MOUNTED: Final = ("home", "workflow", "file_commands", "runner_temp", "workspace")
"""The folders of a job that are mounted below `/github`."""

WORKSPACE_OWNER: Final = 1001 if os.geteuid() == 0 else os.geteuid()
"""Who owns the checkout: on a hosted runner the user `runner`, never root."""

FILE_COMMANDS: Final = {
    "GITHUB_OUTPUT": "set_output",
    "GITHUB_STATE": "save_state",
    "GITHUB_STEP_SUMMARY": "step_summary",
    "GITHUB_ENV": "set_env",
    "GITHUB_PATH": "add_path",
}
"""The files by which a step talks to the runner, variable -> name."""

LABEL: Final = "devin-gate-test"
"""The label of every container that a test starts; its value is the container's name."""

JOB_TOKEN: Final = "runtime-token-of-the-job-00000000"
"""What the runner itself hands to every step, to reach the services of GitHub Actions."""

_EXPRESSIONS: Final = {"${{ toJSON(matrix) }}": "null"}


def make_folders(root: Path, event: str) -> None:
    """Lay out what the runner has on its disk before the step, with the event's payload."""
    for name in MOUNTED:
        (root / name).mkdir(parents=True)
    for name in FILE_COMMANDS.values():
        (root / "file_commands" / name).touch()
    (root / "workflow" / "event.json").write_text(event, encoding="utf-8")
    (root / "workspace" / "README.md").write_text("# A checkout\n", encoding="utf-8")
    give_to_owner(root / "workspace")


def give_to_owner(folder: Path) -> None:
    """Let the folder and what is in it belong to the workspace's owner."""
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, WORKSPACE_OWNER, WORKSPACE_OWNER)


def input_variables(given: Mapping[str, str], github_token: str) -> dict[str, str]:
    """Return `INPUT_…`: each declared input, with its default or empty, and whatever was given."""
    declared = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["inputs"]
    values = {name: str(item.get("default", "")) for name, item in declared.items()}
    known = {**_EXPRESSIONS, "${{ github.token }}": github_token}
    resolved = {name: known.get(value, value) for name, value in values.items()} | dict(given)
    return {f"INPUT_{name.upper()}": value for name, value in resolved.items()}


def runner_variables(repository: str, api_url: str) -> dict[str, str]:
    """Return the variables that every step of a pull request's job has in a container."""
    files = {name: f"/github/file_commands/{file}" for name, file in FILE_COMMANDS.items()}
    return files | {
        "HOME": "/github/home",
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTION": "gate",
        "GITHUB_ACTOR": "octocat",
        "GITHUB_API_URL": api_url,
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": "/github/workflow/event.json",
        "GITHUB_GRAPHQL_URL": f"{api_url}/graphql",
        "GITHUB_JOB": "review",
        "GITHUB_REF": "refs/pull/2/merge",
        "GITHUB_REPOSITORY": repository,
        "GITHUB_REPOSITORY_ID": "186853002",
        "GITHUB_RUN_ATTEMPT": "1",
        "GITHUB_RUN_ID": "7000000001",
        "GITHUB_RUN_NUMBER": "12",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_SHA": "c" * 40,
        "GITHUB_WORKFLOW": "review",
        "GITHUB_WORKFLOW_REF": f"{repository}/.github/workflows/review.yml@refs/pull/2/merge",
        "GITHUB_WORKSPACE": "/github/workspace",
        "RUNNER_ARCH": "X64",
        "RUNNER_ENVIRONMENT": "github-hosted",
        "RUNNER_OS": "Linux",
        "RUNNER_TEMP": "/github/runner_temp",
        "ACTIONS_RUNTIME_TOKEN": JOB_TOKEN,
        "ACTIONS_RUNTIME_URL": "https://pipelines.invalid/",
    }


def docker_run_arguments(
    name: str, image: str, variables: Mapping[str, str], root: Path, more: Sequence[str]
) -> list[str]:
    """Return the runner's `docker run`, with `more` flags of the test's own.

    Values are handed over by name alone, as the runner does, so that no secret stands on a command
    line.
    """
    flags = ["run", "--name", name, "--label", f"{LABEL}={name}", "--workdir", "/github/workspace"]
    for variable in variables:
        flags += ["-e", variable]
    flags += ["-v", "/var/run/docker.sock:/var/run/docker.sock"]
    for folder in MOUNTED:
        flags += ["-v", f"{root / folder}:/github/{folder}"]
    return [*flags, *more, image]
