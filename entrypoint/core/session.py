"""A session as every API version shows it: `Session`, its messages and its phase."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from entrypoint.core.documents import Flaw, write_json

if TYPE_CHECKING:
    from entrypoint.core.documents import Json
    from entrypoint.core.text import Redactor


class Phase(StrEnum):
    """Where a session is, the same for every API version. An unknown status is `working`."""

    STARTING = "starting"
    WORKING = "working"
    AWAITING_USER = "awaiting_user"
    AWAITING_APPROVAL = "awaiting_approval"
    FINISHED = "finished"
    SUSPENDED = "suspended"
    LIMITED = "limited"
    EXPIRED = "expired"
    FAILED = "failed"

    @property
    def is_ended(self) -> bool:
        """Tell whether the turn is over."""
        return self not in (Phase.STARTING, Phase.WORKING)

    @property
    def may_answer(self) -> bool:
        """Tell whether the turn ended by itself, so that its output may be judged."""
        return self in (Phase.FINISHED, Phase.AWAITING_USER)


COMMIT_TAG: Final = "devin-gate:commit:"
"""Before the head SHA that the session was asked about."""
ENDED_TAG: Final = "devin-gate:ended"
"""Borne by a session that a run has given up; no run judges it any more."""


@dataclass(frozen=True)
class Created:
    """Devin's answer to a create."""

    session_id: str
    url: str
    is_new_session: bool | None
    """`None` where it cannot be told: v1 says it only with `idempotent: true`, and an answer that
    was lost may have been the one that created it."""


REPAIR: Final = "Devin Gate, repair {number} of question {key}"
"""How a message of ours begins that asks Devin to repair its answer."""
_REPAIR = re.compile("Devin Gate, repair [0-9]{1,3} of question ")


@dataclass(frozen=True)
class Message:
    """One message of a session, with the API's own field names."""

    type: str
    event_id: str
    message: str
    timestamp: str
    origin: str | None = None
    user_id: str | None = None
    username: str | None = None

    @property
    def is_from_devin(self) -> bool:
        """Tell whether Devin wrote it (types seen: `devin_message`, `user_message`, …)."""
        return self.type == "devin_message"

    @property
    def is_repair(self) -> bool:
        """Tell whether it is a message of ours that asks Devin to repair its answer."""
        return not self.is_from_devin and _REPAIR.match(self.message) is not None


@dataclass(frozen=True)
class Limit:
    """A limit that ended a session."""

    what: str
    """Which one it is, in one sentence."""
    remedy: str
    """What to do about it."""


@dataclass(frozen=True)
class Session:
    """One look's worth of a session, with the API's own field names."""

    session_id: str
    status: str
    """The API's own word: v1's `status_enum`, else its `status`; v3's `status/status_detail`."""
    phase: Phase
    url: str = ""
    """Its web address."""
    created_at: str | None = None
    updated_at: str | None = None
    structured_output: Json = None
    """Any JSON, not only an object; `None` where there is none."""
    output_flaws: tuple[tuple[str, Flaw], ...] = ()
    """What JSON leaves open inside the output (duplicate keys, NaN), with its JSON path."""
    is_unwrapped: bool = False
    """Whether the output was taken out of another `structured_output` inside the field."""
    pull_requests: tuple[str, ...] = ()
    """Web addresses of the session's own pull requests."""
    messages: tuple[Message, ...] = ()
    title: str | None = None
    tags: tuple[str, ...] = ()
    snapshot_id: str | None = None
    playbook_id: str | None = None
    acus_consumed: float | None = None
    """What it has cost so far, which lags; `None` where the API does not say it."""
    limit: Limit | None = None
    """In the phase `limited`, where the API says which limit it is."""
    is_archived: bool = False

    @property
    def is_dead(self) -> bool:
        """Tell whether a run that finds the session must not judge it, whatever it holds."""
        gone = self.phase in (Phase.EXPIRED, Phase.FAILED)
        return gone or self.is_archived or ENDED_TAG in self.tags

    @property
    def has_output(self) -> bool:
        """Tell whether Devin has set a structured output at all; `0`, `""` and `{}` count."""
        return self.structured_output is not None or bool(self.output_flaws)

    @property
    def new_devin_messages(self) -> tuple[Message, ...]:
        """Return Devin's messages after the last one that a person wrote to Devin.

        A repair message of ours is none: what Devin asked before it is still a question.
        """
        turn: list[Message] = []
        for message in self.messages:
            if message.is_from_devin:
                turn.append(message)
            elif not message.is_repair and message.type in ("initial_user_message", "user_message"):
                turn.clear()
        return tuple(turn)


def is_same_output(one: Session, other: Session) -> bool:
    """Tell whether two looks show the same structured output."""
    # As JSON, since Python takes `1`, `1.0` and `true` for equal.
    same = write_json(one.structured_output) == write_json(other.structured_output)
    return same and one.output_flaws == other.output_flaws


def without_secrets(session: Session, redactor: Redactor) -> Session:
    """Return the session for telling: what Devin or a person wrote in it, secrets replaced.

    Nothing may be cut before, since half a secret is not found any more.
    """
    return replace(
        session,
        status=redactor.redact(session.status),
        structured_output=redactor.redact_json(session.structured_output),
        pull_requests=tuple(map(redactor.redact, session.pull_requests)),
        messages=tuple(
            replace(message, message=redactor.redact(message.message))
            for message in session.messages
        ),
        title=redactor.redact(session.title) if session.title else session.title,
        tags=tuple(map(redactor.redact, session.tags)),
    )


def say_acus(acus: float | None) -> str:
    """Return a number of ACUs as a person writes it; empty where it is not known."""
    return "" if acus is None else f"{acus:.10g}"


def is_session_id(text: str) -> bool:
    """Tell whether the text can stand in a path as a session's id."""
    return re.fullmatch(r"[A-Za-z0-9_-]{1,128}", text) is not None


def full_id(session_id: str) -> str:
    """Return the id as paths want it: web addresses, and v3 at times, drop `devin-`."""
    return f"devin-{session_id}" if re.fullmatch("[0-9a-f]{32}", session_id) else session_id


def bare_id(session_id: str) -> str:
    """Return the id without `devin-`: paths want the prefix, web addresses drop it."""
    return session_id.removeprefix("devin-")
