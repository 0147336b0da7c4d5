"""The formats that are asserted: the library's, as each draft means them, and ours where it is lax."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Final

from jsonschema import Draft202012Validator, FormatChecker

from entrypoint.core.ecma import is_pattern

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

_MAY_END_BLANK: Final = {"json-pointer", "relative-json-pointer", "regex"}
_LETTER: Final = r"[\w!#$%&'*+/=?^`{|}~-]"
_LOCAL_PART: Final = re.compile(
    rf'{_LETTER}+(?:\.{_LETTER}+)*|"(?:[^"\\\x00-\x1f\x7f]|\\[^\x00-\x1f\x7f])*"'
)
"""RFC 5321, 4.1.2; with RFC 6531 also letters of other scripts."""
_TIME: Final = r"T(?:\d+H(?:\d+M(?:\d+S)?)?|\d+M(?:\d+S)?|\d+S)"
_DATE: Final = r"(?:\d+Y(?:\d+M(?:\d+D)?)?|\d+M(?:\d+D)?|\d+D)"
_DURATION: Final = re.compile(rf"P(?:{_DATE}(?:{_TIME})?|{_TIME}|\d+W)", re.ASCII)
"""RFC 3339, appendix A, which JSON Schema names."""


@cache
def formats_of(kind: type[Validator]) -> FormatChecker:
    """Return what checks the formats of a draft; a schema that names another one is refused.

    Where the draft does not know a format the newest one that does is meant: the library's own list
    of all has `time` as draft 3 had it, without an offset. To the library an `@` is an e-mail
    address, what Python compiles is a `regex`, and a line break may follow a `uri`.
    """
    formats = FormatChecker()
    formats.checkers |= Draft202012Validator.FORMAT_CHECKER.checkers
    formats.checkers |= kind.FORMAT_CHECKER.checkers
    for name in formats.checkers.keys() - _MAY_END_BLANK:
        holds, raises = formats.checkers[name]
        formats.checks(name, raises)(_without_a_blank_after(holds))

    def is_address(text: str) -> bool:
        return text.isascii() and _is_mailbox(text, formats, "hostname")

    def is_idn_address(text: str) -> bool:
        return _is_mailbox(text, formats, "idn-hostname")

    ours = {
        "regex": is_pattern,
        "email": is_address,
        "idn-email": is_idn_address,
        "duration": lambda text: _DURATION.fullmatch(text) is not None,
    }
    for name, is_valid in ours.items():
        formats.checks(name)(_of_text(is_valid))
    return formats


def _without_a_blank_after(holds: Callable[[object], bool]) -> Callable[[object], bool]:
    """Return a check that refuses what follows the end, such as the line break Python's `$` allows."""
    return lambda value: holds(value) and (not isinstance(value, str) or value == value.rstrip())


def _of_text(is_valid: Callable[[str], bool]) -> Callable[[object], bool]:
    """Return a check that lets everything but texts through, as JSON Schema has it."""
    return lambda value: not isinstance(value, str) or is_valid(value)


def _is_mailbox(text: str, formats: FormatChecker, host: str) -> bool:
    """Tell whether a text is a local part, an `@`, and a host or an address in brackets."""
    local, _, domain = text.rpartition("@")
    literal = re.fullmatch(r"\[(IPv6:)?(.*)\]", domain)
    form, place = (("ipv6" if literal[1] else "ipv4"), literal[2]) if literal else (host, domain)
    return _LOCAL_PART.fullmatch(local) is not None and formats.conforms(place, form)
