"""The gap between two looks, and what it promises about all lengths of sessions."""

from __future__ import annotations

from typing import Final

import pytest

from bench.noticing import FIXED_S, LENGTHS_S, Policy, notice
from entrypoint.core.pacing import LONGEST_S, SHORTEST_S, plan_gap_s

_SAMPLING_S: Final = 0.2
"""How far apart the lengths are over which `notice` spreads."""
_SHORT_S: Final = (*(length_s for length_s in LENGTHS_S if length_s < 300), 30, 90, 240)
_LONG_S: Final = tuple(length_s for length_s in LENGTHS_S if length_s >= 300)
_KNOWN: Final = Policy(answer_before_end_s=20.0)


@pytest.mark.parametrize("length_s", _SHORT_S)
def test_a_short_session_is_noticed_soon(length_s: float) -> None:
    """Below five minutes the mean lag is at most 3 s, or a tenth of the length."""
    assert notice(length_s, Policy()).mean_s <= max(3.0, length_s / 10)


@pytest.mark.parametrize("length_s", _LONG_S)
def test_a_long_session_costs_no_more_than_a_look_every_30_s(length_s: float) -> None:
    """From five minutes on: at most twelve requests more than fixed 30 s, and no larger mean lag."""
    fixed = notice(length_s, Policy(fixed_s=FIXED_S[-1]))
    for policy in (Policy(), _KNOWN):
        ours = notice(length_s, policy)
        assert ours.requests <= fixed.requests + 12
        assert ours.mean_s <= fixed.mean_s + _SAMPLING_S


@pytest.mark.parametrize("length_s", LENGTHS_S)
def test_what_is_known_only_improves_on_it(length_s: float) -> None:
    """A valid output that is there 20 s before the end makes no lag larger, and long ones a third."""
    blind, knowing = notice(length_s, Policy()), notice(length_s, _KNOWN)
    assert knowing.mean_s <= blind.mean_s
    assert knowing.requests <= blind.requests + 2
    if length_s >= 300:
        assert knowing.mean_s < 0.4 * blind.mean_s


def test_gaps_are_within_the_documentation() -> None:
    """Devin's documentation asks for 10 to 30 s; only the first minute has shorter ones."""
    gaps = [plan_gap_s(elapsed_s, None) for elapsed_s in range(0, 7_200, 7)]
    assert gaps == sorted(gaps)
    assert (gaps[0], gaps[-1]) == (SHORTEST_S, LONGEST_S)
    assert plan_gap_s(60.0, None) > 10
