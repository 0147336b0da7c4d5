"""An output that Devin wrote into itself: `{"structured_output": {…}}` in the field of that name.

Seen live with API v1. What stands inside is judged only where nobody can have meant the outer
object: it has that one key, and the schema leaves no doubt that it knows no such property. Once,
as it was seen; what is nested deeper breaks the schema.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from entrypoint.core.documents import Json
    from entrypoint.core.session import Session

_NAME: Final = "structured_output"
_NOTES: Final = ("$anchor", "$comment", "$id", "description", "id", "title")
"""Keywords whose text says nothing of the output."""
_MAPS: Final = ("additionalProperties", "patternProperties", "unevaluatedProperties")
"""Keywords that can give a schema to properties which they do not name."""


def unwrap(session: Session, schema: dict[str, Json]) -> Session:
    """Return the session with the output that was meant; the outer one is left where in doubt.

    An output with flaws is left too: which of two equal keys was meant, nobody knows.
    """
    output = session.structured_output
    if not isinstance(output, dict) or [*output] != [_NAME] or session.output_flaws:
        return session
    if _may_declare(schema):
        return session
    return replace(session, structured_output=output[_NAME], is_unwrapped=True)


def _may_declare(schema: Json) -> bool:
    """Tell whether the name stands anywhere in a schema, or a map that could hold it.

    Anywhere, since references and combinators bring every part to bear on the output.
    """
    if isinstance(schema, list):
        return any(map(_may_declare, schema))
    if not isinstance(schema, dict):
        return schema == _NAME
    if _NAME in schema or any(isinstance(schema.get(name), dict) for name in _MAPS):
        return True
    return any(
        _may_declare(item)
        for name, item in schema.items()
        if not (name in _NOTES and isinstance(item, str))
    )
