"""What a rule asks for, in words: `output.risk == "low"` becomes "`risk` must be `"low"`"."""

from __future__ import annotations

import re
from typing import Final

from entrypoint.core.rule_paths import Path, find_paths
from entrypoint.core.text import quote

_LITERAL: Final = r"""(?:"[^"\\]*"|'[^'\\]*'|-?[0-9][0-9.]*|true|false|null)"""
_LIST: Final = rf"\[\s*{_LITERAL}(?:\s*,\s*{_LITERAL})*\s*\]"
_WORDS: Final = {
    "==": "must be",
    "!=": "must not be",
    ">=": "must be at least",
    "<=": "must be at most",
    ">": "must be more than",
    "<": "must be less than",
    "in": "must be one of",
}


def say_requirement(rule: str) -> str:
    """Return what must be, where one value is compared with literals; else the rule itself."""
    paths = find_paths(rule)
    if len(paths) == 1:
        path = paths[0]
        before, after = rule[: path.start].strip(), rule[path.end :].strip()
        if (before, after) in (("", ""), ("!", "")):
            return f"{_name(path)} must be {quote('false' if before else 'true')}"
        compared = re.fullmatch(rf"(==|!=|>=|<=|>|<|in\b)\s*({_LITERAL}|{_LIST})", after)
        if not before and compared:
            return f"{_name(path)} {_WORDS[compared[1]]} {quote(compared[2])}"
    return f"{quote(rule, 200)} must be true"


def _name(path: Path) -> str:
    """Return the value's name; of the output's values the rest, as they are what is judged."""
    return quote(str(path).removeprefix("output."))
