"""The verdicts of runs whose answer was not judged, or is about what is not there any more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from entrypoint.core.finding import GENERATIONS
from entrypoint.core.outcome import Outcome
from entrypoint.core.text import quote
from entrypoint.core.verdict import Verdict, is_allowed

if TYPE_CHECKING:
    from entrypoint.core.event import PullRequest
    from entrypoint.errors import GateError


def judge_exhausted(allow_outcomes: frozenset[Outcome]) -> Verdict:
    """Return the verdict where every session of the question died, and no more is created."""
    return Verdict(
        Outcome.SESSION_FAILED,
        f"Each of the {GENERATIONS} sessions for this question has died.",
        "Look at the sessions in Devin for the reason; a new commit is a new question.",
        allowed=is_allowed(Outcome.SESSION_FAILED, allow_outcomes),
    )


def judge_other_commit(head_sha: str, allow_outcomes: frozenset[Outcome]) -> Verdict:
    """Return the verdict for a session, named by `session_id`, that was asked something else."""
    return Verdict(
        Outcome.STALE,
        f"The session that `session_id` names was asked about another commit than {quote(head_sha[:12])}.",
        "Give the session that was started for this commit; a new commit needs a new session.",
        allowed=is_allowed(Outcome.STALE, allow_outcomes),
    )


def judge_moved(
    verdict: Verdict,
    pull_request: PullRequest,
    now: PullRequest | None,
    allow_outcomes: frozenset[Outcome],
) -> Verdict:
    """Return the verdict for a good answer about a state that the pull request has left.

    `now` is the pull request as GitHub has it, `None` where that could not be read.
    """
    if now is None:
        what = "Whether the pull request is still what was asked about could not be read."
    elif now.head_sha != pull_request.head_sha:
        what = (
            f"The pull request's head is {quote(now.head_sha[:12])} by now, and the answer is about "
            f"{quote(pull_request.head_sha[:12])}."
        )
    else:
        what = (
            f"The pull request goes onto {quote(now.base_ref)} by now, and the answer is about "
            f"{quote(pull_request.base_ref)}."
        )
    return replace(
        verdict,
        outcome=Outcome.STALE,
        reason=what,
        remedy="Run the workflow for the pull request as it is now; its types need `synchronize` "
        "and `edited`.",
        allowed=is_allowed(Outcome.STALE, allow_outcomes),
    )


def judge_not_allowed(login: str, allow_outcomes: frozenset[Outcome]) -> Verdict:
    """Return the verdict for somebody who may not start a session."""
    return Verdict(
        Outcome.NOT_ALLOWED,
        f"{quote(login or 'nobody')} is behind this event and may not start a session here.",
        "Somebody with write permission can, or name the association in `allowed_associations`.",
        allowed=is_allowed(Outcome.NOT_ALLOWED, allow_outcomes),
    )


def judge_skipped() -> Verdict:
    """Return the verdict for an event without secrets, where the team lets it pass."""
    return Verdict(
        Outcome.SKIPPED,
        "GitHub gives no secrets to pull requests from forks and by Dependabot, and "
        "`on_missing_key` is `skip`; nothing was judged.",
    )


def judge_started(session_id: str, comment_key: str) -> Verdict:
    """Return the verdict of a step that does not wait: none about the answer."""
    return Verdict(
        Outcome.STARTED,
        "Devin was started; this step does not wait.",
        "Nothing was judged: that is for the step that awaits the session, with "
        f"{quote(f'session_id: {session_id}')} and {quote(f'comment_key: {comment_key}')}.",
    )


def judge_error(error: GateError) -> Verdict:
    """Return the verdict for an obstacle. Nothing makes it green."""
    return Verdict(Outcome.ERROR, str(error), error.remedy)


def judge_cancelled() -> Verdict:
    """Return the verdict for a cancelled run."""
    return Verdict(
        Outcome.CANCELLED,
        "The workflow run was cancelled before there was a verdict.",
        "Re-run the job: it finds the session again, or asks anew where `on_cancel` ended it.",
    )


def judge_bug() -> Verdict:
    """Return the verdict for an exception that nobody foresaw."""
    return Verdict(
        Outcome.ERROR,
        "Devin Gate itself failed; this is a bug of the action, not of your workflow.",
        "Please report it with the traceback from the log; a re-run finds the same session again.",
    )
