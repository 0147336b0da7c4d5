"""Judging a watch that is over: the schema, then the gate's rules, then what the pass leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from entrypoint.core.documents import write_json
from entrypoint.core.facts import state_facts
from entrypoint.core.ruling import apply_gate
from entrypoint.core.text import quote
from entrypoint.core.verdict import Ending, Outcome, Verdict, judge

if TYPE_CHECKING:
    from entrypoint.core.gate import GateResult
    from entrypoint.core.progress import Progress
    from entrypoint.core.settings import Settings
    from entrypoint.world import World

_VALID: Final = (Outcome.PASSED, Outcome.GATE_FAILED)
"""The outcomes of an output that satisfies the schema."""


def judge_ending(world: World, progress: Progress, settings: Settings, ending: Ending) -> Verdict:
    """Return the verdict, with the output file written where the output is valid."""
    verdict = judge(ending, settings.allow_outcomes)
    if verdict.outcome is Outcome.PASSED and settings.gate is not None:
        results = _ask_gate(world, progress, settings, ending)
        verdict = apply_gate(verdict, results, settings.allow_outcomes)
    if settings.output_file and verdict.outcome in _VALID and progress.session:
        text = write_json(progress.session.structured_output)
        world.runner.write_workspace_file(settings.output_file, text + "\n")
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
    for result in results:
        mark = "✅" if result.passed else "❌"
        world.runner.log(f"{mark} {quote(result.rule, 200)}: {result.detail}")
    return results
