"""A small model of GitHub's runner: how it reads a step's log and the step's files.

Written after actions/runner 2.336: `ActionCommand.TryParseV2` (`::name key=value::data`, after
white space at the start of a line), `ActionCommand.TryParse` (`##[name key=value]data`, anywhere in
a line), `FileCommandManager` (`name=value` and heredocs, the last write of a name wins) and
`ProcessInvoker`, whose reader takes CR, LF and CRLF for the end of a line. The mask list is what
`::add-mask::` collected. Any name counts as a command here, while the runner knows some twenty: a
model that sees too many commands cannot let one through.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_LINE_END = re.compile(r"\r\n|\r|\n")
_V2 = re.compile(r"::(?P<head>.+?)::(?P<data>.*)", re.DOTALL)
_V1 = re.compile(r"##\[(?P<head>[^\]]+)\](?P<data>.*)", re.DOTALL)
_DATA_ESCAPES = {"%0D": "\r", "%0A": "\n"}
_PROPERTY_ESCAPES = {**_DATA_ESCAPES, "%3A": ":", "%2C": ",", "%3B": ";", "%5D": "]"}


class RunnerRejectsError(AssertionError):
    """The runner would fail the step over this file."""


@dataclass(frozen=True)
class Command:
    """One workflow command as the runner understood it."""

    name: str
    properties: Mapping[str, str]
    data: str


def read_commands(log: str) -> list[Command]:
    """Return every command that the runner finds in what a step printed."""
    found = (_read_line(line) for line in _LINE_END.split(log))
    return [command for command in found if command]


def read_masks(log: str) -> set[str]:
    """Return the values that the runner hides from here on."""
    return {command.data for command in read_commands(log) if command.name == "add-mask"}


def read_plain_lines(log: str) -> list[str]:
    """Return the lines that are no commands."""
    return [line for line in _LINE_END.split(log) if _read_line(line) is None]


def read_values(text: str) -> dict[str, str]:
    """Return the values of an output or state file; the last write of a name wins."""
    lines = text.split("\n")
    values: dict[str, str] = {}
    at = 0
    while at < len(lines):
        line = lines[at].removesuffix("\r")
        at += 1
        if not line:
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if equals >= 0 and (heredoc < 0 or equals < heredoc):
            values[line[:equals]] = line[equals + 1 :]
        elif heredoc >= 0:
            name, delimiter = line[:heredoc], line[heredoc + 2 :]
            values[name], at = _read_heredoc(lines, at, delimiter)
        else:
            message = f"Invalid format '{line}'"
            raise RunnerRejectsError(message)
    return values


def _read_heredoc(lines: list[str], at: int, delimiter: str) -> tuple[str, int]:
    for end in range(at, len(lines)):
        if lines[end].removesuffix("\r") == delimiter:
            return "\n".join(lines[at:end]), end + 1
    message = f"Invalid value. Matching delimiter not found '{delimiter}'"
    raise RunnerRejectsError(message)


def _read_line(line: str) -> Command | None:
    match = _V2.match(line.lstrip())
    if match:
        return _make(match["head"], ",", match["data"])
    match = _V1.search(line)
    return _make(match["head"], ";", match["data"]) if match else None


def _make(head: str, separator: str, data: str) -> Command:
    name, _, rest = head.strip().partition(" ")
    pairs = (pair.partition("=") for pair in rest.split(separator) if "=" in pair)
    properties = {key.strip(): _unescape(value, _PROPERTY_ESCAPES) for key, _, value in pairs}
    return Command(name, properties, _unescape(data, _DATA_ESCAPES))


def _unescape(text: str, escapes: Mapping[str, str]) -> str:
    for escape, character in escapes.items():
        text = text.replace(escape, character)
    return text.replace("%25", "%")
