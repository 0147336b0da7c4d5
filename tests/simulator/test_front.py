"""What a `Front` does to a client, and that it can be undone."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import pytest
import requests

from simulator import DEVIN_KEY, Front, Simulation
from simulator.front import BlackHole, Certificate, Elsewhere, Garbles, Refused, Says
from tests.matrix.network import Authority

SESSIONS = "/v1/sessions"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Give certificates."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def make_front(sim: Simulation, authority: Authority) -> Iterator[Callable[..., Front]]:
    """Put fronts before the simulated Devin, each request on a connection of its own."""
    fronts: list[Front] = []
    sim.devin.closes = True

    def make(target: int | None = None, *, tls: bool = False, proxy: bool = False) -> Front:
        port = target or int(sim.devin.origin.rpartition(":")[2])
        fronts.append(Front(port, tls=authority.good if tls else None, proxy=proxy))
        return fronts[-1]

    yield make
    for front in fronts:
        front.close()


def ask(front: Front, authority: Authority, proxy: Front | None = None) -> int:
    """Ask once, on a new connection, and return the status."""
    with requests.Session() as http:
        return http.get(
            front.origin + SESSIONS,
            headers={"Authorization": f"Bearer {DEVIN_KEY}"},
            timeout=0.5,
            verify=str(authority.bundle),
            proxies={"https": proxy.origin} if proxy else {},
        ).status_code


@pytest.mark.parametrize("tls", [False, True])
def test_it_hands_on_what_comes(
    make_front: Callable[..., Front], authority: Authority, *, tls: bool
) -> None:
    """With TLS or without, the service behind it answers."""
    front = make_front(tls=tls)
    assert [ask(front, authority) for _ in range(3)] == [200] * 3


def test_a_proxy_lets_through(make_front: Callable[..., Front], authority: Authority) -> None:
    """CONNECT is answered by the proxy, and all that follows by the server."""
    front = make_front(tls=True)
    assert ask(front, authority, make_front(front.port, proxy=True)) == 200


@pytest.mark.parametrize("first", [0, 2])
@pytest.mark.parametrize(
    ("trouble", "seen"),
    [
        (Refused(), requests.ConnectionError),
        (BlackHole(), requests.ConnectTimeout),
        (Says(b"HTTP/1.1 418 I am a teapot\r\nContent-Length: 0\r\n\r\n"), 418),
    ],
    ids=["refused", "black-hole", "says"],
)
def test_it_misbehaves_from_one_connection_on_until_it_recovers(
    make_front: Callable[..., Front],
    authority: Authority,
    trouble: Refused | BlackHole | Says,
    seen: type[Exception] | int,
    first: int,
) -> None:
    """The connections before it are served, and those after the recovery."""
    front, begun = make_front(), []
    front.begin(first, trouble, lambda: begun.append(True))
    assert [ask(front, authority) for _ in range(first)] == [200] * first
    for _ in range(2):
        if isinstance(seen, int):
            assert ask(front, authority) == seen
        else:
            with pytest.raises(seen):
                ask(front, authority)
    front.recover()
    assert (ask(front, authority), begun) == (200, [True])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("expired", "certificate has expired"),
        ("wrong-host", "not valid for '127.0.0.1'|IP address mismatch"),
        ("unknown-authority", "self-signed certificate|unable to get local issuer"),
    ],
)
def test_a_certificate_that_does_not_hold_is_seen_as_that(
    make_front: Callable[..., Front], authority: Authority, name: str, words: str
) -> None:
    """Each of the three is refused by a client for its own reason."""
    front = make_front(tls=True)
    front.begin(0, Certificate(authority.bad[name]), lambda: None)
    with pytest.raises(requests.exceptions.SSLError, match=words):
        ask(front, authority)
    front.recover()
    assert ask(front, authority) == 200


def test_an_answer_can_be_garbled_after_the_work(
    sim: Simulation, make_front: Callable[..., Front], authority: Authority
) -> None:
    """The request arrives, and what comes back is no TLS."""
    front = make_front(tls=True)
    front.begin(0, Garbles(), lambda: None)
    with pytest.raises(requests.exceptions.SSLError):
        ask(front, authority)
    assert len(sim.devin.journal) == 1


def test_trouble_elsewhere_begins_and_ends_with_it(make_front: Callable[..., Front]) -> None:
    """What is done to a name is undone, at the latest when the front closes."""
    said: list[str] = []
    front = make_front()
    front.begin(
        0, Elsewhere(lambda: said.append("begun"), lambda: said.append("ended")), said.clear
    )
    said.append("begun")
    front.close()
    assert said == ["begun", "ended"]


def test_nothing_listens_after_the_close(make_front: Callable[..., Front]) -> None:
    """A closed front refuses, whatever it was doing."""
    front = make_front()
    front.begin(0, BlackHole(), lambda: None)
    front.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", front.port), timeout=0.5)
