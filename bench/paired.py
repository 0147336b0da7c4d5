"""Ratios of paired measurements, with the interval in which the median ratio is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from statistics import median
from typing import Final

ENOUGH_PAIRS: Final = 30
"""With fewer of them no ratio is held against its aim."""
FEWEST_PAIRS: Final = 6
"""With fewer of them even the least and the greatest ratio are no 95% interval."""
_OUTSIDE: Final = 0.025
"""How likely the median may be on either side of the interval: 95% are inside."""


@dataclass(frozen=True)
class Ratio:
    """The median of the ratios of pairs, and its 95% interval."""

    median: float
    low: float
    high: float
    pairs: int

    def is_above(self, aim: float) -> bool:
        """Tell whether the aim is surely missed: the whole interval is above it."""
        return self.pairs >= ENOUGH_PAIRS and self.low > aim

    def __str__(self) -> str:
        few = f", {self.pairs} pairs" if self.pairs < ENOUGH_PAIRS else ""
        return f"{self.median:.2f} ({self.low:.2f} to {self.high:.2f}{few})"


def compare(ours: Sequence[float], others: Sequence[float]) -> Ratio:
    """Return ours over others, pair by pair.

    The interval is between two of the ratios in their order, by the binomial distribution: it asks
    nothing of how times are distributed.
    """
    ratios = sorted(one / other for one, other in zip(ours, others, strict=True))
    rank = _rank_of_interval(len(ratios))
    return Ratio(median(ratios), ratios[rank], ratios[-1 - rank], len(ratios))


def _rank_of_interval(count: int) -> int:
    """Return how many ratios may be left out on each side; 0 where there are too few."""
    below, rank = 0.5**count, 0
    while below <= _OUTSIDE:
        rank += 1
        below += comb(count, rank) * 0.5**count
    return max(0, rank - 1)
