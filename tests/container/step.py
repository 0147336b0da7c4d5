"""One step of a job: the image under the runner's `docker run`, and what is left of it after."""

from __future__ import annotations

import re
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.container.engine import ENVIRONMENT, docker
from tests.container.runner_flags import FILE_COMMANDS, LABEL, docker_run_arguments

INTERRUPT_S: Final = 7.5
"""After which the runner sends SIGTERM to its docker client, having sent SIGINT."""
TERMINATE_S: Final = 2.5
"""After which the runner kills its docker client (actions/runner 2.336, `ProcessInvoker.cs`)."""

_START_S: Final = 2.0
"""More than a step needs for its first line where a processor is free."""

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
        flags: Sequence[str] = (),
    ) -> None:
        """Start it and come back at once.

        The network `host` reaches a simulator on 127.0.0.1; `keep` leaves out the runner's `--rm`,
        so that what the container wrote can be looked at; `flags` are more of `docker run`.
        """
        self.name = f"devin-gate-test-{uuid.uuid4().hex[:12]}"
        self.root = root
        self.workspace = root / "workspace"
        self.slowness = 1.0
        """How many times too long this machine takes for what it does, where that was measured."""
        self._log = root / "log.txt"
        more = ["--network", network, *([] if keep else ["--rm"]), *flags]
        arguments = docker_run_arguments(self.name, image, variables, root, more)
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

    def wait_for_start(self) -> None:
        """Wait for the first line, and measure how slow the machine is just now."""
        began_s = time.monotonic()
        self.wait_until(lambda: self.log() != "", 120.0)
        self.slowness = max(1.0, (time.monotonic() - began_s) / _START_S)

    def cancel(self) -> signal.Signals:
        """Stop the docker client as the runner does; return the last rung that it took.

        A client that outlives SIGINT and SIGTERM is killed, which leaves the container running. On
        a machine that is short of processors the ladder is climbed more slowly.
        """
        for rung, patience_s in ((signal.SIGINT, INTERRUPT_S), (signal.SIGTERM, TERMINATE_S)):
            self.send(rung)
            try:
                self._client.wait(patience_s * self.slowness)
            except subprocess.TimeoutExpired:
                continue
            return rung
        self._client.kill()
        return signal.SIGKILL

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the docker client, which hands SIGINT and SIGTERM on."""
        self._client.send_signal(number)

    def is_left(self) -> bool:
        """Tell whether the engine still has the container, running or stopped."""
        found = docker("ps", "--all", "--quiet", "--filter", f"label={LABEL}={self.name}")
        return bool(found.stdout.strip())

    def processes(self) -> Mapping[Path, str]:
        """Return the container's processes: their folders in `/proc`, and their command lines."""
        shown = docker("top", self.name, "-o", "pid,args").stdout.strip().splitlines()
        found = (line.split(maxsplit=1) for line in shown[1:])
        return {Path("/proc", pid): command for pid, command in found}

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
