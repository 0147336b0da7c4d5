"""Sending the message that asks Devin to repair its answer: once, since it costs a turn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, assert_never

from entrypoint.core.repair import write_repair
from entrypoint.core.retry import GiveUp, RetryAfter, is_unclear, plan_create
from entrypoint.core.timeline_page import Moment
from entrypoint.core.watching import Watch, repaired
from entrypoint.errors import CallFailed
from entrypoint.failures import Failures

if TYPE_CHECKING:
    from entrypoint.core.progress import Progress
    from entrypoint.world import Devin, World

_BUDGET_S: Final = 30.0


def ask_for_repair(
    world: World, devin: Devin, progress: Progress, watch: Watch, number: int
) -> Watch:
    """Send the message and return the watch that knows of it.

    A message that may have arrived is not sent again; one that did not ends the repairs.
    """
    if progress.question is None or progress.created is None or watch.last is None:
        return repaired(watch, replace(watch.repairs, gave_up=True))
    progress.moments.append(
        Moment(world.clock.monotonic_s(), "Devin is asked to repair its answer")
    )
    last = watch.last
    message = write_repair(progress.question, last.session, number, last.violations)
    world.runner.event(
        f"Asking Devin to repair its answer, {number} of at most {watch.repairs.attempts}."
    )
    delivered = _send(world, devin, progress.created.session_id, message)
    now_s = world.clock.monotonic_s()
    return repaired(watch, watch.repairs.send(watch.last.session, now_s, delivered=delivered))


def _send(world: World, devin: Devin, session_id: str, message: str) -> bool:
    """Tell whether the message may have arrived."""
    give_up_at_s = world.clock.monotonic_s() + _BUDGET_S
    attempt = 0
    failures = Failures(world)
    while True:
        try:
            delivered = devin.send_message(session_id, message)
        except CallFailed as failure:
            attempt += 1
            plan = plan_create(
                failure,
                attempt=attempt,
                unclear=int(is_unclear(failure)),
                idempotent=False,
                left_s=give_up_at_s - world.clock.monotonic_s(),
                draw=world.draw(),
            )
            match plan:
                case RetryAfter(duration_s):
                    failures.tell(failure, duration_s)
                    world.clock.sleep(duration_s)
                case GiveUp(reason, may_have_happened):
                    world.runner.event(reason)
                    return may_have_happened
                case other:
                    assert_never(other)
        else:
            if not delivered:
                world.runner.event("Devin did not take the message: the session is asleep.")
            return delivered
