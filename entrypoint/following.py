"""Following a session to its end; where two runs made one each, the one that stays."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from entrypoint.asking import BETWEEN_ATTEMPTS_S
from entrypoint.core.handover import State
from entrypoint.core.timeline_page import Moment
from entrypoint.core.watching import StopReason
from entrypoint.errors import CallFailed
from entrypoint.seeking import RACE_S, Sought, settle_race
from entrypoint.watch import watch_session

if TYPE_CHECKING:
    from entrypoint.commenting import Commenter
    from entrypoint.core.progress import Progress
    from entrypoint.core.session import Created
    from entrypoint.core.watching import Look, Stop, Watch
    from entrypoint.world import Devin, World


def follow(
    world: World,
    devin: Devin,
    progress: Progress,
    commenter: Commenter,
    sought: Sought,
    watch: Watch,
) -> tuple[Stop, Look | None]:
    """Save the session, tell the pull request, watch; return why it stopped and the last look.

    `watch` says how to watch; when it begins is found out here.
    """
    while True:
        sought = settle(world, devin, progress, sought, watch.deadline_s, commenter)
        created = sought.created.is_new_session is not False
        watch = replace(watch, began_s=world.clock.monotonic_s(), created=created)
        stop, look = watch_session(world, devin, progress, watch, commenter)
        if stop.reason is not StopReason.SETTLED:
            return stop, look
        before, sought = sought, settle_race(world, devin, sought, watch.deadline_s)
        if sought is before:
            return stop, _count_again(world, devin, progress, look, watch.deadline_s)


def _count_again(
    world: World, devin: Devin, progress: Progress, look: Look | None, deadline_s: float
) -> Look | None:
    """Return the look with what the session has cost by now, since that figure lags the end.

    Nothing else is taken from the second read; where there is none the first figure stays.
    """
    if look is None or progress.session is None or look.session.acus_consumed is None:
        return look
    if world.clock.monotonic_s() + BETWEEN_ATTEMPTS_S > deadline_s:
        return look
    world.clock.sleep(BETWEEN_ATTEMPTS_S)
    try:
        acus = devin.get_session(look.session.session_id, with_messages=False).acus_consumed
    except CallFailed:
        return look
    acus = max(look.session.acus_consumed, acus or 0.0)
    progress.session = replace(progress.session, acus_consumed=acus)
    return replace(look, session=replace(look.session, acus_consumed=acus))


def settle(
    world: World,
    devin: Devin,
    progress: Progress,
    sought: Sought,
    deadline_s: float,
    commenter: Commenter | None = None,
) -> Sought:
    """Save the session and tell the pull request; return the one that stays, saved too.

    Without a commenter nothing is told yet.
    """
    while True:
        progress.tags = sought.create.tags if sought.create else ()
        take_up(sought.created, progress, world)
        if commenter is not None:
            commenter.write(None)
        is_found = sought.created.is_new_session is False
        if is_found or world.clock.monotonic_s() + RACE_S >= deadline_s:
            return sought
        world.clock.sleep(RACE_S)
        before, sought = sought, settle_race(world, devin, sought, deadline_s)
        if sought is before:
            return sought


def take_up(created: Created, progress: Progress, world: World) -> None:
    """Save the session before anything else is done with it."""
    runner = world.runner
    created = replace(created, url=runner.redactor.redact(created.url))
    progress.created, progress.session = created, None
    found = created.is_new_session is False
    said = "An earlier session is taken up" if found else "Devin was asked"
    progress.moments.append(Moment(world.clock.monotonic_s(), said))
    runner.event(f"Devin session: {created.url} ({created.session_id})")
    runner.write_state(State.SESSION_URL, created.url)
    runner.write_state(State.SESSION_ID, created.session_id)
    runner.write_state(State.CREATED, "true" if created.is_new_session else "false")
    runner.write_output("session_id", created.session_id)
    runner.write_output("session_url", created.url)
    if found and not (progress.settings and progress.settings.session_id):
        runner.event("The same question was asked before; its session is taken up again.")
