"""How the Devin API v3 refuses, and how it pages.

Errors are RFC 9457 problems as v3's ``ProblemDetail`` describes them; pages have a cursor that
only the server can read.
"""

from __future__ import annotations

import base64
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from simulator import devin_checks as checks
from simulator.server import RefusedError, read_object
from simulator.wire import Reply, json_reply

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulator.journal import Request

MOST_FIRST: Final = 200
"""The most that a page may be asked to hold."""

_USUAL_FIRST: Final = 100
_CURSOR: Final = "after:"


def problem_reply(
    request: Request, status: int, detail: str, errors: Sequence[checks.Problem] | None = None
) -> Reply:
    """Return a refusal; ``errors`` are there with 422 alone."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.path,
        **({} if errors is None else {"errors": list(errors)}),
    }
    return json_reply(status, body, content_type="application/problem+json")


def invalid(request: Request, errors: Sequence[checks.Problem]) -> RefusedError:
    """Return the refusal of a request whose fields are wrong; only ``errors`` names them."""
    return RefusedError(problem_reply(request, 422, "Request validation failed", errors))


def read_checked_v3(request: Request, known: Mapping[str, checks.Field]) -> dict[str, object]:
    """Return the body, or refuse it."""
    no_object: checks.Problem = {
        "loc": ["body"],
        "msg": "Input should be an object",
        "type": "json_invalid",
    }
    body = read_object(request, invalid(request, [no_object]).reply)
    problems = checks.find_problems(body, known)
    if problems:
        raise invalid(request, problems)
    return body


def read_number_v3(request: Request, name: str, default: int, most: int | None = None) -> int:
    """Return a whole number of the query, 1 or more, or refuse it."""
    text = request.query.get(name, [str(default)])[-1]
    if text.isdecimal() and int(text) >= 1 and (most is None or int(text) <= most):
        return int(text)
    words = f"Input should be an integer from 1 to {most}" if most else "Input should be an integer"
    raise invalid(request, [checks.problem(name, words, "int_parsing", where="query")])


def page_v3(request: Request, items: Mapping[int, object], page_size: int) -> dict[str, object]:
    """Return the page that is asked for, of items in the order of their numbers.

    The cursor is the number of the page's last item, so that what comes in or goes away between
    two requests moves no other item to another page.
    """
    first = min(read_number_v3(request, "first", _USUAL_FIRST, MOST_FIRST), page_size)
    after = _read_cursor(request)
    left = [number for number in sorted(items) if after is None or number > after]
    page = left[:first]
    has_next_page = len(left) > first
    return {
        "items": [items[number] for number in page],
        "end_cursor": _make_cursor(page[-1]) if has_next_page else None,
        "has_next_page": has_next_page,
        "total": len(items),
    }


def _make_cursor(number: int) -> str:
    return base64.urlsafe_b64encode(f"{_CURSOR}{number}".encode()).decode()


def _read_cursor(request: Request) -> int | None:
    if "after" not in request.query:
        return None
    try:
        text = base64.urlsafe_b64decode(request.query["after"][-1]).decode()
        return int(text.removeprefix(_CURSOR))
    except ValueError as error:
        wrong = checks.problem("after", "Invalid cursor", "value_error", where="query")
        raise invalid(request, [wrong]) from error
