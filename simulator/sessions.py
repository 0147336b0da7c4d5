"""One simulated Devin session, whichever version of the API made it or is asked about it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from simulator.timeline import Said, State, Step, Timeline, apply

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

DEFAULT_ORG: Final = "org-simulated0000000000000000000000"
"""The organisation of every key and session of which nothing else is said."""

_SUSPENDED: Final = {"suspend_requested", "suspend_requested_frontend"}
_TITLE_LENGTH: Final = 60


@dataclass(slots=True)
class Session:
    """A session; ``…_s`` are seconds of the clock, ``created_at`` is the wall time.

    ``delivered`` are the user's messages after the prompt as (seconds, text). ``terminated_s``
    is None while the session lives; ``ending`` is the step that termination applies.
    ``archived`` shows as ``is_archived``, which v1 does not describe and only then says.
    ``interventions`` are steps from outside, on the same scale as the timeline's.
    """

    number: int
    session_id: str
    owner: str
    request: Mapping[str, object]
    created_s: float
    created_at: datetime
    timeline: Timeline
    ending: Step
    tags: list[str] = field(default_factory=list)
    delivered: list[tuple[float, str]] = field(default_factory=list)
    terminated_s: float | None = None
    archived: bool = False
    org_id: str = DEFAULT_ORG
    interventions: list[Step] = field(default_factory=list)

    @property
    def prompt(self) -> str:
        """Return the prompt that made the session."""
        return str(self.request["prompt"])

    @property
    def url(self) -> str:
        """Return the web address; it drops the prefix of the id."""
        return f"https://app.devin.ai/sessions/{self.session_id.removeprefix('devin-')}"

    def is_living(self) -> bool:
        """Return whether nobody terminated it."""
        return self.terminated_s is None

    def is_suspended(self, now_s: float) -> bool:
        """Return whether v1 would not deliver a message now."""
        return self.state_at(now_s).status_enum in _SUSPENDED

    def hear(self, text: str, now_s: float) -> None:
        """Deliver a message of the user."""
        self.delivered.append((now_s, text))

    def wake(self, now_s: float) -> None:
        """Resume the session where it is suspended; v3's messages do that."""
        if self.state_at(now_s).status_v3.startswith("suspended"):
            self.interventions.append(Step(now_s - self.created_s, status_v3="resuming"))

    def archive(self, now_s: float) -> None:
        """Put the session away, to sleep where it runs."""
        self.archived = True
        if self.state_at(now_s).status_v3.startswith("running"):
            asleep = "suspended/user_request"
            self.interventions.append(Step(now_s - self.created_s, status_v3=asleep))

    def state_at(self, now_s: float) -> State:
        """Return the state at this time of the clock; nothing moves after the termination."""
        end_s = now_s if self.terminated_s is None else min(now_s, self.terminated_s)
        delivered = [(at_s - self.created_s, text) for at_s, text in self.delivered]
        start = State(title=self._first_title())
        timeline = replace(self.timeline, steps=(*self.timeline.steps, *self.interventions))
        state = timeline.state_at(end_s - self.created_s, delivered, start)
        if self.terminated_s is None or now_s < self.terminated_s:
            return state
        return apply(self.ending, state, self.terminated_s - self.created_s)

    def conversation(self, state: State) -> tuple[Said, ...]:
        """Return everything that was said until then, the prompt first."""
        return (Said(0.0, self.prompt, by_user=True), *state.messages)

    def _first_title(self) -> str:
        title = self.request.get("title")
        return title if isinstance(title, str) else self.prompt[:_TITLE_LENGTH]


def make_session_id(seed: str, number: int) -> str:
    """Return ``devin-`` and 32 hex digits, the same for the same seed and number."""
    return f"devin-{hashlib.sha256(f'{seed}:{number}'.encode()).hexdigest()[:32]}"


def make_event_id(session_id: str, order: int) -> str:
    """Return an id in the form of the API's example: ``event-`` and 6-4-4-4-12 digits."""
    digits = hashlib.sha256(f"{session_id}:{order}".encode()).hexdigest()
    parts = (digits[:6], digits[6:10], digits[10:14], digits[14:18], digits[18:30])
    return f"event-{'-'.join(parts)}"
