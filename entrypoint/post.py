"""The post step: finishes what a killed main step left, and nothing otherwise.

It is a second start of the image after the job's steps. It finds the session by its id or by the
tag of its question, applies `on_cancel`, and ends the comment.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from entrypoint.asking import insist
from entrypoint.core.event import PullRequest
from entrypoint.core.finding import Attach, choose_session
from entrypoint.core.outcome import Outcome
from entrypoint.core.retry import Patience
from entrypoint.core.session import Created
from entrypoint.core.unjudged import judge_cancelled, judge_started
from entrypoint.core.verdict import Verdict, is_allowed
from entrypoint.ending import end_session
from entrypoint.errors import CallFailed, InputError
from entrypoint.preparing import read_step

if TYPE_CHECKING:
    from entrypoint.commenting import Commenter
    from entrypoint.core.handover import Handover
    from entrypoint.core.progress import Progress
    from entrypoint.core.session import Session
    from entrypoint.core.settings import Settings
    from entrypoint.world import Devin, World

_DEVIN: Final = Patience(request_s=5.0, total_s=12.0)
_GITHUB: Final = Patience(request_s=4.0, total_s=10.0)
"""With the last request of it, both together stay below 30 s."""


def finish(
    environ: Mapping[str, str],
    world: World,
    progress: Progress,
    commenter: Commenter,
    handover: Handover,
) -> None:
    """Finish what was left. Raises a `GateError` where even that cannot be done."""
    # Files of the workspace may be gone by now; nothing that is needed here depends on them.
    with contextlib.suppress(InputError):
        read_step(environ, world, progress)
    settings, trigger = progress.settings, progress.trigger
    progress.problems = ()
    if settings is None or trigger is None:
        return
    devin = world.open_devin(settings, _DEVIN)
    give_up_at_s = world.clock.monotonic_s() + _DEVIN.total_s / 2
    session = _find(world, devin, handover, give_up_at_s)
    # Devin may be down: the id that was saved leads to the session all the same.
    session_id = session.session_id if session else handover.session_id
    if session_id:
        url = session.url if session else handover.session_url
        progress.created = Created(session_id, url, is_new_session=handover.may_end)
    if session is not None and progress.created:
        world.runner.log(f"Devin session: {progress.created.url} ({session.session_id})")
        cancelled = handover.outcome in ("", Outcome.CANCELLED)
        if handover.may_end and cancelled and settings.on_cancel == "terminate":
            end_session(world, devin, session.session_id, session.tags, give_up_at_s)
    if handover.pull_request:
        progress.pull_request = PullRequest(handover.pull_request, head_sha="", base_ref="")
    commenter.hurry(_GITHUB)
    verdict = _verdict(handover, settings, progress)
    if verdict.outcome is Outcome.STARTED:
        commenter.give_way()  # to a step of the same job that awaits the session
    commenter.write(verdict)


def _find(world: World, devin: Devin, handover: Handover, give_up_at_s: float) -> Session | None:
    """Return the session, `None` where Devin knows none or does not answer."""
    tag = f"devin-gate:{handover.question_key}"
    try:
        if handover.session_id:
            return insist(
                world,
                lambda: devin.get_session(handover.session_id, with_messages=False),
                give_up_at_s,
            )
        listed = insist(world, lambda: devin.find_sessions(tag), give_up_at_s)
        choice = choose_session(listed, tag)
    except CallFailed:
        return None
    return choice.session if isinstance(choice, Attach) else None


def _verdict(handover: Handover, settings: Settings, progress: Progress) -> Verdict:
    """Return the verdict that was decided, else that of a run that was ended."""
    if handover.outcome not in {*Outcome}:
        return judge_cancelled()
    outcome = Outcome(handover.outcome)
    if outcome is Outcome.STARTED:
        return judge_started(handover.session_id, progress.comment_key)
    allowed = is_allowed(outcome, settings.allow_outcomes)
    return Verdict(outcome, handover.reason, allowed=allowed)
