"""The routes of the Devin API v3.

Promises its routes, shapes and errors for the sessions of an organisation, and ``GET /v3/self``.
A create knows no idempotency: every one that is done makes a session.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from simulator import devin_checks as checks
from simulator.account import MANAGE, USE, V3_KEY, VIEW
from simulator.problems_v3 import page_v3, problem_reply, read_checked_v3, read_number_v3
from simulator.server import RefusedError, Route
from simulator.sessions_v3 import acknowledged_v3, messages_v3, session_v3
from simulator.wire import Reply, json_reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.account import Account, Principal
    from simulator.journal import Request
    from simulator.sessions import Session


class DevinV3:
    """An account as the API v3 shows it."""

    def __init__(self, account: Account) -> None:
        """Show this account."""
        self._account = account

    def routes(self) -> tuple[Route, ...]:
        """Return the routes, each with the operation that it is."""
        sessions = "/v3/organizations/{org_id}/sessions"
        session = f"{sessions}/{{devin_id}}"
        view, manage = self._on_session(VIEW), self._on_session(MANAGE)
        return (
            Route.make("GET", "/v3/self", self._tell_self, "self"),
            Route.make("POST", sessions, self._create, "create"),
            Route.make("GET", sessions, self._list, "list"),
            Route.make("GET", session, view(self._get), "get"),
            Route.make("DELETE", session, manage(self._terminate), "terminate"),
            Route.make("POST", f"{session}/archive", manage(self._archive), "archive"),
            Route.make("GET", f"{session}/messages", view(self._list_messages), "messages"),
            Route.make(
                "POST", f"{session}/messages", self._on_session(USE)(self._message), "message"
            ),
            Route.make("GET", f"{session}/tags", view(self._list_tags), "read_tags"),
            Route.make("POST", f"{session}/tags", manage(self._tag), "tags"),
            Route.make("PUT", f"{session}/tags", manage(self._tag), "tags"),
        )

    def _tell_self(self, request: Request) -> Reply:
        principal = self._authenticate(request)
        is_service = principal.kind == "service_user"
        number = hashlib.sha256(principal.owner.encode()).hexdigest()[:32]
        return json_reply(
            200,
            {
                "principal_type": principal.kind,
                "service_user_id": f"service-user-{number}" if is_service else None,
                "service_user_name": principal.owner if is_service else None,
                "user_id": None if is_service else f"user-{number}",
                "api_key_id": f"apikey-{number}",
                "api_key_name": "Devin Gate" if is_service else None,
                "org_id": principal.org_id,
            },
        )

    def _create(self, request: Request) -> Reply:
        principal = self._authorize(request, USE)
        body = read_checked_v3(request, self._account.known_fields(checks.CREATE_FIELDS_V3))
        org_id = request.params["org_id"]
        session = self._account.add_session(body, principal.owner, org_id)
        return json_reply(200, acknowledged_v3(self._account, session))

    def _list(self, request: Request) -> Reply:
        self._authorize(request, VIEW)
        query = request.query
        ids = {one.removeprefix("devin-") for one in query.get("session_ids", [])}
        created_after = read_number_v3(request, "created_after", 1)
        found = {
            -session.number: session_v3(self._account, session)
            for session in self._account.find_listed(
                query.get("tags", []), request.params["org_id"]
            )
            if (not ids or session.session_id.removeprefix("devin-") in ids)
            and session.created_at.timestamp() > created_after
        }
        return json_reply(200, page_v3(request, found, self._account.page_size))

    def _get(self, _: Request, session: Session) -> Reply:
        return json_reply(200, session_v3(self._account, session))

    def _list_messages(self, request: Request, session: Session) -> Reply:
        messages = dict(enumerate(messages_v3(session, self._now_s())))
        return json_reply(200, page_v3(request, messages, self._account.page_size))

    def _message(self, request: Request, session: Session) -> Reply:
        text = str(read_checked_v3(request, checks.MESSAGE_FIELDS)["message"])
        if not session.is_living():
            raise RefusedError(problem_reply(request, 400, "Session was terminated"))
        session.wake(self._now_s())
        session.hear(text, self._now_s())
        return json_reply(200, acknowledged_v3(self._account, session))

    def _list_tags(self, _: Request, session: Session) -> Reply:
        return json_reply(200, {"tags": list(session.tags)})

    def _tag(self, request: Request, session: Session) -> Reply:
        given = read_checked_v3(request, checks.TAGS_FIELDS)["tags"]
        before = session.tags if request.method == "POST" else []
        tags = list(dict.fromkeys([*before, *given])) if isinstance(given, list) else []
        if len(tags) > checks.MAX_TAGS:
            words = f"A session has at most {checks.MAX_TAGS} tags"
            raise RefusedError(problem_reply(request, 400, words))
        session.tags = tags
        return self._list_tags(request, session)

    def _terminate(self, request: Request, session: Session) -> Reply:
        self._account.terminate(session)
        session.archived |= request.query.get("archive", ["false"])[-1] == "true"
        return json_reply(200, acknowledged_v3(self._account, session))

    def _archive(self, _: Request, session: Session) -> Reply:
        session.archive(self._now_s())
        return json_reply(200, acknowledged_v3(self._account, session))

    def _on_session(
        self, permission: str
    ) -> Callable[[Callable[[Request, Session], Reply]], Callable[[Request], Reply]]:
        """Return what makes a route of work on one session, for whoever has the permission."""

        def make(work: Callable[[Request, Session], Reply]) -> Callable[[Request], Reply]:
            return lambda request: work(request, self._find_session(request, permission))

        return make

    def _find_session(self, request: Request, permission: str) -> Session:
        self._authorize(request, permission)
        wanted = request.params["devin_id"], request.params["org_id"]
        for session in self._account.sessions:
            if (session.session_id, session.org_id) == wanted:
                return session
        raise RefusedError(problem_reply(request, 404, "Session not found"))

    def _authorize(self, request: Request, permission: str) -> Principal:
        """Return who asks; a key of another organisation lacks every permission here."""
        principal, org_id = self._authenticate(request), request.params["org_id"]
        enters = principal.org_id or next(iter({org_id} & self._account.organizations), None)
        if enters != org_id or permission not in principal.permissions:
            words = f"Missing required permission {permission} on {org_id}"
            raise RefusedError(problem_reply(request, 403, words))
        return principal

    def _authenticate(self, request: Request) -> Principal:
        header = request.headers.get("authorization")
        scheme, _, key = (header or "").partition(" ")
        principal = self._account.principals.get(key)
        if scheme == "Bearer" and key.startswith("apk_"):
            raise RefusedError(problem_reply(request, 403, "Keys of API v1 cannot be used here"))
        if scheme != "Bearer" or principal is None or not key.startswith(V3_KEY):
            status = 401 if header else self._account.status_without_key
            raise RefusedError(problem_reply(request, status, "Invalid or missing credentials"))
        return principal

    def _now_s(self) -> float:
        return self._account.clock.monotonic_s()
