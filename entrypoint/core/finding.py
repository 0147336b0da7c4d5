"""Which of the sessions that bear a question's tag answers it.

A living or finished session is taken up. A dead one (expired, failed, archived, or given up by a
run) is never judged again: the question is asked anew, one generation later. Of several living ones
the oldest stays, since every run that looks sees the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from entrypoint.core.session import COMMIT_TAG, Session

_OWN: Final = "devin-gate:"
GENERATIONS: Final = 10
"""How often a question is asked in all, since its sessions may die."""


@dataclass(frozen=True)
class Attach:
    """Take up this session."""

    session: Session


@dataclass(frozen=True)
class AskAnew:
    """Every session of this generation is dead: go on to the next one."""


@dataclass(frozen=True)
class AskFirst:
    """There is no session of this generation yet."""


Choice: TypeAlias = "Attach | AskAnew | AskFirst"


def commits_of(session: Session) -> frozenset[str]:
    """Return the commits that the session's tags bind it to: one for a session of ours."""
    return frozenset(
        tag.removeprefix(COMMIT_TAG) for tag in session.tags if tag.startswith(COMMIT_TAG)
    )


def may_be_of(session: Session, tags: tuple[str, ...]) -> bool:
    """Tell whether the session can be the one that was created with these tags.

    One that shows no tags at all can be; one that shows others is somebody else's, whatever id the
    answer to the create named.
    """
    own = {tag for tag in tags if tag.startswith(_OWN)}
    return not session.tags or own <= set(session.tags)


def choose_session(listed: tuple[Session, ...], tag: str) -> Choice:
    """Return what to do, given the sessions that a list by tag gave.

    The tag is looked at again, since an API may take several tags for "any of them".
    """
    ours = [session for session in listed if tag in session.tags]
    living = [session for session in ours if not session.is_dead]
    if living:
        return Attach(min(living, key=_age))
    return AskAnew() if ours else AskFirst()


def _age(session: Session) -> tuple[str, str]:
    """Return what sorts the oldest first: ISO 8601 in one zone sorts as text."""
    return session.created_at or "", session.session_id
