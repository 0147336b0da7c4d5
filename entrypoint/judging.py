"""Judging a watch that is over: the schema, then the gate's rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrypoint.core.facts import state_facts
from entrypoint.core.outcome import Outcome
from entrypoint.core.ruling import apply_gate
from entrypoint.core.text import quote
from entrypoint.core.verdict import Ending, Verdict, judge

if TYPE_CHECKING:
    from entrypoint.core.gate import GateResult
    from entrypoint.core.progress import Progress
    from entrypoint.core.settings import Settings
    from entrypoint.world import World


def judge_ending(world: World, progress: Progress, settings: Settings, ending: Ending) -> Verdict:
    """Return the verdict, by the schema and then, where that would pass, by the gate."""
    verdict = judge(ending, settings.allow_outcomes)
    if verdict.outcome is Outcome.PASSED and settings.gate is not None:
        results = _ask_gate(world, progress, settings, ending)
        verdict = apply_gate(verdict, results, settings.allow_outcomes)
    return verdict


def _ask_gate(
    world: World, progress: Progress, settings: Settings, ending: Ending
) -> tuple[GateResult, ...]:
    """Compute the rules, and write down what became of each."""
    if settings.gate is None or ending.look is None:
        return ()
    facts = state_facts(
        ending.look.session,
        progress.created.url if progress.created else "",
        progress.pull_request,
        world.clock.monotonic_s() - (progress.began_s or 0.0),
    )
    results = settings.gate.evaluate(facts, world.sandbox, world.runner.redactor)
    world.runner.open_group("The gate's rules")
    for result in results:
        mark = "✅" if result.passed else "❌"
        world.runner.log(f"{mark} {quote(result.rule, 200)}: {result.detail}")
    world.runner.close_group()
    return results
