"""The simulated clock, for the simulator and for the program that is watched through it.

``SimClock`` promises that no real time passes: a sleep jumps to its end, or, with several
registered watchers, waits until all of them sleep and then wakes exactly one, the earliest,
ties in the order in which they fell asleep. Two runs of the same watchers therefore interleave
in the same way. ``SystemClock`` has the same interface on real time, with a speed factor.

All times are seconds. ``monotonic_s`` counts from 0.0 at the making of the clock.
"""

from __future__ import annotations

import heapq
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from simulator.real_clock import SystemClock
from simulator.schedule import Clock, Schedule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

__all__ = ["START", "Clock", "ClockStalledError", "Place", "SimClock", "SystemClock"]

START: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
"""The wall time at which every ``SimClock`` begins."""

T = TypeVar("T")


class ClockStalledError(RuntimeError):
    """A sleeper waited too long in real time: some watcher neither sleeps nor has left."""


@dataclass(order=True, slots=True)
class _Sleeper:
    """One sleeping thread; earlier wake times go first, then lower tickets."""

    wake_s: float
    ticket: int
    woken: threading.Condition = field(compare=False)
    """Its own, so that of hundreds of sleepers one is woken and not all."""
    awake: bool = field(default=False, compare=False)


class SimClock(Schedule):
    """A clock that moves only when everybody who watches it sleeps.

    Without registration there is one watcher. A thread that is not registered and sleeps (a
    server's, which delays its answer) stands for the watcher that waits for it. ``stall_s`` is
    the real time after which a sleeper that nobody wakes raises ``ClockStalledError``.
    """

    def __init__(self, *, stall_s: float = 60.0) -> None:
        """Begin at 0.0 and at ``START``."""
        super().__init__()
        self._stall_s = stall_s
        self._now_s = 0.0
        self._wall_shift_s = 0.0
        self._asleep: list[_Sleeper] = []
        self._watchers = 0

    def monotonic_s(self) -> float:
        """Return the simulated seconds since the clock was made."""
        return self._now_s

    def wall(self) -> datetime:
        """Return the simulated date and time in UTC."""
        return START + timedelta(seconds=self._now_s + self._wall_shift_s)

    def shift_wall(self, by_s: float) -> None:
        """Let the wall clock jump; ``monotonic_s`` does not notice."""
        self._wall_shift_s += by_s

    def sleep(self, duration_s: float, *, closing: threading.Event | None = None) -> None:
        """Return at ``duration_s`` from now; an exception that goes through leaves no trace."""
        wake_s = self._now_s + max(0.0, duration_s)
        self._sleep_as(
            self._make_sleeper(wake_s, next(self._tickets)), closing or threading.Event()
        )

    def tell_closing(self) -> None:
        """Make every sleeper look at its ``closing`` event."""
        with self._changed:
            for sleeper in self._asleep:
                sleeper.woken.notify_all()

    @contextmanager
    def watchers(self, count: int) -> Iterator[list[Place]]:
        """Register ``count`` watchers; each thread enters its own place of the list.

        Nobody starts before all have entered, then they start in the order of the list. A place
        that is left, or never entered when the block ends, no longer holds time back.
        """
        with self._changed:
            self._watchers += count
            places = [Place(self, next(self._tickets)) for _ in range(count)]
        try:
            yield places
        finally:
            for place in places:
                place.leave()

    def run_together(self, *calls: Callable[[], T]) -> list[T]:
        """Run each call as a watcher in a thread of its own and return the results in order."""
        with self.watchers(len(calls)) as places, ThreadPoolExecutor(len(calls)) as pool:
            futures = [
                pool.submit(_call_within, place, call)
                for place, call in zip(places, calls, strict=True)
            ]
            return [future.result() for future in futures]

    def _enter(self, ticket: int) -> None:
        self._sleep_as(self._make_sleeper(self._now_s, ticket), threading.Event())

    def _leave(self) -> None:
        with self._changed:
            self._watchers -= 1
            self._wake_earliest()

    def _make_sleeper(self, wake_s: float, ticket: int) -> _Sleeper:
        return _Sleeper(wake_s, ticket, threading.Condition(self._lock))

    def _sleep_as(self, sleeper: _Sleeper, closing: threading.Event) -> None:
        while True:
            self._rest(sleeper, closing)
            self._run_due(self.monotonic_s)
            if self._now_s >= sleeper.wake_s or closing.is_set():
                return

    def _rest(self, sleeper: _Sleeper, closing: threading.Event) -> None:
        with self._changed:
            sleeper.awake = False
            try:
                heapq.heappush(self._asleep, sleeper)
                self._wake_earliest()
                if not sleeper.woken.wait_for(
                    lambda: sleeper.awake or closing.is_set(), timeout=self._stall_s
                ):
                    raise ClockStalledError(self._describe_stall())
            finally:
                if sleeper in self._asleep:
                    self._asleep.remove(sleeper)
                    heapq.heapify(self._asleep)

    def _wake_earliest(self) -> None:
        """Move time if all watchers sleep; the sleeper is counted as awake from here on."""
        while self._asleep and len(self._asleep) >= self._watchers:
            sleeper = heapq.heappop(self._asleep)
            sleeper.awake = True
            moment_s = min(sleeper.wake_s, self._next_planned_s())
            self._now_s = max(self._now_s, moment_s)
            sleeper.woken.notify_all()

    def _describe_stall(self) -> str:
        return (
            f"at {self._now_s} s: {len(self._asleep)} of {self._watchers} watchers sleep, "
            f"and nothing moved for {self._stall_s} s of real time"
        )


class Place(AbstractContextManager[None]):
    """One watcher's registration: entering waits for its turn, leaving lets the others go on."""

    def __init__(self, clock: SimClock, ticket: int) -> None:
        """Made by ``SimClock.watchers`` only."""
        self._clock = clock
        self._ticket = ticket
        self._left = False

    def __enter__(self) -> None:
        """Wait until all places were entered and the ones before this one sleep."""
        self._clock._enter(self._ticket)  # noqa: SLF001 - the two classes are one mechanism

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        """Leave."""
        self.leave()

    def leave(self) -> None:
        """Stop holding time back; a second call does nothing."""
        if not self._left:
            self._left = True
            self._clock._leave()  # noqa: SLF001 - likewise


def _call_within(place: Place, call: Callable[[], T]) -> T:
    with place:
        return call()
