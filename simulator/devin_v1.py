"""The routes of the Devin API v1.

Promises its routes, shapes and errors ("Create session", "GET session", and the documented list,
message, tags and terminate calls).
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from simulator import devin_checks as checks
from simulator.account import V3_KEY
from simulator.server import RefusedError, Route, read_object
from simulator.sessions import DEFAULT_ORG
from simulator.sessions_v1 import details_v1, summary_v1
from simulator.wire import Reply, json_reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.account import Account, Principal
    from simulator.journal import Request
    from simulator.sessions import Session

BAD_REQUEST: Final = json_reply(400, {"detail": "Invalid input or request"})
"""The answer to a body that is no JSON object (Devin API v1, "Create session", 400)."""

UNAUTHORIZED: Final = json_reply(401, {"detail": "Missing or invalid Authorization header"})
"""The answer without a known key (Devin API v1, "Create session", 401)."""


class DevinV1:
    """An account as the API v1 shows it."""

    def __init__(self, account: Account) -> None:
        """Show this account."""
        self._account = account
        self._requests: dict[tuple[str, bytes], Session] = {}

    def routes(self) -> tuple[Route, ...]:
        """Return the routes, each with the operation that it is."""
        sessions, session = "/v1/sessions", "/v1/sessions/{session_id}"
        return (
            Route.make("POST", sessions, self._create, "create"),
            Route.make("GET", sessions, self._list, "list"),
            Route.make("GET", session, self._get, "get"),
            Route.make("DELETE", session, self._terminate, "terminate"),
            Route.make("POST", f"{session}/message", self._message, "message"),
            Route.make("PUT", f"{session}/tags", self._tag, "tags"),
        )

    def _create(self, request: Request) -> Reply:
        by = self._authorize(request)
        org_id = by.org_id or DEFAULT_ORG
        body = _read_checked(request, self._account.known_fields(checks.CREATE_FIELDS))
        if body.get("idempotent") is not True:
            return _created(self._account.add_session(body, by.owner, org_id), {})
        identity = (by.owner, request.body)
        earlier = self._requests.get(identity)
        if earlier and (earlier.is_living() or self._account.idempotent_finds_terminated):
            return _created(earlier, {"is_new_session": False})
        self._requests[identity] = self._account.add_session(body, by.owner, org_id)
        return _created(self._requests[identity], {"is_new_session": True})

    def _list(self, request: Request) -> Reply:
        org_id = self._authorize(request).org_id or DEFAULT_ORG
        limit = _read_count(request, "limit", 100, least=1)
        offset = _read_count(request, "offset", 0, least=0)
        users = request.query.get("user_email", [])
        tagged = self._account.find_listed(request.query.get("tags", []), org_id)
        found = [session for session in tagged if not users or session.owner in users]
        page, now_s = itertools.islice(found, offset, offset + limit), self._now_s()
        return json_reply(200, {"sessions": [summary_v1(session, now_s) for session in page]})

    def _get(self, request: Request) -> Reply:
        self._authorize(request)
        return json_reply(200, details_v1(self._find_session(request), self._now_s()))

    def _message(self, request: Request) -> Reply:
        self._authorize(request)
        session = self._find_session(request)
        text = str(_read_checked(request, checks.MESSAGE_FIELDS)["message"])
        now_s = self._now_s()
        if not session.is_living():
            raise RefusedError(json_reply(400, {"detail": "Session was terminated"}))
        if session.is_suspended(now_s):
            return json_reply(200, {"detail": "Session is suspended, message not delivered"})
        session.hear(text, now_s)
        return json_reply(200, None)

    def _tag(self, request: Request) -> Reply:
        self._authorize(request)
        session = self._find_session(request)
        tags = _read_checked(request, checks.TAGS_FIELDS)["tags"]
        session.tags = [str(tag) for tag in tags] if isinstance(tags, list) else []
        return json_reply(200, {"detail": "Session tags updated"})

    def _terminate(self, request: Request) -> Reply:
        self._authorize(request)
        self._account.terminate(self._find_session(request))
        return json_reply(200, {"detail": "Session terminated"})

    def _authorize(self, request: Request) -> Principal:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        principal = self._account.principals.get(key)
        if scheme != "Bearer" or principal is None or key.startswith(V3_KEY):
            raise RefusedError(UNAUTHORIZED)
        return principal

    def _find_session(self, request: Request) -> Session:
        try:
            return self._account.session(request.params["session_id"])
        except KeyError as error:
            raise RefusedError(json_reply(404, {"detail": "Session not found"})) from error

    def _now_s(self) -> float:
        return self._account.clock.monotonic_s()


def _created(session: Session, more: Mapping[str, bool]) -> Reply:
    return json_reply(200, {"session_id": session.session_id, "url": session.url, **more})


def _read_checked(request: Request, known: Mapping[str, checks.Field]) -> dict[str, object]:
    body = read_object(request, BAD_REQUEST)
    problems = checks.find_problems(body, known)
    if problems:
        raise RefusedError(json_reply(422, {"detail": problems}))
    return body


def _read_count(request: Request, name: str, default: int, *, least: int) -> int:
    text = request.query.get(name, [str(default)])[-1]
    if text.isdecimal() and int(text) >= least:
        return int(text)
    words = f"Input should be an integer of {least} or more"
    wrong = checks.problem(name, words, "int_parsing", where="query")
    raise RefusedError(json_reply(422, {"detail": [wrong]}))
