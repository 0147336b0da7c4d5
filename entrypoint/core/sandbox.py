"""Computing apart, as `core` sees it: where nothing that goes wrong can reach the verdict.

A gate's rules are computed by compiled code, from an expression by a team and values by an AI. It
may take years, or all memory, or crash. How it is kept apart is the world's affair: `core` knows
no processes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from entrypoint.core.documents import Json


class Unfinished(Exception):  # noqa: N818 - no error of anybody's: there is no result, that is all
    """The computation did not come to its end; the message says why, in words that follow "it"."""


class Sandbox(Protocol):
    """Computes apart, within limits of time and memory."""

    def __call__(self, compute: Callable[[], Json], /) -> Json:
        """Return what `compute` returns, or raise `Unfinished`, also where `compute` raises."""


def no_sandbox(compute: Callable[[], Json], /) -> Json:
    """Compute here and to the end, for texts and values that are known to be harmless."""
    return compute()
