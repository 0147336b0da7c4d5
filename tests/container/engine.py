"""The Docker engine that the layers `container` and `workflow` need, or the reason for its lack."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
"""The repository."""

BASE_IMAGE: Final = "python:3.13-slim-trixie"
"""What the image is built on; also the machine that act's jobs run on."""

_PASSED_ON: Final = ("PATH", "HOME", "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "TMPDIR")
# Read while the tests are collected: during a test the environment is a known minimum.
ENVIRONMENT: Final[Mapping[str, str]] = {
    name: os.environ[name] for name in _PASSED_ON if name in os.environ
}
"""What the docker client and act get of the environment."""

_IS_CI: Final = os.environ.get("CI") == "true"


def docker(*arguments: str, timeout_s: float = 60.0) -> subprocess.CompletedProcess[str]:
    """Call the docker client and return how it ended, whatever its exit code."""
    return subprocess.run(
        ["docker", *arguments],
        cwd=ROOT,
        env=dict(ENVIRONMENT),
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


def docker_must(*arguments: str, timeout_s: float = 60.0) -> str:
    """Call the docker client and return its output; anything but exit code 0 is a failure."""
    done = docker(*arguments, timeout_s=timeout_s)
    assert done.returncode == 0, f"docker {arguments[0]}: {done.stderr or done.stdout}"
    return done.stdout


def weigh_files(image: str) -> int:
    """Return the bytes of all files of an image.

    What the engine says is the files, their archives or both together, by how it stores images.
    """
    find = ("find", image, "/", "-xdev", "-type", "f", "-printf", "%s ")
    return sum(int(size) for size in docker_must("run", "--rm", "--entrypoint", *find).split())


def why_no_engine() -> str | None:
    """Return why the two layers cannot run here, in words, or `None`."""
    try:
        version = docker("version", "--format", "{{.Server.Version}}", timeout_s=30.0)
    except FileNotFoundError:
        return "there is no docker client on the PATH"
    except subprocess.TimeoutExpired:
        return "the Docker engine did not answer within 30 s"
    if version.returncode != 0:
        return f"no Docker engine answers: {version.stderr.strip()}"
    return None


@pytest.fixture(scope="session")
def docker_engine() -> None:
    """Skip without a Docker engine and say why; with `CI=true` that is a failure."""
    reason = why_no_engine()
    if reason and _IS_CI:
        pytest.fail(f"CI must run this layer, but {reason}", pytrace=False)
    if reason:
        pytest.skip(f"needs a Docker engine, but {reason}")
