"""The team's JSON Schema: read, checked before anything is spent, and held against the output.

The Devin API takes draft 7, "at most 64 KB, no external `$ref`", and gets the schema as it was
written; any known draft is checked here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from heapq import nsmallest
from typing import TYPE_CHECKING, Final

from jsonschema import Draft7Validator
from referencing import exceptions

from entrypoint.core.documents import DocumentError, read_json_or_yaml, write_json
from entrypoint.core.drafts import make_validator
from entrypoint.core.outputs import MAX_OUTPUT_BYTES
from entrypoint.core.schema_faults import find_faults
from entrypoint.core.text import Redactor, one_line
from entrypoint.core.time_limit import TimeIsUp, TimeLimit, unlimited
from entrypoint.core.violations import (
    NO_SECRETS,
    Violation,
    describe_flaw,
    explain,
    is_about_a_name,
    place_of,
)

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

    from entrypoint.core.documents import Json
    from entrypoint.core.session import Session

MAX_SCHEMA_BYTES: Final = 256 * 1024
MAX_API_SCHEMA_BYTES: Final = 64 * 1024
MAX_VIOLATIONS: Final = 10
_LIBRARY_ERRORS: Final = (
    ArithmeticError,
    AttributeError,
    RecursionError,
    TypeError,
    ValueError,
    exceptions.Unresolvable,
    re.error,
)
"""What jsonschema raises where schema and output are odd enough: circles, huge numbers, …."""


class Schema:
    """A schema that was checked, and can be held against outputs."""

    def __init__(self, document: dict[str, Json], time_limit: TimeLimit = unlimited) -> None:
        """Prepare a validator; the document must have passed `read_schema`."""
        self.document = document
        self._time_limit = time_limit
        self._validator: Validator = make_validator(document)
        self.is_draft7 = isinstance(self._validator, Draft7Validator)

    @property
    def text(self) -> str:
        """Return the schema as compact JSON."""
        return write_json(self.document)

    @property
    def for_api(self) -> dict[str, Json] | None:
        """Return what the Devin API takes as `structured_output_schema`, or `None`."""
        fits = len(self.text.encode("utf-8", "replace")) <= MAX_API_SCHEMA_BYTES
        return self.document if self.is_draft7 and fits else None

    def find_violations(
        self, session: Session, redactor: Redactor = NO_SECRETS
    ) -> tuple[Violation, ...]:
        """Return the first ten violations of the session's output, in the order of their paths.

        None where there is no output: what is missing breaks nothing yet.

        Judged is what Devin sent; what the messages show of it is without the redactor's
        secrets.
        """
        if not session.has_output:
            return ()
        size = len(write_json(session.structured_output).encode("utf-8", "replace"))
        if size > MAX_OUTPUT_BYTES:
            message = f"is larger than {MAX_OUTPUT_BYTES // 1024} KiB, too large to be passed on"
            return (Violation("$", message, "size"),)
        flaws = [describe_flaw(path, flaw, redactor) for path, flaw in session.output_flaws]
        try:
            broken = self._time_limit(lambda: self._validate(session.structured_output, redactor))
        except TimeIsUp as late:
            broken = [Violation("$", f"could not be checked {_say_late(late)}", "time")]
        except _LIBRARY_ERRORS:
            message = "cannot be checked: schema or output is more than the validator can do"
            broken = [Violation("$", message, "schema")]
        return tuple(dict.fromkeys([*flaws, *broken]))[:MAX_VIOLATIONS]

    def _validate(self, output: Json, redactor: Redactor) -> list[Violation]:
        """Return how the output breaks the schema, in the order of the paths."""
        return [
            Violation(
                one_line(redactor.redact(error.json_path), 200),
                explain(error, redactor),
                str(error.validator or "false"),
            )
            for error in nsmallest(3 * MAX_VIOLATIONS, self._errors(output), key=place_of)
        ]

    def _errors(self, output: Json) -> Iterator[ValidationError]:
        """Yield the errors, one for each place and rule; each may be as large as the output.

        Of wrong names each has its own, though all stand at the same place.
        """
        seen: set[object] = set()
        for error in self._validator.iter_errors(output):
            name = error.instance if is_about_a_name(error) else None
            key = (*error.absolute_path,), (*error.absolute_schema_path,), name
            if key not in seen:
                seen.add(key)
                yield error


def _say_late(late: TimeIsUp) -> str:
    """Return what a person can do about a check that does not end."""
    return (
        f"within {late.limit_s:g} s; simplify the schema's patterns (`(a+)+` can take years) and "
        "its nested `allOf`, `anyOf` and `oneOf`"
    )


def read_schema(text: str, time_limit: TimeLimit = unlimited) -> Schema:
    """Return the schema that a JSON or YAML text holds, or raise `DocumentError` with the reason.

    The limit holds for checking the schema, and later for each validation of an output.
    """
    if len(text.encode("utf-8", "replace")) > MAX_SCHEMA_BYTES:
        message = f"it has more than {MAX_SCHEMA_BYTES // 1024} KiB"
        raise DocumentError(message)
    try:
        return Schema(time_limit(lambda: _check(read_json_or_yaml(text))), time_limit)
    except DocumentError:
        raise
    except TimeIsUp as late:
        message = f"it cannot be checked {_say_late(late)}"
    except _LIBRARY_ERRORS:
        message = "it is not one that can be checked"
    raise DocumentError(message)


def _check(document: Json) -> dict[str, Json]:
    """Return a document that is a schema which decides, or raise `DocumentError`."""
    if not isinstance(document, dict):
        message = "a schema must be an object with keywords such as `type` and `required`"
        raise DocumentError(message)
    fault = next(find_faults(document), None)
    if fault:
        raise DocumentError(fault)
    return document
