"""What would pass is put before the gate's rules: it passes where every one of them is true."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from entrypoint.core.outcome import Outcome
from entrypoint.core.requirement import say_requirement
from entrypoint.core.verdict import Verdict, is_allowed

if TYPE_CHECKING:
    from entrypoint.core.documents import Json
    from entrypoint.core.gate import Gate, GateResult
    from entrypoint.core.sandbox import Sandbox
    from entrypoint.core.text import Redactor

_REMEDY: Final = (
    "A re-run judges the same answer again, by the rules as they are then; for a fresh one push a "
    "commit, or archive or terminate the session in Devin first."
)


def rule(
    verdict: Verdict,
    gate: Gate | None,
    state: Callable[[], Mapping[str, Json]],
    sandbox: Sandbox,
    redactor: Redactor,
    allow_outcomes: frozenset[Outcome],
) -> Verdict:
    """Return the verdict once the gate was asked, where there is one and it would pass.

    `state` gives what the rules know; it is called only then.
    """
    if verdict.outcome is not Outcome.PASSED or gate is None:
        return verdict
    results = gate.evaluate(state(), sandbox, redactor)
    return apply_gate(verdict, results, allow_outcomes)


def apply_gate(
    verdict: Verdict, results: tuple[GateResult, ...], allow_outcomes: frozenset[Outcome]
) -> Verdict:
    """Return the verdict once the rules have been computed; only `passed` can change."""
    if verdict.outcome is not Outcome.PASSED:
        return verdict
    failed = [result for result in results if result.passed is not True]
    if results and not failed:
        count = f"the {len(results)} rules" if len(results) > 1 else "the rule"
        reason = f"Devin's structured output satisfies the schema and {count} of the gate."
        return replace(verdict, reason=reason, gate_results=results)
    return Verdict(
        Outcome.GATE_FAILED,
        _say_why(failed, len(results)) if failed else "The gate gave no result.",
        _REMEDY,
        gate_results=results,
        allowed=is_allowed(Outcome.GATE_FAILED, allow_outcomes),
        brief=_say_briefly(failed, len(results)) if failed else "",
    )


def _say_briefly(failed: list[GateResult], count: int) -> str:
    """Return the same for where the rules are listed beside it."""
    if count == 1:
        return "The rule of the gate is not true."
    return f"{len(failed)} of the {count} rules of the gate {'are' if len(failed) > 1 else 'is'} not true."


def _say_why(failed: list[GateResult], count: int) -> str:
    """Return one sentence about the first of the rules that are not true."""
    first = failed[0]
    rules = f"{len(failed)} of the {count} rules of the gate are not true; the first"
    said = rules if len(failed) > 1 else "A rule of the gate is not true"
    return f"{said}: {say_requirement(first.rule)} ({first.detail})."
