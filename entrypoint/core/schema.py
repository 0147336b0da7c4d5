"""The team's JSON Schema: read, checked before anything is spent, and held against the output.

Draft 7 unless `$schema` names another draft that the jsonschema library knows (draft 7 is what the
Devin API takes, "at most 64 KB, no external `$ref`"). Nothing is ever fetched: the library's own
default registry would load `http:` and `file:` references.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jsonschema import Draft7Validator, FormatChecker
from referencing import Registry, exceptions

from entrypoint.core.documents import DocumentError, read_json_or_yaml, write_json
from entrypoint.core.schema_faults import find_faults, validator_class
from entrypoint.core.text import Redactor, one_line
from entrypoint.core.violations import NO_SECRETS, Violation, describe_flaw, explain, place_of

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

    from entrypoint.core.documents import Json
    from entrypoint.core.session import Session

MAX_SCHEMA_BYTES: Final = 256 * 1024
MAX_API_SCHEMA_BYTES: Final = 64 * 1024
MAX_OUTPUT_BYTES: Final = 256 * 1024
"""Longest structured output, as compact JSON; GitHub's limit for all outputs of a job is 1 MB."""
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

    def __init__(self, document: dict[str, Json]) -> None:
        """Prepare a validator; the document must have passed `read_schema`."""
        self.document = document
        kind = validator_class(document)
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
            errors = sorted(self._validator.iter_errors(session.structured_output), key=place_of)
        except _LIBRARY_ERRORS:
            message = "cannot be checked: schema or output is more than the validator can do"
            return (*flaws, Violation("$", message, "schema"))
        broken = (
            Violation(
                one_line(redactor.redact(error.json_path), 200),
                explain(error, redactor),
                str(error.validator or "false"),
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
    try:
        fault = next(find_faults(document), None)
    except DocumentError:
        raise
    except _LIBRARY_ERRORS:
        fault = "it is not one that can be checked"
    if fault:
        raise DocumentError(fault)
    return Schema(document)
