"""One look at a session, its output held against the schema: the same for a run and for a check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrypoint.core.unwrapping import unwrap

if TYPE_CHECKING:
    from entrypoint.core.schema import Schema
    from entrypoint.core.session import Session
    from entrypoint.core.text import Redactor
    from entrypoint.core.violations import Violation


def examine(
    session: Session, schema: Schema, redactor: Redactor
) -> tuple[Session, bool, tuple[Violation, ...]]:
    """Return the session with the output that was meant, whether it is valid, and why not.

    The reasons are shown without the redactor's secrets.
    """
    session = unwrap(session, schema.document)
    violations = schema.find_violations(session, redactor)
    return session, session.has_output and not violations, violations
