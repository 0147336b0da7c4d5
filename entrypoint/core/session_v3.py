"""What the API v3 says about a session becomes a `Session`; status and detail become a phase.

Source: Devin API v3, "Get session", "List sessions" and "List session messages" (OpenAPI). Times
are seconds since 1970. The list of details keeps growing: an unknown one means that a running
session goes on, and that a suspended one sleeps. Beside `exit` no detail is documented; those that
say that a suspended session's turn did not end by itself say it there too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from entrypoint.core.documents import DocumentError, find_flaws
from entrypoint.core.limits import LIMITS
from entrypoint.core.session import Message, Phase, Session, full_id
from entrypoint.core.session_fields import (
    address_of,
    list_of,
    listed_id,
    read_fields,
    read_output,
    read_session_fields,
    text_of,
    texts_of,
)
from entrypoint.core.text import is_web_address

PHASES_V3: Final[Mapping[str, Phase]] = MappingProxyType(
    {
        "new": Phase.STARTING,
        "claimed": Phase.STARTING,
        "running": Phase.WORKING,
        "running/working": Phase.WORKING,
        "running/waiting_for_user": Phase.AWAITING_USER,
        "running/waiting_for_approval": Phase.AWAITING_APPROVAL,
        "running/finished": Phase.FINISHED,
        "resuming": Phase.WORKING,
        "exit": Phase.FINISHED,
        "exit/user_request": Phase.FAILED,  # a person ended it, and not the turn itself
        "exit/error": Phase.FAILED,
        "suspended": Phase.SUSPENDED,
        "suspended/inactivity": Phase.AWAITING_USER,  # sleep comes after a finished turn too
        "suspended/user_request": Phase.SUSPENDED,
        "suspended/error": Phase.FAILED,
        **{f"suspended/{detail}": Phase.LIMITED for detail in LIMITS},
        **{f"exit/{detail}": Phase.LIMITED for detail in LIMITS},
        "error": Phase.FAILED,
    }
)
"""The phase of each `status/status_detail`; that of a `status` alone is for a detail that is not
listed here."""

_TYPES: Final = {"devin": "devin_message", "user": "user_message"}
"""What v1 calls messages from each `source`."""
_MOST_ACUS: Final = 1e9
_LAST_S: Final = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


@dataclass(frozen=True)
class Page:
    """One page of a list; `after` asks for the next one, and is `None` where there is none."""

    items: tuple[dict[str, Any], ...]
    after: str | None


def phase_of_v3(status: str, detail: str | None) -> Phase:
    """Return the phase for v3's status and its detail."""
    if "/" in status:
        return Phase.WORKING
    named = PHASES_V3.get(f"{status}/{detail}") if detail else None
    return named or PHASES_V3.get(status, Phase.WORKING)


def read_session_v3(answer: object, session_id: str, messages: tuple[Message, ...]) -> Session:
    """Return the session of an answer, with messages that were read apart.

    Raises `DocumentError` where it is no object, is about another session, names no status, or is
    ambiguous outside the structured output.
    """
    fields = read_session_fields(answer, session_id)
    status = text_of(fields, "status")
    if not status:
        message = "the answer names no status"
        raise DocumentError(message)
    detail = fields.get("status_detail")
    detail = "unknown" if not isinstance(detail, str | None) else detail
    phase = phase_of_v3(status, detail)
    output, flaws = read_output(fields)
    return Session(
        session_id=session_id,
        url=address_of(fields, session_id),
        status=f"{status}/{detail}" if detail else status,
        phase=phase,
        limit=LIMITS.get(detail or "") if phase is Phase.LIMITED else None,
        created_at=_moment(fields.get("created_at")),
        updated_at=_moment(fields.get("updated_at")),
        structured_output=output,
        output_flaws=flaws,
        pull_requests=_pull_requests(fields.get("pull_requests")),
        messages=messages,
        title=text_of(fields, "title"),
        tags=texts_of(fields, "tags"),
        playbook_id=text_of(fields, "playbook_id"),
        acus_consumed=_acus(fields.get("acus_consumed")),
        is_archived=fields.get("is_archived") is True,
    )


def read_page(answer: object) -> Page:
    """Return a page of a list, or raise `DocumentError`: without its end nothing is known."""
    fields = read_fields(answer)
    items, more = fields.get("items"), fields.get("has_next_page", False)
    if not isinstance(items, list) or not isinstance(more, bool):
        message = "the answer is no page of a list"
        raise DocumentError(message)
    after = text_of(fields, "end_cursor")
    if more and not after:
        message = "the answer says that there is more, and not where"
        raise DocumentError(message)
    return Page(tuple(item for item in items if isinstance(item, dict)), after if more else None)


def read_listed_v3(page: Page, tag: str) -> tuple[Session, ...]:
    """Return the sessions of a page that bear the tag, without their messages.

    The tag is looked for again: whether an API takes several tags for "all" or "any" of them is
    not documented. Raises `DocumentError` where one of ours cannot be read.
    """
    return tuple(
        read_session_v3(item, full_id(listed_id(item)), ())
        for item in page.items
        if tag in texts_of(item, "tags")
    )


def read_messages_v3(page: Page) -> tuple[Message, ...]:
    """Return the messages of a page; raises `DocumentError` for an ambiguous one."""
    if flaws := find_flaws([*page.items]):
        message = f"the answer has {flaws[0][1].reason}"
        raise DocumentError(message)
    return tuple(
        Message(
            type=_TYPES.get(text_of(item, "source") or "", "unknown"),
            event_id=text_of(item, "event_id") or "",
            message=text_of(item, "message") or "",
            timestamp=_moment(item.get("created_at")) or "",
        )
        for item in page.items
    )


def _pull_requests(value: object) -> tuple[str, ...]:
    urls = [text_of(item, "pr_url") for item in list_of(value) if isinstance(item, dict)]
    return tuple(dict.fromkeys(url for url in urls if url and is_web_address(url)))


def _moment(value: object) -> str | None:
    """Return seconds since 1970 as ISO 8601, which sorts as v1's times do."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _LAST_S:
        return None
    return datetime.fromtimestamp(value, UTC).isoformat(timespec="microseconds")


def _acus(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _MOST_ACUS:
        return None
    return float(value)
