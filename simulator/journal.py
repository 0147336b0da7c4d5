"""The record of every request that a simulated server got, in the order of arrival."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from simulator.faults import is_about

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came; header names are in lower case, ``path`` has no query."""

    method: str
    path: str
    query: Mapping[str, list[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    params: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> object:
        """Return the parsed body, or None where it is no JSON."""
        try:
            parsed: object = json.loads(self.body)
        except ValueError:
            return None
        return parsed


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request with its answer.

    ``at_s`` is the clock's time of arrival; ``status`` is None where no status line was sent;
    ``fault`` is the name of the fault's class; ``known`` tells whether a route exists for it, and
    ``operation`` what that route does, in a word that is the same in every version of an API.
    """

    number: int
    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    json: object
    at_s: float
    known: bool
    status: int | None = None
    fault: str | None = None
    operation: str = ""

    def is_of(self, method: str, pattern: str) -> bool:
        """Return whether a fault that is injected with these words would be about it."""
        return is_about(method, pattern, self.method, self.path, self.operation)

    def as_data(self) -> dict[str, object]:
        """Return the exchange as JSON data, the body as text."""
        return {
            "number": self.number,
            "method": self.method,
            "path": self.path,
            "query": dict(self.query),
            "headers": dict(self.headers),
            "body": self.body.decode(errors="replace"),
            "json": self.json,
            "at_s": self.at_s,
            "known": self.known,
            "operation": self.operation,
            "status": self.status,
            "fault": self.fault,
        }


class Journal:
    """All exchanges; an exchange is complete before the first byte of its answer is sent."""

    def __init__(self) -> None:
        """Begin empty."""
        self._lock = threading.Lock()
        self._exchanges: list[Exchange] = []

    def open(
        self, request: Request, at_s: float, *, known: bool = True, operation: str = ""
    ) -> int:
        """Record an arrival and return its number, counted from 0."""
        with self._lock:
            number = len(self._exchanges)
            self._exchanges.append(
                Exchange(
                    number,
                    request.method,
                    request.path,
                    request.query,
                    request.headers,
                    request.body,
                    request.json(),
                    at_s,
                    known,
                    operation=operation,
                )
            )
            return number

    def close(self, number: int, status: int | None, fault: str | None) -> None:
        """Record what was answered."""
        with self._lock:
            self._exchanges[number] = replace(self._exchanges[number], status=status, fault=fault)

    def exchanges(self) -> list[Exchange]:
        """Return a copy of the record."""
        with self._lock:
            return list(self._exchanges)
