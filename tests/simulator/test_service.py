"""A simulated service: its journal, its unknown routes, and an end that leaves nothing."""

import gc
import socket
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from simulator import DEVIN_KEY, SimClock, Simulation, SimulatorFailedError
from simulator.journal import Request
from simulator.server import Route, SimulatedService
from simulator.wire import Reply, json_reply


def test_the_journal_holds_every_exchange(sim: Simulation, http: requests.Session) -> None:
    """Method, path, query, headers, body, time and answer, in the order of arrival."""
    sim.clock.sleep(7)
    http.get(f"{sim.devin.url}/v1/sessions?tags=a&tags=b", timeout=5)
    http.post(f"{sim.devin.url}/v1/sessions", json={"prompt": "\u00e9"}, timeout=5)
    first, second = sim.devin.journal
    assert (first.number, first.method, first.path) == (0, "GET", "/v1/sessions")
    assert (first.query, first.body, first.json) == ({"tags": ["a", "b"]}, b"", None)
    assert (first.at_s, first.status, first.fault, first.known) == (7, 200, None, True)
    assert second.headers["authorization"] == f"Bearer {DEVIN_KEY}"
    assert second.json == {"prompt": "\u00e9"}


def test_an_unknown_route_is_told(sim: Simulation, http: requests.Session) -> None:
    """404 for the caller, and a leftover for the test."""
    for service in (sim.devin, sim.github):
        answer = http.delete(f"{service.url}/v1/session", timeout=5)
        assert answer.status_code == 404
    assert sim.leftovers() == [
        "devin: unknown request DELETE /v1/session",
        "github: unknown request DELETE /v1/session",
    ]


def test_the_state_is_no_request(sim: Simulation, http: requests.Session) -> None:
    """Either server tells everything, and the journal does not hold the question."""
    http.post(f"{sim.devin.url}/v1/sessions", json={"prompt": "p"}, timeout=5)
    sim.github.add_comment(12, "hello")
    told = [
        http.get(f"{url}/_simulator/state", timeout=5).json()
        for url in (sim.devin.url, sim.github.url)
    ]
    assert told[0] == told[1]
    assert told[0]["devin"]["sessions"][0]["request"] == {"prompt": "p"}
    assert told[0]["github"]["comments"][0]["body"] == "hello"
    assert len(told[0]["devin"]["journal"]) == 1
    assert told[0]["leftovers"] == []


def test_one_connection_serves_many_requests_quickly(
    sim: Simulation, http: requests.Session
) -> None:
    """Without Nagle's delay 160 polls are done in far less than their 40 ms each."""
    began_s = time.monotonic()
    for _ in range(160):
        assert http.get(f"{sim.devin.url}/v1/sessions", timeout=5).status_code == 200
    assert time.monotonic() - began_s < 3


def test_a_request_that_is_cut_is_forgotten(sim: Simulation, http: requests.Session) -> None:
    """A client that dies in the middle of its body has asked for nothing."""
    where = urlsplit(sim.devin.url)
    with socket.create_connection((where.hostname, where.port), timeout=5) as link:
        link.sendall(b"POST /v1/sessions HTTP/1.1\r\nContent-Length: 100\r\n\r\n{")
        link.shutdown(socket.SHUT_WR)
        assert link.recv(1) == b""
    assert http.get(f"{sim.devin.url}/v1/sessions", timeout=5).json() == {"sessions": []}
    assert len(sim.devin.journal) == 1


def test_closing_leaves_no_thread_and_no_socket() -> None:
    """Not even with idle connections open on the client's side."""
    gc.collect()
    threads, files = threading.active_count(), count_files()
    for _ in range(5):
        with Simulation() as simulation, requests.Session() as session:
            for service in (simulation.devin, simulation.github):
                session.get(f"{service.url}/v1/sessions", timeout=5)
    assert (threading.active_count(), count_files()) == (threads, files)


def count_files() -> int:
    """Count the open files of this process."""
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_closed_service_refuses_connections() -> None:
    """The port is given back at once."""
    with Simulation() as simulation:
        address = simulation.devin.url
    with pytest.raises(requests.ConnectionError):
        requests.get(address, timeout=5)


def test_a_bug_of_the_simulator_is_loud() -> None:
    """A route that breaks answers 500 and is told."""
    simulation = Simulation()
    simulation.devin.sessions.append(None)  # type: ignore[arg-type] # broken on purpose
    answer = requests.get(
        f"{simulation.devin.url}/v1/sessions",
        headers={"Authorization": f"Bearer {DEVIN_KEY}"},
        timeout=5,
    )
    with pytest.raises(SimulatorFailedError), simulation:
        assert answer.status_code == 500


def test_a_service_of_ones_own_serves_its_routes() -> None:
    """Parameters of the path are decoded; HEAD and the like have no route of themselves."""

    def answer(request: Request) -> Reply:
        return json_reply(200, dict(request.params))

    with SimulatedService(SimClock(), [Route.make("GET", "/a/{name}/b", answer)]) as service:
        assert requests.get(f"{service.origin}/a/x%2Fy/b", timeout=5).json() == {"name": "x/y"}
        assert requests.head(f"{service.origin}/a/x/b", timeout=5).status_code == 404
        assert requests.get(f"{service.origin}/a/x/y/b", timeout=5).json() == {
            "detail": "Not Found"
        }
        assert service.unknown_requests() == ["HEAD /a/x/b", "GET /a/x/y/b"]
