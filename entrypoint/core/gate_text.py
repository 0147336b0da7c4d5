"""The text of a gate becomes a `Gate`, or a `DocumentError` with all that is wrong with it.

One expression a line; a line whose first visible character is `#` is a comment. Everything is
checked that can be before there is an answer: syntax, variables, functions, and the fields of
`session`, of `pull_request` and, where the schema names them, of `output`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from entrypoint.core.cel import FUNCTIONS, compile_rules
from entrypoint.core.documents import DocumentError
from entrypoint.core.facts import FIELDS
from entrypoint.core.gate import Gate
from entrypoint.core.rule_paths import ROOTS, find_paths
from entrypoint.core.sandbox import Sandbox, Unfinished, no_sandbox
from entrypoint.core.text import quote

if TYPE_CHECKING:
    from entrypoint.core.documents import Json

MAX_GATE_BYTES: Final = 64 * 1024
MAX_RULES: Final = 50
_HIDING: Final = re.compile(
    rf"\.\s*(?:all|exists|exists_one|map|filter)\s*\(\s*({'|'.join(ROOTS)})\s*,"
)
"""An item that is called as a variable: what the rule looks at would be something else."""
_ADVICE: Final = (
    (r".* input '<EOF>'", "each line is a rule of its own, which cannot go on in the next"),
    (r"1 .* extraneous input", "each line is a rule of its own, which cannot go on in the next"),
    (r".* input '(?:and|or)'", "and is `&&`, or is `||`, not is `!`"),
    (r".* input .* in (?:.*[(&|]\s*)?not\s", "and is `&&`, or is `||`, not is `!`"),
    (rf".* input '(?:{'|'.join(ROOTS)})'", "one rule a line; YAML keeps lines behind `|`, not `>`"),
    (r".* at: '=", "equal is `==`"),
    (r".* at: '#'", "a remark has a line of its own, or begins with `//`"),
)
"""What is often meant where a rule is none, by the column, what CEL says of it, and the rule."""
_LITERALS: Final = ("true", "false", "null")
MAX_FAULTS: Final = 5
"""Most of a gate's faults that are told at once."""


def read_gate(text: str, sandbox: Sandbox = no_sandbox) -> Gate:
    """Return the gate that a text holds, or raise `DocumentError` with the reasons."""
    if len(text.encode("utf-8", "replace")) > MAX_GATE_BYTES:
        raise DocumentError(f"it has more than {MAX_GATE_BYTES // 1024} KiB")
    lines = list(_read_lines(text))
    if not lines:
        raise DocumentError("it holds no rule, and a gate without a rule would let everything pass")
    if len(lines) > MAX_RULES:
        raise DocumentError(f"it has more than {MAX_RULES} rules")
    _refuse(one.say_hidden() for one in lines)
    rules = tuple(one.rule for one in lines)
    try:
        told: Any = sandbox(partial(compile_rules, rules))
    except Unfinished as error:
        raise DocumentError(f"it cannot be checked, since compiling it {error}") from None
    _refuse(_find_fault(line, *one) for line, one in zip(lines, told, strict=True))
    return Gate(rules)


def check_against_schema(gate: Gate, schema: Json) -> None:
    """Raise `DocumentError` where a rule needs a field of the output that the schema does not have.

    Only where the schema lists the fields there: then it is a typo, or something that Devin was
    never asked for, and would be found out only after a session was paid for.
    """
    _refuse(
        fault
        for path in gate.paths
        if path.steps[0] == "output" and (fault := _find_unasked(path.steps[1:], schema))
    )


@dataclass(frozen=True)
class _Line:
    """A line that holds a rule."""

    number: int
    indent: int
    rule: str

    def say(self, column: int, what: str) -> str:
        """Return a fault with its place; the column counts from 1 in the rule, 0 where none is."""
        where = f", column {self.indent + column}" if column else ""
        return f"line {self.number}{where}: {what}"

    def say_hidden(self) -> str | None:
        """Return where a character stands that nobody sees, `None` where there is none.

        What a person reads must be what is computed.
        """
        for column, character in enumerate(self.rule, 1):
            if not (character.isprintable() or character == "\t"):
                return self.say(column, f"an invisible character (U+{ord(character):04X})")
        return None


def _read_lines(text: str) -> Iterator[_Line]:
    """Yield the lines that are neither blank nor a comment."""
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        visible = next((one for one in line if one.isprintable() and one != " "), None)
        # What a reader might take for two lines is none of which the second could be overlooked.
        is_comment = visible == "#" and len(line.splitlines()) == 1
        if visible and not is_comment:
            rule = line.strip(" \t")
            yield _Line(number, line.index(rule), rule)


def _find_fault(line: _Line, kind: str, column: int, message: str) -> str | None:
    """Return what is wrong with a rule; the rest is what the CEL library says about it."""
    if line.rule.startswith("- "):  # to CEL a minus, of a value that could have a number's type
        return line.say(1, "a gate is no list; leave out the `-`, or write it without a blank")
    if kind == "error":
        return _put_in_words(line, column, message)
    if kind not in ("bool", "dyn"):
        return line.say(0, f"it gives {kind}, not true or false")
    hidden = _HIDING.search(line.rule)
    if hidden:
        return line.say(hidden.start(1) + 1, f"{quote(hidden[1])} is a variable's name already")
    paths = find_paths(line.rule)
    if not paths:
        roots = ", ".join(map(quote, ROOTS))
        return line.say(0, f"it looks at none of {roots}, so it decides nothing")
    for path in paths:
        root, *steps = map(str, path.steps)
        if root in FIELDS and steps and steps[0] not in FIELDS[root]:
            unknown = f"{quote(root)} has no field {quote(steps[0])}"
            return line.say(path.start + 1, f"{unknown}{_suggest(steps[0], FIELDS[root])}")
    return None


def _put_in_words(line: _Line, column: int, message: str) -> str:
    """Return a message of the CEL library as we say it."""
    unknown = re.match("undeclared reference to '([^'.]+)", message)
    if unknown is None:
        said = message.partition(" expecting ")[0]
        told = f"{column} {said} in {line.rule[:80]}"
        found = (advice for sign, advice in _ADVICE if re.match(sign, told))
        return line.say(column, "; ".join([quote(said), *list(found)[:1]]))
    name = unknown[1]
    # Of `output.list.any(x, …)` it names the item, where it is the function that is not known.
    called = re.search(rf"\.\s*(\w+)\s*\(\s*{re.escape(name)}\s*,", line.rule)
    if called and called[1] not in FUNCTIONS:
        return line.say(
            called.start(1) + 1, f"{quote(called[1])} is not known{_suggest(called[1], FUNCTIONS)}"
        )
    # The library names the last dot of `outpt.risk`, not where the name stands.
    place = line.rule.rfind(name, 0, column + len(name))
    otherwise = "; as a text it stands in quotation marks, as a field behind `output.`"
    hint = _suggest(name, (*ROOTS, *_LITERALS, *FUNCTIONS), otherwise)
    return line.say(place + 1, f"{quote(name)} is not known{hint}")


def _suggest(name: str, known: Iterable[str], otherwise: str = "") -> str:
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f"; did you mean {quote(near[0])}?"
    return f"; known are {', '.join(known)}{otherwise}"


def _find_unasked(steps: tuple[str | int, ...], schema: Json) -> str | None:
    """Return what the schema does not ask for, as far as it says so plainly."""
    if not steps or not isinstance(schema, dict) or schema.keys() & _MORE:
        return None
    first, *others = steps
    kind = schema.get("type")
    if kind in _PLAIN or (kind == "array" and isinstance(first, str)):
        size = "; `size()` tells how long it is" if first == "length" else ""
        return f"there is no {quote(str(first))} in what the schema calls {quote(str(kind))}{size}"
    if isinstance(first, int):
        return _find_unasked(tuple(others), schema.get("items"))
    fields = schema.get("properties")
    if not isinstance(fields, dict) or schema.get("additionalProperties", False) is not False:
        return None
    if first not in fields:
        unasked = f"the schema has no property {quote(first)}, so Devin is not asked for it"
        return unasked + _suggest(first, fields)
    return _find_unasked(tuple(others), fields[first])


_PLAIN: Final = ("string", "integer", "number", "boolean", "null")
"""The types of what has neither fields nor items."""
_MORE: Final = frozenset(
    [
        "$ref",
        "$dynamicRef",
        "$recursiveRef",
        "allOf",
        "anyOf",
        "oneOf",
        "if",
        "patternProperties",
        "prefixItems",
        "dependencies",
        "dependentSchemas",
        "unevaluatedProperties",
    ]
)
"""Keywords by which fields may come from elsewhere in the schema."""


def _refuse(faults: Iterable[str | None]) -> None:
    """Raise one error with all faults, where there are any."""
    found = list(dict.fromkeys(fault for fault in faults if fault))
    if found:
        more = len(found) - MAX_FAULTS
        others = [f"and {more} more"] if more > 0 else []
        raise DocumentError("; ".join([*found[:MAX_FAULTS], *others]))
