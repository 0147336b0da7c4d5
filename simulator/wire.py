"""Answers and faults as bytes on a socket."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from simulator.faults import (
    Altered,
    Answer,
    CutBody,
    CutChunked,
    Delay,
    Drip,
    Fault,
    Flood,
    Raw,
    Redirect,
    Reset,
    Silence,
    Stall,
)

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable

    from simulator.clock import Clock

_BODYLESS: Final = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}
_FLOOD_PIECE: Final = 65_536
_DRIP_PAUSE_S: Final = 0.001
"""Real time for the client to read a byte before simulated time goes on."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer; the length is added when it is sent."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


def json_reply(
    status: int,
    value: object,
    headers: Iterable[tuple[str, str]] = (),
    content_type: str = "application/json; charset=utf-8",
) -> Reply:
    """Return the value as a JSON answer."""
    return Reply(status, json.dumps(value).encode(), (("Content-Type", content_type), *headers))


def fault_reply(fault: Fault) -> Reply | None:
    """Return the answer that the fault is by itself, or None."""
    if isinstance(fault, Answer):
        content_type, body = fault.encoded()
        named = {name.lower() for name, _ in fault.headers}
        usual = () if "content-type" in named else (("Content-Type", content_type),)
        return Reply(fault.status, body, (*usual, *fault.headers))
    if isinstance(fault, Redirect):
        return Reply(fault.status, b"", (("Location", fault.location),))
    return None


def render_head(status: int, headers: Iterable[tuple[str, str]]) -> bytes:
    """Return the status line and the headers, with the empty line."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Unknown"
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def render_reply(reply: Reply, *, with_body: bool = True) -> bytes:
    """Return the answer's bytes; ``with_body=False`` answers a HEAD."""
    if reply.status in _BODYLESS:
        return render_head(reply.status, reply.headers)
    headers = (*reply.headers, ("Content-Length", str(len(reply.body))))
    return render_head(reply.status, headers) + (reply.body if with_body else b"")


class Connection:
    """The server's end of one connection."""

    def __init__(self, link: socket.socket, clock: Clock, closing: threading.Event) -> None:
        """Take the socket; ``closing`` is set when the server closes."""
        self._link = link
        self._clock = clock
        self._closing = closing

    def deliver(self, reply: Reply, fault: Fault | None, *, with_body: bool = True) -> bool:
        """Send the answer as the fault wants it; return whether the connection stays open."""
        match fault:
            case None | Altered() | Answer() | Redirect() | Delay():
                self._link.sendall(render_reply(reply, with_body=with_body))
                return True
            case Reset():
                self._reset()
            case CutBody(keep):
                self._link.sendall(_render_cut_body(reply, keep))
            case CutChunked(keep):
                self._link.sendall(_render_cut_chunk(reply, keep))
            case Silence(max_s, meanwhile):
                self._wait_for_client(max_s, meanwhile)
            case Stall(duration_s, data):
                self._link.sendall(data)
                self.pause(duration_s)
                self._reset()
            case Drip():
                self._drip(render_reply(reply), fault)
            case Flood(total):
                self._flood(total)
            case Raw(data):
                self._link.sendall(data)
        return False

    def pause(self, duration_s: float) -> None:
        """Sleep on the clock until the time has passed or the server closes."""
        self._clock.sleep(duration_s, closing=self._closing)

    def _reset(self) -> None:
        # A lingering time of zero makes the close send RST; the handler closes the socket.
        self._link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _wait_for_client(self, max_s: float, meanwhile: Callable[[], None] | None = None) -> bool:
        """Return whether the client went away (or spoke again) within the real time."""
        if meanwhile:
            meanwhile()
        self._link.settimeout(max_s)
        try:
            self._link.recv(1, socket.MSG_PEEK)
        except TimeoutError:
            return False
        finally:
            self._link.settimeout(None)
        return True

    def _drip(self, data: bytes, drip: Drip) -> None:
        begin = 0 if drip.headers_too else data.index(b"\r\n\r\n") + 4
        self._link.sendall(data[:begin])
        pause_s = 1 / drip.bytes_per_s
        for position in range(begin, len(data)):
            if not drip.real:
                self.pause(pause_s)
            self._link.sendall(data[position : position + 1])
            if self._wait_for_client(pause_s if drip.real else _DRIP_PAUSE_S):
                return

    def _flood(self, total: int) -> None:
        self._link.sendall(render_head(200, (("Content-Length", str(total)),)))
        piece = b" " * _FLOOD_PIECE
        for _ in range(total // _FLOOD_PIECE):
            self._link.sendall(piece)
        self._link.sendall(b" " * (total % _FLOOD_PIECE))


def _render_cut_body(reply: Reply, keep: int) -> bytes:
    announced = ("Content-Length", str(max(len(reply.body), keep + 1)))
    return render_head(reply.status, (*reply.headers, announced)) + reply.body[:keep]


def _render_cut_chunk(reply: Reply, keep: int) -> bytes:
    head = render_head(reply.status, (*reply.headers, ("Transfer-Encoding", "chunked")))
    announced = f"{max(len(reply.body), keep + 1):x}\r\n".encode()
    return head + announced + reply.body[:keep]
