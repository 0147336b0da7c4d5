"""A small model of how GitHub's runner hides secrets, and of what it drops because of them.

Facts of actions/runner 2.336: the encoders are those that `HostContext` registers, each of which
adds one more value to hide; `SecretMasker` replaces every occurrence, and what overlaps or touches
as one; `AddMaskCommandExtension` adds the value and each of its lines; `JobExtension` skips a job
output that the masker would change ("since it may contain secret").
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

STARS: Final = "***"
_SHORTEST_SECTION: Final = 6
"""Of a secret with `&` in it, which PowerShell may print in parts."""


class Masks:
    """What the runner hides, and what becomes of a text because of it."""

    def __init__(self) -> None:
        self.values: set[str] = set()
        """What the runner was told, without what it made of it."""
        self._hidden: set[str] = set()

    def add(self, value: str) -> None:
        """Hide a value and each of its lines from here on; blanks alone are not hidden."""
        if not value.strip():
            return
        for one in (value, *map(str.strip, re.split("[\r\n]", value))):
            if one:
                self.values.add(one)
                self._hidden |= {form for form in (one, *(e(one) for e in _ENCODERS)) if form}

    def hide(self, text: str) -> str:
        """Return the text as the runner shows it."""
        shown, at = "", 0
        for start, end in _merge(sorted(self._places(text))):
            shown, at = shown + text[at:start] + STARS, end
        return shown + text[at:]

    def drops(self, output: str) -> bool:
        """Tell whether a later job would not get this output."""
        return self.hide(output) != output

    def _places(self, text: str) -> list[tuple[int, int]]:
        return [
            (match.start(), match.start() + len(value))
            for value in self._hidden
            for match in re.finditer(f"(?={re.escape(value)})", text)
        ]


def _merge(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in places:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _base64_from(shift: int) -> Callable[[str], str]:
    def encode(value: str) -> str:
        raw = value.encode("utf-8", "replace")
        return base64.b64encode(raw[shift:] if len(raw) > shift else raw).decode()

    return encode


def _json(value: str) -> str:
    """Escape as Newtonsoft's `JsonConvert.ToString`: ASCII's controls and three line breaks."""
    escaped = json.dumps(value, ensure_ascii=False)[1:-1]
    return re.sub("[\x85\u2028\u2029]", lambda match: f"\\u{ord(match[0]):04x}", escaped)


def _xml(value: str) -> str:
    for char, name in (("&", "amp"), ("<", "lt"), (">", "gt"), ('"', "quot"), ("'", "apos")):
        value = value.replace(char, f"&{name};")
    return value


def _without_quotes(value: str) -> str:
    is_quoted = len(value) > 8 and value[0] == value[-1] == '"'
    return value[1:-1] if is_quoted else ""


def _before_ampersand(value: str) -> str:
    head, sign, _ = value.partition("&+") if "&+" in value else value.rpartition("&")
    section = head + sign
    return section if sign and len(section) >= _SHORTEST_SECTION else ""


def _after_ampersand(value: str) -> str:
    # After `&+` one more letter is coloured, and so stands apart.
    tail = value.partition("&+")[2][1:] if "&+" in value else value.rpartition("&")[2]
    return tail if "&" in value and len(tail) >= _SHORTEST_SECTION else ""


_ENCODERS: Final[tuple[Callable[[str], str], ...]] = (
    _base64_from(0),
    _base64_from(1),
    _base64_from(2),
    lambda value: value.replace('"', '\\"'),
    lambda value: value.replace("'", "''"),
    _json,
    lambda value: quote(value, safe="", errors="replace"),
    _xml,
    _without_quotes,
    _before_ampersand,
    _after_ampersand,
)
