"""The composition root: environment and real adapters in, exit code out."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, TextIO

from entrypoint.adapters.signals import Signals
from entrypoint.errors import Cancelled, GateError

if TYPE_CHECKING:
    from entrypoint.adapters.organisation import Organisation
    from entrypoint.adapters.rest import Rest
    from entrypoint.adapters.runner import Runner
    from entrypoint.commenting import Commenter
    from entrypoint.core.event import Trigger
    from entrypoint.core.progress import Progress
    from entrypoint.core.retry import Patience
    from entrypoint.core.settings import Settings
    from entrypoint.core.time_limit import TimeLimit
    from entrypoint.core.verdict import Verdict
    from entrypoint.world import Clock, Devin, GitHub, World

    Compose = Callable[[Runner, Clock, TimeLimit, ExitStack], World]


def main(
    environ: Mapping[str, str] | None = None,
    *,
    clock: Clock | None = None,
    out: TextIO | None = None,
    signals: Signals | None = None,
    time_limit: TimeLimit | None = None,
    compose: Compose | None = None,
) -> int:
    """Run the action once and return its exit code. Never raises.

    `clock`, `out` and `time_limit` are for whoever simulates time or reads the log; `signals` is
    told from when to when a signal may interrupt; `compose` makes another world than
    `compose_world`.
    """
    from entrypoint.adapters.clock import SystemClock
    from entrypoint.adapters.runner import Runner
    from entrypoint.adapters.time_limit import AlarmLimit
    from entrypoint.commenting import Commenter
    from entrypoint.core.progress import Progress
    from entrypoint.world import COMPUTE_S

    variables = os.environ if environ is None else environ
    clock = clock or SystemClock()
    runner = Runner(variables, out, clock.monotonic_s)
    with ExitStack() as connections:
        limit = time_limit or AlarmLimit(COMPUTE_S)
        world = (compose or compose_world)(runner, clock, limit, connections)
        progress = Progress(began_s=world.clock.monotonic_s())
        commenter = Commenter(world, progress)
        signals = signals or Signals()
        try:
            verdict = _conclude(variables, world, progress, commenter, signals)
            return _tell(verdict, world, progress, commenter)
        finally:
            signals.finish()


def post_main(
    environ: Mapping[str, str] | None = None,
    *,
    clock: Clock | None = None,
    out: TextIO | None = None,
) -> int:
    """Run the post step and return 0. Never raises; costs next to nothing where nothing is left."""
    from entrypoint.core.handover import read_handover

    variables = os.environ if environ is None else environ
    handover = read_handover(variables)
    if handover is None:
        return 0
    from entrypoint.adapters.clock import SystemClock
    from entrypoint.adapters.runner import Runner
    from entrypoint.adapters.time_limit import AlarmLimit
    from entrypoint.commenting import Commenter
    from entrypoint.core.progress import Progress
    from entrypoint.post import finish
    from entrypoint.world import COMPUTE_S

    runner = Runner(variables, out)
    with ExitStack() as connections:
        limit = AlarmLimit(COMPUTE_S)
        world = compose_world(runner, clock or SystemClock(), limit, connections)
        progress = Progress(began_s=None)
        try:
            finish(variables, world, progress, Commenter(world, progress), handover)
        except GateError as error:
            runner.annotate("warning", "Devin Gate: not ended", f"{error} {error.remedy}")
        except Exception:  # noqa: BLE001 - as in `_conclude`
            _log_traceback(world)
    return 0


def start_post() -> int:
    """Run the post step as process 1: a first signal lets it finish, a second one ends it.

    It takes less than 30 s by itself, and what it finishes nobody else does.
    """
    Signals().install()
    return post_main()


def _conclude(
    environ: Mapping[str, str],
    world: World,
    progress: Progress,
    commenter: Commenter,
    signals: Signals,
) -> Verdict:
    """Return how the run ended, whatever happened. After it no signal raises any more."""
    from entrypoint.core.unjudged import judge_bug, judge_cancelled, judge_error
    from entrypoint.run import run

    try:
        try:
            signals.release()
            return run(environ, world, progress, commenter)
        except GateError as error:
            return judge_error(error)
        except Exception:  # noqa: BLE001 - the one place: a bug of ours must end red and in words
            _log_traceback(world)
            return judge_bug()
        finally:
            signals.hold()
    except Cancelled:
        return judge_cancelled()


def _tell(verdict: Verdict, world: World, progress: Progress, commenter: Commenter) -> int:
    from entrypoint.core.outcome import Outcome
    from entrypoint.tell import tell

    try:
        return tell(verdict, world, progress, commenter)
    except Exception:  # noqa: BLE001 - as above; what could be told has been told
        _log_traceback(world)
        return Outcome.ERROR.exit_code


def compose_world(runner: Runner, clock: Clock, limit: TimeLimit, connections: ExitStack) -> World:
    """Return the real world, whose connections end with the stack."""
    import random

    from entrypoint.adapters.organisation import Organisation
    from entrypoint.adapters.rest import Rest
    from entrypoint.adapters.sandbox import ForkedSandbox
    from entrypoint.world import COMPUTE_S, World

    github, rest = connections.enter_context(ExitStack()), Rest()
    organisation = Organisation()
    return World(
        runner=runner,
        clock=clock,
        draw=random.random,
        time_limit=limit,
        sandbox=ForkedSandbox(COMPUTE_S),
        open_devin=lambda settings, patience: _open_devin(
            settings, patience, runner, clock, connections, organisation
        ),
        open_github=lambda settings, trigger, patience: _open_github(
            settings, trigger, patience, clock, github, rest
        ),
    )


def _open_devin(
    settings: Settings,
    patience: Patience,
    runner: Runner,
    clock: Clock,
    connections: ExitStack,
    organisation: Organisation,
) -> Devin:
    from entrypoint import __version__
    from entrypoint.adapters.devin_v1 import DevinV1
    from entrypoint.adapters.devin_v3 import DevinV3
    from entrypoint.adapters.http import Http
    from entrypoint.core.api import V1

    http = Http(
        settings.devin_api_url,
        settings.devin_api_key,
        user_agent=f"devin-gate/{__version__}",
        redactor=runner.redactor,
        patience=patience,
        now_s=clock.monotonic_s,
    )
    connections.callback(http.close)
    if settings.api is V1:
        return DevinV1(http)
    organisation.org_id = organisation.org_id or settings.devin_org_id or ""
    return DevinV3(http, organisation)


def _open_github(
    settings: Settings,
    trigger: Trigger,
    patience: Patience,
    clock: Clock,
    connection: ExitStack,
    rest: Rest,
) -> GitHub:
    """Open GitHub anew; the connection before is done with, and a long run has very many."""
    # Late: PyGithub takes longer to import than everything else together.
    from entrypoint.adapters.github import GitHub

    github = GitHub(
        trigger.api_url,
        trigger.repository,
        settings.github_token,
        patience=patience,
        now_s=clock.monotonic_s,
        rest=rest,
        permission="read" if settings.comment == "off" else "write",
    )
    connection.close()
    connection.callback(github.close)
    return github


def _log_traceback(world: World) -> None:
    """Write the traceback of a bug, folded, each line so that it can be no command."""
    import traceback

    world.runner.open_group("Traceback")
    for line in traceback.format_exc().splitlines():
        world.runner.log(f"| {line}")
    world.runner.close_group()


if __name__ == "__main__":
    _signals = Signals()
    _signals.install()
    if sys.argv[1:]:  # the runner hands over none
        from entrypoint.command_line import command_main

        sys.exit(command_main(sys.argv[1:], _signals))
    sys.exit(main(signals=_signals))
