"""A pass is put before the gate: only where every rule is true does it stay one."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import pytest

from entrypoint.core.documents import Json
from entrypoint.core.gate import Gate, GateResult
from entrypoint.core.outcome import ALLOWABLE, Outcome
from entrypoint.core.ruling import apply_gate, rule
from entrypoint.core.sandbox import no_sandbox
from entrypoint.core.verdict import Verdict
from tests.unit.builders import API_KEY, make_redactor

NOBODY = frozenset[Outcome]()
PASSED = Verdict(Outcome.PASSED, "Devin's structured output satisfies the schema.")
RULE = 'output.risk == "low"'
GOOD: Mapping[str, Json] = {"output": {"risk": "low"}, "session": None, "pull_request": None}


def results(*passed: bool) -> tuple[GateResult, ...]:
    """Return one result each."""
    return tuple(GateResult(RULE, one, f"`output.risk` = `{n}`") for n, one in enumerate(passed))


@pytest.mark.parametrize("count", range(4))
def test_exactly_all_true_passes(count: int) -> None:
    """For every row of rules: green where each is true, and red where none was computed."""
    for passed in product((True, False), repeat=count):
        verdict = apply_gate(PASSED, results(*passed), NOBODY)
        assert verdict.passed is (count > 0 and all(passed)), passed
        assert (verdict.exit_code == 0) is verdict.passed
        assert verdict.gate_results == results(*passed)
        assert verdict.reason.endswith(".")


@pytest.mark.parametrize("almost", [1, "true", [True]])
def test_what_is_only_almost_true_is_not(almost: object) -> None:
    """Nothing but `True` itself counts, whoever made the result."""
    made = (GateResult(RULE, almost, ""),)  # type: ignore[arg-type]
    assert apply_gate(PASSED, made, NOBODY).outcome is Outcome.GATE_FAILED


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.PASSED}))
def test_rules_turn_nothing_green(outcome: Outcome) -> None:
    """What was red, or only completed, before the rules stays as it was."""
    verdict = Verdict(outcome, "Why.")
    assert apply_gate(verdict, results(True), NOBODY) == verdict


@pytest.mark.parametrize(
    ("passed", "reason", "brief"),
    [
        ((True,), "Devin's structured output satisfies the schema and the rule of the gate.", ""),
        ((True, True), "Devin's structured output satisfies the schema and the 2 rules of the gate.", ""),
        ((False,), 'A rule of the gate is not true: `risk` must be `"low"` (`output.risk` = `0`).', "The rule of the gate is not true."),
        ((True, False), 'A rule of the gate is not true: `risk` must be `"low"` (`output.risk` = `1`).', "1 of the 2 rules of the gate is not true."),
        ((True, False, False), '2 of the 3 rules of the gate are not true; the first: `risk` must be `"low"` (`output.risk` = `1`).', "2 of the 3 rules of the gate are not true."),
        ((), "The gate gave no result.", ""),
    ],
)  # fmt: skip
def test_the_reason_is_one_sentence_with_the_values(
    passed: tuple[bool, ...], reason: str, brief: str
) -> None:
    """It names the first rule that is not true and how many there are; briefly, only how many."""
    verdict = apply_gate(PASSED, results(*passed), NOBODY)
    assert (verdict.reason, verdict.brief) == (reason, brief)


def test_a_pass_is_put_before_the_gate() -> None:
    """The rules are computed from the state, and shown without secrets; the team may allow it."""
    gate = Gate((RULE,))
    state: Mapping[str, Json] = {"output": {"risk": API_KEY}, "session": None, "pull_request": None}
    allowed = frozenset({Outcome.GATE_FAILED})
    verdict = rule(PASSED, gate, lambda: state, no_sandbox, make_redactor(), allowed)
    assert (verdict.outcome, verdict.exit_code) == (Outcome.GATE_FAILED, 0)
    assert [one.detail for one in verdict.gate_results] == ['`output.risk` = `"***"`']
    good = rule(PASSED, gate, lambda: GOOD, no_sandbox, make_redactor(), NOBODY)
    assert (good.outcome, good.exit_code) == (Outcome.PASSED, 0)


@pytest.mark.parametrize("outcome", sorted(Outcome))
@pytest.mark.parametrize("gate", [None, Gate((RULE,))])
def test_the_state_is_asked_for_only_where_a_gate_decides(
    outcome: Outcome, gate: Gate | None
) -> None:
    """What did not pass, or has no rules, stays as it was, and nothing is read for it."""
    asked: list[None] = []

    def state() -> Mapping[str, Json]:
        asked.append(None)
        return GOOD

    verdict = Verdict(outcome, "Why.")
    ruled = rule(verdict, gate, state, no_sandbox, make_redactor(), NOBODY)
    decides = outcome is Outcome.PASSED and gate is not None
    assert (len(asked) == 1) is decides
    assert (ruled == verdict) is not decides


def test_the_team_may_allow_it() -> None:
    """`allow_outcomes: gate_failed` turns the exit code, and nothing else."""
    assert Outcome.GATE_FAILED in ALLOWABLE
    verdict = apply_gate(PASSED, results(False), frozenset({Outcome.GATE_FAILED}))
    assert (verdict.exit_code, verdict.allowed, verdict.passed) == (0, True, False)
    other = apply_gate(PASSED, results(False), frozenset({Outcome.BLOCKED}))
    assert (other.exit_code, other.allowed) == (1, False)
    assert "re-run" in other.remedy
