"""The Devin API v1: sessions are created, read, listed, told something, tagged and terminated.

Source: Devin API v1, "Create a new session" and "Retrieve details about an existing session".
Each method sends one request; whether it is sent again is for the caller to decide.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlencode

from entrypoint.core.documents import DocumentError
from entrypoint.core.session_v1 import (
    read_created_v1,
    read_session_v1,
    read_sessions_v1,
    url_of,
)
from entrypoint.core.text import quote
from entrypoint.errors import CallFailed

if TYPE_CHECKING:
    from entrypoint.adapters.http import Answer, Http
    from entrypoint.core.documents import Json
    from entrypoint.core.session import Created, Session

_PAGE: Final = 100
_MOST: Final = 1_000
_Read = TypeVar("_Read")


class DevinV1:
    """A Devin account, through a key that starts with `apk_`."""

    api_version = "v1"

    def __init__(self, http: Http) -> None:
        """Use the connection, whose base address is the API's without `/v1`."""
        self._http = http

    def create_session(self, body: dict[str, Json]) -> Created:
        """Send the create once. Equal bodies give equal bytes. Raises `CallFailed`."""
        raw = json.dumps(body, sort_keys=True).encode()
        return self._call("POST", "/v1/sessions", lambda answer: read_created_v1(answer.value), raw)

    def url_of(self, session_id: str) -> str:
        """Return the web address of a session; v1 says it only in the answer to a create."""
        return url_of(session_id)

    def find_sessions(self, tag: str) -> tuple[Session, ...]:
        """Return the sessions that bear the tag, from all pages. Raises `CallFailed`."""
        found: dict[str, Session] = {}
        for offset in range(0, _MOST, _PAGE):
            query = urlencode({"tags": tag, "limit": _PAGE, "offset": offset})
            count, page = self._call(
                "GET", f"/v1/sessions?{query}", lambda answer: read_sessions_v1(answer.value, tag)
            )
            found |= {session.session_id: session for session in page}
            if count < _PAGE:
                break
        return tuple(found.values())

    def send_message(self, session_id: str, message: str) -> bool:
        """Send a message; tell whether it was delivered. Raises `CallFailed`.

        A suspended session answers 200 with a detail, and does not get the message.
        """
        raw = json.dumps({"message": message}).encode()
        return self._call("POST", f"/v1/sessions/{session_id}/message", _is_delivered, raw)

    def tag_session(self, session_id: str, tags: tuple[str, ...]) -> None:
        """Replace the session's tags. Raises `CallFailed`."""
        raw = json.dumps({"tags": tags}).encode()
        self._call("PUT", f"/v1/sessions/{session_id}/tags", _nothing, raw)

    def terminate_session(self, session_id: str) -> None:
        """End the session for good. Raises `CallFailed`."""
        self._call("DELETE", f"/v1/sessions/{session_id}", _nothing)

    def get_session(self, session_id: str) -> Session:
        """Read the session once. Raises `CallFailed`."""
        return self._call(
            "GET",
            f"/v1/sessions/{session_id}",
            lambda answer: read_session_v1(answer.value, session_id),
        )

    def _call(
        self, method: str, path: str, read: Callable[[Answer], _Read], body: bytes | None = None
    ) -> _Read:
        """Send once and return what the answer says, or raise `CallFailed` with a remedy."""
        try:
            return read(self._http.send(method, path, body))
        except DocumentError as error:
            raise _unreadable(error) from None
        except CallFailed as failure:
            raise _explain(failure) from None


def _nothing(_: Answer) -> None:
    """Read an answer that says no more than that it was done."""


def _is_delivered(answer: Answer) -> bool:
    return not (isinstance(answer.value, dict) and "detail" in answer.value)


def _unreadable(error: DocumentError) -> CallFailed:
    return CallFailed(
        f"Devin's API gave an answer that cannot be used: {error}.",
        _REMEDY_ELSEWHERE,
        kind="unreadable",
    )


def _explain(failure: CallFailed) -> CallFailed:
    """Return the failure with a sentence for a person, and what to do about it."""
    said = f" It says: {quote(failure.detail, 300)}." if failure.detail else ""
    named = _WORDS.get(failure.status or 0, "") if failure.kind == "answered" else ""
    return CallFailed(
        str(failure).rstrip(".") + named + "." + said,
        failure.remedy or _remedy(failure),
        kind=failure.kind,
        status=failure.status,
        retry_after_s=failure.retry_after_s,
        detail=failure.detail,
    )


def _remedy(failure: CallFailed) -> str:
    if failure.kind == "answered":
        return _REMEDIES.get(failure.status or 0, _REMEDY_DOWN)
    return _REMEDY_DOWN if failure.kind == "unclear" else _REMEDY_ELSEWHERE


_WORDS: Final = {
    400: " (the request is not valid)",
    401: " (the key is missing or not valid)",
    403: " (the key may not do this)",
    404: " (there is no such session or address)",
    422: " (a field of the request is not valid)",
    429: " (too many requests)",
    500: " (an error inside Devin)",
}

_REMEDY_DOWN: Final = (
    "Re-run the job when Devin answers again; with `idempotent: true` it finds the same session. "
    "See https://status.devin.ai."
)

_REMEDY_ELSEWHERE: Final = (
    "Check `devin_api_url` and the runner's network: perhaps a proxy or a web page answers there, "
    "or nobody. If both are right, see https://status.devin.ai and re-run the job."
)

_REMEDIES: Final = {
    400: "Compare the step's inputs with what it says; `snapshot_id`, `playbook_id`, "
    "`secret_ids` and `knowledge_ids` must exist in the organisation of the key.",
    401: "Put a valid key of API v1 (`apk_user_…` or `apk_…`) into the secret that "
    "`devin_api_key` reads; make one in Devin under Settings, API keys.",
    402: "Add credits or a payment method in Devin, then re-run the job.",
    403: "Give the key's user access to sessions, or use a key of the right organisation.",
    404: "Check `devin_api_url`; if it is right, the session was deleted or belongs to another "
    "organisation.",
    422: "Correct the input that belongs to the named field.",
}
