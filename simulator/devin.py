"""A stateful Devin on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.account import Account
from simulator.devin_v1 import DevinV1
from simulator.devin_v3 import DevinV3
from simulator.problems_v3 import problem_reply
from simulator.server import SimulatedService
from simulator.sessions_v1 import details_v1
from simulator.sessions_v3 import session_v3

if TYPE_CHECKING:
    from simulator.clock import Clock
    from simulator.journal import Request
    from simulator.wire import Reply


_DEDICATED: Final = (("/api/v3/", "/v3/"), ("/", "/"))
"""Dedicated hosts have v3 under ``/api``."""


class SimulatedDevin(Account, SimulatedService):
    """Devin's API, v1 and v3; ``url`` is what stands in the place of ``https://api.devin.ai``.

    Which version there is for a caller is decided by the key: one that begins with ``cog_`` opens
    v3, every other one v1.
    """

    def __init__(self, clock: Clock, key: str, *, seed: str = "simulated") -> None:
        """Serve sessions for one key; ids follow from the seed."""
        Account.__init__(self, clock, key, seed=seed)
        routes = (*DevinV1(self).routes(), *DevinV3(self).routes())
        SimulatedService.__init__(self, clock, routes, _DEDICATED)

    @property
    def url(self) -> str:
        """Return the base address, without the version."""
        return self.origin

    def not_found(self, request: Request) -> Reply:
        """Return the version's own 404."""
        if request.path.startswith(("/v3/", "/api/v3/")):
            return problem_reply(request, 404, "Not Found")
        return super().not_found(request)

    def own_state(self) -> dict[str, object]:
        """Return sessions, terminations and the journal as JSON data."""
        now_s = self.clock.monotonic_s()
        sessions = [
            {
                "request": dict(session.request),
                "url": session.url,
                "terminated_s": session.terminated_s,
                "details": details_v1(session, now_s),
                "details_v3": session_v3(self, session),
            }
            for session in self.sessions
        ]
        own = {"sessions": sessions, "terminations": list(self.terminations)}
        return {**own, **super().own_state()}
