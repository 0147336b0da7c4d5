"""What the API v1 says about a session becomes a `Session`; its two statuses become a phase.

Sources: Devin API v1, "Create a new session" and "Retrieve details about an existing session"
(OpenAPI and its example). The reading is tolerant: what is missing or of a wrong type is left out,
since servers grow. Only what would make us judge something else than what Devin said is refused.
"""

from __future__ import annotations

from typing import Any

from entrypoint.core.documents import DocumentError, Flaw, find_flaws
from entrypoint.core.session import Created, Message, Phase, Session, bare_id, is_session_id
from entrypoint.core.text import is_web_address

_PHASES_V1 = {
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


def phase_of_v1(status: str, status_enum: str | None) -> Phase:
    """Return the phase for v1's two status fields, which may disagree.

    `status_enum` decides. Where it is null (while the machine is set up) the free `status` counts
    if it is one of the known words, and is `starting` otherwise.
    """
    if status_enum is not None:
        return _PHASES_V1.get(status_enum, Phase.WORKING)
    return _PHASES_V1.get(status, Phase.STARTING)


def read_created_v1(answer: object) -> Created:
    """Return what a create's answer says, or raise `DocumentError` where it names no session."""
    fields = _fields(answer)
    session_id = _text(fields, "session_id")
    if session_id is None or not is_session_id(session_id):
        message = "the answer holds no usable session_id"
        raise DocumentError(message)
    url = _text(fields, "url") or ""
    is_new = fields.get("is_new_session")
    return Created(
        session_id,
        url if is_web_address(url) else url_of(session_id),
        is_new if isinstance(is_new, bool) else None,
    )


def url_of(session_id: str) -> str:
    """Return the web address of a session."""
    return f"https://app.devin.ai/sessions/{bare_id(session_id)}"


def read_session_v1(answer: object, session_id: str) -> Session:
    """Return the session of a details answer.

    Raises `DocumentError` where it is no object, is about another session, names neither status,
    or is ambiguous outside the structured output.
    """
    fields = _fields(answer)
    flaws = find_flaws({key: item for key, item in fields.items() if key != "structured_output"})
    if flaws:
        message = f"the answer has {flaws[0][1].reason}"
        raise DocumentError(message)
    answered_id = _text(fields, "session_id") or session_id
    if bare_id(answered_id) != bare_id(session_id):
        message = "the answer is about another session"
        raise DocumentError(message)
    status, status_enum = _text(fields, "status"), _status_enum(fields)
    if status is None and status_enum is None:
        message = "the answer names no status"
        raise DocumentError(message)
    pull_request = fields.get("pull_request")
    url = _text(pull_request, "url") if isinstance(pull_request, dict) else None
    output = fields.get("structured_output")
    return Session(
        session_id=session_id,
        status=status_enum or status or "",
        phase=phase_of_v1(status or "", status_enum),
        created_at=_text(fields, "created_at"),
        updated_at=_text(fields, "updated_at"),
        structured_output=_without_flaws(output),
        output_flaws=tuple(find_flaws(output)),
        pull_requests=(url,) if url and is_web_address(url) else (),
        messages=_messages(fields.get("messages")),
        title=_text(fields, "title"),
        tags=tuple(tag for tag in _list(fields.get("tags")) if isinstance(tag, str)),
        snapshot_id=_text(fields, "snapshot_id"),
        playbook_id=_text(fields, "playbook_id"),
        is_archived=fields.get("is_archived") is True,
    )


def read_sessions_v1(answer: object, tag: str) -> tuple[int, tuple[Session, ...]]:
    """Return how many entries a list's answer has, and the sessions among them with the tag.

    Raises `DocumentError` where the answer is no list at all, or one of ours cannot be read.
    """
    entries = _fields(answer).get("sessions")
    if not isinstance(entries, list):
        message = "the answer holds no list of sessions"
        raise DocumentError(message)
    return len(entries), tuple(
        read_session_v1(entry, session_id)
        for entry in entries
        if isinstance(entry, dict)
        and tag in _list(entry.get("tags"))
        and (session_id := _text(entry, "session_id"))
        and is_session_id(session_id)
    )


def _fields(answer: object) -> dict[str, Any]:
    if not isinstance(answer, dict):
        message = "the answer is no JSON object"
        raise DocumentError(message)
    return answer


def _status_enum(fields: dict[str, Any]) -> str | None:
    """Return `status_enum`; something that is no string is an unknown word, not an absent one."""
    value = fields.get("status_enum")
    return value if value is None or isinstance(value, str) else "unknown"


def _text(fields: dict[str, Any], name: str) -> str | None:
    value = fields.get(name)
    return value if isinstance(value, str) else None


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _messages(value: object) -> tuple[Message, ...]:
    return tuple(
        Message(
            type=_text(item, "type") or "",
            event_id=_text(item, "event_id") or "",
            message=_text(item, "message") or "",
            timestamp=_text(item, "timestamp") or "",
            origin=_text(item, "origin"),
            user_id=_text(item, "user_id"),
            username=_text(item, "username"),
        )
        for item in _list(value)
        if isinstance(item, dict)
    )


def _without_flaws(value: object) -> Any:  # noqa: ANN401 - any JSON
    """Return the value with each `Flaw` as null; that it was there is in `output_flaws`."""
    match value:
        case Flaw():
            return None
        case dict():
            return {key: _without_flaws(item) for key, item in value.items()}
        case list():
            return [_without_flaws(item) for item in value]
        case _:
            return value
