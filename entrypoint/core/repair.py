"""The message that asks Devin to repair its answer, and how it is known again in a session.

It is counted in the session itself, so that two runs together send no more than the team allows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from entrypoint.core.session import REPAIR, is_same_output

if TYPE_CHECKING:
    from entrypoint.core.question import Question
    from entrypoint.core.session import Session
    from entrypoint.core.violations import Violation

_TAG: Final = re.compile("devin-gate:([0-9a-f]{32}(?:-[0-9])?)")
UNANSWERED_S: Final = 120.0
"""How long Devin may take to show that it has taken up a repair message."""
_LEAVE_TO_DECLINE: Final = (
    "Set the whole structured output again, corrected. If you cannot answer, or need something "
    "from a person, do not fill it in: say what you need."
)


def write_repair(
    question: Question, session: Session, number: int, violations: tuple[Violation, ...]
) -> str:
    """Return the message: what is wrong, what is asked for, and leave to decline.

    Named is the question that the session was asked: with `session_id` another step asked it.
    """
    keys = [match[1] for tag in session.tags if (match := _TAG.fullmatch(tag))]
    key = keys[0] if len(keys) == 1 else question.key
    faults = [f"- {violation.path}: {violation.message}" for violation in violations]
    wrong = (
        ["Your structured output breaks the schema:", *faults]
        if faults
        else ["Your turn is over, and this session's structured output is missing."]
    )
    return "\n\n".join(
        [
            REPAIR.format(number=number, key=key),
            "\n".join(wrong),
            *question.contract,
            _LEAVE_TO_DECLINE,
        ]
    )


@dataclass(frozen=True)
class Pending:
    """A repair message that Devin has not yet been seen to take up."""

    at_s: float
    before: Session
    """What the session was like when it was sent."""


@dataclass(frozen=True)
class Repairs:
    """How far the repairs of a session have come."""

    attempts: int = 0
    """How many repair messages the session may get, over all runs."""
    count: int = 0
    """How many it is known to have got."""
    sent: int = 0
    """How many of them this run has sent."""
    pending: Pending | None = None
    gave_up: bool = False
    """Whether one was not delivered, which ends the repairs."""

    @property
    def may_go_on(self) -> bool:
        """Tell whether another message may be sent."""
        return self.pending is None and not self.gave_up and self.count < self.attempts

    def observe(self, session: Session) -> Repairs:
        """Return what is known after one more look at the session."""
        pending = self.pending
        if pending is not None and _is_taken_up(pending, self.count, session):
            pending = None
        seen = sum(message.is_repair for message in session.messages)
        return replace(self, count=max(self.count, seen), pending=pending)

    def send(self, session: Session, at_s: float, *, delivered: bool) -> Repairs:
        """Return what is known after a message; one that may have arrived counts as delivered."""
        if not delivered:
            return replace(self, gave_up=True)
        return replace(
            self, count=self.count + 1, sent=self.sent + 1, pending=Pending(at_s, session)
        )

    def say(self) -> str:
        """Return what became of them, as it stands between brackets; empty without any."""
        if self.gave_up:
            return "the message that asks Devin to repair it was not delivered"
        if self.pending is not None:
            return "Devin did not take up the message that asks to repair it"
        return f"after {self.count} repair{'s' * (self.count > 1)}" if self.count else ""


def _is_taken_up(pending: Pending, number: int, session: Session) -> bool:
    """Tell whether Devin has read the message of this number.

    Our message itself moves `updated_at`, and one or two looks may still show the old end; so only
    a message after ours, another output, or another phase than a turn's end proves it.
    """
    return (
        not session.phase.may_answer
        or _is_answered(session, number)
        or not is_same_output(pending.before, session)
    )


def _is_answered(session: Session, number: int) -> bool:
    seen = 0
    for message in session.messages:
        seen += message.is_repair
        if seen >= number and message.is_from_devin:
            return True
    return False
