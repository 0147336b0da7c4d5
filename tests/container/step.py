"""One step of a job: the image under the runner's `docker run`, and what is left of it after."""

from __future__ import annotations

import re
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.container.engine import ENVIRONMENT, docker
from tests.container.runner_flags import FILE_COMMANDS, docker_run_arguments

INTERRUPT_S: Final = 7.5
"""After which the runner sends SIGTERM to its docker client, having sent SIGINT."""
TERMINATE_S: Final = 2.5
"""After which the runner kills its docker client."""

_VALUE: Final = re.compile(r"(\w+)<<(ghadelimiter_\w+)\n(.*?)\n\2\n", re.DOTALL)


@dataclass(frozen=True)
class Finished:
    """What the runner has when the step is over; of several writes the last one counts."""

    exit_code: int
    log: str
    outputs: Mapping[str, str]
    state: Mapping[str, str]
    summary: str


class Step:
    """A running container; `root` has the job's folders, `workspace` its checkout."""

    def __init__(
        self,
        image: str,
        root: Path,
        variables: Mapping[str, str],
        *,
        network: str = "host",
        keep: bool = False,
        entrypoint: str = "",
    ) -> None:
        """Start it and come back at once; `entrypoint` is another one than the image's."""
        self.name = f"devin-gate-test-{uuid.uuid4().hex[:12]}"
        self.root = root
        self.workspace = root / "workspace"
        self._log = root / "log.txt"
        arguments = docker_run_arguments(
            self.name, image, variables, root, network=network, keep=keep
        )
        if entrypoint:
            arguments[1:1] = ["--entrypoint", entrypoint]
        with self._log.open("wb") as log:
            self._client = subprocess.Popen(
                ["docker", *arguments],
                env={**ENVIRONMENT, **variables, **_client_home()},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait(self, timeout_s: float = 60.0) -> Finished:
        """Wait for the end and return what it left."""
        exit_code = self._client.wait(timeout_s)
        return Finished(
            exit_code,
            self.log(),
            self._values("GITHUB_OUTPUT"),
            self._values("GITHUB_STATE"),
            self._file("GITHUB_STEP_SUMMARY"),
        )

    def log(self) -> str:
        """Return what was written to stdout and stderr so far."""
        return self._log.read_text(encoding="utf-8")

    def wait_until(self, condition: Callable[[], bool], timeout_s: float = 30.0) -> None:
        """Wait until the condition holds; fails with the log where it does not in time."""
        until_s = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < until_s, f"did not happen in {timeout_s} s:\n{self.log()}"
            time.sleep(0.05)

    def cancel(self) -> float:
        """Stop the docker client as the runner does; return after how long the container was gone.

        A client that outlives SIGINT and SIGTERM is killed, which leaves the container running.
        """
        began_s = time.monotonic()
        for number, patience_s in ((signal.SIGINT, INTERRUPT_S), (signal.SIGTERM, TERMINATE_S)):
            self._client.send_signal(number)
            try:
                self._client.wait(patience_s)
                break
            except subprocess.TimeoutExpired:
                continue
        else:
            self._client.kill()
        self.wait_until(lambda: not self.exists(), timeout_s=20.0)
        return time.monotonic() - began_s

    def exists(self) -> bool:
        """Tell whether the engine still has the container, running or stopped."""
        found = docker("ps", "--all", "--quiet", "--filter", f"name=^{self.name}$")
        return bool(found.stdout.strip())

    def takes_over_sigterm(self) -> bool:
        """Tell whether the container's first process runs and has a handler for SIGTERM."""
        state = docker("inspect", "--format", "{{.State.Pid}}", self.name).stdout.strip()
        try:
            status = Path("/proc", state, "status").read_text(encoding="ascii")
        except (FileNotFoundError, NotADirectoryError, ProcessLookupError):
            return False
        caught = re.search(r"^SigCgt:\s*([0-9a-f]+)$", status, re.MULTILINE)
        return caught is not None and bool(int(caught[1], 16) >> (signal.SIGTERM - 1) & 1)

    def remove(self) -> None:
        """Leave nothing behind, whatever happened."""
        docker("rm", "--force", "--volumes", self.name)
        self._client.kill()
        self._client.wait(10.0)

    def written_beside_outputs(self) -> str:
        """Return what was written to the files that could change other steps."""
        return self._file("GITHUB_ENV") + self._file("GITHUB_PATH")

    def _values(self, variable: str) -> dict[str, str]:
        text = self._file(variable)
        assert _VALUE.sub("", text) == "", f"{variable} holds more than values: {text}"
        return {match[1]: match[3] for match in _VALUE.finditer(text)}

    def _file(self, variable: str) -> str:
        path = self.root / "file_commands" / FILE_COMMANDS[variable]
        return path.read_text(encoding="utf-8")


def _client_home() -> dict[str, str]:
    """Keep the client's own settings where they are, since HOME is the container's."""
    home = ENVIRONMENT.get("HOME", "/")
    return {"DOCKER_CONFIG": ENVIRONMENT.get("DOCKER_CONFIG", f"{home}/.docker")}
