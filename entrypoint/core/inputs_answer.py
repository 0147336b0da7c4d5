"""The inputs that say how the answer is judged, waited for and told."""

from __future__ import annotations

from typing import Final

from entrypoint.core.input_row import LIST, Input
from entrypoint.core.people import ASSOCIATIONS

ANSWER_INPUTS: Final = (
    Input(
        "structured_output_schema",
        "Judgement",
        "JSON Schema, as JSON or YAML text, that Devin's structured output must satisfy.",
        "a JSON Schema object (draft 7 unless `$schema` names another), as JSON or YAML",
        '\'{"type": "object", "required": ["risk"]}\'',
    ),
    Input(
        "structured_output_schema_file",
        "Judgement",
        "File that holds the JSON Schema; see `files_from`.",
        "a path relative to the repository's root, of a JSON or YAML file of at most 256 KiB",
        ".github/devin/review.schema.json",
    ),
    Input(
        "gate",
        "Judgement",
        "Rules over the answer, CEL expressions, one a line, all of which must be `true`. Needs a "
        "schema.",
        "CEL expressions over `output`, `session` and `pull_request`, one a line",
        "output.risk == 'low'",
    ),
    Input(
        "gate_file",
        "Judgement",
        "File that holds the rules; see `files_from`.",
        "a path relative to the repository's root, of a text file of at most 64 KiB with CEL "
        "expressions, one a line",
        ".github/devin/review.gate",
    ),
    Input(
        "repair_attempts",
        "Judgement",
        "How often Devin is asked to repair an output that is missing or breaks the schema, over "
        "all runs of the question. Each one can cost up to `max_acu_limit` again.",
        "a whole number from 0 to 5",
        '"1"',
        default="1",
    ),
    Input(
        "allowed_associations",
        "Judgement",
        "Who may start a session on events that outsiders can trigger; write permission always "
        "does.",
        f"{', '.join(f'`{name}`' for name in ASSOCIATIONS)}; {LIST}",
        "OWNER, MEMBER",
        default="OWNER, MEMBER, COLLABORATOR",
    ),
    Input(
        "on_missing_key",
        "Judgement",
        "Without a key on pull requests from forks and by Dependabot, which get no secrets: "
        "`fail`, or `skip`, which passes without asking.",
        "`fail` or `skip`",
        "skip",
        default="fail",
    ),
    Input(
        "allow_outcomes",
        "Judgement",
        "Outcomes that make the step pass although they are not a pass.",
        f"names of outcomes, but not `error` or `cancelled`; {LIST}",
        "timed_out, blocked",
    ),
    Input(
        "wait",
        "Waiting",
        "`true`: wait for the end of Devin's turn and judge. `false`: start and leave; a later step "
        "judges, with `session_id`.",
        "`true` or `false`; with `session_id` only `true`",
        '"false"',
        default="true",
    ),
    Input(
        "timeout_minutes",
        "Waiting",
        "How long the step waits for Devin, in minutes.",
        "a whole number from 1 to 4320",
        '"60"',
        default="60",
    ),
    Input(
        "poll_interval_seconds",
        "Waiting",
        "Seconds between two looks while Devin works. Empty: adaptive, from 5 s to 30 s.",
        "a whole number from 5 to 300",
        '"15"',
    ),
    Input(
        "on_blocked",
        "Waiting",
        "When Devin needs a person: `evidence` ends the step by what is there, `wait` waits until "
        "somebody has answered Devin.",
        "`evidence` or `wait`",
        "wait",
        default="evidence",
    ),
    Input(
        "on_cancel",
        "Waiting",
        "What becomes of the session when the run is cancelled: `leave` it at work, or "
        "`terminate` it, if this run created it.",
        "`leave` or `terminate`",
        "terminate",
        default="leave",
    ),
    Input(
        "github_token",
        "Telling",
        "Token for the comment; needs `pull-requests: write`.",
        "a token without blanks",
        "${{ github.token }}",
        default="${{ github.token }}",
    ),
    Input(
        "comment",
        "Telling",
        "`update`: one comment on the pull request, edited in place. `off`: none.",
        "`update` or `off`",
        "update",
        default="update",
    ),
    Input(
        "comment_key",
        "Telling",
        "Name that tells two gates on one pull request apart. Empty: workflow, job, step, matrix.",
        "1 to 64 letters, digits, dots, hyphens and underscores",
        "security-review",
    ),
    Input(
        "pull_request_number",
        "Telling",
        "The pull request that the question is about. Empty: the event's.",
        "a whole number of at least 1",
        '"12"',
    ),
    Input(
        "output_file",
        "Telling",
        "File in the workspace to write the structured output to, once it is valid.",
        "a path relative to the workspace, without `..`",
        "devin-output.json",
    ),
    Input(
        "matrix",
        "Telling",
        "Not meant to be set: the job's matrix leg, which a container cannot learn otherwise.",
        "a JSON object",
        "${{ toJSON(matrix) }}",
        default="${{ toJSON(matrix) }}",
    ),
)
