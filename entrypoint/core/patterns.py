"""A schema whose patterns Python reads as JSON Schema means them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from entrypoint.core.ecma import PatternError, translate

if TYPE_CHECKING:
    from entrypoint.core.documents import Json


class PythonPattern(str):
    """A pattern in Python's language that still compares as the text that the team wrote.

    So it can stand in for that text anywhere in a schema, as a value and as a key.
    """

    __slots__ = ("original",)
    original: str

    def __eq__(self, other: object) -> bool:
        return self.original == other

    def __ne__(self, other: object) -> bool:
        return self.original != other

    def __hash__(self) -> int:
        return hash(self.original)


_NEVER: Final = "("
"""Stands in for a pattern that cannot be read: whoever uses it all the same gets an error."""


def with_python_patterns(schema: Mapping[str, Json]) -> dict[str, Json]:
    """Return a copy of a schema whose patterns Python reads as ECMA 262 does.

    Whatever could be used as a pattern is one here, wherever it stands, since a reference can lead
    anywhere.
    """
    copy = {name: _copy(item) for name, item in schema.items()}
    pattern, properties = copy.get("pattern"), copy.get("patternProperties")
    if isinstance(pattern, str):
        copy["pattern"] = _stand_in(pattern)
    if isinstance(properties, dict):
        copy["patternProperties"] = {_stand_in(name): item for name, item in properties.items()}
    return copy


def _copy(value: Json) -> Json:
    if isinstance(value, list):
        return [_copy(item) for item in value]
    return with_python_patterns(value) if isinstance(value, dict) else value


def _stand_in(original: str) -> PythonPattern:
    try:
        pattern = PythonPattern(translate(original))
    except PatternError:
        pattern = PythonPattern(_NEVER)
    pattern.original = original
    return pattern
