"""The inputs that say what is asked of which Devin."""

from __future__ import annotations

from typing import Final

from entrypoint.core.input_row import ANY_TEXT, LIST, Input
from entrypoint.core.values import DEVIN_MODES

QUESTION_INPUTS: Final = (
    Input(
        "devin_api_key",
        "Devin",
        "Key of the Devin API, from a secret: `cog_…` for v3, `apk_user_…` or `apk_…` for v1.",
        "a key that starts with `cog_` or `apk_`, without blanks",
        "${{ secrets.DEVIN_API_KEY }}",
        required=True,
    ),
    Input(
        "devin_org_id",
        "Devin",
        "API v3: ID of the Devin organisation. Empty: the key's own.",
        "the ID of an organisation, with a key of API v3",
        "org-0123456789abcdef0123456789abcdef",
    ),
    Input(
        "devin_api_url",
        "Devin",
        "Address of the Devin API, for dedicated hosts "
        "(`https://<tenant>.devinenterprise.com/api`).",
        "an https address without `/v1` or `/v3`, user, query or fragment (http only on loopback)",
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
        "File that holds the prompt; see `files_from`.",
        "a path relative to the repository's root, of a UTF-8 text file of at most 1 MiB",
        ".github/devin/review.md",
    ),
    Input(
        "title",
        "Question",
        "Title of the session. Empty: `owner/repo#12 @ abc1234 · job`.",
        ANY_TEXT,
        "Security review",
    ),
    Input(
        "tags",
        "Question",
        "Tags of the session, besides the two that Devin Gate adds.",
        f"at most 47 tags that do not start with `devin-gate:`; {LIST}",
        "review, security",
    ),
    Input(
        "snapshot_id",
        "Question",
        "API v1: ID of a machine snapshot to use.",
        "text without control characters, with a key of API v1",
        "snapshot-0123456789abcdef",
    ),
    Input(
        "playbook_id",
        "Question",
        "ID of a playbook to follow.",
        ANY_TEXT,
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
        "API v1: whether the session is unlisted. Empty: Devin's own default.",
        "`true` or `false`, with a key of API v1",
        '"true"',
    ),
    Input(
        "devin_mode",
        "Question",
        "API v3: how Devin works. Empty: the organisation's own default.",
        f"{', '.join(f'`{mode}`' for mode in DEVIN_MODES)}, with a key of API v3",
        "lite",
    ),
    Input(
        "repos",
        "Question",
        "API v3: repositories that the session is about. Empty: Devin finds them out.",
        f"`owner/name`, with a key of API v3; {LIST}",
        "octo-org/shop, octo-org/shop-api",
    ),
    Input(
        "secret_ids",
        "Question",
        "Secrets of Devin that the session may use. Empty: all. `none`: none.",
        f"`none`, or IDs: {LIST}",
        "none",
    ),
    Input(
        "knowledge_ids",
        "Question",
        "Knowledge of Devin that the session may use. Empty: all. `none`: none.",
        f"`none`, or IDs: {LIST}",
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
        "files_from",
        "Question",
        "Where the files that inputs name are read: `base`, the tip of the base branch, which the "
        "pull request cannot edit, or `workspace`, the checkout.",
        "`base` or `workspace`",
        "base",
        default="base",
    ),
)
