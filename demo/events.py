"""What happened in a simulated world, in order: Devin's doings and the gate's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from simulator.timeline import KEEP, Step

if TYPE_CHECKING:
    from simulator import Exchange, Session, Simulation

DEVIN: Final = "Devin"
GATE: Final = "The gate"
GITHUB: Final = "GitHub"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that ``who`` did, ``at_s`` seconds from the start; ``detail`` is foreign text."""

    at_s: float
    who: str
    what: str
    detail: str = ""


def collect_events(simulation: Simulation, began_s: float = 0.0) -> tuple[Event, ...]:
    """Return everything that happened since then, in order; its times count from there."""
    now_s = simulation.clock.monotonic_s()
    happened = [
        *(event for exchange in simulation.devin.journal for event in _asked(exchange)),
        *(event for exchange in simulation.github.journal for event in _commented(exchange)),
        *(event for session in simulation.devin.sessions for event in _worked(session, now_s)),
    ]
    found = sorted(happened, key=lambda event: event.at_s)
    return tuple(
        replace(event, at_s=event.at_s - began_s) for event in found if event.at_s >= began_s
    )


def _asked(exchange: Exchange) -> Iterator[Event]:
    is_question = exchange.operation in ("create", "message")
    if is_question:
        yield Event(exchange.at_s, GATE, "asks Devin")
    if _is_trouble(exchange):
        yield _tell_trouble(exchange, DEVIN, "the question" if is_question else "a look")


def _commented(exchange: Exchange) -> Iterator[Event]:
    done = {"POST": "writes the comment", "PATCH": "edits the comment"}.get(exchange.method)
    if done and "/comments" in exchange.path:
        yield Event(exchange.at_s, GATE, done)
    if _is_trouble(exchange):
        yield _tell_trouble(exchange, GITHUB, "it")


def _is_trouble(exchange: Exchange) -> bool:
    return exchange.status is None or exchange.status >= 400


def _tell_trouble(exchange: Exchange, who: str, about: str) -> Event:
    if exchange.status is None:
        return Event(exchange.at_s, who, "breaks the connection")
    return Event(exchange.at_s, who, f"answers {about} with {exchange.status}")


def _worked(session: Session, now_s: float) -> Iterator[Event]:
    for step in session.timeline.steps:
        at_s = session.created_s + step.after_s
        if at_s <= now_s:
            yield from (Event(at_s, DEVIN, what, detail) for what, detail in _changes(step))


def _changes(step: Step) -> Iterator[tuple[str, str]]:
    if step.message is not None:
        yield "says", step.message
    if isinstance(step.pull_request_url, str):
        yield "opens a pull request", step.pull_request_url
    if step.structured_output is not KEEP:
        yield "sets the structured output", ""
    if isinstance(step.status_enum, str):
        yield "shows", step.status_enum
    elif step.status_enum is None:
        yield "is being set up", ""
