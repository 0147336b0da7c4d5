"""How a run ended becomes a `Verdict`: outcome, conclusion, exit code and one sentence.

This is where exit 0 is decided. It happens for `passed` and `completed`, and for an outcome that
the team itself named in `allow_outcomes`; everything else, known or not, is red.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from entrypoint.core.outcome import ALLOWABLE, Outcome
from entrypoint.core.session import Phase
from entrypoint.core.text import quote
from entrypoint.core.watching import StopReason

if TYPE_CHECKING:
    from entrypoint.core.gate import GateResult
    from entrypoint.core.session import Limit
    from entrypoint.core.violations import Violation
    from entrypoint.core.watching import Look, Stop


@dataclass(frozen=True)
class Verdict:
    """What the run concluded, and why."""

    outcome: Outcome
    reason: str
    """One sentence for a person; what is foreign in it stands between backticks."""
    remedy: str = ""
    """What to do next; empty where there is nothing to do."""
    violations: tuple[Violation, ...] = ()
    gate_results: tuple[GateResult, ...] = ()
    allowed: bool = False
    """Whether `allow_outcomes` turns the outcome's exit code to 0."""
    brief: str = ""
    """The reason for where rules or violations stand beside it; empty: the reason itself."""

    @property
    def exit_code(self) -> int:
        """Return the exit code of the step."""
        return 0 if self.allowed else self.outcome.exit_code

    @property
    def passed(self) -> bool:
        """Tell whether an answer was given, checked and found good; nothing else passes."""
        return self.outcome is Outcome.PASSED


@dataclass(frozen=True)
class Ending:
    """How the watch over a session ended."""

    stop: Stop
    look: Look | None
    """The last usable look; `None` where there never was one."""
    has_schema: bool
    timeout_minutes: int
    by_id: bool = False
    """Whether `session_id` named the session."""


def judge(ending: Ending, allow_outcomes: frozenset[Outcome]) -> Verdict:
    """Return the verdict for a watch that is over."""
    outcome, reason, remedy = _conclude(ending)
    brief = _say_briefly(ending) if outcome is Outcome.INVALID_OUTPUT else ""
    if ending.stop.repairs and outcome in _REPAIRABLE:
        reason, brief = (
            f"{said.removesuffix('.')} ({ending.stop.repairs})." if said else ""
            for said in (reason, brief)
        )
    if ending.by_id and outcome.exit_code == 1:
        remedy = _BY_ID
    return Verdict(
        outcome,
        reason,
        remedy,
        violations=ending.look.violations
        if ending.look and outcome is Outcome.INVALID_OUTPUT
        else (),
        allowed=is_allowed(outcome, allow_outcomes),
        brief=brief,
    )


def is_allowed(outcome: Outcome, allow_outcomes: frozenset[Outcome]) -> bool:
    """Tell whether the team turns the outcome's exit code to 0; a pass needs no leave."""
    return outcome.exit_code != 0 and outcome in allow_outcomes & ALLOWABLE


def _conclude(ending: Ending) -> tuple[Outcome, str, str]:
    stop, look = ending.stop, ending.look
    if stop.reason is StopReason.UNREADABLE or look is None:
        return (
            Outcome.ERROR,
            f"What became of the session could not be read: {stop.trouble or 'no answer came.'}",
            stop.remedy or "Re-run the job when Devin answers again: it finds the same session.",
        )
    phase = look.session.phase
    if not phase.is_ended:
        return _out_of_time(ending, "Devin was still at work")
    if not phase.may_answer:
        return _name_limit(look.session.limit, _ENDS[phase])
    if look.session.is_dead:
        return Outcome.SESSION_FAILED, "The session was ended or archived meanwhile.", _ANEW
    if look.answered:
        if stop.reason is not StopReason.SETTLED:
            return _out_of_time(ending, "Devin had only just stopped, its answer was not yet sure")
        return _good(ending)
    return _without_answer(ending, look)


def _name_limit(limit: Limit | None, end: tuple[Outcome, str, str]) -> tuple[Outcome, str, str]:
    return (end[0], limit.what, f"{limit.remedy} {_ASK_AGAIN}") if limit else end


def _out_of_time(ending: Ending, state: str) -> tuple[Outcome, str, str]:
    return (
        Outcome.TIMED_OUT,
        f"{state} when `timeout_minutes` ({ending.timeout_minutes}) were over.",
        f"The session goes on; give it more time with `timeout_minutes`. {_ASK_AGAIN}",
    )


def _good(ending: Ending) -> tuple[Outcome, str, str]:
    if ending.has_schema:
        return Outcome.PASSED, "Devin's structured output satisfies the schema.", ""
    return (
        Outcome.COMPLETED,
        "Devin's turn is over; without a schema nothing was judged.",
        "Give `structured_output_schema` to have the answer checked.",
    )


def _without_answer(ending: Ending, look: Look) -> tuple[Outcome, str, str]:
    if look.violations:
        first = look.violations[0]
        more = len(look.violations) - 1
        others = f", and in {more} more place{'s' * (more > 1)}" if more else ""
        return (
            Outcome.INVALID_OUTPUT,
            f"Devin's structured output breaks the schema: {quote(first.path)} {first.message}{others}.",
            _ASK_AGAIN,
        )
    if look.session.phase is Phase.AWAITING_USER:
        return (
            Outcome.BLOCKED,
            "Devin stopped and waits for a person instead of answering.",
            f"Answer Devin in the session, then re-run the job. {_ASK_AGAIN}",
        )
    lacks = "a structured output" if ending.has_schema else "a message or a pull request"
    return (
        Outcome.MISSING_OUTPUT,
        f"Devin finished without {lacks}.",
        _ASK_AGAIN,
    )


def _say_briefly(ending: Ending) -> str:
    """Return the reason of a broken schema for where each place is listed beside it."""
    count = len(ending.look.violations) if ending.look else 0
    places = f"{count} places" if count > 1 else "one place"
    return f"Devin's structured output breaks the schema in {places}."


_REPAIRABLE: Final = (
    Outcome.PASSED,
    Outcome.INVALID_OUTPUT,
    Outcome.MISSING_OUTPUT,
    Outcome.BLOCKED,
)

_ASK_AGAIN: Final = (
    "A re-run finds the same session; for a fresh one push a commit, or archive or terminate the "
    "session in Devin first."
)
_BY_ID: Final = (
    "`session_id` names the session; look there what it needs and re-run the job, or give the ID "
    "of another one: a re-run of the job that started it asks anew where it is dead."
)
_ANEW: Final = "A re-run asks the question anew, in a fresh session."
_WAKE: Final = f"Wake it in Devin, then re-run the job. {_ASK_AGAIN}"

_ENDS: Final = {
    Phase.SUSPENDED: (Outcome.SUSPENDED, "The session was put to sleep before it was done.", _WAKE),
    Phase.AWAITING_APPROVAL: (
        Outcome.NEEDS_APPROVAL,
        "Devin waits for a person's approval.",
        f"Approve in the session, then re-run the job. {_ASK_AGAIN}",
    ),
    Phase.LIMITED: (
        Outcome.LIMIT_REACHED,
        "The session reached a limit of usage, credits or payment.",
        f"Raise the limit in Devin, then re-run the job. {_ASK_AGAIN}",
    ),
    Phase.EXPIRED: (Outcome.EXPIRED, "The session expired before it was done.", _ANEW),
    Phase.FAILED: (Outcome.SESSION_FAILED, "The session failed in Devin.", _ANEW),
}
