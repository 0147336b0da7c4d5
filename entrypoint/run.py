"""The story of a run, in order.

Read the inputs and the event, and report every problem before anything is spent. Find out whose
pull request it is. Put the question to Devin. Save the session's id and address. Watch until the
turn is over. Judge the answer. `entrypoint.tell` then tells it, whatever happened here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final, assert_never

from entrypoint.asking import ask_github
from entrypoint.core.event import (
    ByCommit,
    ByMergeGroup,
    ByNumber,
    PullRequest,
    Trigger,
    choose_pull_request,
    parse_trigger,
)
from entrypoint.core.handover import State
from entrypoint.core.question import pose_question
from entrypoint.core.retry import Patience
from entrypoint.core.settings import named_files, parse_settings, read_inputs
from entrypoint.core.text import Secret
from entrypoint.core.verdict import (
    Ending,
    Verdict,
    judge_exhausted,
    judge_other_commit,
)
from entrypoint.core.watching import StopReason, Watch
from entrypoint.errors import EventError, InputError, RunnerError
from entrypoint.judging import judge_ending
from entrypoint.seeking import (
    RACE_S,
    AskedElsewhere,
    Sought,
    attach,
    find_or_create,
    settle_race,
)
from entrypoint.watch import watch_session

if TYPE_CHECKING:
    from entrypoint.commenting import Commenter
    from entrypoint.core.progress import Progress
    from entrypoint.core.question import Question
    from entrypoint.core.session import Created
    from entrypoint.core.settings import Settings
    from entrypoint.core.watching import Look, Stop
    from entrypoint.world import Devin, World

DEVIN_PATIENCE: Final = Patience(request_s=30.0)
"""How long Devin is waited for in all is for the deadline and the retries to say."""
MAX_FILE_BYTES: Final = 1024 * 1024
_RUNNER_SECRETS: Final = ("ACTIONS_RUNTIME_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN")


def run(
    environ: Mapping[str, str], world: World, progress: Progress, commenter: Commenter
) -> Verdict:
    """Return the verdict of one run, or raise a `GateError`, or `Cancelled`.

    What becomes known on the way is in `progress`, also when this raises.
    """
    began_s = world.clock.monotonic_s()
    settings, trigger = read_request(environ, world, progress)
    progress.pull_request = _find_pull_request(settings, trigger, world)
    devin = world.open_devin(settings, DEVIN_PATIENCE)
    question = pose_question(settings, trigger, progress.pull_request, devin.api_version)
    progress.question = question
    _announce(progress, world)
    # Before anything is spent: proves that the runner's files can be written.
    number = progress.pull_request.number if progress.pull_request else ""
    world.runner.write_state(State.PULL_REQUEST, str(number))
    world.runner.write_output("head_sha", question.head_sha)
    deadline_s = began_s + 60.0 * settings.timeout_minutes
    match _seek(world, devin, progress, settings, question, deadline_s):
        case None:
            return judge_exhausted(settings.allow_outcomes)
        case AskedElsewhere(created):
            _take_up(created, progress, world)
            return judge_other_commit(question.head_sha, settings.allow_outcomes)
        case Sought() as sought:
            stop, look = _watch_what_stays(world, devin, progress, commenter, sought, deadline_s)
        case other:
            assert_never(other)
    ending = Ending(
        stop,
        look,
        has_schema=settings.schema is not None,
        timeout_minutes=settings.timeout_minutes,
        by_id=settings.session_id is not None,
    )
    return judge_ending(world, progress, settings, ending)


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


def _watch_what_stays(
    world: World,
    devin: Devin,
    progress: Progress,
    commenter: Commenter,
    sought: Sought,
    deadline_s: float,
) -> tuple[Stop, Look | None]:
    """Watch the session to its end; where two runs made one each, the one that stays."""
    while True:
        progress.tags = sought.create.tags if sought.create else ()
        _take_up(sought.created, progress, world)
        commenter.write(None)
        has_time = world.clock.monotonic_s() + RACE_S < deadline_s
        if sought.created.is_new_session is not False and has_time:
            world.clock.sleep(RACE_S)
            before, sought = sought, settle_race(world, devin, sought, deadline_s)
            if sought is not before:
                continue
        watch = Watch(
            began_s=world.clock.monotonic_s(),
            deadline_s=deadline_s,
            created=sought.created.is_new_session is not False,
            interval_s=progress.settings.poll_interval_s if progress.settings else None,
        )
        stop, look = watch_session(world, devin, progress, watch, commenter)
        if stop.reason is not StopReason.SETTLED:
            return stop, look
        before, sought = sought, settle_race(world, devin, sought, deadline_s)
        if sought is before:
            return stop, look


def read_request(
    environ: Mapping[str, str], world: World, progress: Progress
) -> tuple[Settings, Trigger]:
    """Return the inputs and the event, or raise with every problem of the inputs."""
    inputs = read_inputs(environ)
    own = _secrets(inputs, ("devin_api_key", "github_token"))
    runners = _secrets(environ, _RUNNER_SECRETS)
    world.runner.mask((*own, *runners))
    files = {
        name: world.runner.read_workspace_file(path, MAX_FILE_BYTES)
        for name, path in named_files(inputs).items()
    }
    settings, problems = parse_settings(inputs, files, runners, sandbox=world.sandbox)
    progress.settings, progress.problems = settings, problems
    try:
        progress.trigger = parse_trigger(
            environ, world.runner.read_event(), settings.pull_request_number
        )
    except (EventError, RunnerError):
        if not problems:
            raise
    if problems or progress.trigger is None:
        raise InputError(problems)
    return settings, progress.trigger


def _secrets(values: Mapping[str, str], names: tuple[str, ...]) -> tuple[Secret, ...]:
    return tuple(Secret(values[name]) for name in names if values.get(name))


def _find_pull_request(settings: Settings, trigger: Trigger, world: World) -> PullRequest | None:
    """Return the pull request that the question is about; `None` where there is none."""
    which = trigger.which
    match which:
        case None | PullRequest():
            return which
        case ByMergeGroup(number, head_sha, base_ref) if not _must_be_read(settings):
            return PullRequest(number, head_sha, base_ref)
        case ByMergeGroup(number) | ByNumber(number):
            read = ask_github(
                world, settings, trigger, lambda github: github.read_pull_request(number)
            )
            if isinstance(which, ByNumber):
                return read
            return replace(read, head_sha=which.head_sha, base_ref=which.base_ref)
        case ByCommit() if not settings.github_token:
            world.runner.log("Without `github_token` no pull request is looked for.")
            return None
        case ByCommit(sha):
            found = ask_github(
                world, settings, trigger, lambda github: github.find_pull_requests(sha)
            )
            return choose_pull_request(found, which)
        case _:
            assert_never(which)


def _must_be_read(settings: Settings) -> bool:
    """Tell whether a rule needs what the event of a merge queue does not say."""
    return settings.gate is not None and settings.gate.needs_more_than_merge_group


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
        f"pull request: #{pull_request.number} onto {pull_request.base_ref}"
        if pull_request
        else "pull request: none; the job summary takes the comment's place"
    )
    runner.log(f"commit: {question.head_sha}")
    if settings.session_id:
        runner.log(f"session: {settings.session_id}, named by `session_id`")
    else:
        runner.log(f"question: {question.key}")
    runner.log(f"Devin's API: {settings.devin_api_url}")
    runner.log(f"ACU limit: {settings.max_acu_limit or 'none was set'}")
    runner.log(f"schema: {'yes' if settings.schema else 'none, so nothing will be judged'}")
    if settings.gate:
        runner.log(f"rules of the gate: {len(settings.gate.rules)}")
    runner.close_group()


def _take_up(created: Created, progress: Progress, world: World) -> None:
    """Save the session before anything else is done with it."""
    runner = world.runner
    created = replace(created, url=runner.redactor.redact(created.url))
    progress.created, progress.session = created, None
    runner.log(f"Devin session: {created.url} ({created.session_id})")
    runner.write_state(State.SESSION_ID, created.session_id)
    runner.write_state(State.CREATED, "true" if created.is_new_session else "false")
    runner.write_output("session_id", created.session_id)
    runner.write_output("session_url", created.url)
    if created.is_new_session is False and not (progress.settings and progress.settings.session_id):
        runner.log("The same question was asked before; its session is taken up again.")
