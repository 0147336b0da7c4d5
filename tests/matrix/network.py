"""What stands between the gate and its two services: names, ports, TLS, a proxy."""

from __future__ import annotations

import os
import socket
import ssl
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

import trustme

from simulator import Front
from tests.scenarios.world import Gate

_LONG_AGO: Final = datetime(2020, 1, 1, tzinfo=UTC)
_LESS_LONG_AGO: Final = datetime(2020, 2, 1, tzinfo=UTC)


class Authority:
    """Certificates for 127.0.0.1: one that holds, and those of which something is wrong."""

    def __init__(self, folder: Path) -> None:
        ours, other = trustme.CA(), trustme.CA()
        self.bundle = folder / "ca.pem"
        """What a client must trust."""
        ours.cert_pem.write_to_path(str(self.bundle))
        self.good = _context(ours.issue_cert("127.0.0.1", "localhost"))
        self.bad = {
            "expired": _context(
                ours.issue_cert(
                    "127.0.0.1", "localhost", not_before=_LONG_AGO, not_after=_LESS_LONG_AGO
                )
            ),
            "wrong-host": _context(ours.issue_cert("elsewhere.test")),
            "unknown-authority": _context(other.issue_cert("127.0.0.1", "localhost")),
        }


class Network:
    """Fronts before the services of one gate, as long as the block is open."""

    def __init__(self, gate: Gate, authority: Authority) -> None:
        self.authority = authority
        self._gate = gate
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        _WATCHED.clear()
        self._open.close()

    def put_before(self, service: str, *, tls: bool = False, host: str = "127.0.0.1") -> Front:
        """Let the gate reach the service through a front, by a new connection for each request."""
        simulated = self._gate.sim.github if service == "github" else self._gate.sim.devin
        simulated.closes = True
        target = int(simulated.origin.rpartition(":")[2])
        front = Front(target, tls=self.authority.good if tls else None)
        self._open.callback(front.close)
        if tls:
            os.environ["REQUESTS_CA_BUNDLE"] = str(self.authority.bundle)
        address = front.origin.replace("127.0.0.1", host)
        self._watch(service, front)
        if service == "github":
            self._gate.environ["GITHUB_API_URL"] = address
            self._gate.environ["GITHUB_GRAPHQL_URL"] = f"{address}/graphql"
        else:
            self._gate.environ["INPUT_DEVIN_API_URL"] = address
        return front

    def put_proxy_before(self, front: Front) -> Front:
        """Let the front be reached through a proxy: by CONNECT where it speaks TLS.

        The other service is excepted: without TLS by `NO_PROXY`, so that this one needs a name.
        """
        proxy = Front(front.port, proxy=front.is_encrypted)
        self._open.callback(proxy.close)
        if front.is_encrypted:
            os.environ["HTTPS_PROXY"] = proxy.origin
        else:
            os.environ |= {"HTTP_PROXY": proxy.origin, "NO_PROXY": "127.0.0.1"}
        _WATCHED[proxy.port] = _WATCHED.pop(front.port)
        return proxy

    def _watch(self, service: str, front: Front) -> None:
        """Note when the gate tries to reach the front: a journal has only who got there."""
        noted_s, clock = self._gate.attempts_s[service], self._gate.clock
        _WATCHED[front.port] = lambda: noted_s.append(clock.monotonic_s())


LOST_NAMES: Final[set[str]] = set()
"""Names that cannot be looked up at the moment."""
_WATCHED: Final[dict[int, Callable[[], None]]] = {}
"""What to call when this process connects to a port, or cannot for want of the address."""


def _observe(event: str, arguments: tuple[Any, ...]) -> None:
    """Note an attempt, and let a look-up fail as without a name server: asking one goes outside."""
    if threading.current_thread() is not threading.main_thread():
        return  # the simulator's own
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        _WATCHED.get(arguments[1][1], _ignore)()
    elif event == "socket.getaddrinfo" and arguments[0] in LOST_NAMES:
        _WATCHED.get(arguments[1], _ignore)()
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


def _ignore() -> None:
    """Nobody watches the port."""


sys.addaudithook(_observe)


def _context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context
