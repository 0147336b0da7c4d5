"""The words for how a run can end, with their conclusion and exit code."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Outcome(StrEnum):
    """What the gate concluded."""

    PASSED = "passed"
    COMPLETED = "completed"
    GATE_FAILED = "gate_failed"
    INVALID_OUTPUT = "invalid_output"
    MISSING_OUTPUT = "missing_output"
    BLOCKED = "blocked"
    NEEDS_APPROVAL = "needs_approval"
    SUSPENDED = "suspended"
    LIMIT_REACHED = "limit_reached"
    EXPIRED = "expired"
    SESSION_FAILED = "session_failed"
    TIMED_OUT = "timed_out"
    STALE = "stale"
    CANCELLED = "cancelled"
    NOT_ALLOWED = "not_allowed"
    SKIPPED = "skipped"
    STARTED = "started"
    ERROR = "error"

    @property
    def conclusion(self) -> str:
        """Return the same in the vocabulary of GitHub's Checks API."""
        return _CONCLUSIONS.get(self, "failure")

    @property
    def exit_code(self) -> int:
        """Return the exit code of the outcome by itself: 0, 1, or 2 for `error`."""
        if self is Outcome.ERROR:
            return 2
        return 0 if self in _GREEN else 1


_GREEN: Final = (Outcome.PASSED, Outcome.COMPLETED, Outcome.SKIPPED, Outcome.STARTED)
ALLOWABLE: Final = frozenset(Outcome) - {Outcome.ERROR, Outcome.CANCELLED}
"""The outcomes that `allow_outcomes` may name."""

_CONCLUSIONS: Final = {
    Outcome.PASSED: "success",
    Outcome.COMPLETED: "neutral",
    Outcome.BLOCKED: "action_required",
    Outcome.NEEDS_APPROVAL: "action_required",
    Outcome.SUSPENDED: "action_required",
    Outcome.TIMED_OUT: "timed_out",
    Outcome.STALE: "stale",
    Outcome.CANCELLED: "cancelled",
    Outcome.NOT_ALLOWED: "action_required",
    Outcome.SKIPPED: "skipped",
    Outcome.STARTED: "neutral",
}
