"""What can be done to an answer on its way, and the plan of when to do it.

Every fault is a frozen value. Seconds are simulated ones (the clock of the server), except for
``Silence``, since a client's socket time-out is real.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias


@dataclass(frozen=True, slots=True)
class Answer:
    """Any status and body: bytes as they are, a string as HTML, anything else as JSON."""

    status: int
    body: object = b""
    headers: tuple[tuple[str, str], ...] = ()

    def encoded(self) -> tuple[str, bytes]:
        """Return the content type and the bytes of the body."""
        if isinstance(self.body, bytes):
            return "application/json", self.body
        if isinstance(self.body, str):
            return "text/html; charset=utf-8", self.body.encode()
        return "application/json", json.dumps(self.body).encode()


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is reset (TCP RST) instead of an answer."""


@dataclass(frozen=True, slots=True)
class CutBody:
    """The usual answer, closed after ``keep_bytes`` of the announced body; the work is done."""

    keep_bytes: int = 10


@dataclass(frozen=True, slots=True)
class CutChunked:
    """The usual answer in chunks, closed inside the first chunk; the work is done."""

    keep_bytes: int = 10


def _do_nothing() -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class Silence:
    """No byte until the client gives up, the server closes, or ``max_s`` real seconds passed.

    ``meanwhile`` is called first: what happens to somebody who waits, a signal for example.
    """

    max_s: float = 30.0
    meanwhile: Callable[[], None] = _do_nothing


@dataclass(frozen=True, slots=True)
class Stall:
    """These bytes, nothing more for ``duration_s`` on the clock, then a reset.

    What a client is left with whose own deadline is that long, in simulated time.
    """

    duration_s: float
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Drip:
    """The usual answer, byte after byte on the clock, headers included or not; the work is done.

    ``real``: in real seconds, for a client whose deadline is real.
    """

    bytes_per_s: float = 1.0
    headers_too: bool = True
    real: bool = False


@dataclass(frozen=True, slots=True)
class Flood:
    """A body of so many blanks, made while it is sent, so that no side need hold it."""

    total_bytes: int


@dataclass(frozen=True, slots=True)
class Delay:
    """The usual answer after ``duration_s`` on the clock."""

    duration_s: float


@dataclass(frozen=True, slots=True)
class Altered:
    """The usual answer with another body, made from the usual one's JSON; the work is done."""

    change: Callable[[dict[str, object]], bytes]


@dataclass(frozen=True, slots=True)
class Raw:
    """These bytes instead of an answer, then the end of the connection."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Redirect:
    """A redirect to ``location``."""

    location: str
    status: int = 307


Fault: TypeAlias = (
    Answer
    | Altered
    | CutBody
    | CutChunked
    | Delay
    | Drip
    | Flood
    | Raw
    | Redirect
    | Reset
    | Silence
    | Stall
)
"""Everything that ``inject`` takes."""

NEEDS_THE_WORK: Final = (Altered, CutBody, CutChunked, Drip, Delay)
"""Faults that pass on the route's own answer, so that the route always does its work."""


@dataclass(slots=True)
class Rule:
    """One injection: what, where, and how often it is still to happen."""

    method: str
    pattern: str
    fault: Fault
    times: int | None
    skip: int
    after_commit: bool
    applied: int = 0
    ended: bool = False

    def matches(self, method: str, path: str, operation: str) -> bool:
        """Return whether the rule is about this request."""
        return is_about(self.method, self.pattern, method, path, operation)

    def is_open(self) -> bool:
        """Return whether the rule can still be applied."""
        return not self.ended and (self.times is None or self.applied < self.times)

    def is_used(self) -> bool:
        """Return whether all of it happened; one without an end must have happened once."""
        return self.applied >= (1 if self.times is None else self.times)


class FaultPlan:
    """The rules in the order of injection; the first open one that matches is applied."""

    def __init__(self) -> None:
        """Begin without rules."""
        self._lock = threading.Lock()
        self._rules: list[Rule] = []

    def end(self) -> None:
        """Let the rules without an end happen no more."""
        with self._lock:
            for rule in self._rules:
                rule.ended = rule.times is None

    def add(self, rule: Rule) -> None:
        """Add a rule behind the others."""
        with self._lock:
            self._rules.append(rule)

    def take(self, method: str, path: str, operation: str) -> Rule | None:
        """Return the rule for this request and count it as applied.

        ``skip`` counts every matching request since the injection, also those that another
        rule took.
        """
        with self._lock:
            taken = None
            for rule in [rule for rule in self._rules if rule.matches(method, path, operation)]:
                if rule.skip > 0:
                    rule.skip -= 1
                elif taken is None and rule.is_open():
                    rule.applied += 1
                    taken = rule
            return taken

    def clear(self) -> None:
        """Forget every rule, used or not."""
        with self._lock:
            self._rules.clear()

    def unused(self) -> list[Rule]:
        """Return the rules that did not happen as often as they were planned."""
        with self._lock:
            return [rule for rule in self._rules if not rule.is_used()]


def is_about(wanted: str, pattern: str, method: str, path: str, operation: str) -> bool:
    """Return whether a method and a path or operation, ``*`` being any, mean this request."""
    if wanted not in {"*", method}:
        return False
    return pattern == operation or compile_path(pattern).fullmatch(path) is not None


@cache
def compile_path(template: str) -> re.Pattern[str]:
    """Compile a path: ``{name}`` stands for one segment, ``*`` for anything."""
    parts = re.split(r"(\{\w+\}|\*)", template)
    return re.compile("".join(_part_expression(part) for part in parts))


def _part_expression(part: str) -> str:
    if part == "*":
        return ".*"
    if part.startswith("{"):
        return f"(?P<{part[1:-1]}>[^/]+)"
    return re.escape(part)
