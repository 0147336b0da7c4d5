"""What the main step leaves for the post step, which is another container.

The runner hands on what was saved as state (`STATE_…`), also after a kill. Nothing is left to do
where the main step told its end, or where it never asked Devin for anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """The names under which the main step saves what it knows."""

    BEGAN = "began"
    """Written first, to prove that the file can be written before anything is spent."""
    QUESTION_KEY = "question_key"
    """Written before the create is sent; no session of this key was there."""
    SESSION_ID = "session_id"
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
    may_end: bool
    """Whether the session is this run's own and still to be ended where the team asks for it."""
    outcome: str
    """The verdict's outcome, where one was decided."""
    reason: str


def read_handover(environ: Mapping[str, str]) -> Handover | None:
    """Return what is left to do, `None` for nothing."""
    state = {name: environ.get(f"STATE_{name}", "") for name in State}
    asked = state[State.QUESTION_KEY] or state[State.SESSION_ID]
    if state[State.FINISHED] or not asked:
        return None
    # With a key and no id the create was sent, and nothing is known of its answer.
    own = state[State.CREATED] == "true" or not state[State.SESSION_ID]
    return Handover(
        question_key=state[State.QUESTION_KEY],
        session_id=state[State.SESSION_ID],
        may_end=own and state[State.ENDED] != "true",
        outcome=state[State.OUTCOME],
        reason=state[State.REASON],
    )
