"""Which values a rule looks at: found in its text, so that they can be checked and shown.

This reads CEL's words, not its grammar, and decides nothing: whether a rule is true is for the CEL
library alone to say. What it overlooks is not shown; what it takes for a field and is none is told
as a problem before anything is spent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from entrypoint.core.documents import Json

ROOTS: Final = ("output", "session", "pull_request")
"""The variables of a rule."""

# CEL's lexis (cel-spec, "Syntax"), as far as it is needed to tell names from strings and comments.
_TOKEN: Final = re.compile(
    r"""
    (?P<blank> \s+ | //[^\n]* )
  | (?P<string> (?: [bB]?[rR] | [rR][bB] ) (?: '''(?s:.*?)''' | \"""(?s:.*?)\""" | '[^'\n]*' | "[^"\n]*" )
              | [bB]? (?: '''(?s:\\.|.)*?''' | \"""(?s:\\.|.)*?\""" | '(?:\\.|[^'\\\n])*' | "(?:\\.|[^"\\\n])*" ) )
  | (?P<name> [A-Za-z_][A-Za-z0-9_]* )
  | (?P<number> [0-9][0-9A-Za-z.]* )
  | (?P<quoted> `[^`\n]*` )
  | (?P<sign> . )
    """,
    re.VERBOSE,
)
_PLAIN_STRING: Final = re.compile(r"""'[^'\\]*'|"[^"\\]*\"""")


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Path:
    """A value that a rule looks at: `output.files[0].name`."""

    steps: tuple[str | int, ...]
    """The variable first, then names and indexes."""
    start: int
    end: int
    """Where it stands in the rule's text, from 0."""
    every: tuple[str, str] | None = None
    """Of an `.all(item, condition)` behind it, the item's name and the condition."""

    def __str__(self) -> str:
        """Return it as a rule would write it."""
        first, *others = self.steps
        return str(first) + "".join(map(_say_step, others))

    def to(self, step: str | int) -> Path:
        """Return the path of a field or an item of this value."""
        return Path((*self.steps, step), self.start, self.end)

    def look_up(self, facts: Mapping[str, Json]) -> Json:
        """Return the value, or raise `LookupError` where there is none."""
        value: Json = dict(facts)
        for step in self.steps:
            match value, step:
                case dict(), str():
                    value = value[step]
                case list(), int():
                    value = value[step]
                case _:
                    raise LookupError
        return value


def find_paths(text: str) -> tuple[Path, ...]:
    """Return the values that a rule looks at, in the order in which they stand."""
    return tuple(_Reader(text).read())


class _Reader:
    """The tokens of a rule, without blanks and comments."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [
            _Token(match.lastgroup or "", match[0], match.start(), match.end())
            for match in _TOKEN.finditer(text)
            if match.lastgroup != "blank"
        ]

    def read(self) -> Iterator[Path]:
        """Yield each path: a variable that is no field and no function, and what follows it."""
        for place, token in enumerate(self._tokens):
            is_field = place > 0 and self._tokens[place - 1].text == "."
            if token.text in ROOTS and not is_field and not self._is_at(place + 1, "("):
                yield self._read_path(place)

    def _read_path(self, place: int) -> Path:
        steps: list[str | int] = [self._tokens[place].text]
        start = self._tokens[place].start
        while (found := self._read_step(place + 1)) is not None:
            step, taken = found
            steps.append(step)
            place += taken
        return Path(tuple(steps), start, self._tokens[place].end, self._read_every(place + 1))

    def _read_step(self, place: int) -> tuple[str | int, int] | None:
        """Return a name or index and how many tokens it takes; `None` where the path ends."""
        following = self._tokens[place : place + 3]
        match [token.text for token in following]:
            case [".", name, *_] if following[1].kind == "name":
                return None if self._is_at(place + 2, "(") else (name, 2)
            case [".", name, *_] if following[1].kind == "quoted":
                return name[1:-1], 2
            case ["[", index, "]"] if re.fullmatch("[0-9]{1,9}", index):
                return int(index), 3
            case ["[", name, "]"] if _PLAIN_STRING.fullmatch(name):
                return name[1:-1], 3
            case _:
                return None

    def _read_every(self, place: int) -> tuple[str, str] | None:
        """Return the item's name and the condition of an `.all(…)`."""
        head = [token.text for token in self._tokens[place : place + 5]]
        if head[:3] != [".", "all", "("] or head[4:] != [","]:
            return None
        depth = 1
        for closing in self._tokens[place + 5 :]:
            depth += (closing.text in "([{") - (closing.text in ")]}")
            if depth == 0:
                return head[3], self._text[self._tokens[place + 4].end : closing.start].strip()
        return None

    def _is_at(self, place: int, text: str) -> bool:
        return place < len(self._tokens) and self._tokens[place].text == text


def _say_step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    is_name = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", step)
    return f".{step}" if is_name else f"[{json.dumps(step, ensure_ascii=False)}]"
