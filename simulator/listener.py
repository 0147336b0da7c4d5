"""Real HTTP/1.1 on 127.0.0.1 with a port of its own, and an end that leaves nothing behind."""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseRequestHandler, TCPServer
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qs, urlsplit

from simulator.journal import Request
from simulator.wire import Connection

if TYPE_CHECKING:
    from simulator.clock import Clock

_JOIN_S = 5.0
_POLL_INTERVAL_S = 0.01


class Responder(Protocol):
    """What answers the requests."""

    def respond(self, request: Request, connection: Connection) -> bool:
        """Answer on the connection and return whether it stays open."""


@dataclass(frozen=True, slots=True)
class _Visit:
    """One open connection and the thread that serves it."""

    thread: threading.Thread
    link: socket.socket


class Listener(ThreadingHTTPServer):
    """A listening socket with one thread, and one more for every connection.

    ``failures`` holds exceptions that are no fault of a client: bugs of the simulator.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, responder: Responder, clock: Clock) -> None:
        """Listen and serve at once."""
        self.responder = responder
        self.clock = clock
        self.closing = threading.Event()
        self.failures: list[Exception] = []
        self._visits: dict[int, _Visit] = {}
        self._visits_lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)
        self._thread = threading.Thread(
            target=self.serve_forever, args=(_POLL_INTERVAL_S,), name="simulator", daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        """Return the port on 127.0.0.1."""
        return int(self.server_address[1])

    def server_bind(self) -> None:
        """Bind without the look-up of the host's name that ``HTTPServer`` does."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.port

    def process_request(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """Serve the connection in a thread that ``close`` can find."""
        if isinstance(request, tuple):
            message = "a stream socket is needed"
            raise TypeError(message)
        thread = threading.Thread(target=self._visit, args=(request, client_address), daemon=True)
        with self._visits_lock:
            self._visits[id(request)] = _Visit(thread, request)
        thread.start()

    def _visit(self, link: socket.socket, client_address: object) -> None:
        try:
            _Handler(link, client_address, self)
        except OSError:
            # The client went away, which is its right at any time.
            pass
        except Exception as failure:  # noqa: BLE001 - told by the owner when it closes
            self.failures.append(failure)
        finally:
            self.shutdown_request(link)
            with self._visits_lock:
                del self._visits[id(link)]

    def close(self) -> None:
        """Stop listening, end every connection and return when all threads are gone."""
        self.closing.set()
        self.clock.tell_closing()
        self.shutdown()
        self.server_close()
        self._thread.join(_JOIN_S)
        with self._visits_lock:
            visits = list(self._visits.values())
        for visit in visits:
            _hang_up(visit.link)
        for visit in visits:
            visit.thread.join(_JOIN_S)


def _hang_up(link: socket.socket) -> None:
    try:
        link.shutdown(socket.SHUT_RDWR)
    except OSError:
        # It is closed already.
        return


class _Handler(BaseHTTPRequestHandler):
    """Reads requests and hands them to the responder."""

    protocol_version = "HTTP/1.1"
    # 40 ms a request without it: the kernel waits for more to send.
    disable_nagle_algorithm = True

    def __init__(self, link: socket.socket, client_address: object, listener: Listener) -> None:
        self._listener = listener
        BaseRequestHandler.__init__(self, link, client_address, listener)

    def _serve(self) -> None:
        length = self.headers.get("Content-Length", "0")
        body = self.rfile.read(int(length)) if length.isdecimal() else b""
        if str(len(body)) != length:
            # Cut short by the client; there is nobody left to answer.
            self.close_connection = True
            return
        connection = Connection(self.connection, self._listener.clock, self._listener.closing)
        if not self._listener.responder.respond(self._read_request(body), connection):
            self.close_connection = True
            # Closed here, since the usual way sends FIN first and a reset must be a reset.
            self.rfile.close()
            self.connection.close()

    def _read_request(self, body: bytes) -> Request:
        target = urlsplit(self.path)
        return Request(
            method=self.command,
            path=target.path,
            query=parse_qs(target.query, keep_blank_values=True),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
        )

    do_GET = do_HEAD = do_POST = _serve
    do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing; the journal has it all."""
