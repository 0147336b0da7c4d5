"""Telling how the run ended: outputs, job summary, comment, annotation, last line, exit code."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from entrypoint.commenting import HURRIED
from entrypoint.core.event import ByMergeGroup
from entrypoint.core.handover import State
from entrypoint.core.outcome import Outcome
from entrypoint.core.progress import render_outputs
from entrypoint.core.report import ICONS, SUMMARY, render_page
from entrypoint.core.unjudged import judge_error
from entrypoint.core.verdict import Verdict
from entrypoint.ending import end_cancelled
from entrypoint.errors import RunnerError

if TYPE_CHECKING:
    from entrypoint.commenting import Commenter
    from entrypoint.core.progress import Progress
    from entrypoint.errors import Problem
    from entrypoint.world import World


_UNJUDGED = (Outcome.COMPLETED, Outcome.SKIPPED)


def tell(verdict: Verdict, world: World, progress: Progress, commenter: Commenter) -> int:
    """Tell the verdict everywhere and return the step's exit code.

    First what the runner reads even after a cancel, then what can fail outside. Where the outputs
    cannot be written the verdict becomes `error`: nobody could read it.
    """
    world.runner.close_group()  # a cancel may have come inside of one, which would hide the verdict
    known_url = progress.comment_url
    verdict = _write_outputs(verdict, world, progress)
    _write_summary(verdict, world, progress)
    done = True
    if verdict.outcome is Outcome.CANCELLED:
        # Cancelled between a create and its answer, nobody knows here whether there is a session.
        done = end_cancelled(world, progress) and not (progress.asked and not progress.created)
        commenter.hurry(HURRIED)
    done = commenter.write(verdict) and done
    if progress.trouble:
        _write_summary(verdict, world, progress)
    if progress.comment_url != known_url:
        _write_comment_url(progress.comment_url, world)
    if done:
        _write_finished(world)
    _write_last_line(verdict, world, progress)
    return verdict.exit_code


def _write_outputs(verdict: Verdict, world: World, progress: Progress) -> Verdict:
    """Write every declared output; return the verdict, or `error` where that cannot be done.

    All of them or none, so that a full disk never leaves half of a pass.
    """
    try:
        _write_state(verdict, world, progress)
        _write_all(verdict, world, progress)
    except RunnerError as error:
        verdict = judge_error(error)
        with contextlib.suppress(RunnerError):
            _write_all(verdict, world, progress)
        with contextlib.suppress(RunnerError):
            _write_state(verdict, world, progress)
    return verdict


def _write_state(verdict: Verdict, world: World, progress: Progress) -> None:
    """Save the verdict, and the session again: a signal may have come before it was saved."""
    if created := progress.created:
        world.runner.write_state(State.SESSION_URL, created.url)
        world.runner.write_state(State.SESSION_ID, created.session_id)
        world.runner.write_state(State.CREATED, "true" if created.is_new_session else "false")
    world.runner.write_state(State.OUTCOME, verdict.outcome)
    world.runner.write_state(State.REASON, verdict.reason)


def _write_all(verdict: Verdict, world: World, progress: Progress) -> None:
    now_s = world.clock.monotonic_s()
    redactor = world.runner.redactor
    world.runner.write_outputs(render_outputs(progress, verdict, now_s, redactor))


def _write_finished(world: World) -> None:
    """Tell the post step that nothing is left to do."""
    with contextlib.suppress(RunnerError):
        world.runner.write_state(State.FINISHED, "true")


def _write_comment_url(url: str, world: World) -> None:
    """Write the one output that is known only after the comment."""
    try:
        world.runner.write_output("comment_url", url)
    except RunnerError as error:
        world.runner.annotate("warning", "Devin Gate: no comment_url", f"{error} {error.remedy}")


def _write_summary(verdict: Verdict, world: World, progress: Progress) -> None:
    runner = world.runner
    now_s = world.clock.monotonic_s()
    try:
        runner.write_summary(render_page(progress, verdict, now_s, SUMMARY, runner.redactor))
    except RunnerError as error:
        runner.annotate("warning", "Devin Gate: no summary", f"{error} {error.remedy}")


def _write_last_line(verdict: Verdict, world: World, progress: Progress) -> None:
    """End the log with outcome and reason; as an annotation where a person must see it."""
    allowed = " Not passed; allowed by `allow_outcomes`." if verdict.allowed else ""
    said = f"Devin Gate: {verdict.outcome}. {verdict.reason}{allowed}"
    listed = progress.list_problems(verdict.reason)
    for problem in listed[:9]:
        world.runner.annotate("error", _name(problem), str(problem))
    level, title = _choose_annotation(verdict, progress)
    if level and not listed:
        world.runner.annotate(level, title, f"{said} {verdict.remedy}".strip())
    else:
        world.runner.log(said)


def _name(problem: Problem) -> str:
    return f"Devin Gate: {problem.name}"


def _choose_annotation(verdict: Verdict, progress: Progress) -> tuple[str, str]:
    """Return level and title; nothing for an end that nobody has to look at."""
    if verdict.allowed:
        return "warning", f"Devin Gate: {verdict.outcome}, allowed"
    if progress.problems:  # the last line tells the only one
        return "error", _name(progress.problems[0])
    if verdict.exit_code:
        return "error", ICONS[verdict.outcome][1]
    if verdict.outcome in _UNJUDGED and _can_hold_merges(progress):
        return "warning", "Devin Gate: this step holds no merge"
    if verdict.outcome is Outcome.STARTED and _can_hold_merges(progress):
        return "notice", "Devin Gate: nothing judged yet"
    return "", ""


def _can_hold_merges(progress: Progress) -> bool:
    trigger = progress.trigger
    return trigger is not None and (
        trigger.event_name.startswith("pull_request") or isinstance(trigger.which, ByMergeGroup)
    )
