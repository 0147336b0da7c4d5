"""How one word can be spelled: in base64, as URLs, JSON and HTML escape it, split over lines.

A text is read in rounds. In each the escapes are decoded once more and everything is left out that is
no visible ASCII, since a secret is nothing else (the key and the token are checked for it) and what
splits it is: blanks, line breaks, colours of a terminal, invisible characters. Each letter of a
reading knows where it came from.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final

ANSI: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
"""What steers a terminal."""
_ROUNDS: Final = 3
"""JSON inside JSON inside an address: deeper nobody writes by accident."""
_SPLIT: Final = re.compile("[^!-~]+")
_STEERED: Final = re.compile(rf"{ANSI.pattern}|[^!-~\x1b]+|\x1b")
_ESCAPES: Final = (
    "%[0-9A-Fa-f]{2}",
    r"\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\[bfnrt\"'/\\]",
    "&#(?:[0-9]{1,7}|[xX][0-9A-Fa-f]{1,6});?|&[A-Za-z]{2,8};",
)
# Each language by itself too: `%0apk_` is no line break where somebody escaped as JSON does.
_LANGUAGES: Final = tuple(map(re.compile, (*_ESCAPES, "|".join(_ESCAPES))))


class Reading:
    """One way to read a text, made of the way before it by decoding what matches a pattern."""

    def __init__(self, text: str, pattern: re.Pattern[str], before: Reading | None = None) -> None:
        """Read a text, or what another reading made of it, with what matches decoded."""
        self._text = text
        self._pattern = pattern
        self._before = before
        self.letters: str = pattern.sub(_decode, text)
        """The visible ASCII of the text."""

    def find(self, word: str) -> Iterator[tuple[int, int]]:
        """Yield where in the first text the word begins and ends, overlapping ones too."""
        at = self.letters.find(word)
        while at >= 0:
            starts, ends = self._places
            yield starts[at], ends[at + len(word) - 1]
            at = self.letters.find(word, at + 1)

    @cached_property
    def _places(self) -> tuple[Sequence[int], Sequence[int]]:
        """Return where each letter begins and ends in the first text; asked for only once found."""
        length = len(self._text)
        old = self._before._places if self._before else (range(length), range(1, length + 1))  # noqa: SLF001
        starts: list[int] = []
        ends: list[int] = []
        at = 0
        for match in self._pattern.finditer(self._text):
            first, last = match.span()
            starts += old[0][at:first]
            ends += old[1][at:first]
            for _ in _decode(match):
                starts.append(old[0][first])
                ends.append(old[1][last - 1])
            at = last
        return [*starts, *old[0][at:]], [*ends, *old[1][at:]]


def read_text(text: str) -> Iterator[Reading]:
    r"""Yield the readings of a text: as it is, then with its escapes decoded once, twice and so on.

    What steers a terminal is left out in readings of their own: its end is not known for sure, and
    in `\x1b]0;` and a secret it would be the secret that is left out.
    """
    for pattern in (_SPLIT, _STEERED) if "\x1b" in text else (_SPLIT,):
        plain = Reading(text, pattern)
        yield plain
        for language in _LANGUAGES:
            reading = plain
            for _ in range(_ROUNDS):
                decoded = Reading(reading.letters, language, reading)
                if decoded.letters == reading.letters:
                    break
                yield (reading := decoded)


def forms_of(secret: str) -> set[str]:
    """Return what a reading shows where the secret stands, or where something base64 holds it."""
    raw = secret.encode("utf-8", "replace")
    # What one language leaves alone another might decode: `%41` in JSON in an address. As for
    # addresses, they leave nothing alone.
    forms = {secret, json.dumps(secret)[1:-1], html.escape(secret)}
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for offset in range(3):
            # Only the groups of four that the secret alone decides, whatever stands beside it.
            encoded = encode(b"\0" * offset + raw).decode()
            first = 0 if offset == 0 else 4
            whole = (len(raw) + offset) // 3 * 4
            forms.add(encoded[first:whole])
    return {_SPLIT.sub("", form) for form in forms}


def _decode(match: re.Match[str]) -> str:
    """Return the one visible letter that an escape stands for, nothing, or what is no escape."""
    token = match[0]
    match token[0]:
        case "%":
            char = chr(int(token[1:], 16))
        case "&":
            char = html.unescape(token)
        case "\\" if len(token) > 2:  # noqa: PLR2004 - `\u0041`, `\x41`
            char = chr(int(f"0x{token[2:]}", 0))
        case "\\":
            char = "" if token[1] in "bfnrt" else token[1]
        case _:
            return ""
    if char == token:
        return token
    return char if len(char) == 1 and "!" <= char <= "~" else ""
