"""What stands between a client and a service: a network that is down, TLS, or a proxy.

A ``Front`` hands the bytes of each connection on to a port on 127.0.0.1; ``begin`` names the one
from which on it misbehaves. With a service whose ``closes`` is set each request is one connection.
"""

from __future__ import annotations

import os
import select
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_JOIN_S: Final = 5.0
_HEAD_END: Final = b"\r\n\r\n"
_PIECE: Final = 65_536
_NO_TLS: Final = b"HTTP/1.1 400 Bad Request\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Refused:
    """Nobody listens any more."""


@dataclass(frozen=True, slots=True)
class BlackHole:
    """Nobody answers an attempt to connect: the queue of the listening socket is full."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Something that is done and undone elsewhere; the front only says when."""

    begin: Callable[[], object]
    end: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Certificate:
    """The handshake shows the certificate that this context holds."""

    context: ssl.SSLContext


@dataclass(frozen=True, slots=True)
class Says:
    """These bytes answer the head of a request (a CONNECT, say); nothing is handed on."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Garbles:
    """The request is handed on and done; what comes back is no TLS."""


Trouble: TypeAlias = Refused | BlackHole | Elsewhere | Certificate | Says | Garbles


@dataclass(frozen=True, slots=True)
class _Plan:
    """From which connection on there is which trouble; ``called`` is told when it begins."""

    connection: int
    trouble: Trouble
    called: Callable[[], None]


class Front:
    """Listens on a free port until ``close``; of 127.0.0.1 unless another address is named.

    With ``tls`` it is the server's end of the encryption. A ``proxy`` answers a CONNECT itself and
    hands on what follows, to the one target, wherever the client wanted to.
    """

    def __init__(
        self,
        target_port: int,
        *,
        tls: ssl.SSLContext | None = None,
        proxy: bool = False,
        address: str = "127.0.0.1",
    ) -> None:
        """Listen at once."""
        self._target_port = target_port
        self._address = address
        self._tls = tls
        self._is_proxy = proxy
        self._accepted = 0
        self._plan: _Plan | None = None
        self._trouble: Trouble | None = None
        self._lock = threading.Lock()
        self._links: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._hole: list[socket.socket] = []
        self._listening = _listen(0, address=address)
        self.port = int(self._listening.getsockname()[1])
        self._start(self._accept, self._listening)

    @property
    def is_encrypted(self) -> bool:
        """Return whether clients need TLS."""
        return self._tls is not None

    @property
    def origin(self) -> str:
        """Return scheme, host and port."""
        return f"{'https' if self._tls else 'http'}://{self._address}:{self.port}"

    def begin(self, connection: int, trouble: Trouble, called: Callable[[], None]) -> None:
        """Plan the trouble; connections are counted from 0. ``called`` runs when it begins."""
        self._plan = _Plan(connection, trouble, called)
        self._begin_where_due()

    def recover(self) -> None:
        """End the trouble, now and for good."""
        trouble, self._trouble, self._plan = self._trouble, None, None
        if isinstance(trouble, Refused | BlackHole):
            self._close_hole()
            self._listening = _listen(self.port, address=self._address)
            self._start(self._accept, self._listening)
        if isinstance(trouble, Elsewhere):
            trouble.end()

    def close(self) -> None:
        """End the trouble and stop; no thread or socket is left."""
        if isinstance(self._trouble, Elsewhere):
            self.recover()
        _hang_up(self._listening)
        self._close_hole()
        with self._lock:
            for link in self._links:
                _shut_down(link)
        for thread in self._threads:
            thread.join(_JOIN_S)

    def _start(self, work: Callable[..., None], *given: object) -> None:
        thread = threading.Thread(target=work, args=given, name="front", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                link, _ = listening.accept()
            except OSError:  # closed, by the trouble or for good
                return
            trouble = self._trouble
            self._accepted += 1
            self._begin_where_due()
            self._start(self._visit, link, trouble)

    def _begin_where_due(self) -> None:
        """Begin after the connection before it was accepted: its client waits for an answer."""
        if self._plan is None or self._plan.connection != self._accepted or self._trouble:
            return
        self._trouble = self._plan.trouble
        if isinstance(self._trouble, Refused | BlackHole):
            _hang_up(self._listening)
        if isinstance(self._trouble, BlackHole):
            self._hole = _dig_hole(self.port)
        if isinstance(self._trouble, Elsewhere):
            self._trouble.begin()
        self._plan.called()

    def _close_hole(self) -> None:
        for link in self._hole:
            link.close()
        self._hole = []

    def _visit(self, link: socket.socket, trouble: Trouble | None) -> None:
        with suppress(OSError), self._held(link) as own:  # either side may leave at any time
            if self._is_proxy or isinstance(trouble, Says):
                _read_head(own)
            if isinstance(trouble, Says):
                own.sendall(trouble.data)
                return
            if self._is_proxy:
                own.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            context = trouble.context if isinstance(trouble, Certificate) else self._tls
            inner = context.wrap_socket(own, server_side=True) if context else own
            with (
                self._held(inner),
                socket.create_connection(("127.0.0.1", self._target_port)) as target,
                self._held(target),
            ):
                _hand_on(inner, target, garbled=isinstance(trouble, Garbles))

    @contextmanager
    def _held(self, link: socket.socket) -> Iterator[socket.socket]:
        """Let ``close`` end the connection, and end it here otherwise."""
        with self._lock:
            self._links.add(link)
        try:
            yield link
        finally:
            with self._lock:
                self._links.discard(link)
            link.close()


def _listen(port: int, backlog: int = 128, address: str = "127.0.0.1") -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((address, port))
    listening.listen(backlog)
    return listening


def _dig_hole(port: int) -> list[socket.socket]:
    """Return a listening socket whose queue is full, and what fills it."""
    listening = _listen(port, 0)
    fillers = [socket.socket() for _ in range(4)]
    for filler in fillers:
        filler.setblocking(False)
        filler.connect_ex(("127.0.0.1", port))
    return [listening, *fillers]


def _hang_up(listening: socket.socket) -> None:
    """Close the socket; its thread, if another one, leaves ``accept``."""
    _shut_down(listening)
    listening.close()


def _shut_down(link: socket.socket) -> None:
    with suppress(OSError):  # it is closed already
        link.shutdown(socket.SHUT_RDWR)


def _read_head(link: socket.socket) -> None:
    head = b""
    while _HEAD_END not in head and (data := link.recv(_PIECE)):
        head += data


def _hand_on(link: socket.socket, target: socket.socket, *, garbled: bool) -> None:
    """Hand on what comes, in both directions, until one side ends it."""
    while True:
        # What is decrypted already does not make the socket readable.
        waiting = isinstance(link, ssl.SSLSocket) and link.pending()
        ready = [link] if waiting else select.select([link, target], [], [])[0]
        for source in ready:
            data = source.recv(_PIECE)
            if not data:
                return
            if garbled and source is target:
                with socket.socket(fileno=os.dup(link.fileno())) as beneath:
                    beneath.sendall(_NO_TLS)
                return
            (target if source is link else link).sendall(data)
