"""What a run may conclude from what it was shown: the table of outcomes, written a second time.

The answers are computed from the session's own script at the moments of the looks, so nothing of the
program that is judged takes part.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from simulator import Exchange, Session
from simulator.timeline import State
from tests.machine.drawing import LISTS
from tests.scenarios.world import DEVIN_PR, SCHEMA

REPAIR: Final = "Devin Gate, repair "
"""How our messages to a session begin."""
_GRACE_S: Final = 120.0
_SETTLE_S: Final = 5.0
_GRACE_AFTER_REPAIR_S: Final = 60.0
_LONGEST_DELAY_S: Final = 8.0
_LAST_S: Final = 1.001 + _LONGEST_DELAY_S
"""How near to the deadline the last look is."""
_PHASES: Final = {
    "blocked": "awaiting_user",
    "finished": "finished",
    "stopped": "finished",
    "expired": "expired",
    "suspend_requested": "suspended",
    "suspend_requested_frontend": "suspended",
}
_PHASES_V3: Final = {
    "running/waiting_for_user": "awaiting_user",
    "running/waiting_for_approval": "needs_approval",
    "running/finished": "finished",
    "exit": "finished",
    "error": "session_failed",
    "suspended/inactivity": "awaiting_user",
    "suspended/error": "session_failed",
    "suspended/user_request": "suspended",
    "suspended/tomorrow": "suspended",
    "suspended/out_of_credits": "limit_reached",
}
"""Those that sessions of the machine have; where an end has an outcome of its own, that word."""
DEAD: Final = ("expired", "session_failed")
_FOR_PEOPLE: Final = ("blocked", "needs_approval")
_BY_ITSELF: Final = ("awaiting_user", "finished")


def _is_risk(output: object) -> bool:
    return isinstance(output, dict) and output.get("risk") in ("low", "high")


def _is_list(output: object) -> bool:
    return isinstance(output, list) and bool(output) and all(type(one) is int for one in output)


_VALID: Final[Mapping[str, Callable[[object], bool]]] = {SCHEMA: _is_risk, LISTS: _is_list}


@dataclass(frozen=True)
class Shown:
    """What one usable look at a session showed."""

    at_s: float
    phase: str
    output: object
    updated_s: float
    is_dead: bool
    has_evidence: bool

    @property
    def is_ended(self) -> bool:
        """Tell whether the turn was over."""
        return self.phase != "working"

    def is_same_end(self, other: Shown) -> bool:
        """Tell whether nothing has moved."""
        # As JSON, since Python takes 1 and True for equal.
        one, two = ((s.phase, s.is_dead, s.updated_s, json.dumps(s.output)) for s in (self, other))
        return one == two


def look(session: Session, seen: Exchange, heard: Exchange, dead_from: float, api: str) -> Shown:
    """Return what an answer to "GET session" showed, and one that told its messages.

    `dead_from` is the first request after the session's death.
    """
    state = session.state_at(seen.at_s)
    phase = phase_of(state, api)
    return Shown(
        seen.at_s,
        phase,
        state.structured_output,
        state.updated_s,
        phase in DEAD or seen.number >= dead_from,
        _has_evidence(state, session.state_at(heard.at_s)),
    )


def phase_of(state: State, api: str) -> str:
    """Return the phase; with v1 `status` counts only where `status_enum` says nothing."""
    if api == "v3":
        return _PHASES_V3.get(state.status_v3, "working")
    word = state.status if state.status_enum is None else state.status_enum
    return _PHASES.get(word, "working")


def _has_evidence(state: State, later: State) -> bool:
    """Tell whether Devin said something since the user did, or opened a pull request."""
    said = False
    for message in later.messages:
        if not message.by_user:
            said = True
        elif not message.text.startswith(REPAIR):
            said = False
    return said or state.pull_request_url == DEVIN_PR


@dataclass(frozen=True)
class Course:
    """Everything that a run could go by, when it did not fail."""

    looks: Sequence[Shown]
    schema: str
    last_s: float
    """When it last asked Devin for anything."""
    deadline_s: float
    may_repair: bool
    """Whether the team allows a repair message, and this run has sent none."""
    repaired_s: float | None
    """When this run sent its last repair message."""
    waits_for_people: bool

    @property
    def last(self) -> Shown:
        """Return what the verdict rests on."""
        return self.looks[-1]

    @property
    def is_answered(self) -> bool:
        """Tell whether the last look showed an answer that may be judged."""
        last = self.last
        return last.phase in _BY_ITSELF and not last.is_dead and self._is_answer(last)

    def conclude(self) -> str:
        """Return the outcome that the table has for the last look."""
        last = self.last
        if not last.is_ended:
            return "timed_out"
        if last.phase not in _BY_ITSELF:
            return last.phase
        if last.is_dead:
            return "session_failed"
        if self.is_answered:
            return ("passed" if self.schema else "completed") if self._is_settled() else "timed_out"
        if self.schema and last.output is not None:
            return "invalid_output"
        return "blocked" if last.phase == "awaiting_user" else "missing_output"

    def had_its_time(self) -> bool:
        """Tell whether nothing was concluded too early: a grace, or all of the time, is over."""
        last, left_s = self.last, self.deadline_s - self.last_s
        if left_s <= _LAST_S:
            return True
        if not last.is_ended or not self._is_settled():
            return False
        if self.waits_for_people and self.conclude() in _FOR_PEOPLE:
            return False
        if last.phase not in _BY_ITSELF or last.is_dead or self.is_answered:
            return True
        if self.may_repair and left_s > _GRACE_AFTER_REPAIR_S + _LONGEST_DELAY_S:
            return False
        if self.repaired_s is not None:
            return last.at_s + _LONGEST_DELAY_S - self.repaired_s >= _GRACE_AFTER_REPAIR_S
        return last.at_s + _LONGEST_DELAY_S - self._unanswered_since_s() >= _GRACE_S

    def _is_settled(self) -> bool:
        """Tell whether the last look showed the same as one at least 5 s before, without a break."""
        same = self.last
        for one in reversed(self.looks):
            if not one.is_same_end(self.last):
                break
            same = one
        return self.last.at_s - same.at_s >= _SETTLE_S - 0.001

    def _unanswered_since_s(self) -> float:
        since_s = self.last.at_s
        for one in reversed(self.looks):
            if not one.is_ended:
                break
            since_s = since_s if self._is_answer(one) else one.at_s
        return since_s

    def _is_answer(self, shown: Shown) -> bool:
        if not self.schema:
            return shown.has_evidence
        return _VALID[self.schema](shown.output)
