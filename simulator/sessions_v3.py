"""A session as the Devin API v3 shows it.

Shapes: Devin API v3, ``SessionResponse`` and ``SessionMessage``: no messages among the details,
times as whole seconds of the epoch, several pull requests, ACUs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.sessions import make_event_id

if TYPE_CHECKING:
    from simulator.account import Account
    from simulator.sessions import Session


def session_v3(account: Account, session: Session) -> dict[str, object]:
    """Return the session as it is read and listed."""
    state = session.state_at(account.clock.monotonic_s())
    _, _, status_detail = state.status_v3.partition("/")
    return {
        **acknowledged_v3(account, session),
        "status_detail": status_detail or None,
        "structured_output": state.structured_output,
    }


def acknowledged_v3(account: Account, session: Session) -> dict[str, object]:
    """Return the session as calls that change it answer: no detail of the status, no output."""
    now_s = account.clock.monotonic_s()
    state = session.state_at(now_s)
    prefix = "devin-" if account.bare_ids else ""
    return {
        "session_id": session.session_id.removeprefix(prefix),
        "url": session.url,
        "status": state.status_v3.partition("/")[0],
        "title": state.title,
        "tags": list(session.tags),
        "org_id": session.org_id,
        "created_at": _epoch(session, 0.0),
        "updated_at": _epoch(session, state.updated_s),
        "acus_consumed": session.state_at(now_s - account.acu_lag_s).acus_consumed,
        "pull_requests": [dict(pull) for pull in state.pull_requests],
        "playbook_id": session.request.get("playbook_id"),
        "parent_session_id": None,
        "is_archived": session.archived,
    }


def messages_v3(session: Session, now_s: float) -> list[dict[str, object]]:
    """Return what was said until now, oldest first."""
    return [
        {
            "event_id": make_event_id(session.session_id, order),
            "source": "user" if said.by_user else "devin",
            "message": said.text,
            "created_at": _epoch(session, said.after_s),
        }
        for order, said in enumerate(session.conversation(session.state_at(now_s)))
    ]


def _epoch(session: Session, after_s: float) -> int:
    return int(session.created_at.timestamp() + after_s)
