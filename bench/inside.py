"""What is measured inside the image: how long until the first request, and the post step.

``python -I inside.py PLAN`` reads a JSON file and prints JSON. Standard library alone, since it runs
with what the image has. Each measurement starts a process and takes the time until it has asked, or
has ended; those that are to be compared take turns.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_LONGEST_S = 60.0


def measure(plan: Mapping[str, object]) -> dict[str, list[float]]:
    """Return the seconds of every measurement, by name and in their order.

    The plan has `runs` (how often each) and `commands`: name -> `command`, `environ`, `until`
    (`asked`: it has sent a request to the port that `{port}` stands for; `ended`).
    """
    commands: Mapping[str, Mapping[str, object]] = plan["commands"]  # type: ignore[assignment]
    taken: dict[str, list[float]] = {name: [] for name in commands}
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(_LONGEST_S)
        port = server.getsockname()[1]
        for number in range(int(str(plan["runs"])) + 1):
            # Every other round the other way round, so that neither side always goes first.
            for name in list(commands)[:: 1 if number % 2 else -1]:
                seconds = _time_one(commands[name], server, port)
                if number:  # the first round fills the machine's caches
                    taken[name].append(seconds)
    return taken


def _time_one(one: Mapping[str, object], server: socket.socket, port: int) -> float:
    command: Sequence[str] = one["command"]  # type: ignore[assignment]
    given: Mapping[str, str] = one["environ"]  # type: ignore[assignment]
    environ = {name: value.replace("{port}", str(port)) for name, value in given.items()}
    wait = _until_asked(server) if one["until"] == "asked" else _until_ended
    began = time.perf_counter()
    process = subprocess.Popen(
        [part.replace("{port}", str(port)) for part in command],
        env={"PATH": os.environ["PATH"], **environ},
        stdout=subprocess.DEVNULL,
    )
    try:
        wait(process)
        return time.perf_counter() - began
    finally:
        process.kill()
        process.wait()


def _until_asked(server: socket.socket) -> Callable[[subprocess.Popen[bytes]], None]:
    def wait(process: subprocess.Popen[bytes]) -> None:
        connection, _ = server.accept()
        with connection:
            if not connection.recv(1):
                raise RuntimeError(f"{process.args!r} connected and did not ask")

    return wait


def _until_ended(process: subprocess.Popen[bytes]) -> None:
    code = process.wait(_LONGEST_S)
    if code != 0:
        raise RuntimeError(f"{process.args!r} ended with {code}")


if __name__ == "__main__":
    print(json.dumps(measure(json.loads(Path(sys.argv[1]).read_text("utf-8")))))
