"""A stateful Devin and a stateful GitHub on loopback, with a timeline, a clock and faults.

For tests, the demo and benchmarks; ``python -m simulator`` serves both as a process. Uses the
standard library and PyYAML only, and knows nothing of the program that talks to it.
"""

from __future__ import annotations

from typing import Final, Self

from simulator.account import Principal
from simulator.clock import Clock, ClockStalledError, SimClock, SystemClock
from simulator.devin import SimulatedDevin
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
from simulator.front import Front
from simulator.github import SimulatedGitHub
from simulator.github_records import Comment, Pull, Token
from simulator.journal import Exchange
from simulator.sessions import DEFAULT_ORG, Session
from simulator.timeline import KEEP, Step, Timeline
from simulator.timeline_data import TimelineError, read_timeline

__all__ = [
    "DEFAULT_ORG",
    "DEVIN_KEY",
    "DEVIN_KEY_V3",
    "GITHUB_TOKEN",
    "KEEP",
    "Altered",
    "Answer",
    "Clock",
    "ClockStalledError",
    "Comment",
    "CutBody",
    "CutChunked",
    "Delay",
    "Drip",
    "Exchange",
    "Fault",
    "Flood",
    "Front",
    "Principal",
    "Pull",
    "Raw",
    "Redirect",
    "Reset",
    "Session",
    "Silence",
    "SimClock",
    "SimulatedDevin",
    "SimulatedGitHub",
    "Simulation",
    "SimulatorFailedError",
    "Stall",
    "Step",
    "SystemClock",
    "Timeline",
    "TimelineError",
    "Token",
    "read_timeline",
]

DEVIN_KEY: Final = "apk_user_simulated_key_000000"
"""The API key that a ``Simulation`` accepts when none is named."""

DEVIN_KEY_V3: Final = "cog_simulated_key_000000"
"""A key of API v3, for a ``Simulation`` that is to speak that version."""

GITHUB_TOKEN: Final = "ghs_simulatedtoken0000000000"  # noqa: S105 - opens nothing
"""The workflow token that a ``Simulation`` accepts when none is named."""


class SimulatorFailedError(AssertionError):
    """The simulator itself failed while it answered; the test says nothing."""


class Simulation:
    """One Devin and one GitHub on one clock, for the length of a ``with`` block.

    Leaving the block raises ``SimulatorFailedError`` where a route broke, unless another
    exception is on its way.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        devin_key: str = DEVIN_KEY,
        github_token: str = GITHUB_TOKEN,
        enterprise: bool = False,
        web_url: str = "https://github.com",
    ) -> None:
        """Serve at once; without a clock on a ``SimClock``."""
        self.clock: Clock = SimClock() if clock is None else clock
        self.devin_key = devin_key
        self.github_token = github_token
        self.devin = SimulatedDevin(self.clock, devin_key)
        self.github = SimulatedGitHub(
            self.clock, github_token, enterprise=enterprise, web_url=web_url
        )
        self.devin.state = self.github.state = self.state

    def __enter__(self) -> Self:
        """Return the simulation."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Close both services."""
        self.close()
        failures = [*self.devin.failures, *self.github.failures]
        if failures and kind is None:
            raise SimulatorFailedError(failures) from failures[0]

    def close(self) -> None:
        """Close both services; no thread or socket is left."""
        self.devin.close()
        self.github.close()

    def leftovers(self) -> list[str]:
        """Return what must not be at the end: unused faults and requests without a route."""
        services = {"devin": self.devin, "github": self.github}
        return [
            *(
                f"{name}: unused fault {fault}"
                for name, service in services.items()
                for fault in service.unused_faults()
            ),
            *(
                f"{name}: unknown request {request}"
                for name, service in services.items()
                for request in service.unknown_requests()
            ),
        ]

    def state(self) -> dict[str, object]:
        """Return everything as JSON data: sessions, comments, journals, leftovers."""
        return {
            "clock_s": self.clock.monotonic_s(),
            "devin": self.devin.snapshot(),
            "github": self.github.snapshot(),
            "leftovers": self.leftovers(),
        }
