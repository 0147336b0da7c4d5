"""Timelines as data, as scenario files have them; read strictly."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Final

from simulator.timeline import Step, Timeline


class TimelineError(ValueError):
    """Timeline data that cannot be read; the message names the place and what is allowed."""


def read_timeline(data: object) -> Timeline:
    """Read ``{steps: [...], on_message: [...]}`` or a plain list of steps.

    ``on_message`` is one reaction (a list of steps) or a list of reactions. Raises
    ``TimelineError``.
    """
    if _is_list(data):
        return Timeline(_read_steps(data, "timeline"))
    if not isinstance(data, Mapping):
        message = "timeline: a list of steps or a mapping with `steps` is needed"
        raise TimelineError(message)
    _refuse_unknown(data, {"steps", "on_message"}, "timeline")
    return Timeline(
        _read_steps(data.get("steps", []), "timeline.steps"),
        _read_reactions(data.get("on_message", [])),
    )


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
        wanted, is_good = _VALUES.get(name, ("anything", _is_anything))
        if not is_good(value):
            message = f"{where}.{name}: {wanted} needed, got {value!r}"
            raise TimelineError(message)
    return Step(**data)


def _is_list(data: object) -> bool:
    return isinstance(data, Sequence) and not isinstance(data, str | bytes)


def _items(data: object, where: str) -> Sequence[object]:
    if isinstance(data, Sequence) and not isinstance(data, str | bytes):
        return data
    message = f"{where}: a list is needed, got {type(data).__name__}"
    raise TimelineError(message)


def _refuse_unknown(data: Mapping[str, object], known: set[str], where: str) -> None:
    unknown = sorted(str(name) for name in data if name not in known)
    if unknown:
        message = f"{where}: unknown {', '.join(unknown)}; known are {', '.join(sorted(known))}"
        raise TimelineError(message)


def _is_anything(_: object) -> bool:
    return True


def _is_amount(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_text_or_null(value: object) -> bool:
    return value is None or isinstance(value, str)


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_pulls(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, Mapping) for one in value)


_VALUES: Final[Mapping[str, tuple[str, Callable[[object], bool]]]] = {
    "after_s": ("seconds, 0 or more", _is_amount),
    "acus_consumed": ("a number, 0 or more,", _is_amount),
    "status": ("a string", _is_text),
    "status_v3": ("a string", _is_text),
    "message": ("a string", _is_text),
    "status_enum": ("a string or null", _is_text_or_null),
    "pull_request_url": ("a string or null", _is_text_or_null),
    "title": ("a string or null", _is_text_or_null),
    "pull_requests": ("a list of mappings", _is_pulls),
    "touch": ("true or false", _is_flag),
}
