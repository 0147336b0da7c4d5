"""A session as the Devin API v1 shows it.

Shapes: Devin API v1, "GET session", its schema and its example; never a field that v1 does not
have (no address, no ACU figure).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from simulator.sessions import make_event_id

if TYPE_CHECKING:
    from simulator.sessions import Session
    from simulator.timeline import Said


def details_v1(session: Session, now_s: float) -> dict[str, object]:
    """Return the answer to "GET session" at this time of the clock."""
    messages = [
        _message(session, order, said)
        for order, said in enumerate(session.conversation(session.state_at(now_s)))
    ]
    return {**summary_v1(session, now_s), "messages": messages}


def summary_v1(session: Session, now_s: float) -> dict[str, object]:
    """Return the session as it stands in a list, without its messages."""
    state = session.state_at(now_s)
    link = state.pull_request_url
    return {
        "session_id": session.session_id,
        "status": state.status,
        "title": state.title,
        "created_at": _timestamp(session, 0.0),
        "updated_at": _timestamp(session, state.updated_s),
        "snapshot_id": session.request.get("snapshot_id"),
        "playbook_id": session.request.get("playbook_id"),
        "tags": list(session.tags),
        "pull_request": None if link is None else {"url": link},
        "structured_output": state.structured_output,
        "status_enum": state.status_enum,
        **({"is_archived": True} if session.archived else {}),
    }


def _message(session: Session, order: int, said: Said) -> dict[str, str]:
    by_user = "initial_user_message" if order == 0 else "user_message"
    message = {
        "type": by_user if said.by_user else "devin_message",
        "event_id": make_event_id(session.session_id, order),
        "message": said.text,
        "timestamp": _timestamp(session, said.after_s),
    }
    return {**message, "username": session.owner, "origin": "web"} if said.by_user else message


def _timestamp(session: Session, after_s: float) -> str:
    moment = session.created_at + timedelta(seconds=after_s)
    return moment.isoformat(timespec="microseconds")
