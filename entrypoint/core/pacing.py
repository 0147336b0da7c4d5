"""How long to wait until the next look, as long as Devin works: docs/adr/0010-when-to-look.md."""

from __future__ import annotations

from typing import Final

SHORTEST_S: Final = 5.0
LONGEST_S: Final = 30.0
_GROWTH: Final = 5.8
"""The gap is the elapsed time over this, so that the mean lag is below a tenth of the length."""
_NEAR_END_GAP_S: Final = 10.0
_NEAR_END_S: Final = 20.0
"""A valid output is the last thing that Devin sets: so long after it the end is likely."""


def plan_gap_s(elapsed_s: float, with_output_s: float | None) -> float:
    """Return the seconds until the next look.

    `with_output_s`: for how long there has been a valid output, `None` without one.
    """
    is_near_end = with_output_s is not None and with_output_s < _NEAR_END_S
    longest_s = _NEAR_END_GAP_S if is_near_end else LONGEST_S
    return min(longest_s, max(SHORTEST_S, elapsed_s / _GROWTH))
