"""One session per question: found by its tag, created once, and never a dead one judged."""

from __future__ import annotations

import json

import pytest

from simulator import Altered, Answer, Reset, Step, Timeline
from simulator.sessions_v1 import summary_v1
from simulator.sessions_v3 import session_v3
from tests.scenarios.world import (
    CREATE,
    DETAILS,
    GOOD,
    LIST,
    TAGS,
    TERMINATE,
    Gate,
    blocked,
    working,
)

EMPTY = Answer(200, {"sessions": [], "items": [], "has_next_page": False})
DEAD = Step(20, status_enum="expired", status_v3="error", structured_output=GOOD)


def died(gate: Gate) -> str:
    """Return the outcome of a run whose session dies while it is watched."""
    return "session_failed" if gate.is_v3 else "expired"


def created_in(gate: Gate) -> int:
    """Return how many sessions there are."""
    return len(gate.sim.devin.sessions)


def test_a_session_is_found_by_its_tag_without_a_create(gate: Gate) -> None:
    """A second run sends no create at all: it takes up what it finds, finished or not."""
    gate.devin_does(working(), blocked(300, GOOD))
    gate.run()
    again = gate.run()
    assert (again.outcome, again.outputs["is_new_session"]) == ("passed", "false")
    assert again.asked(CREATE) == []
    assert created_in(gate) == 1


def test_a_session_that_died_is_asked_anew(gate: Gate) -> None:
    """What an expired session holds is never judged by a run that finds it."""
    gate.sim.devin.script(Timeline((DEAD,)), Timeline((working(), blocked(60, {"risk": "high"}))))
    first, second, third = gate.run(), gate.run(), gate.run()
    assert (first.outcome, second.outcome) == (died(gate), "passed")
    assert second.output == {"risk": "high"}
    assert second.outputs["is_new_session"] == "true"
    assert second.state["question_key"] == first.state["question_key"] + "-1"
    assert third.outputs["session_id"] == second.outputs["session_id"]
    assert created_in(gate) == 2


@pytest.mark.parametrize("idempotent_finds_it", [True, False])
def test_a_session_that_was_given_up_is_asked_anew(
    gate: Gate, *, idempotent_finds_it: bool
) -> None:
    """A session with the tag of the dead is not taken up, valid output or not."""
    gate.devin_does(working(), blocked(60, GOOD))
    gate.sim.devin.idempotent_finds_terminated = idempotent_finds_it
    first = gate.run()
    gate.sim.devin.sessions[0].tags.append("devin-gate:ended")
    second = gate.run()
    assert (second.outcome, second.outputs["is_new_session"]) == ("passed", "true")
    assert second.outputs["session_id"] != first.outputs["session_id"]


@pytest.mark.only_on("v1", reason="v3 has no idempotency")
def test_a_dead_session_that_idempotency_gives_back_is_asked_anew(gate: Gate) -> None:
    """Where the list is not to be had, v1's own idempotency can still bring back a dead one."""
    gate.sim.devin.inject("GET", LIST, Answer(403, {"detail": "No"}), times=None)
    gate.sim.devin.script(Timeline((DEAD,)), Timeline((working(), blocked(60, GOOD))))
    assert gate.run().outcome == "expired"
    again = gate.run()
    assert (again.outcome, created_in(gate)) == ("passed", 2)
    assert "does not list sessions" in again.log


def test_a_session_found_after_a_lost_create_is_the_only_one_of_its_run(gate: Gate) -> None:
    """The list showed it alive, and it was dead at the first look: nothing else is created."""
    gate.devin_does(working(), blocked(60, GOOD))
    dead = {"status": "error", "status_enum": "expired", "status_detail": None}
    lags = Altered(lambda usual: json.dumps({**usual, **dead}).encode())
    gate.sim.devin.inject("POST", CREATE, Reset(), after_commit=True)
    gate.sim.devin.inject("GET", DETAILS, lags, times=None)
    run = gate.run(idempotent="false")  # v1's own idempotency would send the create again
    assert (run.exit_code, run.outcome) == (1, died(gate))
    assert (len(run.asked(CREATE)), created_in(gate)) == (1, 1)


def test_a_listed_session_without_its_id_is_not_overlooked(gate: Gate) -> None:
    """A list that shows our tag and not whose it is is read again; nothing is created meanwhile."""
    gate.devin_does(working(), blocked(60, GOOD))
    first = gate.run()
    items = [{"session_id": None, "tags": list(gate.sim.devin.sessions[0].tags)}]
    page = {"sessions": items, "items": items, "has_next_page": False}
    gate.sim.devin.inject("GET", LIST, Answer(200, page))
    again = gate.run()
    assert (again.outcome, again.asked(CREATE)) == ("passed", [])
    assert again.outputs["session_id"] == first.outputs["session_id"]


def test_a_session_that_is_given_up_while_it_is_watched_is_not_judged(gate: Gate) -> None:
    """What stood in the notepad of a session that somebody else ended is no answer."""
    gate.devin_does(working(), blocked(60, GOOD))
    gate.clock.at(30, lambda: gate.sim.devin.sessions[0].tags.append("devin-gate:ended"))
    run = gate.run()
    assert (run.exit_code, run.outcome) == (1, "session_failed")
    assert gate.run().outcome == "passed"


def test_the_tenth_dead_session_is_the_last(gate: Gate) -> None:
    """A question whose sessions all die costs ten at most, then a person must look."""
    gate.devin_does(DEAD)
    outcomes = [gate.run(comment="off").outcome for _ in range(11)]
    assert outcomes == [died(gate)] * 10 + ["session_failed"]
    assert created_in(gate) == 10
    assert "10 sessions" in gate.runs[-1].outputs["reason"]


def test_of_two_sessions_of_one_question_the_older_stays(gate: Gate) -> None:
    """Two runs that each made one end with one living session and the same verdict."""
    gate.sim.devin.script(
        Timeline((working(), blocked(60, GOOD))),
        Timeline((working(), blocked(60, {"risk": "high"}))),
    )
    key = gate.add_key("of_somebody_else", "somebody@else.test")
    first = gate.run()
    gate.sim.devin.inject("GET", LIST, EMPTY)  # the list lags behind the first run's create
    second = gate.run(devin_api_key=key)
    older, younger = gate.sim.devin.sessions
    assert second.outputs["session_id"] == first.outputs["session_id"] == older.session_id
    assert (second.outcome, second.output) == ("passed", GOOD)
    assert gate.sim.devin.terminations == [younger.session_id]
    assert "the older one, stays" in second.log


def test_a_race_that_shows_late_is_settled_before_the_verdict(gate: Gate) -> None:
    """A list that lags for a minute does not make two verdicts."""
    gate.sim.devin.script(
        Timeline((working(), blocked(60, GOOD))),
        Timeline((working(), blocked(60, {"risk": "high"}))),
    )
    key = gate.add_key("of_somebody_else", "somebody@else.test")
    gate.run()
    gate.sim.devin.inject("GET", LIST, EMPTY, times=2)
    second = gate.run(devin_api_key=key)
    assert (second.outcome, second.output) == ("passed", GOOD)
    assert len(gate.sim.devin.terminations) == 1


@pytest.mark.parametrize("wait", ["true", "false"])
def test_a_race_is_settled_where_the_list_lacks_the_younger_session(gate: Gate, wait: str) -> None:
    """A list that shows the other session and not yet ours does not leave two of them living."""
    gate.devin_does(working(), blocked(60, GOOD))
    key = gate.add_key("of_somebody_else", "somebody@else.test")
    first = gate.run()
    [older] = gate.sim.devin.sessions
    shown = session_v3(gate.sim.devin, older) if gate.is_v3 else summary_v1(older, 0)
    page = {"sessions": [shown], "items": [shown], "has_next_page": False}
    gate.sim.devin.inject("GET", LIST, EMPTY)
    gate.sim.devin.inject("GET", LIST, Answer(200, page))
    second = gate.run(devin_api_key=key, wait=wait)
    assert second.outcome == ("passed" if wait == "true" else "started")
    assert second.outputs["session_id"] == first.outputs["session_id"]
    assert gate.sim.devin.terminations == [gate.sim.devin.sessions[1].session_id]


def test_a_session_that_the_list_lacks_stays_where_it_is_the_older(gate: Gate) -> None:
    """Only a session that is known to be the younger one is given up."""
    gate.devin_does(working(), blocked(60, GOOD))

    def add_a_younger() -> None:
        tags = list(gate.sim.devin.sessions[0].tags)
        younger = gate.sim.devin.add_session({"prompt": "x", "tags": tags})
        shown = session_v3(gate.sim.devin, younger) if gate.is_v3 else summary_v1(younger, 0)
        page = {"sessions": [shown], "items": [shown], "has_next_page": False}
        gate.sim.devin.inject("GET", LIST, Answer(200, page))
        younger.tags.append("devin-gate:ended")  # by the run that made it, a little later

    gate.clock.at(gate.clock.monotonic_s() + 3, add_a_younger)
    run = gate.run()
    assert (run.outcome, run.outputs["is_new_session"]) == ("passed", "true")
    own, younger = gate.sim.devin.sessions
    assert run.outputs["session_id"] == own.session_id != younger.session_id
    assert gate.sim.devin.terminations == []


def test_a_second_session_that_cannot_be_ended_is_said(gate: Gate) -> None:
    """What this run could not terminate is named, so that a person can."""
    gate.devin_does(working(), blocked(60, GOOD))
    key = gate.add_key("of_somebody_else", "somebody@else.test")
    gate.run()
    gate.sim.devin.inject("GET", LIST, EMPTY)
    gate.sim.devin.inject("DELETE", TERMINATE, Answer(500, {"detail": "No"}), times=None)
    second = gate.run(devin_api_key=key)
    assert second.outcome == "passed"
    assert gate.sim.devin.sessions[1].session_id in second.log
    assert "::warning title=Devin Gate%3A a session goes on::" in second.log


@pytest.mark.parametrize(
    ("method", "path", "fault", "after_commit"),
    [
        ("GET", LIST, Answer(502), False),
        ("*", TAGS, Answer(503), False),
        ("*", TAGS, Answer(502), True),
        ("DELETE", TERMINATE, Answer(503), False),
        ("DELETE", TERMINATE, Answer(502), True),
    ],
)
def test_a_session_too_many_is_ended_in_spite_of_a_fault(
    gate: Gate, method: str, path: str, fault: Answer, *, after_commit: bool
) -> None:
    """One failure in settling a race does not leave two living sessions behind."""
    gate.devin_does(working(), blocked(60, GOOD))
    key = gate.add_key("of_somebody_else", "somebody@else.test")
    gate.run()
    gate.sim.devin.inject("GET", LIST, EMPTY)  # the list lags behind the first run's create
    gate.sim.devin.inject(method, path, fault, after_commit=after_commit)
    second = gate.run(devin_api_key=key)
    assert second.outputs["session_id"] == gate.runs[0].outputs["session_id"]
    assert gate.sim.devin.terminations[-1] == gate.sim.devin.sessions[1].session_id


def test_a_list_that_is_down_is_waited_for(gate: Gate) -> None:
    """Without the list nobody knows whether there is a session, so nothing is created meanwhile."""
    gate.devin_does(working(), blocked(300, GOOD))
    gate.sim.devin.inject("GET", LIST, Answer(502), times=4)
    run = gate.run()
    assert (run.outcome, created_in(gate)) == ("passed", 1)


def test_a_list_that_stays_down_is_an_error_and_no_session(gate: Gate) -> None:
    """Past the budget the run ends red, and nothing was spent."""
    gate.sim.devin.inject("GET", LIST, Answer(502), times=None)
    run = gate.run()
    assert (run.outcome, created_in(gate)) == ("error", 0)
    assert run.duration_s <= 960


def test_a_session_without_our_tag_is_not_ours(gate: Gate) -> None:
    """A server that takes tags for "any of them" does not hand us a stranger's session."""
    gate.devin_does(working(), blocked(60, GOOD))
    stranger = gate.sim.devin.add_session({"prompt": "Other.", "tags": ["devin-gate:commit:x"]})
    shown = session_v3(gate.sim.devin, stranger) if gate.is_v3 else summary_v1(stranger, 0)
    listed = {**shown, "structured_output": GOOD, "status_enum": "finished", "status": "exit"}
    page = {"sessions": [listed], "items": [listed], "has_next_page": False}
    gate.sim.devin.inject("GET", LIST, Answer(200, page))
    run = gate.run()
    assert run.outputs["session_id"] != stranger.session_id
    assert run.outcome == "passed"
