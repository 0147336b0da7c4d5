"""The team's JSON Schema: read, checked before anything is spent, and held against the output.

Draft 7 unless `$schema` names another draft that the jsonschema library knows (draft 7 is what the
Devin API takes, "at most 64 KB, no external `$ref`"). Nothing is ever fetched: the library's own
default registry would load `http:` and `file:` references.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from jsonschema import Draft7Validator, FormatChecker, SchemaError
from jsonschema.validators import validator_for
from referencing import Registry, Resource, Specification, exceptions
from referencing.jsonschema import DRAFT7, UnknownDialect, specification_with

from entrypoint.core.documents import DocumentError, read_json_or_yaml, write_json
from entrypoint.core.text import one_line, quote

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

    from entrypoint.core.documents import Json
    from entrypoint.core.session import Session

MAX_SCHEMA_BYTES: Final = 256 * 1024
MAX_API_SCHEMA_BYTES: Final = 64 * 1024
MAX_OUTPUT_BYTES: Final = 256 * 1024
"""Longest structured output, as compact JSON; GitHub's limit for all outputs of a job is 1 MB."""
MAX_VIOLATIONS: Final = 10

Redact: TypeAlias = Callable[[str], str]
"""Replaces secrets in a text."""


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


class Schema:
    """A schema that was checked, and can be held against outputs."""

    def __init__(self, document: dict[str, Json]) -> None:
        """Prepare a validator; the document must have passed `read_schema`."""
        self.document = document
        kind = _validator_class(document)
        self._validator: Validator = kind(
            document,
            registry=Registry(),
            format_checker=FormatChecker(),
        )
        self.is_draft7 = kind is Draft7Validator

    @property
    def text(self) -> str:
        """Return the schema as compact JSON."""
        return write_json(self.document)

    @property
    def for_api(self) -> dict[str, Json] | None:
        """Return what the Devin API takes as `structured_output_schema`, or `None`."""
        fits = len(self.text.encode("utf-8", "replace")) <= MAX_API_SCHEMA_BYTES
        return self.document if self.is_draft7 and fits else None

    def find_violations(self, session: Session, redact: Redact = str) -> tuple[Violation, ...]:
        """Return the first ten violations of the session's output, in the order of their paths.

        Judged is what Devin sent; `redact` is applied to what the messages show of it, before it
        is cut.
        """
        size = len(write_json(session.structured_output).encode("utf-8", "replace"))
        if size > MAX_OUTPUT_BYTES:
            message = f"is larger than {MAX_OUTPUT_BYTES // 1024} KiB, too large to be passed on"
            return (Violation("$", message, "size"),)
        flaws = [Violation(path, f"has {reason}", "JSON") for path, reason in session.output_flaws]
        try:
            errors = sorted(self._validator.iter_errors(session.structured_output), key=_place)
        except (RecursionError, exceptions.Unresolvable):
            endless = "cannot be checked: a reference of the schema leads nowhere, or in a circle"
            return (*flaws, Violation("$", endless, "$ref"))
        broken = (
            Violation(
                one_line(redact(error.json_path), 200),
                _explain(error, redact),
                str(error.validator),
            )
            for error in errors
        )
        return tuple(dict.fromkeys([*flaws, *broken]))[:MAX_VIOLATIONS]


def read_schema(text: str) -> Schema:
    """Return the schema that a JSON or YAML text holds, or raise `DocumentError` with the reason."""
    if len(text.encode("utf-8", "replace")) > MAX_SCHEMA_BYTES:
        message = f"it has more than {MAX_SCHEMA_BYTES // 1024} KiB"
        raise DocumentError(message)
    document = read_json_or_yaml(text)
    if not isinstance(document, dict):
        message = "a schema must be an object with keywords such as `type` and `required`"
        raise DocumentError(message)
    kind = _validator_class(document)
    try:
        kind.check_schema(document)
    except SchemaError as error:
        message = f"at {quote(error.json_path)}: {_explain(error, str)}"
        raise DocumentError(message) from None
    for fault in _find_faults(document):
        raise DocumentError(fault)
    return Schema(document)


def _validator_class(document: Mapping[str, Json]) -> type[Validator]:
    """Return the validator of the draft that `$schema` names, draft 7 without one."""
    _specification(document)
    return validator_for(document, default=Draft7Validator)


def _specification(document: Mapping[str, Json]) -> Specification[Any]:
    """Return how the draft resolves references, or raise for a draft that nobody knows."""
    named = document.get("$schema")
    if named is None:
        return DRAFT7
    try:
        return specification_with(named if isinstance(named, str) else "")
    except UnknownDialect:
        message = (
            f"`$schema` names {quote(str(named))}, which is no known draft; leave it out for "
            'draft 7, or write "https://json-schema.org/draft/2020-12/schema"'
        )
        raise DocumentError(message) from None


def _find_faults(document: dict[str, Json]) -> Iterator[str]:
    """Yield what would only show, or never show, once there is an output to check."""
    root = _specification(document).create_resource(document)
    base = root.id() or ""
    registry: Registry[Any] = Registry().with_resource(base, root).crawl()
    pending = [(root, registry.resolver(base))]
    while pending:
        resource, resolver = pending.pop()
        if isinstance(resource.contents, Mapping):
            yield from _find_reference_fault(resource.contents.get("$ref"), resolver)
            yield from _find_format_fault(resource.contents.get("format"))
        pending += [(inner, _enter(resolver, inner)) for inner in resource.subresources()]


def _find_reference_fault(reference: Json, resolver: Any) -> Iterator[str]:  # noqa: ANN401 - private
    if not isinstance(reference, str):
        return
    try:
        resolver.lookup(reference)
    except (exceptions.Unresolvable, ValueError):
        yield (
            f"the reference {quote(reference)} leads nowhere inside the schema; "
            "nothing is fetched from elsewhere"
        )


def _find_format_fault(name: Json) -> Iterator[str]:
    if isinstance(name, str) and name not in FormatChecker.checkers:
        yield (
            f"the format {quote(name)} cannot be checked and would let everything through; "
            f"known are {', '.join(sorted(FormatChecker.checkers))}"
        )


def _enter(resolver: Any, inner: Resource[Any]) -> Any:  # noqa: ANN401 - referencing's private type
    return resolver.in_subresource(inner)


def _explain(error: ValidationError | SchemaError, redact: Redact) -> str:
    """Return what is wrong, in one line that a person understands."""
    rule: Any = error.validator_value
    value: Any = error.instance
    came = _show(value, redact)
    match error.validator:
        case "type":
            names = " or ".join(rule) if isinstance(rule, list) else rule
            return f"must be of type {names}, not {_type_name(value)} ({came})"
        case "enum":
            return f"must be one of {', '.join(_show(item, str) for item in rule[:20])}, not {came}"
        case "const":
            return f"must be {_show(rule, str)}, not {came}"
        case "required":
            missing = [name for name in rule if name not in value]
            return f"misses the required {', '.join(quote(str(name)) for name in missing)}"
        case "additionalProperties" if isinstance(error.schema, Mapping):
            extra = _extra_names(error.schema, value, redact)
            return f"has properties that the schema does not name: {extra}"
        case "anyOf" | "oneOf":
            return f"fits none of the forms that `{error.validator}` allows: {came}"
        case "pattern":
            return f"must match the pattern {quote(rule)}, not {came}"
        case "format":
            return f"must be a {quote(rule)}, not {came}"
        case _ if error.validator in _BOUNDS:
            return _BOUNDS[error.validator].format(rule=_show(rule, str)) + f", not {came}"
        case _:
            return f"does not satisfy {quote(str(error.validator))}: {came}"


def _place(error: ValidationError) -> tuple[list[tuple[int, int, str]], str]:
    """Return the sort key of an error: its path, array items by number, then its keyword."""
    steps = [
        (0, step, "") if isinstance(step, int) else (1, 0, str(step))
        for step in error.absolute_path
    ]
    return steps, str(error.validator)


def _extra_names(schema: Mapping[str, Any], instance: Mapping[str, Any], redact: Redact) -> str:
    patterns = schema.get("patternProperties", {})
    extra = [
        name
        for name in instance
        if name not in schema.get("properties", {})
        and not any(re.search(pattern, name) for pattern in patterns)
    ]
    more = f" and {len(extra) - 5} more" if len(extra) > 5 else ""  # noqa: PLR2004
    return ", ".join(quote(redact(name), 60) for name in extra[:5]) + more


_BOUNDS: Final = {
    "minimum": "must be at least {rule}",
    "maximum": "must be at most {rule}",
    "exclusiveMinimum": "must be more than {rule}",
    "exclusiveMaximum": "must be less than {rule}",
    "multipleOf": "must be a multiple of {rule}",
    "minLength": "must have at least {rule} characters",
    "maxLength": "must have at most {rule} characters",
    "minItems": "must have at least {rule} items",
    "maxItems": "must have at most {rule} items",
    "minProperties": "must have at least {rule} properties",
    "maxProperties": "must have at most {rule} properties",
    "uniqueItems": "must not hold the same item twice",
}


def _show(value: Any, redact: Redact) -> str:  # noqa: ANN401 - any JSON
    """Return a value as short JSON between backticks."""
    return quote(redact(write_json(value)) if _is_small(value) else f"({_type_name(value)})")


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
