"""What is measured inside the image: how long until the first request, and until an end.

``python -I inside.py PLAN`` reads a JSON file and prints JSON. Standard library alone, since it runs
with what the image has. Each measurement starts a process and takes the time until it has asked, or
has ended; those that are to be compared take turns.
"""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

_LONGEST_S = 60.0


def measure(plan: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return for every command its `seconds`, in their order, and the most memory in KiB.

    The plan has `runs` (how often each) and `commands`: name -> `command`, `environ`, `until`
    (`asked`: it has sent a request to the port that `{port}` stands for; `ended`).
    """
    commands = plan["commands"]
    taken: dict[str, dict[str, Any]] = {name: {"seconds": [], "peak_kib": 0} for name in commands}
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(_LONGEST_S)
        for number in range(plan["runs"] + 1):
            # Every other round the other way round, so that neither side always goes first.
            for name in list(commands)[:: 1 if number % 2 else -1]:
                seconds, peak_kib = _run(commands[name], server)
                taken[name]["peak_kib"] = max(taken[name]["peak_kib"], peak_kib)
                if number:  # the first round fills the machine's caches
                    taken[name]["seconds"].append(seconds)
    return taken


def _run(one: dict[str, Any], server: socket.socket) -> tuple[float, int]:
    port = str(server.getsockname()[1])
    command = [part.replace("{port}", port) for part in one["command"]]
    environ = {name: value.replace("{port}", port) for name, value in one["environ"].items()}
    began = time.perf_counter()
    process = subprocess.Popen(
        command, env={"PATH": os.environ["PATH"], **environ}, stdout=subprocess.DEVNULL
    )
    if one["until"] == "asked":
        connection, _ = server.accept()
        with connection:
            asked = connection.recv(1)
        seconds = time.perf_counter() - began
        os.kill(process.pid, 9)
        _, _, used = os.wait4(process.pid, 0)
        is_good = bool(asked)
    else:
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        is_good = status == 0
    process.returncode = 0  # waited for here, where the memory is told too
    if not is_good:
        raise RuntimeError(command)
    return seconds, used.ru_maxrss


if __name__ == "__main__":
    print(json.dumps(measure(json.loads(Path(sys.argv[1]).read_text("utf-8")))))
