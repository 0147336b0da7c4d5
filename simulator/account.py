"""What Devin knows: keys, organisations, sessions and what they will do; no HTTP.

Both versions of the API are views of one ``Account``. Where the API's documentation is silent the
choice is a public attribute, so that a test can take the other one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from simulator.sessions import DEFAULT_ORG, Session, make_session_id
from simulator.timeline import Step, Timeline

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from simulator.clock import Clock
    from simulator.devin_checks import Field

DEFAULT_OWNER: Final = "user@example.com"
"""The user name behind the first key."""

WORKING_THEN_DONE: Final = Timeline(
    (
        Step(status_enum="working"),
        Step(60.0, status_enum="blocked", message="I have completed the task."),
    )
)
"""What a session does when no script was given."""


V3_KEY: Final = "cog_"
"""What every key of v3 begins with, and no key of v1."""

VIEW: Final = "ViewOrgSessions"
USE: Final = "UseDevinSessions"
MANAGE: Final = "ManageOrgSessions"


@dataclass(frozen=True, slots=True)
class Principal:
    """Whom a key stands for, and what it may do; v1 knows the owner alone.

    An enterprise-wide principal has no ``org_id`` and may enter every organisation.
    """

    owner: str
    org_id: str | None = DEFAULT_ORG
    kind: Literal["service_user", "user"] = "service_user"
    permissions: frozenset[str] = frozenset({VIEW, USE, MANAGE})


class Account:
    """The state of a Devin.

    ``sessions`` are all sessions in the order of creation, ``terminations`` the ids of every
    accepted terminate call, repeated ones included. ``unknown_fields`` are those that an older
    server would not know in a create. ``idempotent_finds_terminated`` tells whether an idempotent
    create gives back a terminated session, and ``ending`` is what such a session shows from then
    on; the API says neither. ``list_lag_s`` is how old a session is before it stands in the list;
    ``tags_mean`` tells whether a list asked for several tags wants "all" of them or "any".

    For v3 alone: ``organizations`` are all that exist. ``status_without_key`` answers a request
    that has no key at all. ``acu_lag_s`` is how old ``acus_consumed`` is. ``page_size`` is the most
    that a page holds, whatever was asked for. ``bare_ids`` shows ids without their prefix.
    """

    def __init__(self, clock: Clock, key: str, *, seed: str = "simulated") -> None:
        """Begin with one key; the ids of the sessions follow from the seed."""
        self.clock = clock
        self.sessions: list[Session] = []
        self.terminations: list[str] = []
        self.unknown_fields: set[str] = set()
        self.idempotent_finds_terminated = True
        self.ending = Step(status="stopped", status_enum="finished", status_v3="exit")
        self.list_lag_s = 0.0
        # "any" gives more, so that a caller who does not look again at the tags is found out.
        self.tags_mean: Literal["any", "all"] = "any"
        self.organizations = {DEFAULT_ORG}
        self.status_without_key = 403
        self.acu_lag_s = 60.0
        self.page_size = 200
        self.bare_ids = False
        self.principals = {key: Principal(DEFAULT_OWNER)}
        self._seed = seed
        self._timelines: list[Timeline] = []

    def script(self, *timelines: Timeline) -> None:
        """Let the sessions to come take these timelines in turn; the last one repeats."""
        self._timelines = list(timelines)

    def add_key(self, key: str, owner: str | Principal) -> None:
        """Accept another key; idempotency is per owner."""
        self.principals[key] = Principal(owner) if isinstance(owner, str) else owner
        self.organizations |= {self.principals[key].org_id or DEFAULT_ORG}

    def known_fields(self, fields: Mapping[str, Field]) -> dict[str, Field]:
        """Return those fields of a create that this server knows."""
        return {name: one for name, one in fields.items() if name not in self.unknown_fields}

    def session(self, session_id: str) -> Session:
        """Return a session; raises ``KeyError`` where there is none."""
        for session in self.sessions:
            if session.session_id == session_id:
                return session
        raise KeyError(session_id)

    def find_listed(self, tags: Iterable[str], org_id: str = DEFAULT_ORG) -> list[Session]:
        """Return those that the list has by now and that bear the tags, newest first."""
        wanted, newest_s = set(tags), self.clock.monotonic_s() - self.list_lag_s
        return [
            session
            for session in reversed(self.sessions)
            if session.created_s <= newest_s
            and session.org_id == org_id
            and (not wanted or self._has_tags(session, wanted))
        ]

    def add_session(
        self,
        request: Mapping[str, object],
        owner: str = DEFAULT_OWNER,
        org_id: str = DEFAULT_ORG,
    ) -> Session:
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
            org_id=org_id,
        )
        self.sessions.append(session)
        return session

    def terminate(self, session: Session) -> None:
        """End the session for good; every call is noted."""
        self.terminations.append(session.session_id)
        if session.is_living():
            session.terminated_s = self.clock.monotonic_s()

    def _has_tags(self, session: Session, wanted: set[str]) -> bool:
        borne = wanted & set(session.tags)
        return borne == wanted if self.tags_mean == "all" else bool(borne)

    def _next_timeline(self) -> Timeline:
        if not self._timelines:
            return WORKING_THEN_DONE
        return self._timelines.pop(0) if len(self._timelines) > 1 else self._timelines[0]
