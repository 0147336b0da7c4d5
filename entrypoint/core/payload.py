"""Reading a webhook payload by type: attackers decide about parts of it on several events."""

from __future__ import annotations

from typing import Any


def at(value: object, *names: str) -> Any:  # noqa: ANN401 - any JSON
    """Return what stands at a path of names, `None` where the path ends before."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def read_names(entries: object) -> tuple[str, ...] | None:
    """Return the `name` of each entry of a list; `None` where one of them cannot be read."""
    if not isinstance(entries, list):
        return None
    names = tuple(name for entry in entries if isinstance(name := at(entry, "name"), str))
    return names if len(names) == len(entries) else None
