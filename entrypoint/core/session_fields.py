"""Reading the fields of an API's answer about a session, the same for every version.

The reading is tolerant: what is missing or of a wrong type is left out, since servers grow. Only
what would make us judge something else than what Devin said is refused.
"""

from __future__ import annotations

from typing import Any, Final

from entrypoint.core.documents import DocumentError, Flaw, find_flaws
from entrypoint.core.session import Created, bare_id, is_session_id
from entrypoint.core.text import is_web_address

WEB: Final = "https://app.devin.ai"
"""Where people look at sessions."""
_OUTPUT: Final = "structured_output"


def read_fields(answer: object) -> dict[str, Any]:
    """Return the fields of an answer, or raise `DocumentError` where it is no object."""
    if not isinstance(answer, dict):
        message = "the answer is no JSON object"
        raise DocumentError(message)
    return answer


def read_session_fields(answer: object, session_id: str) -> dict[str, Any]:
    """Return the fields of an answer about a session.

    Raises `DocumentError` where it is no object, is about another session, or is ambiguous outside
    the structured output.
    """
    fields = read_fields(answer)
    flaws = find_flaws({key: item for key, item in fields.items() if key != _OUTPUT})
    if flaws:
        message = f"the answer has {flaws[0][1].reason}"
        raise DocumentError(message)
    answered_id = text_of(fields, "session_id") or session_id
    if bare_id(answered_id) != bare_id(session_id):
        message = "the answer is about another session"
        raise DocumentError(message)
    return fields


def read_output(fields: dict[str, Any]) -> tuple[Any, tuple[tuple[str, Flaw], ...]]:
    """Return the structured output, each `Flaw` in it as null, and those flaws with their paths."""
    output = fields.get(_OUTPUT)
    return _without_flaws(output), tuple(find_flaws(output))


def read_created(answer: object) -> Created:
    """Return what a create's answer says, or raise `DocumentError` where it names no session."""
    fields = read_fields(answer)
    session_id = text_of(fields, "session_id")
    if session_id is None or not is_session_id(session_id):
        message = "the answer holds no usable session_id"
        raise DocumentError(message)
    is_new = fields.get("is_new_session")
    return Created(
        session_id,
        address_of(fields, session_id),
        is_new if isinstance(is_new, bool) else None,
    )


def listed_id(entry: dict[str, Any]) -> str:
    """Return the id of a listed session that is ours.

    Raises `DocumentError` where it names none that can be used: left out, it would be asked anew.
    """
    session_id = text_of(entry, "session_id")
    if session_id is None or not is_session_id(session_id):
        message = "the list holds a session of ours without a usable session_id"
        raise DocumentError(message)
    return session_id


def address_of(fields: dict[str, Any], session_id: str) -> str:
    """Return the web address of a session: what the answer says, else the usual one."""
    url = text_of(fields, "url") or ""
    return url if is_web_address(url) else f"{WEB}/sessions/{bare_id(session_id)}"


def text_of(fields: dict[str, Any], name: str) -> str | None:
    """Return a field that is a string, else `None`."""
    value = fields.get(name)
    return value if isinstance(value, str) else None


def texts_of(fields: dict[str, Any], name: str) -> tuple[str, ...]:
    """Return the strings of a field that is a list."""
    return tuple(item for item in list_of(fields.get(name)) if isinstance(item, str))


def list_of(value: object) -> list[Any]:
    """Return a list as it is, and none for anything else."""
    return value if isinstance(value, list) else []


def _without_flaws(value: object) -> Any:  # noqa: ANN401 - any JSON
    match value:
        case Flaw():
            return None
        case dict():
            return {key: _without_flaws(item) for key, item in value.items()}
        case list():
            return [_without_flaws(item) for item in value]
        case _:
            return value
