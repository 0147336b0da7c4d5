"""When a turn is over: what was seen of a session, and when, becomes `Wait`, `Ask` or `Stop`.

The status alone does not tell. Devin's data lag its status, a normal end shows as `blocked`, and
the structured output is a notepad until the end. So an end counts once it is *settled*: two looks
in a row, at least `SETTLE_S` apart, with the same ended phase, output and `updated_at`. An end
without an answer is given a grace in which the answer may still arrive; then Devin is asked to
repair it, as often as the team allows.

All times are monotonic seconds of one clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Final, TypeAlias

from entrypoint.core.pacing import LONGEST_S, plan_gap_s
from entrypoint.core.repair import UNANSWERED_S, Repairs
from entrypoint.core.retry import FRESH_S, GiveUp, RetryAfter, plan_read
from entrypoint.core.session import Phase, Session, is_same_output
from entrypoint.core.violations import Violation
from entrypoint.errors import CallFailed

SETTLE_S: Final = 5.0
"""How far apart the two looks of a settled end are, at least."""
GRACE_S: Final = 120.0
"""How long an ended turn without an answer is looked at again."""
GRACE_AFTER_REPAIR_S: Final = 60.0
GRACE_INTERVAL_S: Final = 10.0
_BETWEEN_ATTEMPTS_S = 1.0
_BEFORE_LAST_S = SETTLE_S + 1.0
"""The look before the last is so early that the last one can settle the end."""


@dataclass(frozen=True)
class Look:
    """One usable read of the session."""

    at_s: float
    """When the answer was complete."""
    session: Session
    answered: bool
    """With a schema: the output is valid. Without one: there is evidence of work done."""
    violations: tuple[Violation, ...] = ()
    """How the output breaks the schema, for people."""


@dataclass(frozen=True)
class Missed:
    """A read that failed."""

    at_s: float
    failure: CallFailed
    draw: float
    """A random number from 0 up to 1, for the jitter of the next try."""


@dataclass(frozen=True)
class Watch:
    """What has been seen so far, as far as it matters for what to do next."""

    began_s: float
    deadline_s: float
    created: bool
    """Whether this run created the session (a fresh one may be invisible for a while)."""
    interval_s: float | None = None
    """A fixed gap between looks while Devin works; `None`: adaptive."""
    repairs: Repairs = field(default_factory=Repairs)
    acu_limit: int | None = None
    """How much the session may use; from there on it is not asked for more."""
    waits_for_people: bool = False
    """Whether a Devin that needs a person is waited for, and not the outcome."""
    last: Look | None = None
    """The last usable look."""
    steady: Look | None = None
    """The first of the looks in a row that show the same end; `None` while Devin works."""
    settled: bool = False
    grace_from_s: float | None = None
    missed: Missed | None = None
    """Set while the latest read failed."""
    misses: int = 0
    output_since_s: float | None = None
    """Since when there is a valid output, where there is one."""
    usable_s: float | None = None
    """When the last usable answer came."""


class StopReason(Enum):
    """Why the watch is over."""

    SETTLED = auto()
    OUT_OF_TIME = auto()
    UNREADABLE = auto()


@dataclass(frozen=True)
class Wait:
    """Look again after so many seconds."""

    duration_s: float


@dataclass(frozen=True)
class Ask:
    """Ask Devin to repair its answer; then tell `repaired` how that went."""

    number: int
    """Which repair of the session it is, from 1."""


@dataclass(frozen=True)
class Stop:
    """Look no more; the last usable look is what there is."""

    reason: StopReason
    trouble: str = ""
    """For `UNREADABLE`: what the last failure was."""
    remedy: str = ""
    """What to do about the trouble."""
    repairs: str = ""
    """What the repairs came to, in some words; empty without any."""


Decision: TypeAlias = "Wait | Ask | Stop"


def observe(watch: Watch, seen: Look | Missed) -> Watch:
    """Return the watch with one more look, or one more failed read, taken into account."""
    if isinstance(seen, Missed):
        return replace(watch, missed=seen, misses=watch.misses + 1)
    repairs = watch.repairs.observe(seen.session)
    since = seen.at_s if watch.output_since_s is None else watch.output_since_s
    calm = replace(
        watch,
        last=seen,
        missed=None,
        misses=0,
        usable_s=seen.at_s,
        repairs=repairs,
        output_since_s=since if seen.answered and seen.session.has_output else None,
    )
    if not seen.session.phase.is_ended:
        return replace(calm, steady=None, settled=False, grace_from_s=None)
    graced = watch.grace_from_s
    if graced is None and not seen.answered and repairs.pending is None:
        graced = seen.at_s
    if watch.steady is None or not _is_same_end(watch.steady.session, seen.session):
        return replace(calm, steady=seen, settled=False, grace_from_s=graced)
    settled = seen.at_s - watch.steady.at_s >= SETTLE_S
    return replace(calm, settled=settled, grace_from_s=graced)


def repaired(watch: Watch, repairs: Repairs) -> Watch:
    """Return the watch after a repair message: the end has to settle anew."""
    return replace(watch, repairs=repairs, steady=None, settled=False, grace_from_s=None)


def decide(watch: Watch, now_s: float) -> Decision:
    """Decide what to do after the latest observation; `now_s` is not before it."""
    if watch.missed is not None:
        return _decide_after_miss(watch, watch.missed, now_s)
    if watch.last is None:
        return Wait(0.0)
    if watch.settled and not _is_patient(watch, now_s):
        if _may_ask(watch, watch.last, now_s):
            return Ask(watch.repairs.count + 1)
        if not (watch.waits_for_people and _needs_a_person(watch.last)):
            return Stop(StopReason.SETTLED, repairs=watch.repairs.say())
    if _is_last(watch, now_s):
        return Stop(StopReason.OUT_OF_TIME, repairs=watch.repairs.say())
    return Wait(_until_next(watch, _gap(watch, now_s), now_s))


def _decide_after_miss(watch: Watch, missed: Missed, now_s: float) -> Decision:
    failing_s = now_s - (watch.began_s if watch.usable_s is None else watch.usable_s)
    plan = plan_read(
        missed.failure,
        attempt=watch.misses,
        failing_s=failing_s,
        fresh=watch.created and now_s - watch.began_s < FRESH_S,
        draw=missed.draw,
    )
    match plan:
        case GiveUp(reason):
            return Stop(StopReason.UNREADABLE, reason, missed.failure.remedy)
        case RetryAfter() if _is_last(watch, now_s):
            return Stop(StopReason.OUT_OF_TIME, str(missed.failure))
        case RetryAfter(duration_s):
            return Wait(min(duration_s, watch.deadline_s - now_s))


def _is_same_end(one: Session, other: Session) -> bool:
    return (
        one.phase == other.phase
        and one.is_dead == other.is_dead
        and one.updated_at == other.updated_at
        and is_same_output(one, other)
    )


def _is_last(watch: Watch, now_s: float) -> bool:
    """Tell whether a look that is over now was the last one that the deadline leaves room for."""
    return now_s >= watch.deadline_s - _BETWEEN_ATTEMPTS_S


def grace_s(watch: Watch) -> float:
    """Return how long an ended turn without an answer is looked at again now."""
    return GRACE_AFTER_REPAIR_S if watch.repairs.sent else GRACE_S


def _is_patient(watch: Watch, now_s: float) -> bool:
    """Tell whether an end without an answer may still change by itself."""
    last = watch.last
    if last is None or last.answered or not last.session.phase.may_answer:
        return False
    if watch.repairs.pending is not None:
        return now_s - watch.repairs.pending.at_s < UNANSWERED_S
    return watch.grace_from_s is not None and now_s - watch.grace_from_s < grace_s(watch)


def _may_ask(watch: Watch, last: Look, now_s: float) -> bool:
    """Tell whether a settled end is to be repaired, and there is time for an answer."""
    repairable = not last.answered and last.session.phase.may_answer and not last.session.is_dead
    used, limit = last.session.acus_consumed, watch.acu_limit
    is_spent = used is not None and limit is not None and used >= limit
    has_time = watch.deadline_s - now_s > GRACE_AFTER_REPAIR_S
    return repairable and watch.repairs.may_go_on and has_time and not is_spent


def _needs_a_person(last: Look) -> bool:
    """Tell whether the outcome would be that Devin waits for somebody."""
    if last.session.phase is Phase.AWAITING_APPROVAL:
        return True
    is_silent = not last.answered and not last.violations
    return is_silent and last.session.phase is Phase.AWAITING_USER and not last.session.is_dead


def _gap(watch: Watch, now_s: float) -> float:
    """Return the seconds until the next look, before the deadline is taken into account."""
    if watch.steady is not None:
        if _is_patient(watch, now_s):
            return GRACE_INTERVAL_S
        return (watch.interval_s or LONGEST_S) if watch.settled else SETTLE_S
    if watch.interval_s is not None:
        return watch.interval_s
    since = watch.output_since_s
    return plan_gap_s(now_s - watch.began_s, None if since is None else now_s - since)


def _until_next(watch: Watch, gap_s: float, now_s: float) -> float:
    """Return the wait, so that there is a look at the deadline and one shortly before it."""
    left_s = watch.deadline_s - now_s
    if gap_s <= left_s - _BEFORE_LAST_S:
        return gap_s
    if left_s > _BEFORE_LAST_S + _BETWEEN_ATTEMPTS_S:
        return left_s - _BEFORE_LAST_S
    return left_s
