"""The Devin API v1: sessions are created, read, listed, told something, tagged and terminated.

Source: Devin API v1, "Create a new session" and "Retrieve details about an existing session".
Each method sends one request; whether it is sent again is for the caller to decide.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from entrypoint.adapters.devin_link import DevinLink, read_nothing
from entrypoint.core.session_fields import read_created
from entrypoint.core.session_v1 import read_session_v1, read_sessions_v1

if TYPE_CHECKING:
    from entrypoint.adapters.http import Answer, Http
    from entrypoint.core.documents import Json
    from entrypoint.core.session import Created, Session

_PAGE: Final = 100
_MOST: Final = 1_000


class DevinV1:
    """A Devin account, through a key that starts with `apk_`."""

    def __init__(self, http: Http) -> None:
        """Use the connection, whose base address is the API's without `/v1`."""
        self._link = DevinLink(http, _REMEDIES)

    def create_session(self, body: dict[str, Json]) -> Created:
        """Send the create once. Equal bodies give equal bytes. Raises `CallFailed`."""
        raw = json.dumps(body, sort_keys=True).encode()
        return self._link.call("POST", "/v1/sessions", lambda one: read_created(one.value), raw)

    def find_sessions(self, tag: str) -> tuple[Session, ...]:
        """Return the sessions that bear the tag, from all pages. Raises `CallFailed`."""
        found: dict[str, Session] = {}
        for offset in range(0, _MOST, _PAGE):
            query = urlencode({"tags": tag, "limit": _PAGE, "offset": offset})
            count, page = self._link.call(
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
        return self._link.call("POST", f"/v1/sessions/{session_id}/message", _is_delivered, raw)

    def add_tag(self, session_id: str, known: tuple[str, ...], tag: str) -> None:
        """Replace the session's tags by those that are known and one more. Raises `CallFailed`."""
        raw = json.dumps({"tags": [*known, tag]}).encode()
        self._link.call("PUT", f"/v1/sessions/{session_id}/tags", read_nothing, raw)

    def terminate_session(self, session_id: str) -> None:
        """End the session for good. Raises `CallFailed`."""
        self._link.call("DELETE", f"/v1/sessions/{session_id}", read_nothing)

    def get_session(self, session_id: str, *, with_messages: bool = True) -> Session:
        """Read the session once, whose messages come with it. Raises `CallFailed`."""
        del with_messages
        return self._link.call(
            "GET",
            f"/v1/sessions/{session_id}",
            lambda answer: read_session_v1(answer.value, session_id),
        )


def _is_delivered(answer: Answer) -> bool:
    return not (isinstance(answer.value, dict) and "detail" in answer.value)


_REMEDIES: Final = {
    400: "Compare the step's inputs with what it says; `snapshot_id`, `playbook_id`, "
    "`secret_ids` and `knowledge_ids` must exist in the organisation of the key.",
    401: "Put a valid key of API v1 (`apk_user_…` or `apk_…`) into the secret that "
    "`devin_api_key` reads; make one in Devin under Settings, API keys.",
    403: "Give the key's user access to sessions, or use a key of the right organisation.",
}
