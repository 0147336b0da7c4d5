"""What befalls a running program from outside: a cancel, a signal or a kill, at any step.

A *contact* is a moment at which the program touches the world: a line of its log, a question to its
clock, a sleep, a file, a request that is sent. What it does between two contacts nobody can see, so
that blows at contacts stand for blows at any time. Requests and files are noticed by an audit hook
(PEP 578: `http.client.send`, `open`), so nothing of the program is replaced.

A signal is delivered as the interpreter does it, by a call of the installed handler in the thread
of the run, at the contact: so it can come to any one of several runs, and always in the same place.
Real signals are for `tests/scenarios/test_cancel.py` and the container.
"""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from http.client import HTTPConnection

from entrypoint.adapters.signals import Signals
from simulator import Exchange, Simulation
from simulator.clock import SimClock


class Contact(Enum):
    """What a program does when a blow falls."""

    LOG = "log"
    CLOCK = "clock"
    SLEEP = "sleep"
    FILE = "file"
    SEND = "send"
    SPOILT = "spoilt"
    """A request whose answer was spoilt: noticed at the contact after it."""
    SECOND = "second"
    """No contact but a time: simulated seconds from the start."""


class Blow(Enum):
    """What befalls the run: signals, each with the seconds after the moment."""

    CANCEL = ((0.0, signal.SIGINT), (7.5, signal.SIGTERM), (10.0, signal.SIGKILL))
    """What the runner does (actions/runner 2.336), if the container died with its client."""
    SHUTDOWN = ((0.0, signal.SIGTERM),)
    IMPATIENCE = ((0.0, signal.SIGTERM), (0.0, signal.SIGINT))
    KILL = ((0.0, signal.SIGKILL),)


@dataclass(frozen=True)
class Fate:
    """A blow at the n-th contact of a kind, counted from 0. It may never come to that."""

    blow: Blow
    contact: Contact
    number: int


class Killed(BaseException):
    """The process is gone: nothing of the program's own gets to act on it any more."""


@dataclass
class Life:
    """One process: counts its contacts, deals the blows that its fate holds, knows its requests."""

    sim: Simulation
    clock: SimClock
    place: str
    """The folder below which files count."""
    fate: Fate | None = None
    signals: Signals = field(default_factory=Signals)
    struck_s: float | None = None
    """When the first signal came."""
    was_held: bool = False
    """Whether the program only noted it, since there was nothing to interrupt yet or any more."""
    is_dead: bool = False
    asked: dict[str, list[int]] = field(default_factory=lambda: {"devin": [], "github": []})
    """The numbers of its requests in the two journals."""

    def __post_init__(self) -> None:
        self.began_s = self.clock.monotonic_s()
        self._counts: Counter[Contact] = Counter()
        self._open: list[tuple[str, int]] = []
        self._due: list[tuple[float, signal.Signals]] = []

    @contextmanager
    def lived(self) -> Iterator[None]:
        """Notice the files and requests of this thread."""
        _here.life = self
        try:
            yield
        finally:
            _here.life = None

    def exchanges(self, name: str) -> tuple[Exchange, ...]:
        """Return what this process asked one of the two servers."""
        journal = self._journal(name)
        return tuple(journal[number] for number in self.asked[name] if number < len(journal))

    def touch(self, contact: Contact) -> None:
        """Count a contact, and deal what is due."""
        if self.is_dead:
            raise Killed
        reached = self._count(contact)
        for _ in range(self._take_spoilt()):
            reached = self._count(Contact.SPOILT) or reached
        now_s = self.clock.monotonic_s()
        if self.fate and (reached or now_s >= self.next_blow_s()):
            self._due = [(now_s + after_s, number) for after_s, number in self.fate.blow.value]
            self.fate = None
        while self._due and self._due[0][0] <= now_s:
            self._strike(self._due.pop(0)[1])

    def touch_request(self, port: int) -> None:
        """Count a request, whose headers and body are sent one after the other."""
        name = "devin" if self.sim.devin.origin.endswith(f":{port}") else "github"
        number = len(self._journal(name))
        try:
            self.touch(Contact.SEND)
        except BaseException:
            if self.asked[name][-1:] == [number]:  # only the headers left
                self.asked[name].pop()
                self._open.clear()
            raise
        if self.asked[name][-1:] != [number]:
            self.asked[name].append(number)
            self._open.append((name, number))

    def next_blow_s(self) -> float:
        """Return when the next blow falls that waits for nothing but its time."""
        if self._due:
            return self._due[0][0]
        if self.fate and self.fate.contact is Contact.SECOND:
            return self.began_s + self.fate.number
        return float("inf")

    def _count(self, contact: Contact) -> bool:
        """Count a contact and tell whether it is the one of the fate."""
        fate, number = self.fate, self._counts[contact]
        self._counts[contact] += 1
        return fate is not None and (fate.contact, fate.number) == (contact, number)

    def _take_spoilt(self) -> int:
        """Return how many requests were spoilt since the last contact."""
        spoilt = 0
        for name, number in list(self._open):
            journal = self._journal(name)
            if number < len(journal):
                self._open.remove((name, number))
                spoilt += journal[number].fault is not None
        return spoilt

    def _journal(self, name: str) -> list[Exchange]:
        return (self.sim.devin if name == "devin" else self.sim.github).journal

    def _strike(self, number: signal.Signals) -> None:
        """Deal one blow; a second signal ends the process, as the installed handler does."""
        if number is signal.SIGKILL or self.struck_s is not None:
            self.is_dead = True
            raise Killed
        self.struck_s = self.clock.monotonic_s()
        self.was_held = not self.signals._may_raise
        self.signals._handle(number, None)


class FeltClock:
    """The simulated clock, each look at which is a contact."""

    def __init__(self, life: Life) -> None:
        self._life = life

    def monotonic_s(self) -> float:
        """Return the simulated time."""
        self._life.touch(Contact.CLOCK)
        return self._life.clock.monotonic_s()

    def sleep(self, duration_s: float) -> None:
        """Sleep, and be struck on the way."""
        life = self._life
        life.touch(Contact.SLEEP)
        wake_s = life.clock.monotonic_s() + max(0.0, duration_s)
        while (next_s := life.next_blow_s()) <= wake_s:
            life.clock.sleep(next_s - life.clock.monotonic_s())
            life.touch(Contact.CLOCK)
        life.clock.sleep(wake_s - life.clock.monotonic_s())


class FeltLog(io.StringIO):
    """The log, each line of which is a contact."""

    def __init__(self, life: Life) -> None:
        super().__init__()
        self._life = life

    def write(self, text: str, /) -> int:
        """Write, or be struck before."""
        if text.strip():
            self._life.touch(Contact.LOG)
        return super().write(text)


_here = threading.local()


def _notice(event: str, arguments: tuple[object, ...]) -> None:
    """Tell the life of this thread about its requests and files."""
    if event not in ("http.client.send", "open"):
        return
    life: Life | None = getattr(_here, "life", None)
    if life is None:
        return
    first = arguments[0]
    if event == "open":
        if isinstance(first, str | os.PathLike) and os.fspath(first).startswith(life.place):
            life.touch(Contact.FILE)
    elif isinstance(first, HTTPConnection):
        life.touch_request(int(first.port))


sys.addaudithook(_notice)
