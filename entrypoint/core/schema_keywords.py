"""Which keywords a draft of JSON Schema has, and which of them can refuse an output."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

    from entrypoint.core.documents import Json

_ANNOTATIONS: Final = frozenset(
    [
        "$schema",
        "$id",
        "id",
        "title",
        "description",
        "default",
        "examples",
        "readOnly",
        "writeOnly",
        "definitions",
        "$anchor",
        "$dynamicAnchor",
        "$recursiveAnchor",
        "$vocabulary",
        "contentEncoding",
        "contentMediaType",
        "contentSchema",
    ]
)
"""Keywords that let every output through, beside the common ones."""
_COMMON: Final = frozenset(
    {
        "$comment",
        "$defs",
        "deprecated",
        "discriminator",
        "enumDescriptions",
        "example",
        "markdownDescription",
    }
)
"""What generators write into schemas of any draft, though not each draft names it."""
_READ_BY_OTHERS: Final = frozenset(
    {
        "then",
        "else",
        "minContains",
        "maxContains",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "required",
    }
)
"""Keywords without a check of their own in some draft: that of another keyword reads them."""


@cache
def known_keywords(kind: type[Validator]) -> frozenset[str]:
    """Return the keywords that a draft's validator really looks at, and its annotations."""
    named = _named_keywords(kind.META_SCHEMA)
    return frozenset(kind.VALIDATORS) | named & (_ANNOTATIONS | _READ_BY_OTHERS) | _COMMON


def _named_keywords(meta_schema: Any) -> frozenset[str]:  # noqa: ANN401 - any JSON
    """Return the keywords that a draft's own schema describes, its vocabularies' included."""
    names = set(meta_schema["properties"])
    for part in meta_schema.get("allOf", ()):
        base = meta_schema["$id"].rpartition("/")[0]
        names |= _named_keywords(REGISTRY.contents(f"{base}/{part['$ref']}"))
    return frozenset(names)


def deciding_keywords(schema: Mapping[str, Json]) -> set[str]:
    """Return the keywords that can refuse an output."""
    return {name for name in schema.keys() - _ANNOTATIONS - _COMMON if not name.startswith("x-")}
