"""What the API v1 says about a session becomes a `Session`; its two statuses become a phase.

Sources: Devin API v1, "Create a new session" and "Retrieve details about an existing session"
(OpenAPI and its example).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from entrypoint.core.documents import DocumentError
from entrypoint.core.session import Message, Phase, Session
from entrypoint.core.session_fields import (
    address_of,
    list_of,
    listed_id,
    read_fields,
    read_output,
    read_session_fields,
    text_of,
    texts_of,
)
from entrypoint.core.text import is_web_address

PHASES_V1: Final[Mapping[str, Phase]] = MappingProxyType(
    {
        "working": Phase.WORKING,
        "resumed": Phase.WORKING,
        "resume_requested": Phase.WORKING,
        "resume_requested_frontend": Phase.WORKING,
        "blocked": Phase.AWAITING_USER,
        "finished": Phase.FINISHED,
        "stopped": Phase.FINISHED,  # in the documentation until 2024, not in the OpenAPI any more
        "suspend_requested": Phase.SUSPENDED,
        "suspend_requested_frontend": Phase.SUSPENDED,
        "expired": Phase.EXPIRED,
    }
)
"""The phase of each `status_enum`."""


def phase_of_v1(status: str, status_enum: str | None) -> Phase:
    """Return the phase for v1's two status fields, which may disagree.

    `status_enum` decides. Where it is null (while the machine is set up) the free `status` counts
    if it is one of the known words, and is `starting` otherwise.
    """
    if status_enum is not None:
        return PHASES_V1.get(status_enum, Phase.WORKING)
    return PHASES_V1.get(status, Phase.STARTING)


def read_session_v1(answer: object, session_id: str) -> Session:
    """Return the session of a details answer.

    Raises `DocumentError` where it is no object, is about another session, names neither status,
    or is ambiguous outside the structured output.
    """
    fields = read_session_fields(answer, session_id)
    status, status_enum = text_of(fields, "status"), _status_enum(fields)
    if status is None and status_enum is None:
        message = "the answer names no status"
        raise DocumentError(message)
    pull_request = fields.get("pull_request")
    url = text_of(pull_request, "url") if isinstance(pull_request, dict) else None
    output, flaws = read_output(fields)
    return Session(
        session_id=session_id,
        url=address_of(fields, session_id),
        status=status_enum or status or "",
        phase=phase_of_v1(status or "", status_enum),
        created_at=text_of(fields, "created_at"),
        updated_at=text_of(fields, "updated_at"),
        structured_output=output,
        output_flaws=flaws,
        pull_requests=(url,) if url and is_web_address(url) else (),
        messages=_messages(fields.get("messages")),
        title=text_of(fields, "title"),
        tags=texts_of(fields, "tags"),
        snapshot_id=text_of(fields, "snapshot_id"),
        playbook_id=text_of(fields, "playbook_id"),
        is_archived=fields.get("is_archived") is True,
    )


def read_sessions_v1(answer: object, tag: str) -> tuple[int, tuple[Session, ...]]:
    """Return how many entries a list's answer has, and the sessions among them with the tag.

    Raises `DocumentError` where the answer is no list at all, or one of ours cannot be read.
    """
    entries = read_fields(answer).get("sessions")
    if not isinstance(entries, list):
        message = "the answer holds no list of sessions"
        raise DocumentError(message)
    return len(entries), tuple(
        read_session_v1(entry, listed_id(entry))
        for entry in entries
        if isinstance(entry, dict) and tag in list_of(entry.get("tags"))
    )


def _status_enum(fields: dict[str, Any]) -> str | None:
    """Return `status_enum`; something that is no string is an unknown word, not an absent one."""
    value = fields.get("status_enum")
    return value if value is None or isinstance(value, str) else "unknown"


def _messages(value: object) -> tuple[Message, ...]:
    return tuple(
        Message(
            type=text_of(item, "type") or "",
            event_id=text_of(item, "event_id") or "",
            message=text_of(item, "message") or "",
            timestamp=text_of(item, "timestamp") or "",
            origin=text_of(item, "origin"),
            user_id=text_of(item, "user_id"),
            username=text_of(item, "username"),
        )
        for item in list_of(value)
        if isinstance(item, dict)
    )
