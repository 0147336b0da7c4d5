"""Watching a session until its turn is over, with signs of life in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from entrypoint.core.durations import say_duration
from entrypoint.core.finding import may_be_of
from entrypoint.core.looking import examine
from entrypoint.core.report import UNWRAPPED
from entrypoint.core.session import Phase, without_secrets
from entrypoint.core.text import log_line
from entrypoint.core.timeline_page import Moment
from entrypoint.core.watching import (
    GRACE_INTERVAL_S,
    Ask,
    Decision,
    Look,
    Missed,
    Stop,
    Wait,
    Watch,
    decide,
    grace_s,
    observe,
)
from entrypoint.errors import CallFailed
from entrypoint.failures import HEARTBEAT_S, Failures
from entrypoint.repairing import ask_for_repair

if TYPE_CHECKING:
    from entrypoint.commenting import Commenter
    from entrypoint.core.progress import Progress
    from entrypoint.core.session import Session
    from entrypoint.world import Devin, World

_SAID: Final = {
    Phase.STARTING: "Devin is starting",
    Phase.WORKING: "Devin is working",
    Phase.AWAITING_USER: "Devin's turn is over",
    Phase.AWAITING_APPROVAL: "Devin waits for an approval",
    Phase.FINISHED: "Devin has finished",
    Phase.SUSPENDED: "The session was put to sleep",
    Phase.LIMITED: "The session reached a limit",
    Phase.EXPIRED: "The session expired",
    Phase.FAILED: "The session failed",
}


def watch_session(
    world: World, devin: Devin, progress: Progress, watch: Watch, commenter: Commenter
) -> tuple[Stop, Look | None]:
    """Look at the session until the watch stops; return why, and the last usable look."""
    narrator = _Narrator(world, watch, progress)
    world.runner.open_group("Watching Devin")
    try:
        while True:
            seen = _look(world, devin, progress)
            graced = watch.grace_from_s is not None
            watch = observe(watch, seen)
            now_s = world.clock.monotonic_s()
            decision = decide(watch, now_s)
            if isinstance(seen, Missed):
                narrator.tell_failure(seen, decision)
            else:
                before = progress.session
                progress.session = without_secrets(seen.session, world.runner.redactor)
                narrator.tell_news(progress.session, seen)
                if watch.grace_from_s is not None and not graced:
                    narrator.tell_grace(progress.session, watch)
                if _must_be_shown(before, seen):
                    commenter.write(None)
            match decision:
                case Wait(duration_s):  # counted from the look: a slow comment is part of it
                    world.clock.sleep(now_s + duration_s - world.clock.monotonic_s())
                case Ask(number):
                    watch = ask_for_repair(world, devin, progress, watch, number)
                    world.clock.sleep(GRACE_INTERVAL_S)
                case Stop() as stop:
                    return stop, watch.last
                case other:
                    assert_never(other)
    finally:
        world.runner.close_group()


def _look(world: World, devin: Devin, progress: Progress) -> Look | Missed:
    """Read the session once."""
    session_id = progress.created.session_id if progress.created else ""
    try:
        session = devin.get_session(session_id)
    except CallFailed as failure:
        return Missed(world.clock.monotonic_s(), failure, world.draw())
    if not may_be_of(session, progress.tags):
        return Missed(world.clock.monotonic_s(), _another_question(), world.draw())
    schema = progress.settings.schema if progress.settings else None
    if schema is None:
        return Look(world.clock.monotonic_s(), session, _has_evidence(progress, session))
    found = examine(session, schema, world.runner.redactor)
    return Look(world.clock.monotonic_s(), *found)


def _another_question() -> CallFailed:
    return CallFailed(
        "Devin's API told about a session that bears the tags of another question.",
        "Re-run the job: it looks for its own session. Leave the tags that start with "
        "`devin-gate:` as they are.",
        kind="unreadable",
    )


def _has_evidence(progress: Progress, session: Session) -> bool:
    """Tell whether Devin said something, or opened a pull request, where no schema asks for more."""
    own = progress.others_than_triggering(session.pull_requests)
    return bool(session.new_devin_messages) or bool(own)


def _must_be_shown(before: Session | None, seen: Look) -> bool:
    """Tell whether a person should read now that Devin waits: an answer is not there."""
    changed = before is None or before.phase is not seen.session.phase
    waits = seen.session.phase in (Phase.AWAITING_USER, Phase.AWAITING_APPROVAL)
    return changed and waits and not seen.answered


def _say_status(session: Session) -> str:
    """Return the API's own word, where it is not in our sentence anyway."""
    word = log_line(session.status, 60)
    detail = word.rpartition("/")[2]
    return "" if detail and detail in _SAID[session.phase] else f" (status {word})"


class _Narrator:
    """Writes one line for each change of phase and each new message, and a heartbeat."""

    def __init__(self, world: World, watch: Watch, progress: Progress) -> None:
        self._world = world
        self._moments = progress.moments
        self._watch = watch
        self._phase: Phase | None = None
        self._heard: set[str] = set()
        self._told_unwrapping = False
        self._failures = Failures(world, "Looking again")
        self._spoke_s = watch.began_s

    def tell_failure(self, missed: Missed, decision: Decision) -> None:
        """Write down that a look failed, and what comes next."""
        wait_s = decision.duration_s if isinstance(decision, Wait) else None
        self._failures.tell(missed.failure, wait_s)

    def tell_grace(self, session: Session, watch: Watch) -> None:
        """Write down why nothing seems to happen for two minutes."""
        if session.phase.may_answer:
            self._say(
                watch.grace_from_s or 0.0,
                f"No valid answer is there yet; looking again for {say_duration(grace_s(watch))}, "
                "since Devin's data can lag",
            )

    def tell_news(self, session: Session, look: Look) -> None:
        """Write down what is new since the last look; `session` is its session without secrets."""
        at_s = look.at_s
        if self._failures.end() > 1:
            self._say(at_s, "Devin's API answers again.")
        for number, message in enumerate(session.messages):
            name = message.event_id or str(number)
            if message.is_from_devin and name not in self._heard:
                self._heard.add(name)
                self._say(at_s, f"Devin says: {log_line(message.message)}")
        if session.phase is not self._phase:
            self._phase = session.phase
            self._say(at_s, f"{_SAID[session.phase]}{_say_status(session)}")
            self._moments.append(Moment(at_s, _SAID[session.phase]))
        if session.is_unwrapped and not self._told_unwrapping:
            self._told_unwrapping = True
            self._say(at_s, UNWRAPPED)
        if at_s - self._spoke_s >= HEARTBEAT_S:
            left = say_duration(self._watch.deadline_s - at_s)
            ended = session.phase.is_ended and not look.answered
            state = "No valid answer yet" if ended else _SAID[session.phase]
            self._say(at_s, f"{state}; {left} left")

    def _say(self, at_s: float, what: str) -> None:
        self._spoke_s = at_s
        self._world.runner.event(what)
