"""Every fault as a client sees it on a real socket, and the plan of when it happens."""

import os
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import IncompleteRead
from types import FrameType
from urllib.parse import urlsplit

import pytest
import requests

from simulator import (
    DEVIN_KEY,
    Answer,
    CutBody,
    CutChunked,
    Delay,
    Drip,
    Fault,
    Raw,
    Redirect,
    Reset,
    Silence,
    SimClock,
    Simulation,
    SystemClock,
)

SESSIONS = "/v1/sessions"


class InterruptedByTestError(Exception):
    pass


def create(sim: Simulation, http: requests.Session, timeout_s: float = 5) -> requests.Response:
    """Ask for a session."""
    return http.post(sim.devin.url + SESSIONS, json={"prompt": "p"}, timeout=timeout_s)


def read_until_signal(sim: Simulation, http: requests.Session) -> None:
    """Ask once, then stay where a handler can raise, since the answer may be faster."""
    http.get(sim.devin.url + SESSIONS, timeout=5)
    threading.Event().wait(5)


def read_raw(sim: Simulation) -> bytes:
    """Send one request by hand and return every byte until the server's end."""
    where = urlsplit(sim.devin.url)
    with socket.create_connection((where.hostname, where.port), timeout=5) as link:
        head = f"GET {SESSIONS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {DEVIN_KEY}\r\n\r\n"
        link.sendall(head.encode())
        received = b""
        while part := link.recv(65536):
            received += part
    return received


@pytest.mark.parametrize(
    ("fault", "content_type", "text"),
    [
        (Answer(502, "<h1>Bad Gateway</h1>"), "text/html; charset=utf-8", "<h1>Bad Gateway</h1>"),
        (Answer(429, {"detail": "slow"}), "application/json", '{"detail": "slow"}'),
        (Answer(200, b"\xef\xbb\xbf{}", (("Content-Type", "a/b"),)), "a/b", "\ufeff{}"),
        (Answer(524), "application/json", ""),
    ],
)
def test_an_answer_is_sent_as_given(
    sim: Simulation, http: requests.Session, fault: Answer, content_type: str, text: str
) -> None:
    """Status, content type and body are the fault's, and the route did nothing."""
    sim.devin.inject("POST", SESSIONS, fault)
    answer = create(sim, http)
    assert (answer.status_code, answer.headers["Content-Type"]) == (fault.status, content_type)
    assert answer.content.decode() == text
    assert sim.devin.sessions == []


def test_an_answer_carries_its_headers(sim: Simulation, http: requests.Session) -> None:
    """A rate limit comes with its Retry-After."""
    sim.devin.inject("POST", SESSIONS, Answer(429, {}, (("Retry-After", "3"),)))
    assert create(sim, http).headers["Retry-After"] == "3"


def test_a_bodyless_status_has_no_length(sim: Simulation) -> None:
    """204 ends with its headers, as HTTP wants it."""
    sim.devin.inject("GET", SESSIONS, Answer(204))
    sim.devin.inject("GET", SESSIONS, Raw(b""))
    where = urlsplit(sim.devin.url)
    with socket.create_connection((where.hostname, where.port), timeout=5) as link:
        link.sendall(f"GET {SESSIONS} HTTP/1.1\r\n\r\n".encode() * 2)
        received = b""
        while part := link.recv(65536):
            received += part
    assert received.startswith(b"HTTP/1.1 204 No Content\r\n")
    assert b"Content-Length" not in received


@pytest.mark.parametrize("after_commit", [False, True])
def test_a_reset_is_a_reset(sim: Simulation, http: requests.Session, *, after_commit: bool) -> None:
    """The client sees RST; the session was made only where the fault came after the work."""
    sim.devin.inject("POST", SESSIONS, Reset(), after_commit=after_commit)
    with pytest.raises(requests.ConnectionError) as caught:
        create(sim, http)
    assert "ConnectionResetError" in repr(caught.value)
    assert len(sim.devin.sessions) == int(after_commit)
    assert create(sim, http).status_code == 200


def test_a_cut_body_is_shorter_than_announced(sim: Simulation, http: requests.Session) -> None:
    """The work was done, and the answer is incomplete."""
    sim.devin.inject("POST", SESSIONS, CutBody(7))
    with pytest.raises(requests.exceptions.ChunkedEncodingError) as caught:
        create(sim, http)
    assert "IncompleteRead(7 bytes read" in repr(caught.value)
    assert len(sim.devin.sessions) == 1


def test_a_cut_of_more_than_the_body_still_cuts(sim: Simulation) -> None:
    """The announced length is always larger than what is sent."""
    sim.devin.inject("GET", SESSIONS, CutBody(1000))
    assert b"Content-Length: 1001\r\n" in read_raw(sim)


def test_a_cut_chunk_is_incomplete(sim: Simulation, http: requests.Session) -> None:
    """Chunked encoding ends inside its first chunk."""
    sim.devin.inject("POST", SESSIONS, CutChunked(7))
    with pytest.raises(requests.exceptions.ChunkedEncodingError) as caught:
        create(sim, http)
    assert IncompleteRead.__name__ in repr(caught.value)
    assert len(sim.devin.sessions) == 1


def test_silence_lasts_until_the_client_gives_up(sim: Simulation, http: requests.Session) -> None:
    """No byte comes; the next request is answered."""
    sim.devin.inject("POST", SESSIONS, Silence(30), after_commit=True)
    with pytest.raises(requests.ReadTimeout):
        create(sim, http, timeout_s=0.1)
    assert create(sim, http).status_code == 200
    assert [seen.status for seen in sim.devin.journal] == [None, 200]
    assert len(sim.devin.sessions) == 2


def test_silence_ends_by_itself_where_told(sim: Simulation) -> None:
    """After its time the connection ends without a byte."""
    sim.devin.inject("GET", SESSIONS, Silence(0.05))
    assert read_raw(sim) == b""


def test_silence_does_not_keep_the_server_from_closing(http: requests.Session) -> None:
    """A client that waits for ever is cut off by the close."""
    with Simulation() as simulation, ThreadPoolExecutor(1) as pool:
        simulation.devin.inject("POST", SESSIONS, Silence(600))
        waiting = pool.submit(create, simulation, http, 600)
        while not simulation.devin.journal:
            pass
        simulation.close()
        assert isinstance(waiting.exception(5), requests.ConnectionError)


def test_a_long_delay_does_not_keep_the_server_from_closing(http: requests.Session) -> None:
    """A thread that sleeps on the clock is woken."""
    clock = SystemClock()
    with Simulation(clock) as simulation, ThreadPoolExecutor(1) as pool:
        simulation.devin.inject("POST", SESSIONS, Delay(600))
        waiting = pool.submit(create, simulation, http, 600)
        while not simulation.devin.journal:
            pass
        simulation.close()
        waiting.exception(5)
    assert clock.monotonic_s() < 60


def test_a_drip_takes_a_simulated_second_a_byte(sim: Simulation) -> None:
    """All of the answer comes, headers included, and time went by with each byte."""
    sim.devin.inject("GET", SESSIONS, Drip(2))
    received = read_raw(sim)
    assert received.endswith(b'{"sessions": []}')
    assert sim.clock.monotonic_s() == len(received) / 2


def test_a_drip_ends_when_its_client_leaves(sim: Simulation) -> None:
    """The rest of a long answer is not sent to nobody."""
    for _ in range(50):
        sim.devin.add_session({"prompt": "p"})
    sim.devin.inject("GET", SESSIONS, Drip(1))
    where = urlsplit(sim.devin.url)
    with socket.create_connection((where.hostname, where.port), timeout=5) as link:
        head = f"GET {SESSIONS} HTTP/1.1\r\nAuthorization: Bearer {DEVIN_KEY}\r\n\r\n"
        link.sendall(head.encode())
        assert link.recv(1) == b"H"
    sim.close()
    assert sim.clock.monotonic_s() < 20_000


def test_a_delay_passes_on_the_clock(sim: Simulation, http: requests.Session) -> None:
    """The usual answer comes after it, and the session is made when the delay is over."""
    sim.devin.inject("POST", SESSIONS, Delay(30))
    assert create(sim, http).status_code == 200
    assert sim.clock.monotonic_s() == 30
    assert sim.devin.sessions[0].created_s == 30
    sim.devin.inject("POST", SESSIONS, Delay(30), after_commit=True)
    create(sim, http)
    assert (sim.devin.sessions[1].created_s, sim.clock.monotonic_s()) == (30, 60)


def test_a_delayed_answer_sleeps_for_its_client(http: requests.Session) -> None:
    """Of two watchers one waits for the server: time moves when the other sleeps too."""
    clock = SimClock()
    with Simulation(clock) as simulation:
        simulation.devin.inject("POST", SESSIONS, Delay(30))

        def ask() -> float:
            create(simulation, http)
            return clock.monotonic_s()

        def sleep() -> float:
            clock.sleep(20)
            clock.sleep(20)
            return clock.monotonic_s()

        assert clock.run_together(ask, sleep) == [30, 40]


def test_a_signal_can_come_in_the_middle_of_an_answer(http: requests.Session) -> None:
    """A handler that raises ends the wait, not before the planned moment; all goes on afterwards."""
    clock = SimClock()

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise InterruptedByTestError(clock.monotonic_s())

    former = signal.signal(signal.SIGUSR1, interrupt)
    try:
        with Simulation(clock) as simulation:
            simulation.devin.inject("GET", SESSIONS, Delay(30))
            clock.at(12, partial(os.kill, os.getpid(), signal.SIGUSR1))
            with pytest.raises(InterruptedByTestError) as caught:
                read_until_signal(simulation, http)
            assert create(simulation, http).status_code == 200
    finally:
        signal.signal(signal.SIGUSR1, former)
    assert caught.value.args[0] >= 12


def test_raw_bytes_are_all_that_comes(sim: Simulation) -> None:
    """Not even a status line is added."""
    sim.devin.inject("GET", SESSIONS, Raw(b"SSH-2.0-nonsense\r\n"))
    assert read_raw(sim) == b"SSH-2.0-nonsense\r\n"


def test_a_redirect_names_its_place(sim: Simulation, http: requests.Session) -> None:
    """307 keeps the method, so that a careless client would send its body there."""
    sim.devin.inject("POST", SESSIONS, Redirect(f"{sim.github.url}/elsewhere"))
    answer = http.post(
        sim.devin.url + SESSIONS, json={"prompt": "p"}, timeout=5, allow_redirects=False
    )
    assert (answer.status_code, answer.headers["Location"]) == (
        307,
        f"{sim.github.url}/elsewhere",
    )


def test_faults_come_in_the_order_of_injection(sim: Simulation, http: requests.Session) -> None:
    """One rule is used up before the next; ``skip`` counts every matching request."""
    sim.devin.inject("POST", SESSIONS, Answer(500), times=2)
    sim.devin.inject("*", "/v1/*", Answer(503), skip=3)
    sim.devin.inject("POST", "/v1/{anything}", Answer(504))
    seen = [create(sim, http).status_code for _ in range(5)]
    assert seen == [500, 500, 504, 503, 200]
    assert [record.fault for record in sim.devin.journal] == ["Answer"] * 4 + [None]


@pytest.mark.parametrize(("times", "left"), [(1, 1), (2, 1), (None, 1)])
def test_a_fault_that_did_not_happen_is_told(sim: Simulation, times: int | None, left: int) -> None:
    """A test that plans a fault and never meets it proves nothing."""
    sim.devin.inject("DELETE", SESSIONS, Reset(), times=times)
    assert len(sim.devin.unused_faults()) == left
    assert "DELETE /v1/sessions: Reset() happened 0 times" in sim.leftovers()[0]


def test_a_fault_without_end_is_used_after_once(sim: Simulation, http: requests.Session) -> None:
    """It goes on, and is no leftover."""
    fault: Fault = Answer(500)
    sim.devin.inject("POST", SESSIONS, fault, times=None)
    assert [create(sim, http).status_code for _ in range(3)] == [500] * 3
    assert sim.leftovers() == []


def test_a_service_that_is_healed_forgets_its_faults(
    sim: Simulation, http: requests.Session
) -> None:
    """Neither those without an end nor those that never happened are left."""
    sim.devin.inject("POST", SESSIONS, Answer(500), times=None)
    sim.devin.inject("DELETE", SESSIONS, Reset())
    assert create(sim, http).status_code == 500
    sim.devin.forget_faults()
    assert create(sim, http).status_code == 200
    assert sim.leftovers() == []
