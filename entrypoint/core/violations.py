"""What breaks a schema, in words that a person understands.

The messages of the jsonschema library hold the whole value (4 MB for a value of 2 MB) and are
Python's, not JSON's. So ours are made from the error's place and keyword; what Devin wrote stands
in them between backticks, cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from entrypoint.core.documents import write_json
from entrypoint.core.text import Redactor, one_line, quote, quote_json

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
    if is_about_a_name(error):
        name = quote(redactor.redact(str(error.instance)), 60)
        return f"has the property name {name}, which {_explain(error, redactor)}"
    return _explain(error, redactor)


def _explain(error: ValidationError | SchemaError, redactor: Redactor) -> str:
    rule: Any = error.validator_value
    keyword = str(error.validator)
    came = _show(error.instance, redactor)
    match keyword:
        case "type":
            names = _type_names(rule)
            return f"must be of type {names}, not {_type_name(error.instance)} ({came})"
        case "disallow":
            return f"must not be of type {_type_names(rule)}: {came}"
        case "enum":
            return f"must be one of {', '.join(_show(item) for item in rule[:20])}, not {came}"
        case "const":
            return f"must be {_show(rule)}, not {came}"
        case "oneOf" if not error.context:
            return f"fits more than one of the forms of which `oneOf` allows one: {came}"
        case "minimum" | "maximum" if _schema_of(error).get(f"exclusive{keyword.title()}") is True:
            return f"{_BOUNDS[f'exclusive{keyword.title()}'].format(_show(rule))}, not {came}"
        case _ if keyword in _BOUNDS:
            bound = quote(getattr(rule, "original", rule)) if isinstance(rule, str) else _show(rule)
            return f"{_BOUNDS[keyword].format(bound)}, not {came}"
        case _ if keyword in _FORMS:
            return f"{_FORMS[keyword]}: {came}"
        case _:
            return _explain_parts(error, redactor)


def _explain_parts(error: ValidationError | SchemaError, redactor: Redactor) -> str:
    """Return which parts of a value are missing, or must not be there."""
    rule: Any = error.validator_value
    value: Any = error.instance
    match error.validator:
        case "required" if isinstance(rule, list):
            return f"misses the required {_names(name for name in rule if name not in value)}"
        case "required":  # draft 3's, which stands with the property that is not there
            return "is required and not there"
        case "dependencies" | "dependentRequired":
            return _explain_dependencies(rule, value)
        case "additionalProperties":
            extra = _extra_names(_schema_of(error), value, redactor)
            return f"has properties that the schema does not name: {extra}"
        case "additionalItems" | "items":
            # The keyword before the one that is broken; without it no item is named.
            before = {"items": "prefixItems", "additionalItems": "items"}[str(error.validator)]
            named = len(_schema_of(error).get(before, ()))
            return (
                f"has more than the `{named}` items that the schema names: {_show(value, redactor)}"
            )
        case _:  # the schema `false` has no keyword
            return f"must not be there: {_show(value, redactor)}"


def _schema_of(error: ValidationError | SchemaError) -> Mapping[str, Any]:
    """Return the schema with the keyword that is broken, which is none of `true` and `false`."""
    schema: Mapping[str, Any] = error.schema  # type: ignore[assignment]  # as the docstring says
    return schema


def place_of(error: ValidationError) -> tuple[list[str | int], str]:
    """Return the sort key of an error: its path, array items by number, then its keyword.

    Where two paths part, both go on with a name, or both with a number: it is one value there.
    """
    return [*error.absolute_path], str(error.validator)


def is_about_a_name(error: ValidationError | SchemaError) -> bool:
    """Tell whether `propertyNames` led to the error: what came is then a name, not a value."""
    steps = iter(error.absolute_schema_path)
    for step in steps:
        if step == "propertyNames":
            return True
        if step in _OF_NAMES:
            next(steps, None)  # a name that somebody chose
    return False


def _explain_dependencies(rule: Mapping[str, Any], value: Mapping[str, Any]) -> str:
    """Return what is missing beside what is there; draft 3 allows one name without a list."""
    needed = {
        name: [names] if isinstance(names, str) else names
        for name, names in rule.items()
        if name in value and isinstance(names, str | list)
    }
    return "; ".join(
        f"misses {_names(missing)}, which {quote(name, 60)} needs beside it"
        for name, names in needed.items()
        if (missing := [other for other in names if other not in value])
    )


def _names(names: Iterable[str], redactor: Redactor = NO_SECRETS) -> str:
    """Return names in a row, the first ten of them."""
    every = [str(name) for name in names]
    more = f" and {len(every) - _NAMES} more" if len(every) > _NAMES else ""
    return ", ".join(quote(redactor.redact(name), 60) for name in every[:_NAMES]) + more


def _type_names(rule: Any) -> str:  # noqa: ANN401 - any JSON
    """Return the names of types; draft 3 allows a schema among them."""
    rules = rule if isinstance(rule, list) else [rule]
    return " or ".join(one if isinstance(one, str) else _show(one) for one in rules)


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
    return _names(extra, redactor)


_NAMES: Final = 10
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
    "divisibleBy": "must be a multiple of {}",
    "contains": "must hold an item of the form that `contains` asks for",
    "minContains": "must hold at least {} items of the form that `contains` asks for",
    "maxContains": "must hold at most {} items of the form that `contains` asks for",
}
"""What each keyword asks for, with its value."""
_FORMS: Final = {
    "anyOf": "fits none of the forms that `anyOf` allows",
    "oneOf": "fits none of the forms that `oneOf` allows",
    "not": "must not have the form that `not` forbids",
    "unevaluatedItems": "has items that no part of the schema allows",
    "unevaluatedProperties": "has properties that no part of the schema allows",
}
_OF_NAMES: Final = (
    "properties",
    "patternProperties",
    "dependencies",
    "dependentSchemas",
)
"""Keywords in a schema path that a name follows."""


def _show(value: Any, redactor: Redactor = NO_SECRETS) -> str:  # noqa: ANN401 - any JSON
    """Return a value as short JSON between backticks."""
    if not _is_small(value):
        return quote(f"({_type_name(value)})")
    return quote_json(write_json(redactor.redact_json(value)))


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
