"""The one table of inputs.

`action.yml`, the README's tables and `entrypoint.core.settings` are checked against it by
`tests/repo`. Names are the Devin API's own where a value goes to the API.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Input:
    """One input of the action."""

    name: str
    group: str
    """Heading in the README."""
    what: str
    """One line for `action.yml` and the README."""
    allowed: str
    """What is allowed, in words, for error messages."""
    example: str
    """A correct value, as it stands in a line of YAML after the name."""
    default: str = ""
    """What an empty value means, as `action.yml` has it; `""`: absent."""
    required: bool = False

    @property
    def yaml_line(self) -> str:
        """Return a correct line of YAML."""
        return f"{self.name}: {self.example}"


_ANY_TEXT = "text without control characters"
_LIST = "one item a line, or commas, or a YAML or JSON list of strings"

INPUTS: Final = (
    Input(
        "devin_api_key",
        "Devin",
        "Key of the Devin API v1 (`apk_user_…` or `apk_…`), from a secret.",
        "a key that starts with `apk_`, without blanks",
        "${{ secrets.DEVIN_API_KEY }}",
        required=True,
    ),
    Input(
        "devin_api_url",
        "Devin",
        "Address of the Devin API, for dedicated hosts.",
        "an https address without `/v1`, user, query or fragment (http only on loopback)",
        "https://api.devin.ai",
        default="https://api.devin.ai",
    ),
    Input(
        "prompt",
        "Question",
        "What Devin is asked to do. Exactly one of `prompt`, `prompt_file` and `session_id`.",
        "a text that is not empty",
        "Review this pull request for security problems.",
    ),
    Input(
        "prompt_file",
        "Question",
        "File in the workspace that holds the prompt.",
        "a path relative to the workspace, of a UTF-8 text file of at most 1 MiB",
        ".github/devin/review.md",
    ),
    Input(
        "title",
        "Question",
        "Title of the session. Empty: `owner/repo#12 @ abc1234 · job`.",
        _ANY_TEXT,
        "Security review",
    ),
    Input(
        "tags",
        "Question",
        "Tags of the session, besides the two that Devin Gate adds.",
        f"at most 47 tags that do not start with `devin-gate:`; {_LIST}",
        "review, security",
    ),
    Input(
        "snapshot_id",
        "Question",
        "ID of a machine snapshot to use.",
        _ANY_TEXT,
        "snapshot-0123456789abcdef",
    ),
    Input(
        "playbook_id",
        "Question",
        "ID of a playbook to follow.",
        _ANY_TEXT,
        "playbook-0123456789abcdef",
    ),
    Input(
        "max_acu_limit",
        "Question",
        "Most ACUs that the session may use. Empty: no limit.",
        "a whole number of at least 1",
        '"10"',
    ),
    Input(
        "unlisted",
        "Question",
        "Whether the session is unlisted. Empty: Devin's own default.",
        "`true` or `false`",
        '"true"',
    ),
    Input(
        "secret_ids",
        "Question",
        "Secrets of Devin that the session may use. Empty: all. `none`: none.",
        f"`none`, or IDs: {_LIST}",
        "none",
    ),
    Input(
        "knowledge_ids",
        "Question",
        "Knowledge of Devin that the session may use. Empty: all. `none`: none.",
        f"`none`, or IDs: {_LIST}",
        "none",
    ),
    Input(
        "idempotent",
        "Question",
        "`true`: the same question about the same commit finds its session again. "
        "`false`: always a new session.",
        "`true` or `false`",
        '"true"',
        default="true",
    ),
    Input(
        "session_id",
        "Question",
        "Watch and judge this session instead of asking: its ID or its web address.",
        "the ID of a session or its web address",
        "devin-0123456789abcdef0123456789abcdef",
    ),
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
        "File in the workspace that holds the JSON Schema.",
        "a path relative to the workspace, of a JSON or YAML file of at most 256 KiB",
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
        "File in the workspace that holds the rules.",
        "a path relative to the workspace, of a UTF-8 text file of at most 64 KiB with CEL "
        "expressions, one a line",
        ".github/devin/review.gate",
    ),
    Input(
        "allow_outcomes",
        "Judgement",
        "Outcomes that make the step pass although they are not a pass.",
        f"names of outcomes, but not `error` or `cancelled`; {_LIST}",
        "timed_out, blocked",
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
        "Seconds between two looks while Devin works. Empty: adaptive, from 3 s to 30 s.",
        "a whole number from 5 to 300",
        '"15"',
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
