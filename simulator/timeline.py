"""What a simulated Devin session does over time, as frozen data and one pure function.

A ``Timeline`` promises the same state for the same moment, whoever asks, in whichever version of
the API, and how often. The fields bear the names of the Devin API v1, "GET session", or of the
API v3 where v1 has none. All times are seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Final

from simulator.statuses import SETTING_UP, find_status_enum, find_v3


class Keep(Enum):
    """The type of ``KEEP``, which tells "leave as it is" from ``None``."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP
"""The value of a step's field that the step does not change."""

_SHOWN: Final = (
    "status",
    "status_enum",
    "status_v3",
    "structured_output",
    "pull_request_url",
    "pull_requests",
    "acus_consumed",
    "title",
)


@dataclass(frozen=True, slots=True)
class Step:
    """A change ``after_s`` seconds from the start: of the session, or of a reaction.

    A step with no field set only moves ``updated_at``. ``touch=False`` changes the session and
    leaves ``updated_at`` where it was. ``status_v3`` is v3's ``status``, or ``status/status_detail``
    where it has one. A step that says what one version shows has the other show what is nearest
    to it; one that says both has its will. v1 shows one pull request: the first of
    ``pull_requests``, whose items are v3's (``pr_url``, ``pr_state``).
    """

    after_s: float = 0.0
    status: str | Keep = KEEP
    status_enum: str | Keep | None = KEEP
    structured_output: object = KEEP
    pull_request_url: str | Keep | None = KEEP
    title: str | Keep | None = KEEP
    message: str | None = None
    touch: bool = True
    status_v3: str | Keep = KEEP
    pull_requests: Sequence[Mapping[str, object]] | Keep = KEEP
    acus_consumed: float | Keep = KEEP


@dataclass(frozen=True, slots=True)
class Said:
    """One message after the prompt: by the user, or by Devin."""

    after_s: float
    text: str
    by_user: bool


@dataclass(frozen=True, slots=True)
class State:
    """What a session shows at one moment; ``updated_s`` is when it last moved."""

    status: str = "running"
    status_enum: str | None = None
    structured_output: object = None
    pull_request_url: str | None = None
    title: str | None = None
    messages: tuple[Said, ...] = ()
    updated_s: float = 0.0
    status_v3: str = SETTING_UP
    pull_requests: tuple[Mapping[str, object], ...] = ()
    acus_consumed: float = 0.0


START_STATE: Final = State()
"""A session whose machine is still set up: no ``status_enum``, nothing to show."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The steps of a session, and its reactions to messages.

    The n-th delivered user message starts the n-th reaction of ``on_message``, whose steps
    count from the delivery; the last reaction repeats.
    """

    steps: tuple[Step, ...] = ()
    on_message: tuple[tuple[Step, ...], ...] = ()

    def state_at(
        self,
        elapsed_s: float,
        delivered: Sequence[tuple[float, str]] = (),
        start: State = START_STATE,
    ) -> State:
        """Return the state ``elapsed_s`` after the creation.

        ``delivered`` are the user's messages as (seconds from the creation, text). At the same
        moment the session's own steps come first, then each message with its reaction.
        """
        state = start
        for when_s, change in sorted(self._changes(delivered), key=lambda item: item[0]):
            if when_s > elapsed_s:
                break
            if isinstance(change, Step):
                state = apply(change, state, when_s)
            else:
                state = _hear(change, state, when_s)
        return state

    def _changes(
        self, delivered: Sequence[tuple[float, str]]
    ) -> Iterator[tuple[float, Step | str]]:
        yield from ((step.after_s, step) for step in self.steps)
        for number, (start_s, text) in enumerate(delivered):
            yield start_s, text
            for step in self._reaction(number):
                yield start_s + step.after_s, step

    def _reaction(self, number: int) -> tuple[Step, ...]:
        if not self.on_message:
            return ()
        return self.on_message[min(number, len(self.on_message) - 1)]


def apply(step: Step, state: State, when_s: float) -> State:
    """Return the state with the step's changes, made at ``when_s``."""
    said = () if step.message is None else (Said(when_s, step.message, by_user=False),)
    changes = {name: value for name in _SHOWN if (value := getattr(step, name)) is not KEEP}
    changed = replace(state, **_complete(changes, state), messages=state.messages + said)
    return replace(changed, updated_s=when_s) if step.touch else changed


def _complete(changes: Mapping[str, Any], state: State) -> dict[str, Any]:
    """Add to what a step says of one version what the other one shows then."""
    whole = dict(changes)
    if "status_v3" in changes:
        whole.setdefault("status", changes["status_v3"].partition("/")[0])
        whole.setdefault("status_enum", find_status_enum(changes["status_v3"]))
    elif "status" in changes or "status_enum" in changes:
        status = changes.get("status", state.status)
        whole["status_v3"] = find_v3(status, changes.get("status_enum", state.status_enum))
    if "pull_requests" in changes:
        whole["pull_requests"] = tuple(changes["pull_requests"])
        links = [one.get("pr_url") for one in whole["pull_requests"]]
        whole.setdefault("pull_request_url", links[0] if links else None)
    elif "pull_request_url" in changes:
        link = changes["pull_request_url"]
        whole["pull_requests"] = ({"pr_url": link, "pr_state": "open"},) if link else ()
    return whole


def _hear(text: str, state: State, when_s: float) -> State:
    said = Said(when_s, text, by_user=True)
    return replace(state, messages=(*state.messages, said), updated_s=when_s)
