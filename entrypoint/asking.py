"""The loops that ask until there is an answer: a create at Devin, a read at GitHub before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from entrypoint.core.question import without_api_schema
from entrypoint.core.retry import (
    READ_BUDGET_S,
    GiveUp,
    Patience,
    RetryAfter,
    is_unclear,
    plan_create,
    plan_read,
)
from entrypoint.errors import CallFailed, DevinError, GitHubError
from entrypoint.failures import Failures

if TYPE_CHECKING:
    from entrypoint.core.documents import Json
    from entrypoint.core.event import Trigger
    from entrypoint.core.question import Create
    from entrypoint.core.session import Created
    from entrypoint.core.settings import Settings
    from entrypoint.world import Devin, GitHub, World

GITHUB_PATIENCE: Final = Patience(request_s=10.0, total_s=60.0)
"""For what must be known before anything is asked of Devin."""
BETWEEN_ATTEMPTS_S: Final = 1.0
_Result = TypeVar("_Result")


def create_session(world: World, devin: Devin, create: Create, deadline_s: float) -> Created:
    """Return the session that Devin made or had, or raise `DevinError`.

    The identical body is sent again only where that cannot make a second session. Where none may
    be sent any more and one may have been made, the error's `may_have_happened` is true.
    """
    body = create.body
    give_up_at_s = min(deadline_s, world.clock.monotonic_s() + READ_BUDGET_S)
    attempt = unclear = 0
    failures = Failures(world)
    while True:
        try:
            created = devin.create_session(body)
            return replace(created, is_new_session=_is_new(created, body, unclear=unclear))
        except CallFailed as failure:
            if _is_schema_unknown(failure, body) and not unclear:
                world.runner.event("Devin does not take the schema as a field; the prompt has it.")
                body = without_api_schema(body)
                world.clock.sleep(BETWEEN_ATTEMPTS_S)
                continue
            attempt += 1
            unclear += is_unclear(failure)
            plan = plan_create(
                failure,
                attempt=attempt,
                unclear=unclear,
                idempotent=body.get("idempotent") is True,
                left_s=give_up_at_s - world.clock.monotonic_s(),
                draw=world.draw(),
            )
            match plan:
                case RetryAfter(duration_s):
                    failures.tell(failure, duration_s)
                    world.clock.sleep(duration_s)
                case GiveUp(reason, may_have_happened):
                    raise _give_up(reason, failure, may_have_happened=may_have_happened) from None


def insist(
    world: World, read: Callable[[], _Result], deadline_s: float, *, fresh_s: float = 0.0
) -> _Result:
    """Return what a read at Devin gives, tried within the budget, or raise the last `CallFailed`.

    For `fresh_s` seconds 403 and 404 may be a lag of Devin's own.
    """
    began_s = world.clock.monotonic_s()
    attempt = 0
    failures = Failures(world)
    while True:
        try:
            return read()
        except CallFailed as failure:
            attempt += 1
            now_s = world.clock.monotonic_s()
            plan = plan_read(
                failure,
                attempt=attempt,
                failing_s=now_s - began_s,
                fresh=now_s - began_s < fresh_s,
                draw=world.draw(),
            )
            if isinstance(plan, GiveUp) or now_s + plan.duration_s > deadline_s:
                raise
            failures.tell(failure, plan.duration_s)
            world.clock.sleep(plan.duration_s)


def ask_github(
    world: World,
    settings: Settings,
    trigger: Trigger,
    ask: Callable[[GitHub], _Result],
    patience: Patience = GITHUB_PATIENCE,
) -> _Result:
    """Return GitHub's answer, asked for as long as `patience` says, or raise `GitHubError`."""
    if not settings.github_token:
        raise GitHubError(
            "`github_token` is empty, and GitHub must be asked whose pull request this is.",
            "Leave `github_token` out, so that the job's own token is used.",
        )
    github = world.open_github(settings, trigger, patience)
    give_up_at_s = world.clock.monotonic_s() + patience.total_s
    wait_s = 1.0
    failures = Failures(world)
    while True:
        try:
            return ask(github)
        except GitHubError as error:
            if not error.may_pass or world.clock.monotonic_s() + wait_s > give_up_at_s:
                raise
            failures.tell(error, wait_s)
            world.clock.sleep(wait_s)
            wait_s *= 2


def _is_new(created: Created, body: dict[str, Json], *, unclear: int) -> bool | None:
    """Tell whether this run made the session; `None` where nobody can tell."""
    if unclear and created.is_new_session is not True:
        return None  # it may be that of the answer that was lost
    return created.is_new_session if body.get("idempotent") is True else True


def _is_schema_unknown(failure: CallFailed, body: dict[str, Json]) -> bool:
    """Tell whether an older server refused the field that the seed's documents do not have."""
    named = "structured_output_schema" in failure.detail and "structured_output_schema" in body
    return named and failure.status in (400, 422)


def _give_up(reason: str, failure: CallFailed, *, may_have_happened: bool) -> DevinError:
    if may_have_happened:
        return DevinError(
            f"Devin may have started a session, but its answer did not arrive. {reason}",
            "Re-run this job: it finds the session, if there is one.",
            may_have_happened=True,
        )
    return DevinError(reason, failure.remedy)
