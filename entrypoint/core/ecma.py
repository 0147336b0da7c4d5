r"""ECMA 262's regular expressions, which JSON Schema uses, become Python's with the same meaning.

Python reads the same letters otherwise: its `$` lets a line break follow, its `\d` takes the digits
of every script, its `[]a]` is a set of two. So a pattern is read by ECMA 262's own grammar (ES2025,
22.2.1, with the flag `u`, as JSON Schema advises) and written out anew. What cannot be said in
Python is refused, never passed on as it is. Beyond the grammar any mark may be escaped (`\-`, `\_`),
which nobody reads in two ways. No library is both kept and runs on Python 3.11.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NoReturn

from entrypoint.core.text import quote


class PatternError(ValueError):
    """The pattern is no regular expression of ECMA 262; the message is the end of a sentence."""


class UnreadablePatternError(PatternError):
    """The pattern is one of ECMA 262, but nothing in Python means the same."""


@lru_cache(maxsize=1024)
def translate(pattern: str) -> str:
    """Return a pattern that `re.search` reads as ECMA 262 reads this one, or raise `PatternError`."""
    translation = _Translation(pattern)
    text = translation.read()
    if translation.unreadable:
        raise UnreadablePatternError(translation.unreadable)
    try:
        re.compile(text)
    except re.error:
        message = "it looks behind for a text whose length is not fixed, which cannot be done here"
        raise UnreadablePatternError(message) from None
    except (OverflowError, RecursionError):
        raise UnreadablePatternError("it is too large or nested too deep") from None
    return text


def is_pattern(text: str) -> bool:
    """Tell whether the text is a regular expression of ECMA 262, whether or not it can be used."""
    try:
        translate(text)
    except UnreadablePatternError:
        return True
    except PatternError:
        return False
    return True


_SPACES: Final = r"\t-\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_NOT_SPACES: Final = (
    r"\x00-\x08\x0e-\x1f!-\x9f\xa1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e"
    r"\u2060-\u2fff\u3001-\ufefe\uff00-\U0010ffff"
)
_CLASSES: Final = {
    "d": "0-9",
    "D": r"\x00-/:-\U0010ffff",
    "w": "0-9A-Za-z_",
    "W": r"\x00-/:-@[-\^`{-\U0010ffff",
    "s": _SPACES,
    "S": _NOT_SPACES,
}
"""What stands for each class inside a set."""
_ANY: Final = r"[^\n\r\u2028\u2029]"
_PLAIN: Final = {
    "^": "^",
    "$": r"\Z",
    ".": _ANY,
    "|": "|",
    r"\b": r"(?a:\b)",
    r"\B": r"(?!(?a:\b))",  # until Python 3.14 its own `\B` is not in an empty text
    "(": "(?:",
    "(?:": "(?:",
    "(?=": "(?=",
    "(?!": "(?!",
    "(?<=": "(?<=",
    "(?<!": "(?<!",
}
"""What each sign becomes; nothing is captured, since nothing refers to it."""
_SYNTAX: Final = tuple("*+?(){}[]")
"""What is no letter outside a set, unless it is escaped."""
_MAX_POINT: Final = 0x10FFFF
_CONTROLS: Final = {"f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0"}

_SIGN: Final = re.compile(
    r"""(?P<plain> [\^$.|] | \\[bB] | \((?: \?(?: [:=!] | <[=!] ) | (?!\?) ) )
      | (?P<named> \(\?<[A-Za-z_$][\w$]*> )
      | (?P<close> \) )
      | (?P<quantifier> (?: [*+?] | \{(?P<least>[0-9]{1,9})(?:,(?P<most>[0-9]{0,9}))?\} ) \?? )
      | (?P<set> \[\^? )
      | (?P<reference> \\(?: [1-9][0-9]* | k<[\w$]+> ) )
    """,
    re.VERBOSE,
)
_ATOM: Final = re.compile(
    r"""\\(?: (?P<kind> [dDsSwW] )
          | (?P<control> [fnrtv] | 0(?![0-9]) )
          | c(?P<letter> [A-Za-z] )
          | u(?P<lead> [Dd][89ABab][0-9A-Fa-f]{2} ) \\u(?P<trail> [Dd][C-Fc-f][0-9A-Fa-f]{2} )
          | x(?P<byte> [0-9A-Fa-f]{2} )
          | u(?P<unit> [0-9A-Fa-f]{4} )
          | u\{(?P<point> [0-9A-Fa-f]{1,8} )\}
          | (?P<property> [pP]\{ [A-Za-z_]+ (?: = [A-Za-z0-9_]+ )? \} )
          | (?P<mark> [^A-Za-z0-9] )
        )
      | (?P<literal> [^\\] )
    """,
    re.VERBOSE | re.DOTALL,
)
_ADVICE: Final = (
    (r"\\A", "`^` is the start"),
    (r"\\[zZ]", "`$` is the end"),
    (r"\(\?P<", "a group with a name is `(?<name>…)`"),
    (r"\(\?[a-z-]+[:)]", "there are no flags; name both cases, as in `[aA]`"),
    (r"[{]", "as a letter it is `\\{`, and `{0,3}` repeats at most three times"),
    (r"[]}]", "as a letter it is escaped, `\\]` and `\\}`"),
    (r"\(\?", "the kinds of groups are `(?:`, `(?=`, `(?!`, `(?<=`, `(?<!` and `(?<name>`"),
    (r"\)", "as a letter it is escaped, `\\)`"),
    (r"\\?.-", "a range has two characters, the lower one first"),
    (r"[*+?]", "there is nothing that it could repeat; as a letter it is escaped, `\\+`"),
)
"""What is often written instead, and what to write."""


class _Translation:
    """Reads one pattern from its start to its end."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self.unreadable = ""
        """Why the pattern cannot be used, although it is one."""

    def read(self) -> str:
        """Return the pattern in Python's language, or raise `PatternError`."""
        out: list[str] = []
        groups: list[bool] = []
        may_repeat = False  # whether the last sign is something that can be repeated
        while self._at < len(self._pattern):
            sign = _SIGN.match(self._pattern, self._at)
            if sign is None:
                out.append(self._read_atom())
                may_repeat = True
                continue
            self._at = sign.end()
            match sign.lastgroup:
                case "close" if groups:
                    may_repeat = groups.pop()
                    out.append(")")
                case "quantifier" if may_repeat and _is_ordered(sign):
                    may_repeat = False
                    out.append(sign[0])
                case "set":
                    may_repeat = True
                    out.append(self._read_set(negated=sign[0] == "[^"))
                case "reference":
                    may_repeat = True
                    self.unreadable = "it refers back to a group; write what may stand there"
                case "plain" | "named":
                    if sign[0].startswith("("):  # what looks ahead or behind is not repeated
                        groups.append(sign[0] in ("(", "(?:") or sign.lastgroup == "named")
                    may_repeat = sign[0] == "."
                    out.append(_PLAIN.get(sign[0], "(?:"))
                case _:
                    self._refuse(sign.start())
        if groups:
            raise PatternError("a group is not closed; as a letter a bracket is escaped, `\\(`")
        return "".join(out)

    def _read_atom(self) -> str:
        """Return one character, or one class of them, outside a set."""
        part = self._read_part()
        if len(part) == 1:
            return re.escape(part)
        return f"[{part}]"

    def _read_set(self, *, negated: bool) -> str:
        """Return a set, whose first bracket has been read."""
        parts: list[str] = []
        while not self._pattern.startswith("]", self._at):
            start, low = self._at, self._read_part(in_set=True)
            if re.compile(r"-(?!\])").match(self._pattern, self._at):
                self._at += 1
                high = self._read_part(in_set=True)
                if len(low) > 1 or len(high) > 1 or low > high:
                    self._refuse(start)
                parts.append(f"{re.escape(low)}-{re.escape(high)}")
            else:
                parts.append(low if len(low) > 1 else re.escape(low))
        self._at += 1
        if not parts:
            return r"[\x00-\U0010ffff]" if negated else "(?!)"
        return f"[{'^' * negated}{''.join(parts)}]"

    def _read_part(self, *, in_set: bool = False) -> str:
        """Return the next character, or what stands for a class of them inside a set."""
        at = self._at
        if in_set and self._pattern.startswith(r"\b", at):
            self._at += 2
            return "\b"
        part = _ATOM.match(self._pattern, at)
        if part is None or (part[0] in _SYNTAX and not in_set):
            if in_set and at == len(self._pattern):
                raise PatternError("a set is not closed; as a letter a bracket is escaped, `\\[`")
            self._refuse(at)
        if part["property"]:
            self.unreadable = "it names a Unicode property; list the letters that you mean"
        self._at = part.end()
        return _meaning_of(part) or self._refuse(at)

    def _refuse(self, at: int) -> NoReturn:
        """Raise for what stands here, with what is probably meant."""
        rest = self._pattern[at:]
        advice = next((f"; {advice}" for sign, advice in _ADVICE if re.match(sign, rest)), "")
        shown = quote(rest[:10])
        raise PatternError(f"{shown} at character {at + 1} is not ECMA 262's{advice}")


def _is_ordered(quantifier: re.Match[str]) -> bool:
    least, most = quantifier["least"], quantifier["most"]
    return not most or int(least) <= int(most)


def _meaning_of(part: re.Match[str]) -> str:
    """Return what an atom stands for inside a set; nothing for a character that there is not."""
    found = part[part.lastgroup or 0]
    match part.lastgroup:
        case "kind":
            return _CLASSES[found]
        case "control":
            return _CONTROLS[found]
        case "letter":
            return chr(ord(found) % 32)
        case "trail":
            return chr(0x10000 + (int(part["lead"], 16) % 1024 << 10) + int(found, 16) % 1024)
        case "byte" | "unit" | "point":
            return chr(int(found, 16)) if int(found, 16) <= _MAX_POINT else ""
        case _:
            return found
