"""N6 and N7: a server that takes its time, until the request's own deadline.

A deadline is real seconds, and so many of them that few cases can wait for it. So *once* is real:
real silence, against the product's own timer, which is given a second. In the others the answer
stalls on the simulated clock for as long as the deadline would, then the connection goes: the same
failure to the product, and unlike real silence it counts against every budget.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from simulator import Drip, Fault, Silence, Stall
from tests.matrix.hurry import compose_hurried
from tests.matrix.oracle import End, Kind
from tests.matrix.places import PLACES
from tests.matrix.story import cases, check, tell_spoiled
from tests.scenarios.world import Gate

_HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_BEGUN: Final = _HEAD + b"Content-Length: 500\r\n\r\n"
_BYTES_PER_S: Final = 20.0
"""So slow that no answer is whole within the second of a hurried request."""
_N6: Final[dict[str, Kind]] = {"before-commit": "unclear", "after-commit": "done"}
_N7: Final[dict[str, tuple[Fault, Callable[[float], Fault]]]] = {
    "slow-headers": (
        Drip(_BYTES_PER_S, real=True),
        lambda duration_s: Stall(duration_s, _HEAD[:40]),
    ),
    "slow-body": (
        Drip(_BYTES_PER_S, headers_too=False, real=True),
        lambda duration_s: Stall(duration_s, _BEGUN + b'{"sessi'),
    ),
}
_ON_THE_CLOCK: Final = ("below", "past", "forever")


def _deadline_s(phase: str) -> float:
    """Return how long one request may take, as the promises say it."""
    if phase == "terminate":
        return 1.0
    return 10.0 if PLACES[phase].service == "github" else 30.0


def _silence(variant: str, _phase: str) -> Kind:
    return _N6[variant]


@pytest.mark.real_time  # silence is ended by the request's own second
@cases("N6", _N6, _silence, persistences=("once",))
def test_silence(gate: Gate, variant: str, phase: str, persistence: str, end: End) -> None:
    """Not a byte comes: the request's own deadline ends it, and the request may have been done."""
    gate.compose = compose_hurried
    check(tell_spoiled(gate, phase, persistence, Silence(), done=_N6[variant] == "done"), end)


@cases("N6", _N6, _silence, persistences=_ON_THE_CLOCK)
def test_silence_again(gate: Gate, variant: str, phase: str, persistence: str, end: End) -> None:
    """The time of requests that were waited for in vain counts against every budget."""
    fault = Stall(_deadline_s(phase))
    check(tell_spoiled(gate, phase, persistence, fault, done=_N6[variant] == "done"), end)


@pytest.mark.real_time  # a drip is ended by the request's own second
@cases("N7", _N7, lambda _variant, _phase: "done", persistences=("once",))
def test_a_drip(gate: Gate, variant: str, phase: str, persistence: str, end: End) -> None:
    """A byte now and then does not hold a request longer than its deadline."""
    gate.compose = compose_hurried
    check(tell_spoiled(gate, phase, persistence, _N7[variant][0]), end)


@cases("N7", _N7, lambda _variant, _phase: "done", persistences=_ON_THE_CLOCK)
def test_a_drip_again(gate: Gate, variant: str, phase: str, persistence: str, end: End) -> None:
    """The time of answers that never became whole counts against every budget."""
    fault = _N7[variant][1](_deadline_s(phase))
    check(tell_spoiled(gate, phase, persistence, fault, done=True), end)
