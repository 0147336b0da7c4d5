"""A limit of time for computing with what somebody else wrote, as `core` sees it.

A pattern such as `^(a+)+$` takes years on a line of letters, and nested `allOf` doubles the work
with every level. How a computation is ended is the world's affair: `core` knows no signals.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

_Value = TypeVar("_Value")


class TimeIsUp(Exception):  # noqa: N818 - no error of anybody's: a computation was not over in time
    """The computation was ended, and nothing of it is known."""

    def __init__(self, limit_s: float) -> None:
        super().__init__(f"not over within {limit_s:g} s")
        self.limit_s = limit_s


class TimeLimit(Protocol):
    """Computes at most so long."""

    def __call__(self, compute: Callable[[], _Value], /) -> _Value:
        """Return what `compute` returns, raise what it raises, or raise `TimeIsUp`."""


def unlimited(compute: Callable[[], _Value], /) -> _Value:
    """Compute to the end, however long that takes: for what cannot take long."""
    return compute()
