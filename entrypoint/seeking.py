"""One session per question: found again, or created once.

An API's own idempotency is a help and no proof: nobody has published how long it remembers. So the
session is looked for by its tag before a create, after a create whose answer was lost, and again
when another run may have created one at the same time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, assert_never

from entrypoint.asking import BETWEEN_ATTEMPTS_S, create_session, insist
from entrypoint.core.finding import (
    GENERATIONS,
    AskAnew,
    AskFirst,
    Attach,
    choose_session,
    commits_of,
)
from entrypoint.core.handover import State
from entrypoint.core.question import Create, write_create
from entrypoint.core.retry import FRESH_S
from entrypoint.core.session import Created, Session
from entrypoint.ending import end_session
from entrypoint.errors import CallFailed, DevinError

if TYPE_CHECKING:
    from entrypoint.core.finding import Choice
    from entrypoint.core.question import Question
    from entrypoint.world import Devin, World

_LOST_LOOKS_S: Final = (0.0, 2.0, 3.0, 5.0, 10.0, 10.0, 30.0)
"""Waits between the looks after a lost create: at once and after 2, 5, 10, 20, 30 and 60 s."""
RACE_S: Final = 5.0
"""How long after a create the list is looked at again."""
_RACE_BUDGET_S: Final = 30.0
"""How long a race is looked into, and the session that lost it is tried to be ended."""
_LIST_MISSING: Final = (403, 404, 422)
"""A v1 server that does not list sessions, or not for this key."""


@dataclass(frozen=True)
class Sought:
    """The session that answers the question, and the create that it belongs to."""

    created: Created
    create: Create | None
    """`None` for a session that `session_id` named."""


@dataclass(frozen=True)
class AskedElsewhere:
    """The session that `session_id` named was asked about another commit."""

    created: Created


def find_or_create(
    world: World, devin: Devin, question: Question, deadline_s: float
) -> Sought | None:
    """Return the question's session; `None` where every generation of it is dead.

    Sends at most one create that makes a session. Raises `DevinError`.
    """
    for generation in range(GENERATIONS):
        create = write_create(question, generation)
        choice = _look_up(world, devin, create, deadline_s)
        match choice:
            case Attach(session):
                return Sought(_attached(session), create)
            case AskAnew():
                continue
            case AskFirst():
                created = _create(world, devin, create, deadline_s)
                if created is not None:
                    return Sought(created, create)
            case _:
                assert_never(choice)
    return None


def attach(
    world: World,
    devin: Devin,
    session_id: str,
    head_sha: str,
    deadline_s: float,
    *,
    must_be_bound: bool,
) -> Sought | AskedElsewhere:
    """Return the session that the team named, if it was asked about the commit.

    Raises `DevinError` where it cannot be read, or `must_be_bound` to a commit and is to none.
    """
    try:
        session = insist(
            world, lambda: devin.get_session(session_id, with_messages=False), deadline_s
        )
    except CallFailed as failure:
        raise DevinError(str(failure), failure.remedy) from None
    world.clock.sleep(BETWEEN_ATTEMPTS_S)
    commits = commits_of(session)
    if commits and head_sha not in commits:
        return AskedElsewhere(_attached(session))
    if must_be_bound and not commits:
        raise DevinError(
            "The session that `session_id` names is bound to no commit, so its answer may be about "
            "another state of the pull request.",
            "Name a session that Devin Gate started for this commit.",
        )
    return Sought(_attached(session), None)


def settle_race(world: World, devin: Devin, sought: Sought, deadline_s: float) -> Sought:
    """Return what stays where two runs created a session each: the oldest; the same if it is ours.

    The other one, if it is this run's, is given up: tagged as ended, then terminated. A list that
    cannot be read leaves things as they are.
    """
    own, create = sought.created, sought.create
    if create is None:
        return sought
    give_up_at_s = min(deadline_s, world.clock.monotonic_s() + _RACE_BUDGET_S)
    try:
        listed = _list_with_own(world, devin, own.session_id, create.tag, give_up_at_s)
    except CallFailed:
        return sought
    choice = choose_session(listed, create.tag)
    if not isinstance(choice, Attach) or choice.session.session_id == own.session_id:
        return sought
    world.runner.event("Another run asked the same question; its session, the older one, stays.")
    if own.is_new_session:
        end_session(world, devin, own.session_id, create.tags, give_up_at_s)
    return Sought(_attached(choice.session), create)


def _list_with_own(
    world: World, devin: Devin, own_id: str, tag: str, give_up_at_s: float
) -> tuple[Session, ...]:
    """Return the sessions of the tag, ours among them; none where ours may be the oldest unseen.

    Where the list lags behind our session and not behind another one, ours is read by itself.
    Raises `CallFailed`.
    """
    listed = insist(world, lambda: devin.find_sessions(tag), give_up_at_s)
    if not listed or own_id in {session.session_id for session in listed}:
        return listed
    if world.clock.monotonic_s() + 2 * BETWEEN_ATTEMPTS_S > give_up_at_s:
        return ()
    world.clock.sleep(BETWEEN_ATTEMPTS_S)
    try:
        own = insist(world, lambda: devin.get_session(own_id, with_messages=False), give_up_at_s)
    finally:
        world.clock.sleep(BETWEEN_ATTEMPTS_S)  # the watch begins with the same request
    return (*listed, own) if tag in own.tags else ()


def _look_up(world: World, devin: Devin, create: Create, deadline_s: float) -> Choice:
    """Return what the list by tag says; a v1 server without a list has none to find."""
    try:
        listed = insist(world, lambda: devin.find_sessions(create.tag), deadline_s)
    except CallFailed as failure:
        if create.has_idempotency and failure.status in _LIST_MISSING:
            world.runner.event(
                "Devin does not list sessions for this key; its own idempotency must do."
            )
            return AskFirst()
        raise DevinError(str(failure), failure.remedy) from None
    return choose_session(listed, create.tag)


def _create(world: World, devin: Devin, create: Create, deadline_s: float) -> Created | None:
    """Create the session; where the answer was lost for good, find it by its tag.

    `None` where the API's own idempotency gave back a dead one. One that was found living after a
    lost answer may be this run's own, so nothing else is asked whatever becomes of it.
    """
    # Before the create is sent: whatever happens now, the post step can find the session.
    world.runner.write_state(State.QUESTION_KEY, create.key)
    try:
        created = create_session(world, devin, create, deadline_s)
    except DevinError as error:
        if not error.may_have_happened:
            raise
        world.runner.event(f"{error} Looking for the session.")
        for wait_s in _LOST_LOOKS_S:
            if world.clock.monotonic_s() + wait_s > deadline_s:
                break
            world.clock.sleep(wait_s)
            try:
                choice = _look_up(world, devin, create, deadline_s)
            except DevinError:
                break  # nobody answers any more; that there may be a session stays true
            if isinstance(choice, Attach):
                return _attached(choice.session, is_new=None)
        raise
    may_be_old = created.is_new_session is not True
    return None if may_be_old and _is_dead(world, devin, created, deadline_s) else created


def _is_dead(world: World, devin: Devin, created: Created, deadline_s: float) -> bool:
    """Tell whether the session that the API's own idempotency gave back is dead.

    Ends a second after the look, since the watch begins with the same one.
    """
    try:
        session = insist(
            world,
            lambda: devin.get_session(created.session_id, with_messages=False),
            deadline_s,
            fresh_s=FRESH_S,
        )
    except CallFailed as failure:
        raise DevinError(str(failure), failure.remedy) from None
    world.clock.sleep(BETWEEN_ATTEMPTS_S)
    return session.is_dead


def _attached(session: Session, *, is_new: bool | None = False) -> Created:
    return Created(session.session_id, session.url, is_new)
