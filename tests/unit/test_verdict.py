"""What is green and what is red, for every way in which a run can end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import product

import pytest

from entrypoint.core.documents import Json
from entrypoint.core.outcome import ALLOWABLE, Outcome
from entrypoint.core.session import Limit, Phase
from entrypoint.core.unjudged import (
    judge_bug,
    judge_cancelled,
    judge_error,
    judge_exhausted,
    judge_moved,
    judge_not_allowed,
    judge_other_commit,
    judge_skipped,
)
from entrypoint.core.verdict import Ending, Verdict, judge
from entrypoint.core.violations import Violation
from entrypoint.core.watching import Stop, StopReason
from entrypoint.errors import GateError
from tests.unit.builders import HEAD_SHA, PULL_REQUEST, make_look

NOBODY = frozenset[Outcome]()
BROKEN = (Violation("$.risk", "misses the required `risk`", "required"),)
SETTLED, OUT_OF_TIME, UNREADABLE = StopReason
ANSWERS = ("valid", "broken", "none")
CONCLUSIONS = {
    "passed": ("success", 0),
    "completed": ("neutral", 0),
    "gate_failed": ("failure", 1),
    "invalid_output": ("failure", 1),
    "missing_output": ("failure", 1),
    "blocked": ("action_required", 1),
    "needs_approval": ("action_required", 1),
    "suspended": ("action_required", 1),
    "limit_reached": ("failure", 1),
    "expired": ("failure", 1),
    "session_failed": ("failure", 1),
    "timed_out": ("timed_out", 1),
    "stale": ("stale", 1),
    "cancelled": ("cancelled", 1),
    "not_allowed": ("action_required", 1),
    "skipped": ("skipped", 0),
    "started": ("neutral", 0),
    "error": ("failure", 2),
}
OWN_ENDS = {
    Phase.SUSPENDED: Outcome.SUSPENDED,
    Phase.AWAITING_APPROVAL: Outcome.NEEDS_APPROVAL,
    Phase.LIMITED: Outcome.LIMIT_REACHED,
    Phase.EXPIRED: Outcome.EXPIRED,
    Phase.FAILED: Outcome.SESSION_FAILED,
}


def end(
    reason: StopReason,
    phase: Phase | None,
    answer: str = "none",
    *,
    has_schema: bool = True,
    archived: bool = False,
) -> Ending:
    """Return an ending; an answer without a schema is evidence of work done."""
    output: Json = None if answer == "none" else {"risk": answer}
    if phase is None:
        return Ending(Stop(reason), None, has_schema, 60)
    look = make_look(0.0, phase, output, answered=answer == "valid")
    violations = BROKEN if answer == "broken" and has_schema else ()
    session = replace(look.session, is_archived=archived)
    return Ending(
        Stop(reason), replace(look, session=session, violations=violations), has_schema, 60
    )


def outcome(ending: Ending) -> Outcome:
    """Return the outcome where nothing is allowed."""
    return judge(ending, NOBODY).outcome


@pytest.mark.parametrize("name", list(Outcome))
def test_each_outcome_has_its_conclusion_and_exit_code(name: Outcome) -> None:
    """Exit 0 happens for four outcomes, exit 2 for `error`, exit 1 for all others."""
    assert (name.conclusion, name.exit_code) == CONCLUSIONS[str(name)]
    assert len(CONCLUSIONS) == len(Outcome)


@pytest.mark.parametrize("phase", [Phase.FINISHED, Phase.AWAITING_USER])
def test_a_settled_turn_is_judged_by_its_answer(phase: Phase) -> None:
    """A valid answer passes; broken or missing it never does."""
    missing = Outcome.MISSING_OUTPUT if phase is Phase.FINISHED else Outcome.BLOCKED
    assert outcome(end(SETTLED, phase, "valid")) is Outcome.PASSED
    assert outcome(end(SETTLED, phase, "broken")) is Outcome.INVALID_OUTPUT
    assert outcome(end(SETTLED, phase, "none")) is missing
    assert outcome(end(SETTLED, phase, "valid", has_schema=False)) is Outcome.COMPLETED
    assert outcome(end(SETTLED, phase, "none", has_schema=False)) is missing
    assert outcome(end(SETTLED, phase, "broken", has_schema=False)) is missing


@pytest.mark.parametrize(("phase", "expected"), list(OWN_ENDS.items()))
@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("has_schema", [True, False])
def test_a_turn_that_did_not_end_by_itself_is_never_judged(
    *,
    phase: Phase,
    expected: Outcome,
    answer: str,
    has_schema: bool,
) -> None:
    """The notepad of a session that was put to sleep or expired passes nothing."""
    for reason in (SETTLED, OUT_OF_TIME):
        assert outcome(end(reason, phase, answer, has_schema=has_schema)) is expected


@pytest.mark.parametrize("phase", [Phase.STARTING, Phase.WORKING])
@pytest.mark.parametrize("answer", ANSWERS)
def test_a_turn_that_goes_on_is_timed_out(phase: Phase, answer: str) -> None:
    """A notepad that is valid while Devin still works passes nothing."""
    verdict = judge(end(OUT_OF_TIME, phase, answer), NOBODY)
    assert verdict.outcome is Outcome.TIMED_OUT
    assert "60" in verdict.reason


@pytest.mark.parametrize("has_schema", [True, False])
def test_an_answer_seen_only_once_is_timed_out(*, has_schema: bool) -> None:
    """An answer that nobody could see settle is not called good."""
    ending = end(OUT_OF_TIME, Phase.FINISHED, "valid", has_schema=has_schema)
    assert outcome(ending) is Outcome.TIMED_OUT


@pytest.mark.parametrize("phase", [None, *Phase])
def test_an_unreadable_session_is_an_error(phase: Phase | None) -> None:
    """An API that stays down is red, whatever was seen before."""
    assert outcome(end(UNREADABLE, phase, "valid")) is Outcome.ERROR


@pytest.mark.parametrize("reason", list(StopReason))
def test_a_session_never_seen_is_an_error(reason: StopReason) -> None:
    """Without one usable answer nothing is concluded."""
    assert outcome(end(reason, None)) is Outcome.ERROR


@pytest.mark.parametrize("phase", [Phase.FINISHED, Phase.AWAITING_USER])
@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("has_schema", [True, False])
def test_a_session_that_was_ended_meanwhile_is_not_judged(
    *, phase: Phase, answer: str, has_schema: bool
) -> None:
    """What a session holds that somebody archived or gave up is no answer."""
    ending = end(SETTLED, phase, answer, has_schema=has_schema, archived=True)
    assert outcome(ending) is Outcome.SESSION_FAILED


EVERY_END = [
    end(reason, phase, answer, has_schema=has_schema, archived=archived)
    for reason, phase, answer, has_schema, archived in product(
        StopReason, [None, *Phase], ANSWERS, [True, False], [True, False]
    )
]


def is_green(ending: Ending) -> bool:
    """Tell whether a turn ended by itself, stood still and was answered: nothing else is green."""
    look = ending.look
    return (
        ending.stop.reason is SETTLED
        and look is not None
        and look.answered
        and not look.session.is_archived
        and look.session.phase in {Phase.FINISHED, Phase.AWAITING_USER}
    )


def test_exit_0_happens_for_answers_only() -> None:
    """For every phase, answer, schema and reason to stop: no green without an answer."""
    for ending in EVERY_END:
        verdict = judge(ending, NOBODY)
        assert (verdict.exit_code == 0) is is_green(ending), ending
        assert verdict.passed is (is_green(ending) and ending.has_schema), ending
        assert not verdict.allowed


@pytest.mark.parametrize("allowed", list(Outcome))
def test_only_the_allowed_outcome_turns_green(allowed: Outcome) -> None:
    """`allow_outcomes` changes the exit code of what it names, and nothing that is said."""
    for ending in EVERY_END:
        plain, verdict = judge(ending, NOBODY), judge(ending, frozenset({allowed}))
        counts = verdict.outcome is allowed and allowed in ALLOWABLE
        assert (verdict.exit_code == 0) is (counts or plain.exit_code == 0), ending
        assert (verdict.outcome, verdict.passed) == (plain.outcome, plain.passed)
        assert (verdict.reason, verdict.remedy) == (plain.reason, plain.remedy)
        assert verdict.allowed is (counts and plain.exit_code != 0)


def test_error_and_cancelled_cannot_be_allowed() -> None:
    """Nobody can turn a broken workflow file or a cancelled run green."""
    assert frozenset(Outcome) - ALLOWABLE == {Outcome.ERROR, Outcome.CANCELLED}


def test_every_end_says_why_and_what_to_do() -> None:
    """Each reason is one sentence, and each red one says how to ask again."""
    for ending in EVERY_END:
        verdict = judge(ending, NOBODY)
        assert verdict.reason.endswith(".")
        assert "\n" not in verdict.reason
        if verdict.exit_code:
            assert "re-run" in verdict.remedy.lower(), verdict


def test_the_reason_names_the_first_violation_and_counts_the_rest() -> None:
    """The one sentence says what broke, where, and how much more there is."""
    look = make_look(0.0, Phase.FINISHED, {})
    ending = Ending(
        Stop(SETTLED), replace(look, violations=BROKEN * 3), has_schema=True, timeout_minutes=60
    )
    verdict = judge(ending, NOBODY)
    assert "`$.risk` misses the required `risk`, and in 2 more places" in verdict.reason
    assert verdict.violations == BROKEN * 3
    assert "more" not in judge(end(SETTLED, Phase.FINISHED, "broken"), NOBODY).reason


@pytest.mark.parametrize(
    ("count", "repairs", "brief"),
    [
        (1, "", "Devin's structured output breaks the schema in one place."),
        (2, "", "Devin's structured output breaks the schema in 2 places."),
        (3, "why", "Devin's structured output breaks the schema in 3 places (why)."),
        (0, "", ""),
        (0, "why", ""),
    ],
)
def test_beside_its_places_a_broken_schema_is_told_briefly(
    count: int, repairs: str, brief: str
) -> None:
    """Where each place is listed the reason only counts them; every other end has one reason."""
    look = replace(make_look(0.0), violations=BROKEN * count)
    stop = Stop(SETTLED, repairs=repairs)
    assert judge(Ending(stop, look, has_schema=True, timeout_minutes=60), NOBODY).brief == brief


def test_a_reason_of_our_own_is_the_only_one() -> None:
    """What was never put before the schema has no brief form."""
    assert Verdict(Outcome.PASSED, "Why.").brief == ""


def test_a_limit_that_has_a_name_is_named() -> None:
    """The limit that the API tells is the reason, and what to do about it comes first."""
    ending = end(SETTLED, Phase.LIMITED)
    assert ending.look
    session = replace(ending.look.session, limit=Limit("No credits are left.", "Buy some."))
    verdict = judge(replace(ending, look=replace(ending.look, session=session)), NOBODY)
    assert (verdict.outcome, verdict.reason) == (Outcome.LIMIT_REACHED, "No credits are left.")
    assert verdict.remedy.startswith("Buy some. A re-run finds the same session;")
    assert verdict.remedy.endswith(" first.")


def test_violations_are_told_only_where_they_decided() -> None:
    """A session that expired is not explained by the schema."""
    assert judge(end(SETTLED, Phase.EXPIRED, "broken"), NOBODY).violations == ()


def test_what_the_last_failure_was_is_said() -> None:
    """An outage is told with the service's own last answer."""
    stop = Stop(UNREADABLE, "Devin answered 503.")
    verdict = judge(Ending(stop, None, has_schema=True, timeout_minutes=60), NOBODY)
    assert "Devin answered 503." in verdict.reason


UNJUDGED: dict[str, tuple[Callable[[frozenset[Outcome]], Verdict], Outcome]] = {
    "every session died": (judge_exhausted, Outcome.SESSION_FAILED),
    "another commit": (partial(judge_other_commit, HEAD_SHA), Outcome.STALE),
    "moved meanwhile": (
        partial(judge_moved, Verdict(Outcome.PASSED, "Yes."), PULL_REQUEST, None),
        Outcome.STALE,
    ),
    "not allowed": (partial(judge_not_allowed, "mallory"), Outcome.NOT_ALLOWED),
}


@pytest.mark.parametrize("allowed", list(Outcome))
@pytest.mark.parametrize("name", UNJUDGED)
def test_what_was_not_judged_is_red_unless_allowed(name: str, allowed: Outcome) -> None:
    """Exit 0 needs the leave of the team for just that outcome; it passes never."""
    judge_it, outcome = UNJUDGED[name]
    verdict = judge_it(frozenset({allowed}))
    assert (verdict.outcome, verdict.passed) == (outcome, False)
    assert verdict.allowed is (allowed is outcome)
    assert verdict.exit_code == (0 if allowed is outcome else 1)


def test_an_event_without_secrets_may_be_skipped() -> None:
    """A skip is green, since the team chose it, and no pass."""
    verdict = judge_skipped()
    assert (verdict.outcome, verdict.exit_code) == (Outcome.SKIPPED, 0)
    assert (verdict.passed, verdict.allowed) == (False, False)


def test_a_verdict_advises_only_where_there_is_something_to_do() -> None:
    """Who has nothing to do reads no advice."""
    assert Verdict(Outcome.PASSED, "Why.").remedy == ""
    assert judge(end(SETTLED, Phase.FINISHED, "valid"), NOBODY).remedy == ""


@pytest.mark.parametrize(
    ("verdict", "name", "code"),
    [
        pytest.param(judge_error(GateError("What.", "Do this.")), Outcome.ERROR, 2, id="obstacle"),
        pytest.param(judge_bug(), Outcome.ERROR, 2, id="bug"),
        pytest.param(judge_cancelled(), Outcome.CANCELLED, 1, id="cancelled"),
    ],
)
def test_a_run_that_could_not_conclude_is_red(verdict: Verdict, name: Outcome, code: int) -> None:
    """A bug, an obstacle and a cancel never pass, and say what to do."""
    assert (verdict.outcome, verdict.exit_code, verdict.passed) == (name, code, False)
    assert verdict.allowed is False
    assert verdict.violations == ()
    assert verdict.reason
    assert verdict.remedy


def test_an_obstacle_is_told_in_its_own_words() -> None:
    """The error that was met is the reason, and its remedy is the remedy."""
    verdict = judge_error(GateError("The key was refused.", "Make a new one."))
    assert (verdict.reason, verdict.remedy) == ("The key was refused.", "Make a new one.")
