"""The Devin API v3: the sessions of one organisation.

Source: Devin API v3 (OpenAPI). A create knows no idempotency, so that whoever sends a second one
pays for a second session; whether a request is sent again is for the caller to decide.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlencode

from entrypoint.adapters.devin_link import DevinLink, read_nothing
from entrypoint.core.documents import DocumentError
from entrypoint.core.session import Message, full_id, is_session_id
from entrypoint.core.session_fields import read_created, read_fields, text_of
from entrypoint.core.session_v3 import (
    Page,
    read_listed_v3,
    read_messages_v3,
    read_page,
    read_session_v3,
)
from entrypoint.errors import CallFailed

if TYPE_CHECKING:
    from entrypoint.adapters.http import Answer, Http
    from entrypoint.adapters.organisation import Organisation
    from entrypoint.core.documents import Json
    from entrypoint.core.session import Created, Session

_PAGE: Final = 200
_MOST_PAGES: Final = 50
_Item = TypeVar("_Item")


@dataclass
class _Heard:
    """What a session's full pages of messages held, and where its last page begins.

    Cursors of a last page are not given, so that one is read anew with each look.
    """

    messages: tuple[Message, ...] = ()
    after: str | None = None


class DevinV3:
    """An organisation's sessions, through a key that starts with `cog_`."""

    def __init__(self, http: Http, organisation: Organisation) -> None:
        """Use the connection, whose base address is the API's without `/v3`.

        Where the organisation is not known Devin is asked for the key's own, once.
        """
        self._link = DevinLink(http, _REMEDIES)
        self._organisation = organisation
        self._heard: dict[str, _Heard] = {}

    def create_session(self, body: dict[str, Json]) -> Created:
        """Send the create once. Raises `CallFailed`."""
        raw = json.dumps(body, sort_keys=True).encode()
        created = self._link.call(
            "POST", self._sessions(), lambda one: read_created(one.value), raw
        )
        return replace(created, session_id=full_id(created.session_id))

    def find_sessions(self, tag: str) -> tuple[Session, ...]:
        """Return the sessions that bear the tag, from all pages. Raises `CallFailed`."""
        path, after = self._sessions(), None
        found: dict[str, Session] = {}
        for _ in range(_MOST_PAGES):
            page, sessions = self._page(path, after, lambda page: read_listed_v3(page, tag), tag)
            found |= {session.session_id: session for session in sessions}
            if page.after is None:
                return tuple(found.values())
            after = page.after
        raise _endless()

    def send_message(self, session_id: str, message: str) -> bool:
        """Send a message, which wakes a session that is asleep. Raises `CallFailed`."""
        raw = json.dumps({"message": message}).encode()
        self._link.call("POST", f"{self._session(session_id)}/messages", read_nothing, raw)
        return True

    def add_tag(self, session_id: str, known: tuple[str, ...], tag: str) -> None:
        """Give the session one more tag; those that it bears stay. Raises `CallFailed`."""
        del known
        raw = json.dumps({"tags": [tag]}).encode()
        self._link.call("POST", f"{self._session(session_id)}/tags", read_nothing, raw)

    def terminate_session(self, session_id: str) -> None:
        """End the session for good. Raises `CallFailed`."""
        self._link.call("DELETE", self._session(session_id), read_nothing)

    def get_session(self, session_id: str, *, with_messages: bool = True) -> Session:
        """Read the session once, then its messages where they are wanted. Raises `CallFailed`.

        In this order, so that a person's message is never missed beside a status that came later.
        """
        session = self._link.call(
            "GET",
            self._session(session_id),
            lambda answer: read_session_v3(answer.value, session_id, ()),
        )
        if not with_messages:
            return session
        return replace(session, messages=self._read_messages(session_id))

    def _read_messages(self, session_id: str) -> tuple[Message, ...]:
        """Return all messages; only those that may be new are asked for."""
        path = f"{self._session(session_id)}/messages"
        heard = self._heard.setdefault(session_id, _Heard())
        for _ in range(_MOST_PAGES):
            page, messages = self._page(path, heard.after, read_messages_v3)
            if page.after is None:
                return (*heard.messages, *messages)
            heard.messages, heard.after = (*heard.messages, *messages), page.after
        raise _endless()

    def _page(
        self,
        path: str,
        after: str | None,
        read: Callable[[Page], tuple[_Item, ...]],
        tag: str | None = None,
    ) -> tuple[Page, tuple[_Item, ...]]:
        """Read one page, and what is on it."""
        query = {"tags": tag, "first": _PAGE, "after": after}
        address = f"{path}?{urlencode({k: v for k, v in query.items() if v is not None})}"

        def read_both(answer: Answer) -> tuple[Page, tuple[_Item, ...]]:
            page = read_page(answer.value)
            if page.after is not None and page.after == after:
                message = "the answer says that the same page comes next"
                raise DocumentError(message)
            return page, read(page)

        return self._link.call("GET", address, read_both)

    def _session(self, session_id: str) -> str:
        return f"{self._sessions()}/{session_id}"

    def _sessions(self) -> str:
        """Return the path of the organisation's sessions."""
        if not self._organisation.org_id:
            self._organisation.org_id = self._link.call("GET", "/v3/self", _read_organisation)
        return f"/v3/organizations/{self._organisation.org_id}/sessions"


def _read_organisation(answer: Answer) -> str:
    org_id = text_of(read_fields(answer.value), "org_id") or ""
    if not is_session_id(org_id):
        raise CallFailed(
            "The key is not of one organisation, as those of an enterprise are not, and "
            "`devin_org_id` is empty.",
            "Set `devin_org_id` to the ID of the organisation, which starts with `org-`: Devin "
            "shows it under Settings, Organization, and lists all of them with "
            "`GET /v3/enterprise/organizations`.",
            kind="refused",
        )
    return org_id


def _endless() -> CallFailed:
    return CallFailed(
        f"Devin's API gave a list of more than {_MOST_PAGES} pages.",
        "Check `devin_api_url`: no session or conversation is that long.",
        kind="refused",
    )


_REMEDIES: Final = {
    400: "Compare the step's inputs with what it says; `playbook_id`, `repos`, `secret_ids` and "
    "`knowledge_ids` must exist in the organisation of the key.",
    401: "Put a valid key of API v3 (`cog_…`) into the secret that `devin_api_key` reads; make one "
    "in Devin under Settings, Service users.",
    403: "Where `devin_org_id` is set, the key is mostly of another organisation: correct it, or "
    "leave it out for a key of one organisation. Else the key is not valid any more, or its "
    "service user lacks one of the permissions `ViewOrgSessions`, `UseDevinSessions` and "
    "`ManageOrgSessions`, which the role Member has.",
    404: "Check `devin_api_url` and `devin_org_id`; if they are right, the session was deleted or "
    "belongs to another organisation.",
}
