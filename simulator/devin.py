"""A stateful Devin on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.account import Account
from simulator.devin_v1 import DevinV1
from simulator.server import SimulatedService
from simulator.sessions_v1 import details_v1

if TYPE_CHECKING:
    from simulator.clock import Clock


class SimulatedDevin(Account, SimulatedService):
    """Devin's API; ``url`` is what stands in the place of ``https://api.devin.ai``."""

    def __init__(self, clock: Clock, key: str, *, seed: str = "simulated") -> None:
        """Serve sessions for one key; ids follow from the seed."""
        Account.__init__(self, clock, key, seed=seed)
        SimulatedService.__init__(self, clock, DevinV1(self).routes())

    @property
    def url(self) -> str:
        """Return the base address, without the version."""
        return self.origin

    def own_state(self) -> dict[str, object]:
        """Return sessions, terminations and the journal as JSON data."""
        now_s = self.clock.monotonic_s()
        sessions = [
            {
                "request": dict(session.request),
                "url": session.url,
                "terminated_s": session.terminated_s,
                "details": details_v1(session, now_s),
            }
            for session in self.sessions
        ]
        own = {"sessions": sessions, "terminations": list(self.terminations)}
        return {**own, **super().own_state()}
