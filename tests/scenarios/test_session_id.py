"""`session_id`: a session that is there already is judged, if it is about this commit."""

from __future__ import annotations

import signal

import pytest

from simulator import Answer, Session
from tests.scenarios.page import show
from tests.scenarios.world import DETAILS, GOOD, HEAD, Gate, Run, blocked, working

ABOUT_THIS = f"devin-gate:commit:{HEAD}"
ABOUT_ANOTHER = f"devin-gate:commit:{'c' * 40}"


def start(gate: Gate, *tags: str) -> Session:
    """Let somebody else start a session with these tags."""
    return gate.sim.devin.add_session({"prompt": "Review.", "tags": [*tags]})


def judge(gate: Gate, session: Session, *, cancellable: bool = False, on_cancel: str = "") -> Run:
    """Run a step that names the session."""
    return gate.run(cancellable=cancellable, prompt="", session_id=session.url, on_cancel=on_cancel)


@pytest.fixture(autouse=True)
def answer(gate: Gate) -> None:
    """Let Devin give a good answer."""
    gate.devin_does(working(), blocked(60, GOOD))


def test_a_session_about_this_commit_is_judged(gate: Gate) -> None:
    """Its answer passes like one that this step asked for, and nothing is created."""
    session = start(gate, ABOUT_THIS)
    run = judge(gate, session)
    assert (run.outcome, run.output) == ("passed", GOOD)
    assert run.outputs["session_id"] == session.session_id
    assert run.outputs["is_new_session"] == "false"
    assert {seen.method for seen in run.devin} == {"GET"}
    assert show(run.comments[0]).headings[0] == "✅ Devin Gate passed"


def test_a_session_about_another_commit_is_stale(gate: Gate) -> None:
    """A good answer about other code opens no gate; the session is named all the same."""
    session = start(gate, ABOUT_ANOTHER)
    run = judge(gate, session)
    assert (run.exit_code, run.outcome) == (1, "stale")
    assert run.outputs["conclusion"] == "stale"
    assert run.outputs["session_id"] == session.session_id
    assert "another commit" in run.outputs["reason"]


def test_a_session_that_is_bound_to_no_commit_is_an_error(gate: Gate) -> None:
    """On a pull request nobody could tell which state of it was reviewed."""
    run = judge(gate, start(gate, "mine"))
    assert (run.exit_code, run.outcome) == (2, "error")
    assert "bound to no commit" in run.outputs["reason"]


def test_without_a_pull_request_no_commit_is_needed(gate: Gate) -> None:
    """A scheduled job may judge any session that the team names."""
    gate.on("schedule", {"schedule": "0 3 * * *"})
    assert judge(gate, start(gate, "mine")).outcome == "passed"
    assert judge(gate, start(gate, ABOUT_ANOTHER)).outcome == "stale"


def test_a_session_that_is_not_there_is_an_error(gate: Gate) -> None:
    """A mistyped ID is said at once."""
    run = gate.run(prompt="", session_id="devin-" + "0" * 32)
    assert (run.exit_code, run.outcome, len(run.devin)) == (2, "error", 1)
    assert "404" in run.outputs["reason"]


def test_a_dead_session_is_not_judged(gate: Gate) -> None:
    """What an ended session holds is no answer, named or not; the way out is another ID."""
    session = start(gate, ABOUT_THIS, "devin-gate:ended")
    run = judge(gate, session)
    assert (run.exit_code, run.outcome) == (1, "session_failed")
    assert "the ID of another one" in show(run.summary).text
    assert len(gate.sim.devin.sessions) == 1


def test_its_session_is_never_ended_by_a_cancel(gate: Gate) -> None:
    """`terminate` is for what a run created itself."""
    session = start(gate, ABOUT_THIS)
    gate.clock.at(5, lambda: signal.raise_signal(signal.SIGINT))
    run = judge(gate, session, cancellable=True, on_cancel="terminate")
    assert (run.outcome, gate.sim.devin.terminations) == ("cancelled", [])
    gate.post(run.environ, run.state)
    assert gate.sim.devin.terminations == []


def test_a_session_that_cannot_be_read_for_a_while_is_waited_for(gate: Gate) -> None:
    """A server error is no reason to give up a session that somebody paid for."""
    session = start(gate, ABOUT_THIS)
    gate.sim.devin.inject("GET", DETAILS, Answer(502), times=3)
    assert judge(gate, session).outcome == "passed"


def test_a_killed_run_leaves_an_ended_comment(gate: Gate) -> None:
    """The post step ends the comment of a run that only watched."""
    session = start(gate, ABOUT_THIS)
    gate.run_killed("Devin is working", prompt="", session_id=session.session_id)
    assert [show(one.body).headings[0] for one in gate.comments()] == [
        "⏹️ The workflow run was cancelled"
    ]
