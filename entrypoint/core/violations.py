"""What breaks a schema, in words that a person understands.

The messages of the jsonschema library hold the whole value (4 MB for a value of 2 MB) and are
Python's, not JSON's. So ours are made from the error's place and keyword; what Devin wrote stands
in them between backticks, cut.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from entrypoint.core.documents import write_json
from entrypoint.core.text import Redactor, one_line, quote

if TYPE_CHECKING:
    from jsonschema import SchemaError
    from jsonschema.exceptions import ValidationError

    from entrypoint.core.documents import Flaw, Json

NO_SECRETS: Final = Redactor(())


@dataclass(frozen=True)
class Violation:
    """One way in which the output breaks the schema, with JSON Schema's own words."""

    path: str
    """JSON path of the place in the output, `$` for its root."""
    message: str
    """One line for a person; what came from Devin stands between backticks, cut."""
    keyword: str
    """The keyword that was broken."""

    def as_json(self) -> dict[str, Json]:
        """Return the form of the output `validation_errors`."""
        return {"path": self.path, "message": self.message, "keyword": self.keyword}


def describe_flaw(path: str, flaw: Flaw, redactor: Redactor) -> Violation:
    """Return what JSON leaves open in the output as a violation."""
    said = flaw.say(quote(redactor.redact(flaw.key or ""), 60))
    return Violation(one_line(redactor.redact(path), 200), f"has {said}", "JSON")


def explain(error: ValidationError | SchemaError, redactor: Redactor = NO_SECRETS) -> str:
    """Return what is wrong, in one line that a person understands."""
    rule: Any = error.validator_value
    value: Any = error.instance
    came = _show(value, redactor)
    match error.validator:
        case "type":
            names = " or ".join(map(str, rule)) if isinstance(rule, list) else rule
            return f"must be of type {names}, not {_type_name(value)} ({came})"
        case "enum":
            return f"must be one of {', '.join(_show(item) for item in rule[:20])}, not {came}"
        case "const":
            return f"must be {_show(rule)}, not {came}"
        case "required" if isinstance(rule, list):
            missing = [name for name in rule if name not in value]
            return f"misses the required {', '.join(quote(str(name)) for name in missing)}"
        case "additionalProperties" if isinstance(error.schema, Mapping):
            extra = _extra_names(error.schema, value, redactor)
            return f"has properties that the schema does not name: {extra}"
        case "anyOf" | "oneOf":
            return f"fits none of the forms that `{error.validator}` allows: {came}"
        case _ if error.validator in _BOUNDS:
            bound = quote(getattr(rule, "original", rule)) if isinstance(rule, str) else _show(rule)
            return f"{_BOUNDS[error.validator].format(bound)}, not {came}"
        case _ if error.validator:
            return f"does not satisfy {quote(str(error.validator))}: {came}"
        case _:  # the schema `false` has no keyword
            return f"must not be there: {came}"


def place_of(error: ValidationError) -> tuple[list[tuple[int, int, str]], str]:
    """Return the sort key of an error: its path, array items by number, then its keyword."""
    steps = [
        (0, step, "") if isinstance(step, int) else (1, 0, str(step))
        for step in error.absolute_path
    ]
    return steps, str(error.validator)


def _extra_names(
    schema: Mapping[str, Any], instance: Mapping[str, Any], redactor: Redactor = NO_SECRETS
) -> str:
    patterns = schema.get("patternProperties", {})
    extra = [
        name
        for name in instance
        if name not in schema.get("properties", {})
        and not any(re.search(pattern, name) for pattern in patterns)
    ]
    more = f" and {len(extra) - 5} more" if len(extra) > 5 else ""  # noqa: PLR2004
    return ", ".join(quote(redactor.redact(name), 60) for name in extra[:5]) + more


_BOUNDS: Final = {
    "pattern": "must match the pattern {}",
    "format": "must be a {}",
    "minimum": "must be at least {}",
    "maximum": "must be at most {}",
    "exclusiveMinimum": "must be more than {}",
    "exclusiveMaximum": "must be less than {}",
    "multipleOf": "must be a multiple of {}",
    "minLength": "must have at least {} characters",
    "maxLength": "must have at most {} characters",
    "minItems": "must have at least {} items",
    "maxItems": "must have at most {} items",
    "minProperties": "must have at least {} properties",
    "maxProperties": "must have at most {} properties",
    "uniqueItems": "must not hold the same item twice",
}


def _show(value: Any, redactor: Redactor = NO_SECRETS) -> str:  # noqa: ANN401 - any JSON
    """Return a value as short JSON between backticks."""
    if not _is_small(value):
        return quote(f"({_type_name(value)})")
    return quote(write_json(redactor.redact_json(value)))


def _is_small(value: object) -> bool:
    """Tell whether writing the value out is cheap; megabytes are not written to be cut."""
    if isinstance(value, str | Sequence | Mapping):
        return len(value) < 1_000  # noqa: PLR2004
    return True


def _type_name(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"
