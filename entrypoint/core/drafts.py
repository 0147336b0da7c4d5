"""Which draft of JSON Schema a document is of, and the library's validator as we set it up.

Draft 7 unless `$schema` names another draft that the jsonschema library knows. Nothing is ever
fetched: the library's own default registry would load `http:` and `file:` references. `format` is
asserted, and patterns are ECMA 262's, not Python's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from jsonschema import Draft7Validator
from jsonschema.validators import validator_for
from referencing import Registry, Specification
from referencing.jsonschema import (
    DRAFT7,
    DRAFT201909,
    DRAFT202012,
    UnknownDialect,
    specification_with,
)

from entrypoint.core.documents import DocumentError
from entrypoint.core.formats import formats_of
from entrypoint.core.patterns import with_python_patterns
from entrypoint.core.text import quote

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

    from entrypoint.core.documents import Json

_DYNAMIC: Final = (DRAFT201909, DRAFT202012)
"""The drafts in which a reference can lead to where the validation came from."""
_NAME: Final = "urn:devin-gate:schema"
"""The name of a schema without one: referencing 0.37 forgets a root that has none, and then
`$dynamicRef` and `$recursiveRef` lead to a part that refuses less. Other names inside stay as they
are, since nothing is relative to a URN."""


def specification_of(document: Mapping[str, Json]) -> Specification[Any]:
    """Return how the draft resolves references, or raise `DocumentError` for an unknown draft."""
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


def validator_class(document: Mapping[str, Json]) -> type[Validator]:
    """Return the validator of the document's draft, or raise `DocumentError` for an unknown one."""
    specification_of(document)
    return validator_for(document, default=Draft7Validator)


def make_validator(document: Mapping[str, Json]) -> Validator:
    """Return a validator for a schema; nothing of the schema itself is checked here."""
    kind = validator_class(document)
    schema = with_python_patterns(document)
    if specification_of(document) in _DYNAMIC and not str(schema.get("$id", "")).rstrip("#"):
        schema["$id"] = _NAME
    return kind(
        schema,
        registry=Registry(),
        format_checker=formats_of(kind),
    )
