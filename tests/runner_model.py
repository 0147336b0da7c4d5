"""A small model of GitHub's runner: how it reads a step's log and the step's files.

Facts of actions/runner 2.336, each at its function: `ProcessInvoker` reads stdout and stderr line
by line; `ActionCommand` finds commands in a line; `ActionCommandManager` obeys them;
`EnvFileKeyValuePairs` reads output and state files; how values are hidden is in `runner_masks.py`.

`read_commands` is stricter than the runner: any name counts as a command, while the runner knows
some twenty, and any invisible character may stand before `::`. A model that sees too many commands
cannot let one through. `obey` is the runner itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.runner_masks import Masks

KNOWN: Final = frozenset(
    {"add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "notice"}
    | {"remove-matcher", "save-state", "set-env", "set-output", "stop-commands", "warning"}
)
MAX_ISSUES: Final = 10
"""Annotations of one level and step that GitHub gets."""
MAX_ISSUE: Final = 4_096
_MAX_SUMMARY_BYTES: Final = 1024 * 1024
_LINE_END = re.compile(r"\r\n|\r|\n")
_WHITE: Final = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
"""What .NET's `Char.IsWhiteSpace` takes for white."""
_DATA_ESCAPES: Final = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
_PROPERTY_ESCAPES: Final = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))
_V1_ESCAPES: Final = (("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%25", "%"))
_Escapes = tuple[tuple[str, str], ...]
_Knows = Callable[[str], bool]


class RunnerRejectsError(AssertionError):
    """The runner would fail the step over this file."""


@dataclass(frozen=True)
class Command:
    """One workflow command as the runner understood it."""

    name: str
    properties: Mapping[str, str]
    data: str


@dataclass(frozen=True)
class Issue:
    """One annotation, as GitHub gets it."""

    level: str
    title: str
    message: str


@dataclass
class Obeyed:
    """What the runner did about a step's log."""

    commands: list[Command] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    """The lines that it shows, its own markers (`##[group]…`) among them."""
    issues: list[Issue] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    """What `set-output` and `save-state` set, which nothing of ours should."""
    masks: Masks = field(default_factory=Masks)
    is_failed: bool = False
    """Whether a command that cannot be obeyed fails the step."""
    stop_token: str = ""
    """What ends `stop-commands`, while it is in force."""
    echoes: bool = False


def read_commands(*streams: str) -> list[Command]:
    """Return every command that a runner could find in what a step printed."""
    return [command for line in _lines(streams) if (command := _suspect(line))]


def read_masks(*streams: str) -> set[str]:
    """Return the values that the runner hides from here on."""
    return {command.data for command in read_commands(*streams) if command.name == "add-mask"}


def read_plain_lines(*streams: str) -> list[str]:
    """Return the lines that are no commands."""
    return [line for line in _lines(streams) if _suspect(line) is None]


def obey(*streams: str) -> Obeyed:
    """Return what the runner does about stdout and stderr: `ActionCommandManager`.

    The streams share one manager: a command on the one stops, resumes or masks for the other.
    """
    done = Obeyed()
    for line in _lines(streams):
        command = _parse(
            line, lambda name: name.lower() in {*KNOWN, done.stop_token.lower()} - {""}
        )
        if command is None or not _obey(done, line, command):
            done.shown.append(done.masks.hide(line))
    return done


def _obey(done: Obeyed, line: str, command: Command) -> bool:
    """Obey a command; tell whether the line was one, which is then not shown as it came."""
    name, data = command.name.lower(), command.data
    if done.stop_token:
        resumes = name == done.stop_token.lower()
        done.stop_token = "" if resumes else done.stop_token
        return resumes
    done.commands.append(command)
    if done.echoes and name not in ("add-mask", "debug", "error", "notice", "warning"):
        done.shown.append(done.masks.hide(line))
    match name:
        case "stop-commands":
            done.is_failed |= data.lower() in {*KNOWN, "", "pause-logging"}
            done.stop_token = "" if done.is_failed else data
        case "add-mask":
            done.masks.add(data)
        case "error" | "warning" | "notice":
            title = command.properties.get("title", "")
            done.issues.append(Issue(name, title, done.masks.hide(data)[:MAX_ISSUE]))
        case "group" | "endgroup":
            done.shown.append(done.masks.hide(f"##[{name}]{data if name == 'group' else ''}"))
        case "set-output" | "save-state" if command.properties.get("name"):
            done.values[command.properties["name"]] = data
        case "echo" if data.strip(_WHITE).upper() in ("ON", "OFF"):
            done.echoes = data.strip(_WHITE).upper() == "ON"
        case "debug" | "add-matcher" | "remove-matcher":
            pass
        case _:  # `set-env` and `add-path` are refused since 2020
            done.is_failed = True
    return True


def read_values(text: str) -> dict[str, str]:
    """Return the values of an output or state file: `EnvFileKeyValuePairs`, as on Linux.

    Only LF ends a line there; the last write of a name wins.
    """
    values: dict[str, str] = {}
    lines = _LinesOfFile(text)
    while (line := lines.take()) is not None:
        if not line:
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if equals >= 0 and (heredoc < 0 or equals < heredoc):
            name, _, value = line.partition("=")
        elif heredoc >= 0:
            name, _, delimiter = line.partition("<<")
            value = lines.take_until(delimiter) if delimiter else ""
            name = name if delimiter else ""
        else:
            name = value = ""
        if not name:
            message = f"Invalid format '{line}'"
            raise RunnerRejectsError(message)
        values[name] = value
    return values


def read_summary(raw: bytes, masks: Masks) -> str:
    """Return the job summary that is uploaded, empty for none: `CreateStepSummaryCommand`."""
    if len(raw) > _MAX_SUMMARY_BYTES:
        return ""
    return "\n".join(masks.hide(line) for line in _lines([raw.decode("utf-8", "replace")]))


class _LinesOfFile:
    """A file's lines, of which the last may lack its end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def take(self) -> str | None:
        """Return the next line without its end, `None` after the last one."""
        start = self._at
        if start >= len(self._text):
            return None
        end = self._text.find("\n", start)
        self._at = len(self._text) if end < 0 else end + 1
        return self._text[start:] if end < 0 else self._text[start:end]

    def take_until(self, delimiter: str) -> str:
        """Return what stands before the line that is the delimiter."""
        start = end = self._at
        while (line := self.take()) != delimiter:
            if line is None or self._text[self._at - 1] != "\n":
                message = f"Invalid value. Matching delimiter not found '{delimiter}'"
                raise RunnerRejectsError(message)
            end = self._at - 1
        return self._text[start:end]


def _lines(streams: tuple[str, ...] | list[str]) -> Iterator[str]:
    """Yield the lines as `StreamReader.ReadLine` does: ended by CR, LF or both."""
    for stream in streams:
        lines = _LINE_END.split(stream)
        yield from lines if lines[-1] else lines[:-1]


def _suspect(line: str) -> Command | None:
    """Return what a runner could take the line for, whichever names it knows."""
    seen = "".join(char for char in line if unicodedata.category(char) not in ("Cc", "Cf"))
    return _parse(line, bool) or _parse(seen, bool)


def _parse(line: str, knows: _Knows) -> Command | None:
    return _parse_v2(line, knows) or _parse_v1(line, knows)


def _parse_v2(line: str, knows: _Knows) -> Command | None:
    """Read `::name key=value,key=value::data`, after white space: `ActionCommand.TryParseV2`."""
    message = line.lstrip(_WHITE)
    end = message.find("::", 2)
    if not message.startswith("::") or end < 0:
        return None
    name, _, rest = message[2:end].partition(" ")
    pairs = _pairs(rest.strip(_WHITE), ",", _PROPERTY_ESCAPES)
    return (
        Command(name, pairs, _unescape(message[end + 2 :], _DATA_ESCAPES)) if knows(name) else None
    )


def _parse_v1(line: str, knows: _Knows) -> Command | None:
    """Read `##[name key=value;key=value]data`, anywhere in a line: `ActionCommand.TryParse`."""
    start = line.find("##[")
    end = line.find("]", start)
    if start < 0 or end < 0:
        return None
    name, _, rest = line[start + 3 : end].partition(" ")
    pairs = _pairs(rest, ";", _V1_ESCAPES)
    return Command(name, pairs, _unescape(line[end + 1 :], _V1_ESCAPES)) if knows(name) else None


def _pairs(text: str, separator: str, escapes: _Escapes) -> dict[str, str]:
    """Return the properties; .NET's `Split` drops empty pieces, so of several `=` one counts."""
    found = (piece.lstrip("=").partition("=") for piece in text.split(separator))
    stripped = ((name, value.lstrip("=")) for name, _, value in found)
    return {name.lower(): _unescape(value, escapes) for name, value in stripped if value}


def _unescape(text: str, escapes: _Escapes) -> str:
    for escape, character in escapes:
        text = text.replace(escape, character)
    return text
