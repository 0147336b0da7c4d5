"""``python -m simulator --scenario FILE --ready FILE [--journal FILE]``.

Serves a scenario on real time until SIGTERM or SIGINT. ``--ready`` gets the addresses as JSON
once both servers listen, ``--journal`` the whole state at the end. With ``--address`` Devin is
served there too, by TLS with the ``--certificate`` (PEM, the key in it). Exit code 0 after a signal,
2 for a scenario that cannot be read.
"""

from __future__ import annotations

import argparse
import json
import signal
import ssl
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

from simulator.front import Front
from simulator.scenario import Scenario, ScenarioError
from simulator.timeline_data import TimelineError


def main(arguments: list[str]) -> int:
    """Serve until a signal comes and return the exit code."""
    parser = argparse.ArgumentParser(prog="simulator", description="A Devin and a GitHub.")
    parser.add_argument("--scenario", type=Path, required=True, help="YAML file")
    parser.add_argument("--ready", type=Path, required=True, help="gets the addresses as JSON")
    parser.add_argument("--journal", type=Path, help="gets the whole state at the end")
    parser.add_argument("--address", default="127.0.0.1", help="where Devin is served by TLS")
    parser.add_argument("--certificate", type=Path, help="PEM file with a certificate and its key")
    options = parser.parse_args(arguments)
    try:
        serve(options)
    except (ScenarioError, TimelineError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def serve(options: argparse.Namespace) -> None:
    """Serve the scenario; the files are written whole or not at all."""
    stopped = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopped.set())
    with Scenario.read(options.scenario).start() as simulation, ExitStack() as stack:
        devin_url = simulation.devin.url
        if options.certificate:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(options.certificate)
            front = Front(int(devin_url.rpartition(":")[2]), tls=tls, address=options.address)
            stack.callback(front.close)
            devin_url = front.origin
        addresses = {
            "devin_url": devin_url,
            "github_url": simulation.github.url,
            "github_graphql_url": simulation.github.graphql_url,
            "devin_key": simulation.devin_key,
            "devin_org_id": simulation.devin.principals[simulation.devin_key].org_id,
            "github_token": simulation.github_token,
        }
        write_json(options.ready, addresses)
        stopped.wait()
    if options.journal is not None:
        write_json(options.journal, simulation.state())


def write_json(path: Path, value: object) -> None:
    """Write the value as JSON; a reader finds the whole file or none."""
    part = path.with_name(f"{path.name}.part")
    part.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
    part.replace(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
