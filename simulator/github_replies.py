"""How the simulated GitHub refuses, and how it pages.

Shapes and words: GitHub's REST API documentation and the answers of api.github.com.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from simulator.server import RefusedError, read_object
from simulator.wire import Reply, json_reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.journal import Request

MAX_COMMENT_LENGTH: Final = 65_536
"""The most characters of a comment."""

_DOCUMENTATION_URL: Final = "https://docs.github.com/rest"


def error_reply(status: int, message: str, **more: object) -> Reply:
    """Return an error in GitHub's shape (schema ``basic-error``)."""
    body = {"message": message, "documentation_url": _DOCUMENTATION_URL, "status": str(status)}
    return json_reply(status, {**body, **more})


NOT_FOUND: Final = error_reply(404, "Not Found")
"""The answer where nothing is, or nothing that the token may see."""

FORBIDDEN: Final = error_reply(403, "Resource not accessible by integration")
"""The answer to a token without the permission."""


def as_number(text: str) -> int:
    """Return the number in a path or query, 0 where there is none."""
    return int(text) if text.isdecimal() else 0


def read_number(query: Mapping[str, list[str]], name: str, default: int) -> int:
    """Return a number of the query."""
    return as_number(query.get(name, [str(default)])[-1])


def render_page_links(
    address: str, query: Mapping[str, list[str]], page: int, last: int
) -> list[tuple[str, str]]:
    """Return the Link header of one page: ``next`` and ``last``, ``prev`` and ``first``."""
    wanted = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    if page <= 1:
        del wanted["prev"], wanted["first"]
    if page >= last:
        del wanted["next"], wanted["last"]
    links = [
        f'<{address}?{_with_page(query, number)}>; rel="{name}"' for name, number in wanted.items()
    ]
    return [("Link", ", ".join(links))] if links else []


def _with_page(query: Mapping[str, list[str]], page: int) -> str:
    return urlencode({**query, "page": [str(page)]}, doseq=True)


def read_body(request: Request) -> str:
    """Return the comment's text, or refuse it as GitHub does."""
    body = read_object(request, error_reply(400, "Problems parsing JSON")).get("body")
    if not isinstance(body, str) or not body.strip():
        raise RefusedError(_invalid("missing_field", "Body cannot be blank"))
    if len(body) > MAX_COMMENT_LENGTH:
        words = f"Body is too long (maximum is {MAX_COMMENT_LENGTH} characters)"
        raise RefusedError(_invalid("unprocessable", words))
    return body


def _invalid(code: str, message: str) -> Reply:
    error = {"resource": "IssueComment", "code": code, "field": "body", "message": message}
    return error_reply(422, "Validation Failed", errors=[error])
