"""What the main step leaves for the post step, which is another container.

The runner hands on what was saved as state (`STATE_…`), also after a kill. Nothing is left to do
where the main step told its end, or where it never asked Devin for anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

# What came back through the runner is looked at before it becomes part of an address. Nothing else
# is imported here, so that a post step with nothing to do costs next to nothing.
_KEY = re.compile("[0-9a-f]{32}(?:-[0-9])?")
_SESSION_ID = re.compile("[A-Za-z0-9_-]{1,128}")
_URL = re.compile("https?://[!-~]{1,2000}")
_NUMBER = re.compile("[1-9][0-9]{0,8}")


class State(StrEnum):
    """The names under which the main step saves what it knows."""

    PULL_REQUEST = "pull_request"
    """Its number, empty without one. Written first, which also proves that the file can be written
    before anything is spent."""
    QUESTION_KEY = "question_key"
    """Written before the create is sent."""
    SESSION_URL = "session_url"
    SESSION_ID = "session_id"
    """Written after the address, which it needs to be told."""
    CREATED = "created"
    """`true` where this run made the session."""
    OUTCOME = "outcome"
    REASON = "reason"
    ENDED = "ended"
    """`true` once the session was terminated."""
    FINISHED = "finished"
    """`true` once everything was told."""


@dataclass(frozen=True)
class Handover:
    """What a post step has to finish."""

    question_key: str
    session_id: str
    session_url: str
    pull_request: int | None
    may_end: bool
    """Whether the session is this run's own and still to be ended where the team asks for it."""
    outcome: str
    """The verdict's outcome, where one was decided."""
    reason: str


def read_handover(environ: Mapping[str, str]) -> Handover | None:
    """Return what is left to do, `None` for nothing."""
    state = {name: environ.get(f"STATE_{name}", "") for name in State}
    key, session_id = state[State.QUESTION_KEY], state[State.SESSION_ID]
    number = state[State.PULL_REQUEST]
    if state[State.FINISHED] or not (_KEY.fullmatch(key) or _SESSION_ID.fullmatch(session_id)):
        return None
    return Handover(
        question_key=key if _KEY.fullmatch(key) else "",
        session_id=session_id if _SESSION_ID.fullmatch(session_id) else "",
        session_url=url if _URL.fullmatch(url := state[State.SESSION_URL]) else "",
        pull_request=int(number) if _NUMBER.fullmatch(number) else None,
        # A key without an id proves no ownership: another run may have made what bears its tag.
        may_end=state[State.CREATED] == "true" and state[State.ENDED] != "true",
        outcome=state[State.OUTCOME],
        reason=state[State.REASON],
    )
