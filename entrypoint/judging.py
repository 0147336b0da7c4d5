"""Judging a watch that is over: the schema, then the gate's rules."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from entrypoint.core.facts import state_facts
from entrypoint.core.ruling import rule
from entrypoint.core.verdict import Ending, Verdict, judge

if TYPE_CHECKING:
    from entrypoint.core.documents import Json
    from entrypoint.core.progress import Progress
    from entrypoint.core.settings import Settings
    from entrypoint.core.watching import Look
    from entrypoint.world import World


def judge_ending(world: World, progress: Progress, settings: Settings, ending: Ending) -> Verdict:
    """Return the verdict, by the schema and then, where that would pass, by the gate.

    What became of each rule is written down.
    """
    allowed, look = settings.allow_outcomes, ending.look
    verdict = judge(ending, allowed)
    if look is None:  # nothing was seen, so nothing can have passed
        return verdict
    redactor = world.runner.redactor
    state = partial(_state, world, progress, look)
    verdict = rule(verdict, settings.gate, state, world.sandbox, redactor, allowed)
    if verdict.gate_results:
        world.runner.open_group("The gate's rules")
        for result in verdict.gate_results:
            world.runner.log(result.say())
        world.runner.close_group()
    return verdict


def _state(world: World, progress: Progress, look: Look) -> dict[str, Json]:
    return state_facts(
        look.session,
        progress.created.url if progress.created else "",
        progress.pull_request,
        world.clock.monotonic_s() - (progress.began_s or 0.0),
    )
