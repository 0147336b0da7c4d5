"""What is wrong with a schema although it is one: it would decide nothing, or fail too late.

JSON Schema lets a validator ignore what it does not know. For a gate that is an open door: with
`requried` instead of `required` every output passes. So whatever would be ignored is a fault here,
and so is a schema that lets everything through.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any, Final

from jsonschema import Draft202012Validator, FormatChecker, SchemaError
from referencing import Registry, Resource, Specification, exceptions
from referencing.jsonschema import (
    DRAFT3,
    DRAFT4,
    DRAFT6,
    DRAFT7,
)

from entrypoint.core.drafts import make_validator, specification_of, validator_class
from entrypoint.core.ecma import PatternError, UnreadablePatternError, translate
from entrypoint.core.formats import formats_of
from entrypoint.core.schema_keywords import deciding_keywords, known_keywords
from entrypoint.core.text import quote
from entrypoint.core.violations import explain

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

    from entrypoint.core.documents import Json

_TYPES: Final = "array, boolean, integer, null, number, object, string, or a list of these"
_PARTNERS: Final = {
    "then": ("if",),
    "else": ("if",),
    "if": ("then", "else"),
    "minContains": ("contains",),
    "maxContains": ("contains",),
    "additionalItems": ("items",),
}
"""Keywords that mean nothing without one of the others."""
_BESIDE: Final = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "extends")
"""Keywords whose schemas look at the same value."""
_NOWHERE: Final = "leads nowhere inside the schema; nothing is fetched from elsewhere"
_REFERENCES: Final = ("$ref", "$dynamicRef", "$recursiveRef")
_IGNORES_BESIDE_REF: Final = (DRAFT3, DRAFT4, DRAFT6, DRAFT7)
_SCHEMA_FORMATS: Final = FormatChecker(FormatChecker.checkers.keys() - {"regex"})
"""What a schema's own texts are held to; of its patterns more can be said than that they are wrong."""


def find_faults(document: dict[str, Json]) -> Iterator[str]:
    """Yield what is wrong, each as the end of a sentence; nothing for a schema that decides.

    Raises `DocumentError` where `$schema` names an unknown draft.
    """
    yield from _find_shape_fault(document, document)
    specification = specification_of(document)
    kind = validator_class(document)
    root = specification.create_resource(document)
    base = root.id() or ""
    registry: Registry[Any] = Registry().with_resource(base, root).crawl()
    pending = [(root, registry.resolver(base))]
    seen: set[int] = set()
    led_to: set[int] = set()
    beside: dict[int, list[int]] = {}
    while pending:
        resource, resolver = pending.pop()
        schema = resource.contents
        if id(schema) in seen or not isinstance(schema, Mapping):
            continue
        seen.add(id(schema))
        yield from _find_ignored(schema, kind, specification)
        yield from _find_pattern_fault(schema)
        if "$schema" in schema and schema is not document:
            yield "only its root may name a `$schema`; below it another draft would be used"
        beside[id(schema)] = _parts_beside(schema)
        for reference in _references(schema):
            found = _look_up(resolver, reference)
            if found is None:
                yield f"the reference {quote(reference)} {_NOWHERE}"
                continue
            beside[id(schema)].append(id(found.contents))
            if id(found.contents) not in led_to:  # once: a thousand references may lead to one part
                led_to.add(id(found.contents))
                yield from _find_shape_fault(document, found.contents)
            pending.append((specification.create_resource(found.contents), found.resolver))
        inner = [*resource.subresources(), *_passed_over(schema, specification)]
        pending += [(one, _enter(resolver, one)) for one in inner]
    yield from _find_circle(beside)
    yield from _find_open_door(document)


def _look_up(resolver: Any, reference: str) -> Any:  # noqa: ANN401 - referencing's private type
    """Return where a reference leads, `None` for nowhere."""
    try:
        return resolver.lookup(reference)
    except (exceptions.Unresolvable, ValueError, TypeError):
        return None


def _parts_beside(schema: Mapping[str, Json]) -> list[int]:
    """Return the identities of the schemas that look at the same value as this one."""
    parts = [schema[name] for name in _BESIDE if name in schema]
    return [id(part) for one in parts for part in (one if isinstance(one, list) else [one])]


def _find_circle(beside: Mapping[int, list[int]]) -> Iterator[str]:
    """Yield that a schema leads back to itself without going deeper into the output."""
    try:
        TopologicalSorter(beside).prepare()
    except CycleError:
        yield "a reference leads back to where it stands, so that checking would never end"


def _find_shape_fault(document: Mapping[str, Json], schema: Any) -> Iterator[str]:  # noqa: ANN401
    """Yield what is wrong with a schema, or with a part of it that only a reference reaches."""
    try:
        kind: Any = validator_class(document)  # the library's own types lack the second argument
        kind.check_schema(schema, format_checker=_SCHEMA_FORMATS)
    except SchemaError as error:
        if error.path and error.path[-1] == "type" and error.validator == "anyOf":
            yield f"at {quote(error.json_path)}: {quote(str(error.instance))} is none of {_TYPES}"
        else:
            yield f"at {quote(error.json_path)}: {explain(error)}"


def _find_open_door(document: Mapping[str, Json]) -> Iterator[str]:
    """Yield why an answer that says nothing would pass: tried, not read off the keywords."""
    validator = make_validator(document)
    # Without a type what is said of properties says nothing of anything else.
    of_objects = "type" not in document and document.keys() & {"properties", "required"}
    if (any if of_objects else all)(map(validator.is_valid, (None, 0, "", "{}"))):
        yield (
            "it lets a text, number or null through, also an object that was written as a text; "
            "say which `type` the output has"
        )
    if validator.is_valid({}):
        yield "it lets `{}` through; say what is `required`"


def _find_ignored(
    schema: Mapping[str, Json], kind: type[Validator], specification: Specification[Any]
) -> Iterator[str]:
    """Yield what the validator would ignore in this part of the schema."""
    known = known_keywords(kind)
    for name in schema:
        if name not in known and not name.startswith("x-"):
            hint = _hint_at(name, known)
            yield f"the keyword {quote(name, 60)} is not one of this draft{hint}"
    yield from _find_unmet_requirement(schema)
    beside = deciding_keywords(schema) - {"$ref"}
    if "$ref" in schema and beside and specification in _IGNORES_BESIDE_REF:
        ignored = ", ".join(map(quote, sorted(beside)))
        yield f"this draft ignores {ignored} beside `$ref`; put both into an `allOf`"
    for name, partners in _PARTNERS.items():
        if name in schema and not schema.keys() & {*partners}:
            yield f"{quote(name)} means nothing without {quote(partners[0])}"
    form, formats = schema.get("format"), formats_of(kind).checkers
    if isinstance(form, str) and form not in formats:
        yield (
            f"the format {quote(form)} cannot be checked and would let everything through; "
            f"known are {', '.join(sorted(formats))}"
        )


def _hint_at(name: str, known: frozenset[str]) -> str:
    """Return what may be meant by a keyword that the draft does not have."""
    newest = Draft202012Validator
    if name in known_keywords(newest):
        named = quote(newest.META_SCHEMA["$id"])
        return f", which is 7 where `$schema` names none; it is one of {named}"
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {quote(near[0])}?" if near else " and would be ignored"


def _find_unmet_requirement(schema: Mapping[str, Json]) -> Iterator[str]:
    """Yield a required name that is a slip of the pen for one of the properties."""
    required, properties = schema.get("required"), schema.get("properties")
    if not isinstance(required, list) or not isinstance(properties, Mapping):
        return
    others = {str(other).casefold(): other for other in properties.keys() - {*required}}
    for name in required:
        near = difflib.get_close_matches(str(name).casefold(), others, 1, 0.85)
        if name not in properties and near:
            yield (
                f"{quote(str(name), 60)} is required and no property; "
                f"did you mean {quote(others[near[0]], 60)}?"
            )


def _references(schema: Mapping[str, Json]) -> list[str]:
    return [text for name in _REFERENCES if isinstance(text := schema.get(name), str)]


def _passed_over(
    schema: Mapping[str, Json], specification: Specification[Any]
) -> list[Resource[Any]]:
    """Return the schemas that referencing passes over.

    Those are mixed `dependencies`, `$defs` in old drafts, and draft 3's schemas among types.
    """
    inner: list[Json] = []
    for name in ("type", "disallow"):
        types = schema.get(name)
        inner += types if isinstance(types, list) else ()
    for name in ("dependencies", "$defs"):
        values = schema.get(name)
        inner += values.values() if isinstance(values, Mapping) else ()
    return [specification.create_resource(one) for one in inner if isinstance(one, Mapping)]


def _find_pattern_fault(schema: Mapping[str, Json]) -> Iterator[str]:
    """Yield patterns that cannot be used; drafts do not agree on who checks them."""
    properties = schema.get("patternProperties")
    names = [*properties] if isinstance(properties, Mapping) else []
    for pattern in [schema.get("pattern"), *names]:
        try:
            translate(pattern if isinstance(pattern, str) else "")
        except UnreadablePatternError as error:
            yield f"the pattern {quote(str(pattern))} cannot be used: {error}"
        except PatternError as error:
            yield f"the pattern {quote(str(pattern))} is no regular expression: {error}"


def _enter(resolver: Any, inner: Resource[Any]) -> Any:  # noqa: ANN401 - referencing's private type
    return resolver.in_subresource(inner)
