"""The story of a run, in order.

Read the inputs and the event, and report every problem before anything is spent. Find out whose
pull request it is. Put the question to Devin. Save the session's id and address. Watch until the
turn is over, or leave that to a later step. Judge the answer. `entrypoint.tell` then tells it, whatever happened here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, assert_never

from entrypoint.asking import ask_github
from entrypoint.core.documents import write_json
from entrypoint.core.event import ByMergeGroup
from entrypoint.core.handover import State
from entrypoint.core.outcome import Outcome
from entrypoint.core.question import pose_question
from entrypoint.core.repair import Repairs
from entrypoint.core.retry import Patience
from entrypoint.core.text import log_line
from entrypoint.core.unjudged import (
    judge_exhausted,
    judge_moved,
    judge_other_commit,
    judge_started,
)
from entrypoint.core.verdict import Ending, Verdict
from entrypoint.core.watching import Watch
from entrypoint.errors import GitHubError
from entrypoint.preparing import prepare
from entrypoint.seeking import AskedElsewhere, Sought, attach, find_or_create

if TYPE_CHECKING:
    from entrypoint.commenting import Commenter
    from entrypoint.core.event import Trigger
    from entrypoint.core.progress import Progress
    from entrypoint.core.question import Question
    from entrypoint.core.settings import Settings
    from entrypoint.core.watching import Look, Stop
    from entrypoint.world import Devin, World

DEVIN_PATIENCE: Final = Patience(request_s=30.0)
"""How long Devin is waited for in all is for the deadline and the retries to say."""
_MOVED_PATIENCE: Final = Patience(request_s=5.0, total_s=15.0)
"""With the last request it is 20 s."""


def run(
    environ: Mapping[str, str], world: World, progress: Progress, commenter: Commenter
) -> Verdict:
    """Return the verdict of one run, or raise a `GateError`, or `Cancelled`.

    What becomes known on the way is in `progress`, also when this raises.
    """
    began_s = world.clock.monotonic_s()
    prepared = prepare(environ, world, progress)
    if isinstance(prepared, Verdict):
        return prepared
    settings, trigger = prepared
    devin = world.open_devin(settings, DEVIN_PATIENCE)
    question = pose_question(settings, trigger, progress.pull_request)
    progress.question = question
    _announce(progress, world)
    _write_first(progress, question, world)
    watch = _plan_watch(settings, began_s)
    found = _seek(world, devin, progress, settings, question, watch.deadline_s)
    # Late: until here the first request has left the earlier.
    from entrypoint.following import follow, settle, take_up
    from entrypoint.judging import judge_ending

    match found:
        case None:
            return judge_exhausted(settings.allow_outcomes)
        case AskedElsewhere(created):
            take_up(created, progress, world)
            return judge_other_commit(question.head_sha, settings.allow_outcomes)
        case Sought() as sought if not settings.wait:
            created = settle(world, devin, progress, sought, watch.deadline_s).created
            return judge_started(created.session_id, progress.comment_key)
        case Sought() as sought:
            stop, look = follow(world, devin, progress, commenter, sought, watch)
        case other:
            assert_never(other)
    verdict = judge_ending(world, progress, settings, _describe_end(stop, look, settings))
    verdict = _look_whether_it_moved(verdict, settings, trigger, progress, world)
    _write_output_file(settings, progress, verdict, world)
    return verdict


def _write_first(progress: Progress, question: Question, world: World) -> None:
    """Prove, before anything is spent, that the runner's files can be written."""
    number = progress.pull_request.number if progress.pull_request else ""
    world.runner.write_state(State.PULL_REQUEST, str(number))
    world.runner.write_output("head_sha", question.head_sha)
    world.runner.write_output("comment_key", progress.comment_key)


def _plan_watch(settings: Settings, began_s: float) -> Watch:
    return Watch(
        began_s=began_s,
        deadline_s=began_s + 60.0 * settings.timeout_minutes,
        created=False,
        interval_s=settings.poll_interval_s,
        repairs=Repairs(settings.repair_attempts if settings.schema else 0),
        acu_limit=settings.max_acu_limit,
        waits_for_people=settings.on_blocked == "wait",
    )


def _describe_end(stop: Stop, look: Look | None, settings: Settings) -> Ending:
    return Ending(
        stop,
        look,
        has_schema=settings.schema is not None,
        timeout_minutes=settings.timeout_minutes,
        by_id=settings.session_id is not None,
    )


def _seek(
    world: World,
    devin: Devin,
    progress: Progress,
    settings: Settings,
    question: Question,
    deadline_s: float,
) -> Sought | AskedElsewhere | None:
    if settings.session_id:
        about = question.head_sha
        must_be_bound = progress.pull_request is not None
        return attach(
            world, devin, settings.session_id, about, deadline_s, must_be_bound=must_be_bound
        )
    progress.asked = True
    return find_or_create(world, devin, question, deadline_s)


def _announce(progress: Progress, world: World) -> None:
    """Write down what is asked about, folded."""
    settings, trigger, question = progress.settings, progress.trigger, progress.question
    if settings is None or trigger is None or question is None:
        return
    pull_request = progress.pull_request
    runner = world.runner
    runner.open_group("The question")
    runner.log(f"repository: {trigger.repository}, event: {trigger.event_name}")
    runner.log(
        f"pull request: #{pull_request.number} onto {log_line(pull_request.base_ref, 100)}"
        if pull_request
        else "pull request: none; the job summary takes the comment's place"
    )
    runner.log(f"commit: {question.head_sha}")
    if settings.session_id:
        runner.log(f"session: {settings.session_id}, named by `session_id`")
    else:
        runner.log(f"question: {question.key}")
    runner.log(f"Devin's API: {settings.devin_api_url}, {settings.api.version}")
    runner.log(f"ACU limit: {settings.max_acu_limit or 'none was set'}")
    runner.log(f"schema: {'yes' if settings.schema else 'none, so nothing will be judged'}")
    if settings.gate:
        runner.log(f"rules of the gate: {len(settings.gate.rules)}")
    if not settings.wait:
        runner.log("wait: no, another step judges the answer")
    runner.close_group()


def _look_whether_it_moved(
    verdict: Verdict, settings: Settings, trigger: Trigger, progress: Progress, world: World
) -> Verdict:
    """Return the verdict, or `stale` for a good answer about what is not there any more.

    A merge group does not move. On `pull_request` the check belongs to the commit, so there a
    GitHub that does not answer is a warning.
    """
    asked = progress.pull_request
    if verdict.outcome not in (Outcome.PASSED, Outcome.COMPLETED) or asked is None:
        return verdict
    if isinstance(trigger.which, ByMergeGroup):
        return verdict
    number, now = asked.number, None
    try:
        now = ask_github(
            world,
            settings,
            trigger,
            lambda github: github.read_pull_request(number),
            _MOVED_PATIENCE,
        )
    except GitHubError as error:
        if trigger.event_name == "pull_request":
            said = f"Whether the pull request has moved could not be read: {error} {error.remedy}"
            world.runner.annotate("warning", "Devin Gate: not looked at again", said)
            return verdict
    if now and (now.head_sha, now.base_ref) == (asked.head_sha, asked.base_ref):
        return verdict
    return judge_moved(verdict, asked, now, settings.allow_outcomes)


def _write_output_file(
    settings: Settings, progress: Progress, verdict: Verdict, world: World
) -> None:
    """Write the valid output to the file that the team named, before the run is called passed."""
    is_valid = verdict.outcome in (Outcome.PASSED, Outcome.GATE_FAILED)
    if settings.output_file and is_valid and progress.session:
        text = write_json(progress.session.structured_output)
        world.runner.write_workspace_file(settings.output_file, text + "\n")
