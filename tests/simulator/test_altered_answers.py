"""Faults that change, flood or slow down an answer, and their end."""

from __future__ import annotations

import json
import threading
import time

import pytest
import requests

from simulator import DEVIN_KEY, Altered, Answer, Drip, Flood, Reset, Simulation, Stall

SESSIONS = "/v1/sessions"


def create(sim: Simulation, http: requests.Session) -> requests.Response:
    """Ask for a session."""
    return http.post(sim.devin.url + SESSIONS, json={"prompt": "p"}, timeout=5)


def test_an_answer_can_be_altered(sim: Simulation, http: requests.Session) -> None:
    """The work is done, and its answer says something else, with its right length."""
    sim.devin.inject("POST", SESSIONS, Altered(lambda was: json.dumps({**was, "url": 5}).encode()))
    answer = create(sim, http)
    assert answer.json()["url"] == 5
    assert answer.json()["session_id"] == sim.devin.sessions[0].session_id


def test_a_flood_is_as_long_as_it_says(sim: Simulation, http: requests.Session) -> None:
    """Every announced byte comes."""
    sim.devin.inject("POST", SESSIONS, Flood(200_001))
    assert create(sim, http).content == b" " * 200_001


@pytest.mark.parametrize("data", [b"", b"HTTP/1.1 200 OK\r\nContent-Le"])
@pytest.mark.parametrize("after_commit", [False, True])
def test_a_stall_takes_its_time_and_then_resets(
    sim: Simulation, http: requests.Session, data: bytes, *, after_commit: bool
) -> None:
    """The time passes on the clock; the client is left with a broken connection."""
    sim.devin.inject("POST", SESSIONS, Stall(30, data), after_commit=after_commit)
    with pytest.raises(requests.ConnectionError):
        create(sim, http)
    assert (sim.clock.monotonic_s(), len(sim.devin.sessions)) == (30, int(after_commit))


@pytest.mark.parametrize("headers_too", [False, True])
def test_a_real_drip_takes_real_time(
    sim: Simulation, http: requests.Session, *, headers_too: bool
) -> None:
    """Byte after byte, from the first one or from the body's first one, and none on the clock."""
    sim.devin.inject("GET", SESSIONS, Drip(1_000, headers_too=headers_too, real=True))
    began_s = time.monotonic()
    key = {"Authorization": f"Bearer {DEVIN_KEY}"}
    answer = http.get(sim.devin.url + SESSIONS, headers=key, timeout=5)
    assert answer.json() == {"sessions": []}
    assert time.monotonic() - began_s > (0.1 if headers_too else 0.01)
    assert sim.clock.monotonic_s() == 0


def test_faults_without_end_can_be_ended(sim: Simulation, http: requests.Session) -> None:
    """After it all is well; one that never happened is told all the same."""
    sim.devin.inject("POST", SESSIONS, Answer(500), times=None)
    sim.devin.inject("DELETE", SESSIONS, Reset(), times=None)
    assert create(sim, http).status_code == 500
    sim.devin.heal()
    assert create(sim, http).status_code == 200
    assert [line.split(":")[0] for line in sim.devin.unused_faults()] == [f"DELETE {SESSIONS}"]


def test_a_service_can_end_each_connection(sim: Simulation, http: requests.Session) -> None:
    """Told so in the answer, a client does not try to use it again."""
    sim.devin.closes = True
    threads = threading.active_count()
    assert [create(sim, http).headers["Connection"] for _ in range(2)] == ["close", "close"]
    sim.devin.closes = False
    assert "Connection" not in create(sim, http).headers
    assert threading.active_count() <= threads + 1
