"""What the Devin API accepts in a request, and how it says what it does not.

Fields and types: Devin API v1 and v3, "Create session". Problems have the shape of v1's
``ValidationError``, ``{"loc", "msg", "type"}``; v3 leaves theirs open.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

MAX_TAGS: Final = 50
"""The most tags of a session."""

DEVIN_MODES: Final = ("normal", "fast", "lite", "ultra", "fusion")
"""What v3 knows as ``devin_mode``."""

MAX_SCHEMA_BYTES: Final = 64 * 1024
"""The largest ``structured_output_schema``, as compact JSON."""

Problem = dict[str, object]
"""One entry of ``detail``."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a request: its test, and the words when it does not hold."""

    accepts: Callable[[object], bool]
    message: str
    kind: str
    nullable: bool = True


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_limit(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_tags(value: object) -> bool:
    return _is_texts(value) and isinstance(value, list) and len(value) <= MAX_TAGS


def _is_secrets(value: object) -> bool:
    return isinstance(value, list) and all(_is_secret(item) for item in value)


def _is_secret(value: object) -> bool:
    return (
        isinstance(value, dict)
        and set(value) <= {"key", "value", "sensitive"}
        and isinstance(value.get("key"), str)
        and isinstance(value.get("value"), str)
        and isinstance(value.get("sensitive", True), bool)
    )


def _is_mode(value: object) -> bool:
    return isinstance(value, str) and value in DEVIN_MODES


def _is_schema(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    size = len(json.dumps(value, separators=(",", ":")).encode())
    return size <= MAX_SCHEMA_BYTES and all(ref.startswith("#") for ref in _references(value))


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _references(item)


_TEXT: Final = Field(_is_text, "Input should be a valid string", "string_type")
_FLAG: Final = Field(_is_flag, "Input should be a valid boolean", "bool_type")
_TEXTS: Final = Field(_is_texts, "Input should be a list of strings", "list_type")
_TAGS: Final = Field(_is_tags, f"Input should be at most {MAX_TAGS} strings", "too_long")
_NEEDED_TEXT: Final = Field(
    _is_text, "Input should be a valid string", "string_type", nullable=False
)

_COMMON_FIELDS: Final[Mapping[str, Field]] = {
    "prompt": _NEEDED_TEXT,
    "playbook_id": _TEXT,
    "max_acu_limit": Field(_is_limit, "Input should be an integer over 0", "greater_than"),
    "secret_ids": _TEXTS,
    "knowledge_ids": _TEXTS,
    "session_secrets": Field(_is_secrets, "Input should be a list of secrets", "list_type"),
    "tags": _TAGS,
    "title": _TEXT,
    "structured_output_schema": Field(
        _is_schema,
        "Input should be a JSON Schema of at most 64 KB without external $ref",
        "schema_type",
    ),
}

CREATE_FIELDS: Final[Mapping[str, Field]] = {
    **_COMMON_FIELDS,
    "snapshot_id": _TEXT,
    "unlisted": _FLAG,
    "idempotent": _FLAG,
}
"""The body of ``POST /v1/sessions``."""

CREATE_FIELDS_V3: Final[Mapping[str, Field]] = {
    **_COMMON_FIELDS,
    "repos": _TEXTS,
    "structured_output_required": _FLAG,
    "devin_mode": Field(_is_mode, f"Input should be one of {', '.join(DEVIN_MODES)}", "enum"),
    "attachment_urls": _TEXTS,
    "session_links": _TEXTS,
    "resumable": _FLAG,
    "bypass_approval": _FLAG,
    "create_as_user_id": _TEXT,
}
"""The body of ``POST /v3/organizations/{org_id}/sessions``."""

MESSAGE_FIELDS: Final[Mapping[str, Field]] = {"message": _NEEDED_TEXT}
"""The body of a message."""

TAGS_FIELDS: Final[Mapping[str, Field]] = {
    "tags": replace(_TAGS, nullable=False),
}
"""The body of a change of the tags."""


def find_problems(body: Mapping[str, object], known: Mapping[str, Field]) -> list[Problem]:
    """Return everything that is wrong with the body, missing and unknown fields included."""
    missing = [name for name, field in known.items() if not field.nullable and name not in body]
    return [
        *(problem(name, "Field required", "missing") for name in missing),
        *(found for name, value in body.items() for found in _check(name, value, known)),
    ]


def _check(name: str, value: object, known: Mapping[str, Field]) -> Iterator[Problem]:
    field = known.get(name)
    if field is None:
        yield problem(name, "Extra inputs are not permitted", "extra_forbidden")
    elif not (value is None and field.nullable) and not field.accepts(value):
        yield problem(name, field.message, field.kind)


def problem(name: str, message: str, kind: str, where: str = "body") -> Problem:
    """Return one entry of ``detail``."""
    return {"loc": [where, name], "msg": message, "type": kind}
