"""The step's log as GitHub shows it: workflow commands are interpreted, never shown.

Source: actions/runner 2.336 (``ActionCommand``, ``ActionCommandManager``) for the form of a
command, its escapes, and what it looks like in the log.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

MASK: Final = "***"

LEVELS: Final = {"error": "Error: ", "warning": "Warning: ", "notice": "Notice: "}
"""The commands that make an annotation, and what their line starts with in the log."""

_COMMAND = re.compile(r"\s*::(?P<name>[a-z-]+)(?: (?P<properties>[^:]*))?::(?P<data>.*)")


class UnknownCommandError(ValueError):
    """A command that the demo cannot show; the runner would."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log; ``level`` is empty where it is no annotation."""

    text: str
    level: str = ""
    title: str = ""

    @property
    def shown(self) -> str:
        """Return the line as the log has it; an annotation's title is not part of it."""
        return LEVELS.get(self.level, "") + self.text


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that a reader can fold under their title."""

    title: str
    lines: tuple[Line, ...]


Log: TypeAlias = tuple[Line | Group, ...]
"""A whole log, in order."""


def interpret_log(raw: str) -> Log:
    """Return what GitHub shows for what the step wrote.

    Raises ``UnknownCommandError`` for a command other than those that the action needs.
    """
    reader = _Reader()
    for line in raw.removesuffix("\n").split("\n"):
        match = _COMMAND.match(line)
        if match is None:
            reader.write(Line(line))
        else:
            reader.obey(match["name"], match["properties"] or "", match["data"])
    return reader.close()


def find_annotations(log: Log) -> tuple[Line, ...]:
    """Return the lines that stand at the top of the run as annotations."""
    lines = (line for item in log for line in (item.lines if isinstance(item, Group) else (item,)))
    return tuple(line for line in lines if line.level)


def render_log_text(log: Log) -> str:
    """Return the log as plain text, groups indented under their titles."""
    written: list[str] = []
    for item in log:
        if isinstance(item, Group):
            written.append(f"▾ {item.title}")
            written += [f"  {text}" for line in item.lines for text in line.shown.splitlines()]
        else:
            written += item.shown.splitlines()
    return "\n".join(written) + "\n"


class _Reader:
    """Follows the log from line to line, as the runner does."""

    def __init__(self) -> None:
        self._items: list[Line | Group] = []
        self._title: str | None = None
        self._lines: list[Line] = []
        self._masked: list[str] = []

    def write(self, line: Line) -> None:
        """Put a line into the open group, or where there is none into the log."""
        hidden = Line(self._hide(line.text), line.level, self._hide(line.title))
        if self._title is None:
            self._items.append(hidden)
        else:
            self._lines.append(hidden)

    def obey(self, name: str, properties: str, data: str) -> None:
        """Do what the command says."""
        if name == "add-mask":
            self._masked.append(_unescape(data))
        elif name == "group":
            self._end_group()
            self._title = self._hide(_unescape(data))
        elif name == "endgroup":
            self._end_group()
        elif name in LEVELS:
            self.write(Line(_unescape(data), name, _read_property(properties, "title")))
        else:
            raise UnknownCommandError(f"The action wrote a command of the name {name!r}.")

    def close(self) -> Log:
        """Return what was read; a group that nobody ended ends with the log."""
        self._end_group()
        return tuple(self._items)

    def _end_group(self) -> None:
        if self._title is not None:
            self._items.append(Group(self._title, tuple(self._lines)))
        self._title, self._lines = None, []

    def _hide(self, text: str) -> str:
        for value in sorted(self._masked, key=len, reverse=True):
            text = text.replace(value, MASK)
        return text


def _read_property(properties: str, name: str) -> str:
    for pair in properties.split(","):
        key, _, value = pair.strip().partition("=")
        if key == name:
            return _unescape(value.replace("%3A", ":").replace("%2C", ","))
    return ""


def _unescape(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
