"""An HTTP transport whose answers have a deadline, not only a longest silence.

A read timeout starts anew with every byte: a server that drips one byte a second holds a request
for as long as it likes, already in the headers, which http.client reads before anybody can look at
a clock. So the reader below http.client gives each read only the time that is left.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from typing import TYPE_CHECKING, Any, ClassVar, Final

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

if TYPE_CHECKING:
    from typing_extensions import Buffer
    from urllib3 import PoolManager, ProxyManager

_SHORTEST_S: Final = 0.001
"""0 would mean a socket that never waits."""
_PROCESSING: Final = 102
_EARLY_HINTS: Final = 103


class _TimedReader(io.RawIOBase):
    """Reads from a socket until the time that the socket was given at the start is over."""

    def __init__(self, link: socket.socket) -> None:
        self._link = link
        self._raw = link.makefile("rb", buffering=0)
        self._give_up_at_s = time.monotonic() + (link.gettimeout() or 0.0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int | None:
        self._link.settimeout(max(_SHORTEST_S, self._give_up_at_s - time.monotonic()))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    headers: http.client.HTTPMessage | None  # type: ignore[assignment] # as long as none were read

    def __init__(self, sock: socket.socket, *given: Any, **named: Any) -> None:  # noqa: ANN401
        super().__init__(sock, *given, **named)
        self.fp.close()
        self.fp = io.BufferedReader(_TimedReader(sock))

    def begin(self) -> None:
        """Read status and headers of the answer itself.

        http.client (CPython 3.13) knows 100 alone as something that comes before the answer. 102
        and 103 it takes for the answer; the real one would then be read as that of the next request.
        """
        super().begin()
        while self.status in (_PROCESSING, _EARLY_HINTS):
            self.headers = None
            super().begin()


class _TimedConnection(HTTPConnection):
    response_class = _TimedResponse


class _TimedTlsConnection(HTTPSConnection):
    response_class = _TimedResponse


class _TimedPool(HTTPConnectionPool):
    ConnectionCls = _TimedConnection


class _TimedTlsPool(HTTPSConnectionPool):
    ConnectionCls = _TimedTlsConnection


class TimedAdapter(HTTPAdapter):
    """An adapter for requests; its read timeout bounds the whole answer, headers included."""

    _POOLS: ClassVar = {"http": _TimedPool, "https": _TimedTlsPool}

    def init_poolmanager(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 - requests' own
        """Use timed pools for direct connections."""
        super().init_poolmanager(*given, **named)
        self._use_timed_pools(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **named: Any) -> ProxyManager:  # noqa: ANN401
        """Use timed pools for connections through a proxy."""
        manager: ProxyManager = super().proxy_manager_for(proxy, **named)
        self._use_timed_pools(manager)
        return manager

    def _use_timed_pools(self, manager: PoolManager) -> None:
        manager.pool_classes_by_scheme = self._POOLS
