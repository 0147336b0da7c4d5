"""The one table of outputs; `action.yml` and the README are checked against it by `tests/repo`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Output:
    """One output of the action; every one is written on every path that the run lives to see."""

    name: str
    what: str


MAX_OUTPUT_BYTES: Final = 256 * 1024
"""Longest structured output, as compact JSON; GitHub's limit for all outputs of a job is 1 MB."""

OUTPUTS: Final = (
    Output("outcome", "What the gate concluded, one word."),
    Output("conclusion", "The same in the vocabulary of GitHub's Checks API."),
    Output("passed", "`true` only when the outcome is `passed`."),
    Output("session_id", "ID of the Devin session."),
    Output("session_url", "Web address of the Devin session."),
    Output(
        "is_new_session",
        "`true` when this run created the session, `false` when it found it; empty when it cannot "
        "be told.",
    ),
    Output("status", "The API's own word for the session's status at the end."),
    Output("phase", "Where the session was at the end, the same words for every API version."),
    Output("structured_output", "Devin's structured output as compact JSON; empty without one."),
    Output("validation_errors", "JSON list of `{path, message, keyword}`."),
    Output(
        "gate_results",
        "JSON list of `{rule, passed, detail}`, empty where the gate was not reached.",
    ),
    Output("pull_request_url", "Web address of the session's pull request."),
    Output(
        "pull_requests", "JSON list of the web addresses of all of the session's pull requests."
    ),
    Output("head_sha", "The commit that the question is about."),
    Output("comment_url", "Web address of the comment."),
    Output("comment_key", "Name of the gate's comment, for a step that goes on with it."),
    Output(
        "acus_consumed",
        "What the session has cost so far, in ACUs; Devin's figure lags. Empty with API v1, which "
        "does not say it.",
    ),
    Output("duration_seconds", "How long this run took, in whole seconds."),
    Output("reason", "Why, in one sentence."),
)
