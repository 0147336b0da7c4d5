"""What a simulated Devin session does over time, as frozen data and one pure function.

A ``Timeline`` promises the same state for the same moment, whoever asks and how often. The
fields bear the names of the Devin API v1, "GET session". All times are seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import Enum
from typing import Final


class Keep(Enum):
    """The type of ``KEEP``, which tells "leave as it is" from ``None``."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP
"""The value of a step's field that the step does not change."""

_TEXT_FIELDS: Final = {"status", "message"}
_TEXT_OR_NULL_FIELDS: Final = {"status_enum", "pull_request_url", "title"}


class TimelineError(ValueError):
    """Timeline data that cannot be read; the message names the place and what is allowed."""


@dataclass(frozen=True, slots=True)
class Step:
    """A change ``after_s`` seconds from the start: of the session, or of a reaction.

    A step with no field set only moves ``updated_at``. ``touch=False`` changes the session and
    leaves ``updated_at`` where it was.
    """

    after_s: float = 0.0
    status: str | Keep = KEEP
    status_enum: str | Keep | None = KEEP
    structured_output: object = KEEP
    pull_request_url: str | Keep | None = KEEP
    title: str | Keep | None = KEEP
    message: str | None = None
    touch: bool = True


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

    @classmethod
    def from_data(cls, data: object) -> Timeline:
        """Read ``{steps: [...], on_message: [...]}`` or a plain list of steps.

        ``on_message`` is one reaction (a list of steps) or a list of reactions. Raises
        ``TimelineError``.
        """
        if _is_list(data):
            return cls(_read_steps(data, "timeline"))
        if not isinstance(data, Mapping):
            message = "timeline: a list of steps or a mapping with `steps` is needed"
            raise TimelineError(message)
        _refuse_unknown(data, {"steps", "on_message"}, "timeline")
        return cls(
            _read_steps(data.get("steps", []), "timeline.steps"),
            _read_reactions(data.get("on_message", [])),
        )

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
    return replace(
        state,
        status=state.status if step.status is KEEP else step.status,
        status_enum=state.status_enum if step.status_enum is KEEP else step.status_enum,
        structured_output=(
            state.structured_output if step.structured_output is KEEP else step.structured_output
        ),
        pull_request_url=(
            state.pull_request_url if step.pull_request_url is KEEP else step.pull_request_url
        ),
        title=state.title if step.title is KEEP else step.title,
        messages=state.messages + said,
        updated_s=when_s if step.touch else state.updated_s,
    )


def _hear(text: str, state: State, when_s: float) -> State:
    said = Said(when_s, text, by_user=True)
    return replace(state, messages=(*state.messages, said), updated_s=when_s)


def _is_list(data: object) -> bool:
    return isinstance(data, Sequence) and not isinstance(data, str | bytes)


def _items(data: object, where: str) -> Sequence[object]:
    if isinstance(data, Sequence) and not isinstance(data, str | bytes):
        return data
    message = f"{where}: a list is needed, got {type(data).__name__}"
    raise TimelineError(message)


def _read_reactions(data: object) -> tuple[tuple[Step, ...], ...]:
    reactions = _items(data, "timeline.on_message")
    if reactions and not _is_list(reactions[0]):
        return (_read_steps(reactions, "timeline.on_message"),)
    return tuple(
        _read_steps(reaction, f"timeline.on_message[{number}]")
        for number, reaction in enumerate(reactions)
    )


def _read_steps(data: object, where: str) -> tuple[Step, ...]:
    return tuple(
        _read_step(item, f"{where}[{number}]") for number, item in enumerate(_items(data, where))
    )


def _read_step(data: object, where: str) -> Step:
    if not isinstance(data, Mapping):
        message = f"{where}: a mapping is needed, got {type(data).__name__}"
        raise TimelineError(message)
    _refuse_unknown(data, {field.name for field in fields(Step)}, where)
    for name, value in data.items():
        _check_value(name, value, f"{where}.{name}")
    return Step(**data)


def _check_value(name: str, value: object, where: str) -> None:
    if name == "after_s":
        good = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
        wanted = "seconds, 0 or more"
    elif name == "touch":
        good, wanted = isinstance(value, bool), "true or false"
    elif name in _TEXT_FIELDS:
        good, wanted = isinstance(value, str), "a string"
    elif name in _TEXT_OR_NULL_FIELDS:
        good, wanted = value is None or isinstance(value, str), "a string or null"
    else:
        good, wanted = True, "anything"
    if not good:
        message = f"{where}: {wanted} needed, got {value!r}"
        raise TimelineError(message)


def _refuse_unknown(data: Mapping[str, object], known: set[str], where: str) -> None:
    unknown = sorted(str(name) for name in data if name not in known)
    if unknown:
        message = f"{where}: unknown {', '.join(unknown)}; known are {', '.join(sorted(known))}"
        raise TimelineError(message)
