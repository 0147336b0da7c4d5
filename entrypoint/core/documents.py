"""JSON and YAML texts become values, strictly: what can be read in two ways is not read at all.

A gate must not pass because a parser took the second of two equal keys, or because YAML 1.1 reads
`no` as false. RFC 8259 leaves duplicate keys to the reader; YAML 1.2 has only `true` and `false`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import yaml

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

MAX_DEPTH = 100
"""Deepest nesting that is read; the recursive parsers behind us end at about a thousand."""
MAX_YAML_BYTES = 64 * 1024
"""Longest YAML text that is read: PyYAML needs seconds per megabyte."""
_ODD_BREAK = re.compile("[\x85\u2028\u2029]")
"""Line breaks in YAML 1.1, which PyYAML reads, and none in 1.2: a remark would end there, or not."""


class DocumentError(ValueError):
    """The text cannot be read; the message is one sentence without the text itself."""


@dataclass(frozen=True)
class Flaw:
    """Stands in a lenient reading for a value that JSON itself leaves open."""

    reason: str
    key: str | None = None
    """The key that stands twice in an object: foreign text."""

    def say(self, key: str) -> str:
        """Return what is wrong, with the key as the caller has made it fit to be shown."""
        return self.reason if self.key is None else f"the key {key} twice in one object"


def read_json(text: str) -> Json:
    """Return the value of a JSON text, or raise `DocumentError`."""
    value = read_json_with_flaws(text)
    for path, flaw in find_flaws(value):
        message = f"it has {flaw.say(_quote(flaw.key or ''))} at {_quote(path)}"
        raise DocumentError(message)
    return value


def read_json_with_flaws(text: str) -> Json:
    """Return the value with a `Flaw` in place of each ambiguous part (duplicate key, NaN).

    The caller decides which parts may be flawed. Raises `DocumentError` for what is no JSON.
    """
    if _is_nested_deeper_than(MAX_DEPTH, text):
        message = f"it is nested deeper than {MAX_DEPTH} levels"
        raise DocumentError(message)
    try:
        value: Json = json.loads(
            text,
            object_pairs_hook=_object_or_flaw,
            parse_constant=lambda word: Flaw(f"{word}, which JSON does not have"),
            parse_int=_whole_number_or_flaw,
            parse_float=_number_or_flaw,
        )
    except json.JSONDecodeError as error:
        message = f"it is not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        raise DocumentError(message) from None
    return value


def find_flaws(value: object, path: str = "$") -> list[tuple[str, Flaw]]:
    """Return each `Flaw` inside a value with its JSON path, in document order."""
    if isinstance(value, Flaw):
        return [(path, value)]
    if isinstance(value, Mapping):
        inner = [(f"{path}.{key}", item) for key, item in value.items()]
    elif isinstance(value, list):
        inner = [(f"{path}[{index}]", item) for index, item in enumerate(value)]
    else:
        return []
    return [found for below, item in inner for found in find_flaws(item, below)]


def write_json(value: Json) -> str:
    """Return compact JSON with sorted keys: equal values give equal texts."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def read_json_or_yaml(text: str) -> Json:
    """Return the value of a text that a person wrote as JSON or as YAML, or raise.

    A text that starts with a brace is JSON; only where it is none is it read as YAML, whose
    flow style looks alike.
    """
    if text.lstrip().startswith(("{", "[")):
        try:
            return read_json(text)
        except DocumentError as error:
            if "not JSON" not in str(error):
                raise
            try:
                return read_yaml(text)
            except DocumentError:
                raise error from None
    return read_yaml(text)


def read_yaml(text: str) -> Json:
    """Return the value of a YAML text, or raise `DocumentError`.

    Read is the part of YAML that has a JSON meaning: no tags, anchors, aliases or merge keys,
    strings as keys and each key once; booleans and numbers as YAML 1.2 has them.
    """
    import yaml  # late: most runs read JSON alone

    from entrypoint.core.strict_yaml import StrictLoader

    if len(text.encode("utf-8", "replace")) > MAX_YAML_BYTES:
        raise DocumentError(
            f"as YAML it may have at most {MAX_YAML_BYTES // 1024} KiB; JSON may have more"
        )
    if odd := _ODD_BREAK.search(text):
        where = f"line {text.count(chr(10), 0, odd.start()) + 1}"
        raise DocumentError(
            f"it holds the character U+{ord(odd[0]):04X} at {where}, which ends a line in one version "
            f"of YAML alone; write it as `\\u{ord(odd[0]):04x}` between double quotation marks"
        )
    try:
        value: Json = yaml.load(text, Loader=StrictLoader)  # noqa: S506 - built on SafeLoader
    except yaml.YAMLError as error:
        raise DocumentError(_explain_yaml(error)) from None
    except (RecursionError, ValueError):
        raise DocumentError(
            "it is nested deeper than can be read, or holds a number that cannot be read"
        ) from None
    if _is_deeper_than(value, MAX_DEPTH):
        raise DocumentError(f"it is nested deeper than {MAX_DEPTH} levels")
    try:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise DocumentError("it holds half a surrogate pair; write the whole character") from None
    except ValueError:
        raise DocumentError("it holds a number that is too large") from None
    return value


def _quote(foreign: str) -> str:
    """Return foreign text between backticks, as all our sentences have it: short ASCII."""
    return "`" + json.dumps(foreign[:60])[1:-1].replace("`", "'") + "`"


def _is_nested_deeper_than(levels: int, text: str) -> bool:
    """Tell whether brackets nest deeper than that outside strings, without parsing.

    The pattern never goes back (`*+`), so that a text cut inside a string costs no more.
    """
    depth = 0
    for token in re.finditer(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', text, re.DOTALL):
        if token[0] in "[{":
            depth += 1
            if depth > levels:
                return True
        elif token[0] in "]}":
            depth -= 1
    return False


def _is_deeper_than(value: Json, levels: int) -> bool:
    """Tell whether objects and lists nest deeper than so many levels."""
    inner: list[Json] = []
    if isinstance(value, dict):
        inner = [*value.values()]
    elif isinstance(value, list):
        inner = value
    else:
        return False
    return levels == 0 or any(_is_deeper_than(item, levels - 1) for item in inner)


def _object_or_flaw(pairs: list[tuple[str, Json]]) -> dict[str, Json] | Flaw:
    seen: dict[str, Json] = {}
    for key, value in pairs:
        if key in seen:
            return Flaw("a key that stands twice", key)
        seen[key] = value
    return seen


def _whole_number_or_flaw(digits: str) -> int | Flaw:
    try:
        return int(digits)
    except ValueError:  # CPython reads at most 4,300 digits
        return Flaw("a number with thousands of digits")


def _number_or_flaw(digits: str) -> float | Flaw:
    number = float(digits)
    return number if abs(number) != float("inf") else Flaw("a number that is too large")


def _explain_yaml(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    said = str(getattr(error, "problem", None) or "bad text")
    from yaml.constructor import ConstructorError

    if not isinstance(error, ConstructorError):  # not ours: it can hold the text
        said = _quote(said)
    return f"it is not YAML that can be read: {said}{where}"
