"""How soon a watch sees that a session has ended, and what that costs in requests.

Computed, not measured: the policy is a pure function of time (`entrypoint.core.watching`), so the
figures are the same on every machine.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from statistics import fmean, quantiles
from typing import Final

from entrypoint.core.pacing import LONGEST_S
from entrypoint.core.session import Phase, Session
from entrypoint.core.watching import Look, Wait, Watch, decide, observe

LENGTHS_S: Final = (20, 40, 60, 120, 180, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400, 21_600)
"""Session lengths from 20 s to 6 h."""
FIXED_S: Final = (5.0, 10.0, 30.0)
"""The gaps of a fixed policy, to compare with."""
REQUEST_S: Final = 0.3
"""How long one look takes."""
_LENGTHS_OF_ONE: Final = 600
_DAYS_S: Final = 3 * 86_400.0


@dataclass(frozen=True)
class Noticed:
    """How one policy does with sessions of about one length."""

    mean_s: float
    """From the session's end to the start of the first look that sees it."""
    p95_s: float
    requests: float
    """Looks until then, that one included, on average."""


@dataclass(frozen=True)
class Policy:
    """How a session is watched."""

    fixed_s: float | None = None
    """The gap between two looks; `None`: the action's own policy."""
    answer_before_end_s: float | None = None
    """A valid output is there so long before the end; `None`: it comes with it."""


def notice(length_s: float, policy: Policy) -> Noticed:
    """Return mean and 95th percentile over lengths that are spread evenly, 10% either way.

    Where the gaps are 30 s it is one to four whole ones: a part of one would make the same policy
    look better or worse by where it begins.
    """
    whole_s = LONGEST_S + REQUEST_S
    width_s = min(0.2 * length_s, 4 * whole_s)
    width_s -= width_s % whole_s if width_s > whole_s else 0.0
    spread = [
        length_s + width_s * ((number + 0.5) / _LENGTHS_OF_ONE - 0.5)
        for number in range(_LENGTHS_OF_ONE)
    ]
    seen = [_see_end(end_s, policy) for end_s in spread]
    lags = [at_s - end_s for end_s, (at_s, _) in zip(spread, seen, strict=True)]
    return Noticed(fmean(lags), quantiles(lags, n=20)[-1], fmean(count for _, count in seen))


def _see_end(end_s: float, policy: Policy) -> tuple[float, int]:
    """Return when the first look at an ended session starts, and which look it is, from 1."""
    looks = _look_without_answer(policy.fixed_s)
    answer_s = end_s - (policy.answer_before_end_s or 0.0)
    number = bisect_left(looks, answer_s, key=lambda look: look[0])
    at_s, watch = looks[number]
    while at_s < end_s:
        at_s, watch = _look(at_s, watch, answered=True)
        number += 1
    return at_s, number + 1


@cache
def _look_without_answer(fixed_s: float | None) -> list[tuple[float, Watch]]:
    """Return when each look starts, and the watch before it, beyond the longest session."""
    watch = Watch(began_s=0.0, deadline_s=_DAYS_S, created=True, interval_s=fixed_s)
    looks = [(0.0, watch)]
    while looks[-1][0] < 1.2 * LENGTHS_S[-1]:
        looks.append(_look(*looks[-1], answered=False))
    return looks


def _look(at_s: float, watch: Watch, *, answered: bool) -> tuple[float, Watch]:
    """Look at a session at work; return when the next look starts, and the watch before it."""
    now_s = at_s + REQUEST_S
    seen = Look(now_s, _WITH_ANSWER if answered else _AT_WORK, answered)
    after = observe(watch, seen)
    decision = decide(after, now_s)
    if not isinstance(decision, Wait):
        raise TypeError(f"{decision} while Devin works")
    return now_s + decision.duration_s, after


def compare(lengths_s: Sequence[float] = LENGTHS_S) -> dict[float, dict[str, Noticed]]:
    """Return length -> name of the policy -> how it does."""
    policies = {
        "adaptive": Policy(),
        "answer known 20 s before": Policy(answer_before_end_s=20.0),
        **{f"fixed {gap_s:g} s": Policy(fixed_s=gap_s) for gap_s in FIXED_S},
    }
    return {
        length_s: {name: notice(length_s, policy) for name, policy in policies.items()}
        for length_s in lengths_s
    }


_AT_WORK: Final = Session(session_id="devin-0", status="working", phase=Phase.WORKING)
_WITH_ANSWER: Final = replace(_AT_WORK, structured_output={"risk": "low"})
