"""Ending a session for good: first the tag that says so, then the termination.

Only ever for a session that this run created.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from entrypoint.asking import insist
from entrypoint.core.handover import State
from entrypoint.core.retry import Patience
from entrypoint.core.session import ENDED_TAG
from entrypoint.errors import CallFailed, RunnerError

if TYPE_CHECKING:
    from entrypoint.core.progress import Progress
    from entrypoint.world import Devin, World

_HURRIED: Final = Patience(request_s=1.0, total_s=2.0)
"""For when the runner is about to kill us."""


def end_session(
    world: World, devin: Devin, session_id: str, tags: tuple[str, ...], give_up_at_s: float = 0.0
) -> bool:
    """End the session; tell whether Devin confirmed it, and warn where it did not.

    Each of the two requests is sent again until `give_up_at_s`, and always once.
    """
    try:
        insist(world, lambda: devin.add_tag(session_id, tags, ENDED_TAG), give_up_at_s)
        insist(world, lambda: _terminate(devin, session_id), give_up_at_s)
    except CallFailed as failure:
        world.runner.annotate(
            "warning",
            "Devin Gate: a session goes on",
            f"This run's own session {session_id} could not be ended: {failure} Terminate it in "
            "Devin.",
        )
        return False
    world.runner.event(f"The session {session_id} was terminated.")
    return True


def _terminate(devin: Devin, session_id: str) -> None:
    try:
        devin.terminate_session(session_id)
    except CallFailed as failure:
        # It was there a moment ago: this is the second answer to a request whose first was lost.
        if failure.status != 404:  # noqa: PLR2004
            raise


def end_cancelled(world: World, progress: Progress) -> bool:
    """Apply `on_cancel` after a cancel: at most two seconds, once, and to our own session only.

    Tells whether nothing is left to be ended.
    """
    settings, created = progress.settings, progress.created
    if settings is None or settings.on_cancel != "terminate":
        return True
    if created is None or not created.is_new_session:
        return True
    devin = world.open_devin(settings, _HURRIED)
    if not end_session(world, devin, created.session_id, progress.tags):
        return False
    with contextlib.suppress(RunnerError):
        world.runner.write_state(State.ENDED, "true")
    return True
