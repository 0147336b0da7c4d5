"""Everything that is checked before anything is spent: inputs, event, people, files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final, assert_never

from entrypoint.asking import ask_github
from entrypoint.base_files import BaseFiles
from entrypoint.core.event import (
    ByCommit,
    ByMergeGroup,
    ByNumber,
    PullRequest,
    Trigger,
    choose_pull_request,
    parse_trigger,
)
from entrypoint.core.people import MAY_WRITE, Person
from entrypoint.core.settings import (
    named_files,
    parse_settings,
    pull_request_number_of,
    read_inputs,
)
from entrypoint.core.text import Secret
from entrypoint.core.unjudged import judge_not_allowed, judge_skipped
from entrypoint.core.verdict import Verdict
from entrypoint.errors import EventError, InputError, RunnerError

if TYPE_CHECKING:
    from entrypoint.core.input_reader import FileText
    from entrypoint.core.progress import Progress
    from entrypoint.core.settings import Settings
    from entrypoint.world import World

MAX_FILE_BYTES: Final = 1024 * 1024
_RUNNER_SECRETS: Final = ("ACTIONS_RUNTIME_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN")


def prepare(
    environ: Mapping[str, str], world: World, progress: Progress
) -> tuple[Settings, Trigger] | Verdict:
    """Return the inputs and the event, or a verdict where nothing is to be asked.

    Raises a `GateError`, with every problem of the inputs at once. The pull request is in
    `progress`.
    """
    settings, trigger = read_step(environ, world, progress)
    if not settings.devin_api_key.reveal():
        return judge_skipped()
    progress.pull_request = _find_pull_request(settings, trigger, world)
    if stranger := _find_stranger(settings, trigger, progress.pull_request, world):
        return judge_not_allowed(stranger.login, settings.allow_outcomes)
    if settings.files_from == "base" and (paths := named_files(read_inputs(environ))):
        files = BaseFiles(world, settings, trigger)
        progress.pull_request, progress.base = files.find_base(progress.pull_request)
        texts = {name: files.read(path) for name, path in paths.items()}
        settings = _check(environ, progress, trigger, texts, world)
    progress.pull_request = _complete(settings, trigger, progress.pull_request, world)
    return settings, trigger


def read_step(
    environ: Mapping[str, str], world: World, progress: Progress
) -> tuple[Settings, Trigger]:
    """Return the inputs and the event, or raise with every problem of the inputs.

    Files are read where they are in the workspace; those of the base branch are not looked at.
    """
    inputs = read_inputs(environ)
    world.runner.mask((*_secrets(inputs, ("devin_api_key", "github_token")), *_runners(environ)))
    files = None
    if inputs.get("files_from") == "workspace":
        files = {
            name: world.runner.read_workspace_file(path, MAX_FILE_BYTES)
            for name, path in named_files(inputs).items()
        }
    trouble: EventError | RunnerError | None = None
    try:
        number = pull_request_number_of(inputs)
        progress.trigger = parse_trigger(environ, world.runner.read_event(), number)
    except (EventError, RunnerError) as error:
        trouble = error
    settings = _check(environ, progress, progress.trigger, files, world)
    if trouble is not None or progress.trigger is None:
        raise trouble or InputError(())
    return settings, progress.trigger


def _check(
    environ: Mapping[str, str],
    progress: Progress,
    trigger: Trigger | None,
    files: Mapping[str, FileText] | None,
    world: World,
) -> Settings:
    """Return the settings, or raise with every problem; both are in `progress`."""
    progress.settings, progress.problems = parse_settings(
        read_inputs(environ),
        files,
        _runners(environ),
        secrets_withheld=trigger is not None and trigger.secrets_withheld,
        time_limit=world.time_limit,
        sandbox=world.sandbox,
    )
    if progress.problems:
        raise InputError(progress.problems)
    return progress.settings


def _secrets(values: Mapping[str, str], names: tuple[str, ...]) -> tuple[Secret, ...]:
    return tuple(Secret(values[name]) for name in names if values.get(name))


def _runners(environ: Mapping[str, str]) -> tuple[Secret, ...]:
    return _secrets(environ, _RUNNER_SECRETS)


def _find_pull_request(settings: Settings, trigger: Trigger, world: World) -> PullRequest | None:
    """Return the pull request that the question is about; `None` where there is none."""
    which = trigger.which
    match which:
        case None | PullRequest():
            return which
        case ByMergeGroup(number, head_sha, base_ref):
            return PullRequest(number, head_sha, base_ref)
        case ByNumber(number):
            return ask_github(
                world, settings, trigger, lambda github: github.read_pull_request(number)
            )
        case ByCommit() if not settings.github_token:
            world.runner.event("Without `github_token` no pull request is looked for.")
            return None
        case ByCommit(sha):
            found = ask_github(
                world, settings, trigger, lambda github: github.find_pull_requests(sha)
            )
            return choose_pull_request(found, which)
        case _:
            assert_never(which)


def _complete(
    settings: Settings, trigger: Trigger, pull_request: PullRequest | None, world: World
) -> PullRequest | None:
    """Return the pull request with what a merge queue's event does not say, if a rule needs it."""
    gate, which = settings.gate, trigger.which
    if pull_request is None or gate is None or not isinstance(which, ByMergeGroup):
        return pull_request
    if not gate.needs_more_than_merge_group:
        return pull_request
    read = ask_github(
        world, settings, trigger, lambda github: github.read_pull_request(which.number)
    )
    return replace(read, head_sha=pull_request.head_sha, base_ref=pull_request.base_ref)


def _find_stranger(
    settings: Settings, trigger: Trigger, pull_request: PullRequest | None, world: World
) -> Person | None:
    """Return the first of the people behind the event who may not start a session."""
    people = list(trigger.people)
    if trigger.asks_author_too and pull_request is not None:
        people.append(Person(pull_request.author, pull_request.author_association))
    for person in people:
        if person.association in settings.allowed_associations:
            continue
        if not person.login or not _may_write(person.login, settings, trigger, world):
            return person
    return None


def _may_write(login: str, settings: Settings, trigger: Trigger, world: World) -> bool:
    permission = ask_github(world, settings, trigger, lambda github: github.read_permission(login))
    return permission in MAY_WRITE
