"""The CEL library, and the one place that knows it: rules compiled and computed.

Runs inside a sandbox: the library is compiled code that neither a signal nor a lack of memory can
end in good order (cel-expr-python 0.1.3, which is cel-cpp). Hence texts and JSON in, JSON out. It
is imported only here and late.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from entrypoint.core.rule_paths import ROOTS

if TYPE_CHECKING:
    from entrypoint.core.documents import Json
    from entrypoint.core.rule_paths import Path

_LIBRARY_ERRORS: Final = (
    RuntimeError,
    MemoryError,
    OverflowError,
    SystemError,
    TypeError,
    ValueError,
)
"""What it raises for a text that is no expression, and for some expressions that cannot be computed."""
FUNCTIONS: Final = (
    *("has", "all", "exists", "exists_one", "map", "filter"),
    *("size", "contains", "startsWith", "endsWith", "matches"),
    *("int", "uint", "double", "string", "bytes", "bool", "type", "dyn", "timestamp", "duration"),
)
"""The functions and macros that a rule can use, less those of times."""
MAX_ITEMS: Final = 1_000
"""Most items of a list of which one is looked for that breaks a rule: only to be shown."""
_FOUND_AT: Final = re.compile(r"<input>:-?\d+:(?P<column>-?\d+): (?P<what>[^\n]*)")


def compile_rules(rules: Sequence[str]) -> Json:
    """Return for each rule `[kind, column, message]`.

    The kind is the type that it gives, `dyn` where that depends on values, or `error`. The column
    counts from 1, and is 0 where there is none; the message is the library's own.
    """
    _, environment = _open()
    told: list[Json] = []
    for rule in rules:
        try:
            told.append([environment.compile(rule).return_type().name().lower(), 0, ""])
        except _LIBRARY_ERRORS as error:
            told.append(["error", *_place(str(error))])
    return told


def compute_rules(rules: Sequence[str], facts: Mapping[str, Json]) -> Json:
    """Return for each rule `[kind, said]`.

    The kind is CEL's name of the value's type, and `said` is `true`, `false` or nothing; `error`,
    where there is no value, and why.
    """
    cel, environment = _open()
    return [[*_compute(cel, environment, rule, facts)] for rule in rules]


def find_offenders(paths: Sequence[Path], facts: Mapping[str, Json]) -> Json:
    """Return for each `.all(…)` the index of the first item that its condition is not true of.

    Of an object it is the first such name. Null where there is none, or where it cannot be told.
    """
    return [_find_offender(path, facts) for path in paths]


def _find_offender(path: Path, facts: Mapping[str, Json]) -> int | str | None:
    name, condition = path.every or ("", "")
    cel, environment = _open(name)
    try:
        rule = environment.compile(condition)
        for place, item in islice(_items(path.look_up(facts)), MAX_ITEMS):
            if not _is_true(cel, rule.eval(data={**facts, name: item})):
                return place
    except (LookupError, *_LIBRARY_ERRORS):
        return None  # no such list, or a condition that needs the item of an `.all(…)` around it
    return None


def _items(value: Json) -> Iterator[tuple[int | str, Json]]:
    """Yield what an `.all(…)` goes through, and where it stands; of an object the names."""
    if isinstance(value, list):
        yield from enumerate(value)
    elif isinstance(value, dict):
        yield from zip(value, value, strict=True)


def _open(*names: str) -> tuple[Any, Any]:
    from cel_expr_python import cel  # type: ignore[import-untyped]  # its stubs lack a py.typed

    variables = dict.fromkeys((*ROOTS, *names), cel.Type.DYN)
    return cel, cel.NewEnv(variables=variables)


def _compute(cel: Any, environment: Any, rule: str, facts: Mapping[str, Json]) -> tuple[str, str]:  # noqa: ANN401 - the library's types say less than what is used of them
    try:
        value = environment.compile(rule).eval(data=facts)
    except _LIBRARY_ERRORS as error:
        return "error", _without_code(str(error))
    kind = value.type()
    if kind == cel.Type.ERROR:
        return "error", _without_code(value.plain_value())
    if kind == cel.Type.BOOL:
        return "bool", "true" if _is_true(cel, value) else "false"
    return str(kind.name()).lower(), ""


def _is_true(cel: Any, value: Any) -> bool:  # noqa: ANN401 - as above
    return value.type() == cel.Type.BOOL and value.plain_value() is True


def _place(told: str) -> tuple[int, str]:
    """Return the column and the words of the first of the library's messages."""
    found = _FOUND_AT.search(told)
    return (max(0, int(found["column"])), found["what"]) if found else (0, _without_code(told))


def _without_code(told: str) -> str:
    """Return the library's message without the name of its status, which it repeats at the end."""
    return re.sub(r"^[A-Z_]+: | \[[A-Z_]+\]$", "", told)
