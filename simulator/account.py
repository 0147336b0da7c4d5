"""What Devin knows: keys, organisations, sessions and what they will do; no HTTP.

Both versions of the API are views of one ``Account``. Where the API's documentation is silent the
choice is a public attribute, so that a test can take the other one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.sessions import Session, make_session_id
from simulator.timeline import Step, Timeline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.clock import Clock

DEFAULT_OWNER: Final = "user@example.com"
"""The user name behind the first key."""

WORKING_THEN_DONE: Final = Timeline(
    (
        Step(status_enum="working"),
        Step(60.0, status_enum="blocked", message="I have completed the task."),
    )
)
"""What a session does when no script was given."""


class Account:
    """The state of a Devin.

    ``sessions`` are all sessions in the order of creation, ``terminations`` the ids of every
    accepted terminate call, repeated ones included. ``unknown_fields`` are those that an older
    server would not know in a create. ``idempotent_finds_terminated`` tells whether an idempotent
    create gives back a terminated session, and ``ending`` is what such a session shows from then
    on; the API says neither. ``list_lag_s`` is how old a session is before it stands in the list.
    """

    def __init__(self, clock: Clock, key: str, *, seed: str = "simulated") -> None:
        """Begin with one key; the ids of the sessions follow from the seed."""
        self.clock = clock
        self.sessions: list[Session] = []
        self.terminations: list[str] = []
        self.unknown_fields: set[str] = set()
        self.idempotent_finds_terminated = True
        self.ending = Step(status="stopped", status_enum="finished")
        self.list_lag_s = 0.0
        self.owners = {key: DEFAULT_OWNER}
        self._seed = seed
        self._timelines: list[Timeline] = []

    def script(self, *timelines: Timeline) -> None:
        """Let the sessions to come take these timelines in turn; the last one repeats."""
        self._timelines = list(timelines)

    def add_key(self, key: str, owner: str) -> None:
        """Accept another key; idempotency is per owner."""
        self.owners[key] = owner

    def session(self, session_id: str) -> Session:
        """Return a session; raises ``KeyError`` where there is none."""
        for session in self.sessions:
            if session.session_id == session_id:
                return session
        raise KeyError(session_id)

    def listed(self) -> list[Session]:
        """Return the sessions that the list has by now, newest first."""
        newest_s = self.clock.monotonic_s() - self.list_lag_s
        return [session for session in reversed(self.sessions) if session.created_s <= newest_s]

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

    def terminate(self, session: Session) -> None:
        """End the session for good; every call is noted."""
        self.terminations.append(session.session_id)
        if session.is_living():
            session.terminated_s = self.clock.monotonic_s()

    def _next_timeline(self) -> Timeline:
        if not self._timelines:
            return WORKING_THEN_DONE
        return self._timelines.pop(0) if len(self._timelines) > 1 else self._timelines[0]
