"""The Devin API v1: createSession and getSessionDetails.

Source: Devin API v1, "Create a new session" and "Retrieve details about an existing session".
Each method sends one request; whether it is sent again is for the caller to decide.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from entrypoint.core.documents import DocumentError
from entrypoint.core.session_v1 import read_created_v1, read_session_v1
from entrypoint.core.text import quote
from entrypoint.errors import CallFailed

if TYPE_CHECKING:
    from entrypoint.adapters.http import Http
    from entrypoint.core.documents import Json
    from entrypoint.core.session import Created, Session


class DevinV1:
    """A Devin account, through a key that starts with `apk_`."""

    api_version = "v1"

    def __init__(self, http: Http) -> None:
        """Use the connection, whose base address is the API's without `/v1`."""
        self._http = http

    def create_session(self, body: dict[str, Json]) -> Created:
        """Send the create once. Equal bodies give equal bytes. Raises `CallFailed`."""
        raw = json.dumps(body, sort_keys=True).encode()
        try:
            answer = self._http.send("POST", "/v1/sessions", raw)
            return read_created_v1(answer.value)
        except DocumentError as error:
            raise _unreadable(error) from None
        except CallFailed as failure:
            raise _explain(failure) from None

    def get_session(self, session_id: str) -> Session:
        """Read the session once. Raises `CallFailed`."""
        try:
            answer = self._http.send("GET", f"/v1/sessions/{session_id}")
            return read_session_v1(answer.value, session_id)
        except DocumentError as error:
            raise _unreadable(error) from None
        except CallFailed as failure:
            raise _explain(failure) from None


def _unreadable(error: DocumentError) -> CallFailed:
    return CallFailed(
        f"Devin's API gave an answer that cannot be used: {error}.",
        _REMEDY_DOWN,
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
    if failure.kind == "answered" and failure.status in _REMEDIES:
        return _REMEDIES[failure.status]
    return _REMEDY_DOWN


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

_REMEDIES: Final = {
    400: "Compare the step's inputs with what it says; `snapshot_id`, `playbook_id`, "
    "`secret_ids` and `knowledge_ids` must exist in the organisation of the key.",
    401: "Put a valid key of API v1 (`apk_user_…` or `apk_…`) into the secret that "
    "`devin_api_key` reads; make one in Devin under Settings, API keys.",
    403: "Give the key's user access to sessions, or use a key of the right organisation.",
    404: "Check `devin_api_url`; if it is right, the session was deleted or belongs to another "
    "organisation.",
    422: "Correct the input that belongs to the named field.",
}
