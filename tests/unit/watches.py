"""What the tests of `core.watching` share: the two ends, and the decision after some looks."""

from __future__ import annotations

from collections.abc import Sequence

from entrypoint.core.session import Phase
from entrypoint.core.watching import (
    Decision,
    Look,
    Missed,
    Stop,
    StopReason,
    Watch,
    decide,
    observe,
)
from tests.unit.builders import make_look

SETTLED = Stop(StopReason.SETTLED)
OUT_OF_TIME = Stop(StopReason.OUT_OF_TIME)


def after(watch: Watch, seen: Sequence[Look | Missed]) -> Decision:
    """Return the decision right after the last of what was seen."""
    for one in seen:
        watch = observe(watch, one)
    return decide(watch, seen[-1].at_s if seen else watch.began_s)


def good(at_s: float, phase: Phase = Phase.FINISHED) -> Look:
    """Return a look at an ended turn with a valid output."""
    return make_look(at_s, phase, {"risk": "low"}, answered=True)
