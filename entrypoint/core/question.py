"""Which facts make two runs the same question, and how the question is put to Devin.

The question's *key* is the first 32 hex digits of the SHA-256 of its facts as canonical JSON. Two
attempts, runs or events of the same step for the same commit are one question; two jobs, steps or
commits are two. What we add to the prompt holds nothing that differs between two runs, since v1's
`idempotent` knows a session again by the request itself.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from entrypoint.core.documents import write_json
from entrypoint.core.session import COMMIT_TAG
from entrypoint.core.text import one_line

if TYPE_CHECKING:
    from entrypoint.core.documents import Json
    from entrypoint.core.event import PullRequest, Trigger
    from entrypoint.core.settings import Settings

KEY_DIGITS: Final = 32
_SCHEMA: Final = "structured_output_schema"
_REQUIRED: Final = "structured_output_required"


@dataclass(frozen=True)
class Question:
    """One question about one commit."""

    key: str
    """32 lower-case hex digits."""
    head_sha: str
    asked: dict[str, Json]
    """The fields of the create that the user set, with the title filled in."""
    tags: tuple[str, ...]
    """Those that the user set."""
    context: tuple[str, ...]
    """Lines that tell Devin what the question is about."""
    contract: tuple[str, ...]
    """Paragraphs that say what to answer; none without a schema."""
    fixed: dict[str, Json]
    """The fields that say how the API is to take the create."""


@dataclass(frozen=True)
class Create:
    """One create of a question, ready to be sent."""

    key: str
    """The question's key, with the generation from the second on."""
    tags: tuple[str, ...]
    """All tags of the session that it makes."""
    body: dict[str, Json]

    @property
    def has_idempotency(self) -> bool:
        """Tell whether the API has an idempotency of its own, used or not."""
        return "idempotent" in self.body

    @property
    def tag(self) -> str:
        """Return the tag by which the session is found again."""
        return _tag(self.key)


def pose_question(
    settings: Settings, trigger: Trigger, pull_request: PullRequest | None
) -> Question:
    """Return the question that this run asks."""
    head_sha = pull_request.head_sha if pull_request else trigger.sha
    asked = _user_body(settings)
    facts: dict[str, Json] = _gate(settings, trigger) | {
        "repository_id": trigger.repository_id,
        "comment_key": settings.comment_key,
        "pull_request": pull_request.number if pull_request else trigger.ref,
        "base_ref": pull_request.base_ref if pull_request else None,
        "head_sha": head_sha,
        "api_version": settings.api.version,
        "body": asked,
        "schema": settings.schema.text if settings.schema else None,
    }
    if not settings.idempotent:
        facts["run"] = [trigger.run_id, trigger.run_attempt]
    title = settings.title or _title(trigger, pull_request, head_sha)
    return Question(
        key=_digest(facts),
        head_sha=head_sha,
        asked=asked | {"title": title},
        tags=settings.tags or (),
        context=_context(trigger, pull_request, head_sha),
        contract=_contract(settings),
        fixed=_fixed(settings, asked),
    )


def write_create(question: Question, generation: int) -> Create:
    """Return the create of a generation: 0 first, one more for each session that died."""
    key = f"{question.key}-{generation}" if generation else question.key
    context = "\n".join([*question.context, f"- key of this question: {key}"])
    prompt = str(question.asked["prompt"])
    tags = (*question.tags, _tag(key), f"{COMMIT_TAG}{question.head_sha}")
    own: dict[str, Json] = {
        "prompt": "\n\n".join([prompt, context, *question.contract]),
        "tags": [*tags],
    }
    return Create(key, tags, question.asked | question.fixed | own)


def _tag(key: str) -> str:
    return f"devin-gate:{key}"


def comment_key_of(settings: Settings, trigger: Trigger) -> str:
    """Return the name of the gate's comment on the pull request, the same for each commit."""
    return settings.comment_key or _digest(_gate(settings, trigger))


def name_gate(settings: Settings) -> str:
    """Return what tells people this gate from others on the pull request; empty where nothing does.

    It is the name that the team gave it, else the matrix leg, written as GitHub writes it. A name
    that another step of ours made is a digest, and tells nobody anything.
    """
    leg, key = settings.matrix, settings.comment_key or ""
    values = leg.values() if isinstance(leg, dict) else ()
    plain = [str(value) for value in values if not isinstance(value, dict | list)]
    return ", ".join(plain) if re.fullmatch(f"([0-9a-f]{{{KEY_DIGITS}}})?", key) else key


def _gate(settings: Settings, trigger: Trigger) -> dict[str, Json]:
    """Return what tells one gate of a repository from another."""
    return {
        "workflow": trigger.workflow_path,
        "job": trigger.job,
        "step": trigger.step,
        "matrix": settings.matrix,
    }


def without_api_schema(body: dict[str, Json]) -> dict[str, Json]:
    """Return the body for a server that does not know `structured_output_schema`."""
    return {name: value for name, value in body.items() if name not in (_SCHEMA, _REQUIRED)}


def _user_body(settings: Settings) -> dict[str, Json]:
    """Return the fields that the user set, and no other: absent and empty are two things."""
    lists = {
        "secret_ids": settings.secret_ids,
        "knowledge_ids": settings.knowledge_ids,
        "repos": settings.repos,
        "tags": settings.tags,
    }
    fields: dict[str, Json] = {
        "prompt": settings.prompt,
        "title": settings.title,
        "snapshot_id": settings.snapshot_id,
        "playbook_id": settings.playbook_id,
        "max_acu_limit": settings.max_acu_limit,
        "unlisted": settings.unlisted,
        "devin_mode": settings.devin_mode,
        _SCHEMA: settings.schema.for_api if settings.schema else None,
        **{name: None if value is None else [*value] for name, value in lists.items()},
    }
    return {name: value for name, value in fields.items() if value is not None}


def _fixed(settings: Settings, asked: dict[str, Json]) -> dict[str, Json]:
    """Return what the version of the API must be told beside what was asked."""
    fields: dict[str, Json] = {}
    if settings.api.is_idempotent:
        fields["idempotent"] = settings.idempotent
    if settings.api.requires_output and _SCHEMA in asked:
        fields[_REQUIRED] = True
    return fields


def _context(trigger: Trigger, pull_request: PullRequest | None, head_sha: str) -> tuple[str, ...]:
    lines = ["## Context", f"- repository: {trigger.server_url}/{trigger.repository}"]
    if pull_request:
        lines += [
            f"- pull request: #{pull_request.number}",
            f"- base branch: {one_line(pull_request.base_ref)}",
        ]
    else:
        lines += [f"- ref: {one_line(trigger.ref)}"]
    return (*lines, f"- head commit: {head_sha}")


def _contract(settings: Settings) -> tuple[str, ...]:
    """Return the section that says what to answer, where a schema is given."""
    if settings.schema is None:
        return ()
    answer = (
        "Your answer is read by a program from this session's structured output. It must satisfy "
        "the JSON Schema below. Set the structured output exactly once, as the last thing you do, "
        "complete; leave it empty before; if you cannot answer, leave it empty and say why."
    )
    text = settings.schema.text
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return ("## Answer", answer, f"{fence}json\n{text}\n{fence}")


def _title(trigger: Trigger, pull_request: PullRequest | None, head_sha: str) -> str:
    number = f"#{pull_request.number}" if pull_request else ""
    return f"{trigger.repository}{number} @ {head_sha[:7]} · {trigger.job}"


def _digest(facts: dict[str, Json]) -> str:
    return hashlib.sha256(write_json(facts).encode("utf-8", "replace")).hexdigest()[:KEY_DIGITS]
