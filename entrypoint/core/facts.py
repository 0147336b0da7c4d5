"""What a gate's rules know: `output`, `session` and `pull_request`, as JSON.

A fact that is not known is left out, so that a rule which needs it cannot be computed, and so is
not true.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from entrypoint.core.documents import Json
    from entrypoint.core.event import PullRequest
    from entrypoint.core.session import Session

FIELDS: Final = {
    "session": (
        "status",
        "phase",
        "url",
        "duration_seconds",
        "acus_consumed",
        "pull_requests",
    ),
    "pull_request": ("number", "head_sha", "base_ref", "author", "draft", "labels"),
}
"""All fields that the variables have which are ours."""
_LEAST: Final = -(2**63)
_MOST: Final = 2**64 - 1
_ODD: Final = re.compile(r"[\0\ud800-\udfff]")
"""NUL, and halves of characters, which are no text in UTF-8."""


def state_facts(
    session: Session, url: str, pull_request: PullRequest | None, duration_s: float
) -> dict[str, Json]:
    """Return the facts about a settled session, as Devin sent them.

    `duration_s` is how long this run has taken.
    """
    return {
        "output": session.structured_output,
        "session": {
            "status": session.status,
            "phase": str(session.phase),
            "url": url,
            "duration_seconds": int(duration_s),
            "acus_consumed": session.acus_consumed,
            "pull_requests": [*session.pull_requests],
        },
        "pull_request": _state_pull_request(pull_request) if pull_request else None,
    }


def _state_pull_request(pull_request: PullRequest) -> Json:
    known: dict[str, Json] = {
        "number": pull_request.number,
        "head_sha": pull_request.head_sha,
        "base_ref": pull_request.base_ref,
    }
    if pull_request.author:
        known["author"] = pull_request.author
    if pull_request.draft is not None:
        known["draft"] = pull_request.draft
    if pull_request.labels is not None:
        known["labels"] = [*pull_request.labels]
    return known


def find_unusable(value: Json, path: str = "") -> tuple[str, str] | None:
    """Return where and why a value cannot be handed to a rule as it is; `None` where it can.

    The CEL library ends a text at the character NUL (cel-expr-python 0.1.3), so that `low` with
    something behind it would be equal to `low`. It has no integers beyond 64 bits.
    """
    inner: list[tuple[str, Json]] = []
    match value:
        case str() if _ODD.search(value):
            return path, "holds a character that no rule can compare"
        case bool():
            return None
        case int() if not _LEAST <= value <= _MOST:
            return path, "is a number beyond 64 bits"
        case list():
            inner = [(f"{path}[{index}]", item) for index, item in enumerate(value)]
        case dict() if any(map(_ODD.search, value)):
            return path, "has a name with a character that no rule can compare"
        case dict():
            inner = [(f"{path}.{name}" if path else name, item) for name, item in value.items()]
        case _:
            return None
    found = (find_unusable(item, where) for where, item in inner)
    return next((one for one in found if one), None)
