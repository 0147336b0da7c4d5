"""H3: the server asks to come back later, in every way that a header can say so."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from simulator import Answer
from tests.matrix.oracle import End, Kind
from tests.matrix.places import GITHUB, POLLS
from tests.matrix.story import Told, cases, check, tell_spoiled
from tests.scenarios.world import Gate

_NOW: Final = ("Date", "Mon, 05 Jan 2026 09:00:00 GMT")
_BACKOFF_S: Final = (1.0, 30.0)
_HEADERS: Final[dict[str, tuple[tuple[tuple[str, str], ...], tuple[float, float]]]] = {
    "absent": ((), _BACKOFF_S),
    "0": ((("Retry-After", "0"),), _BACKOFF_S),
    "3": ((("Retry-After", "3"),), (3, 30)),
    "1.5": ((("Retry-After", "1.5"),), (1.5, 30)),
    "minus-5": ((("Retry-After", "-5"),), _BACKOFF_S),
    "past-date": ((("Retry-After", "Mon, 05 Jan 2026 08:00:00 GMT"), _NOW), _BACKOFF_S),
    "future-date": ((("Retry-After", "Mon, 05 Jan 2026 09:02:00 GMT"), _NOW), (120, 120)),
    "far-date": ((("Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT"), _NOW), (300, 300)),
    "junk": ((("Retry-After", "soon; maybe"),), _BACKOFF_S),
    "10^9": ((("Retry-After", "1000000000"),), (300, 300)),
    "5000-digits": ((("Retry-After", "9" * 5_000),), (300, 300)),
    "twice": ((("Retry-After", "7"), ("Retry-After", "11")), _BACKOFF_S),
}
"""What the answer says, and between which seconds the next attempt must come."""
_CREATE: Final[dict[str, Kind]] = {
    "408": "unclear",
    "409": "refused",
    "425": "refused",
    "429": "not-sent",
}
_BUDGET_S: Final = 900.0
_MESSAGE_S: Final = 30.0
"""How long a message is tried; a longer wish ends it at once."""
_CANCEL_BOUND_S: Final = 5.0


def _kind(variant: str, phase: str) -> Kind | None:
    if phase in GITHUB:
        return None  # a limit of GitHub's is a row of its own: G1
    if phase == "message" and variant.startswith("429") and _least_s(variant) > _MESSAGE_S:
        return "refused"
    return _CREATE[variant[:3]] if phase in ("create", "message") else "unclear"


def _least_s(variant: str) -> float:
    return _HEADERS[variant.partition("/")[2]][1][0]


@cases("H3", [f"{status}/{header}" for status in _CREATE for header in _HEADERS], _kind)
def test_a_wish_to_wait(gate: Gate, variant: str, phase: str, persistence: str, end: End) -> None:
    """Waits are at least a second, at most five minutes, and bounded by the time that is left."""
    status, _, name = variant.partition("/")
    headers, (least_s, most_s) = _HEADERS[name]
    body = {"detail": "slow down", "message": "slow down"}
    told = tell_spoiled(gate, phase, persistence, Answer(int(status), body, headers))
    gaps = _gaps_s(told)
    if phase == "create" or phase in POLLS:
        assert all(least_s - 0.001 <= gap <= most_s + 0.001 for gap in gaps), gaps
        assert told.run.duration_s <= 150 + _BUDGET_S + most_s
    if phase == "terminate":
        assert told.run.duration_s <= 50 + _CANCEL_BOUND_S
    check(told, end)


def _gaps_s(told: Told) -> list[float]:
    """Return how long after each spoiled call the next one came."""
    return [
        later.at_s - early.at_s for early, later in pairwise(told.calls_of_route) if early.fault
    ]
