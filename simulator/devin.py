"""A stateful Devin API v1 on loopback.

Promises the routes, shapes and errors of the Devin API v1 ("Create session", "GET session",
and the documented list, message, tags and terminate calls). Where the API's documentation is
silent the choice is a public attribute, so that a test can take the other one.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from simulator import devin_checks as checks
from simulator.server import RefusedError, Route, SimulatedService, read_object
from simulator.sessions import Session, make_session_id
from simulator.timeline import Step, Timeline
from simulator.wire import Reply, json_reply

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from simulator.clock import Clock
    from simulator.journal import Request

DEFAULT_OWNER: Final = "user@example.com"
"""The user name behind the first key."""

BAD_REQUEST: Final = json_reply(400, {"detail": "Invalid input or request"})
"""The answer to a body that is no JSON object (Devin API v1, "Create session", 400)."""

UNAUTHORIZED: Final = json_reply(401, {"detail": "Missing or invalid Authorization header"})
"""The answer without a known key (Devin API v1, "Create session", 401)."""

WORKING_THEN_DONE: Final = Timeline(
    (
        Step(status_enum="working"),
        Step(60.0, status_enum="blocked", message="I have completed the task."),
    )
)
"""What a session does when no script was given."""


class SimulatedDevin(SimulatedService):
    """Devin's API v1; ``url`` is what stands in the place of ``https://api.devin.ai``.

    ``sessions`` are all sessions in the order of creation, ``terminations`` the ids of every
    accepted terminate call, repeated ones included. ``knows_structured_output_schema=False``
    makes it a server that refuses that field with 422. ``idempotent_finds_terminated`` tells
    whether an idempotent create gives back a terminated session, and ``ending`` is what such a
    session shows from then on; the API says neither. ``list_lag_s`` is how old a session is before
    it stands in the list.
    """

    def __init__(self, clock: Clock, key: str, *, seed: str = "simulated") -> None:
        """Serve sessions for one key; ids follow from the seed."""
        self.sessions: list[Session] = []
        self.terminations: list[str] = []
        self.knows_structured_output_schema = True
        self.idempotent_finds_terminated = True
        self.ending = Step(status="stopped", status_enum="finished")
        self.list_lag_s = 0.0
        self._seed = seed
        self._owners = {key: DEFAULT_OWNER}
        self._requests: dict[tuple[str, bytes], Session] = {}
        self._timelines: list[Timeline] = []
        super().__init__(clock, self._make_routes())

    @property
    def url(self) -> str:
        """Return the base address, without ``/v1``."""
        return self.origin

    def script(self, *timelines: Timeline) -> None:
        """Let the sessions to come take these timelines in turn; the last one repeats."""
        self._timelines = list(timelines)

    def add_key(self, key: str, owner: str) -> None:
        """Accept another key; idempotency is per owner."""
        self._owners[key] = owner

    def session(self, session_id: str) -> Session:
        """Return a session; raises ``KeyError`` where there is none."""
        for session in self.sessions:
            if session.session_id == session_id:
                return session
        raise KeyError(session_id)

    def add_session(self, request: Mapping[str, object], owner: str = DEFAULT_OWNER) -> Session:
        """Make a session now, as a create by that owner would."""
        number = len(self.sessions)
        tags = request.get("tags")
        session = Session(
            number=number,
            session_id=make_session_id(self._seed, number),
            owner=owner,
            request=request,
            created_s=self.clock.monotonic_s(),
            created_at=self.clock.wall(),
            timeline=self._next_timeline(),
            ending=self.ending,
            tags=[str(tag) for tag in tags] if isinstance(tags, list) else [],
        )
        self.sessions.append(session)
        return session

    def own_state(self) -> dict[str, object]:
        """Return sessions, terminations and the journal as JSON data."""
        now_s = self.clock.monotonic_s()
        sessions = [
            {
                "request": dict(session.request),
                "url": session.url,
                "terminated_s": session.terminated_s,
                "details": session.details(now_s),
            }
            for session in self.sessions
        ]
        own = {"sessions": sessions, "terminations": list(self.terminations)}
        return {**own, **super().own_state()}

    def _make_routes(self) -> Iterable[Route]:
        return (
            Route.make("POST", "/v1/sessions", self._create),
            Route.make("GET", "/v1/sessions", self._list),
            Route.make("GET", "/v1/sessions/{session_id}", self._get),
            Route.make("DELETE", "/v1/sessions/{session_id}", self._terminate),
            Route.make("POST", "/v1/sessions/{session_id}/message", self._message),
            Route.make("PUT", "/v1/sessions/{session_id}/tags", self._tag),
        )

    def _next_timeline(self) -> Timeline:
        if not self._timelines:
            return WORKING_THEN_DONE
        return self._timelines.pop(0) if len(self._timelines) > 1 else self._timelines[0]

    def _create(self, request: Request) -> Reply:
        owner = self._authorize(request)
        body = self._read_create(request)
        if body.get("idempotent") is not True:
            return _created(self.add_session(body, owner), {})
        identity = (owner, request.body)
        known = self._requests.get(identity)
        if known and (known.is_living() or self.idempotent_finds_terminated):
            return _created(known, {"is_new_session": False})
        self._requests[identity] = self.add_session(body, owner)
        return _created(self._requests[identity], {"is_new_session": True})

    def _read_create(self, request: Request) -> dict[str, object]:
        known = dict(checks.CREATE_FIELDS)
        if not self.knows_structured_output_schema:
            del known["structured_output_schema"]
        return _read_checked(request, known)

    def _list(self, request: Request) -> Reply:
        self._authorize(request)
        limit = _read_count(request, "limit", 100, least=1)
        offset = _read_count(request, "offset", 0, least=0)
        # Whether several tags mean "all" or "any" is not documented; "any" gives more, so that
        # a caller who does not look again at the tags is found out.
        wanted = set(request.query.get("tags", []))
        users = request.query.get("user_email", [])
        now_s = self.clock.monotonic_s()
        found = [
            session
            for session in reversed(self.sessions)
            if session.created_s + self.list_lag_s <= now_s
            and (not wanted or wanted & set(session.tags))
            and (not users or session.owner in users)
        ]
        page = itertools.islice(found, offset, offset + limit)
        return json_reply(200, {"sessions": [session.summary(now_s) for session in page]})

    def _get(self, request: Request) -> Reply:
        self._authorize(request)
        return json_reply(200, self._find_session(request).details(self.clock.monotonic_s()))

    def _message(self, request: Request) -> Reply:
        self._authorize(request)
        session = self._find_session(request)
        text = str(_read_checked(request, checks.MESSAGE_FIELDS)["message"])
        now_s = self.clock.monotonic_s()
        if not session.is_living():
            raise RefusedError(json_reply(400, {"detail": "Session was terminated"}))
        if session.is_suspended(now_s):
            return json_reply(200, {"detail": "Session is suspended, message not delivered"})
        session.delivered.append((now_s, text))
        return json_reply(200, None)

    def _tag(self, request: Request) -> Reply:
        self._authorize(request)
        session = self._find_session(request)
        tags = _read_checked(request, checks.TAGS_FIELDS)["tags"]
        session.tags = [str(tag) for tag in tags] if isinstance(tags, list) else []
        return json_reply(200, {"detail": "Session tags updated"})

    def _terminate(self, request: Request) -> Reply:
        self._authorize(request)
        session = self._find_session(request)
        self.terminations.append(session.session_id)
        if session.is_living():
            session.terminated_s = self.clock.monotonic_s()
        return json_reply(200, {"detail": "Session terminated"})

    def _authorize(self, request: Request) -> str:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        owner = self._owners.get(key)
        if scheme != "Bearer" or owner is None:
            raise RefusedError(UNAUTHORIZED)
        return owner

    def _find_session(self, request: Request) -> Session:
        try:
            return self.session(request.params["session_id"])
        except KeyError as error:
            raise RefusedError(json_reply(404, {"detail": "Session not found"})) from error


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
