"""A run that was killed, and `on_cancel`: the session is found, the comment ends."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from simulator import Answer, Delay
from tests.scenarios.page import show
from tests.scenarios.world import COMMENT, CREATE, DETAILS, GOOD, LIST, TAGS, Gate, blocked, working

CANCELLED = "⏹️ The workflow run was cancelled"
WHILE_WATCHING = "Devin is working"


def send(number: signal.Signals) -> None:
    """Send a signal to this process."""
    signal.raise_signal(number)


@pytest.fixture
def _scripted(gate: Gate) -> None:
    gate.devin_does(working(), blocked(300, GOOD))


pytestmark = pytest.mark.usefixtures("_scripted")


def test_a_verdict_that_was_decided_is_told_by_the_post_step(gate: Gate) -> None:
    """A kill between the outputs and the comment does not turn a pass into a cancel."""
    gate.sim.github.inject("PATCH", COMMENT, Answer(422, {"message": "No"}))
    post = gate.run_killed("::warning title=Devin Gate%3A no comment", on_cancel="terminate")
    assert post.state["outcome"] == "passed"
    assert show(gate.comments()[0].body).headings[0] == "✅ Devin Gate passed"
    assert gate.sim.devin.terminations == []


def test_a_session_of_another_run_is_never_ended(gate: Gate) -> None:
    """`terminate` is for what a run created itself: the next run may still need the session."""
    gate.run()
    gate.run_killed("Watching Devin", on_cancel="terminate")
    assert gate.sim.devin.terminations == []


def test_a_devin_that_is_down_does_not_keep_the_comment_open(gate: Gate) -> None:
    """The comment that is there ends, whatever Devin says."""
    gate.sim.devin.inject("GET", DETAILS, Answer(503), times=None, skip=2)
    post = gate.run_killed(WHILE_WATCHING)
    assert post.exit_code == 0
    assert [show(comment.body).headings[0] for comment in gate.comments()] == [CANCELLED]
    assert gate.sim.devin.sessions[0].url in show(gate.comments()[0].body).links


def test_a_session_that_was_ended_is_asked_anew(gate: Gate) -> None:
    """After `terminate` a re-run does not judge what it finds: it asks again."""
    gate.clock.at(50, lambda: send(signal.SIGINT))
    gate.run(cancellable=True, on_cancel="terminate")
    again = gate.run(on_cancel="terminate")
    assert (again.outcome, again.outputs["is_new_session"]) == ("passed", "true")


def test_a_cancelled_run_ends_only_its_own_session(gate: Gate) -> None:
    """A run that took up another run's session leaves it."""
    gate.run()
    gate.clock.at(gate.clock.monotonic_s() + 2, lambda: send(signal.SIGTERM))
    run = gate.run(cancellable=True, on_cancel="terminate")
    assert (run.outcome, gate.sim.devin.terminations) == ("cancelled", [])


def test_with_nothing_to_do_hardly_more_than_python_starts() -> None:
    """A post step after a normal run loads none of the libraries."""
    code = (
        "import sys; from entrypoint.__main__ import post_main; assert post_main({}) == 0; "
        "print(sorted({'requests', 'github', 'yaml', 'jsonschema'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_comment_that_a_cancelled_run_could_not_end_is_ended(gate: Gate) -> None:
    """One failure in the two seconds after a signal does not leave it in progress."""
    gate.sim.github.inject("PATCH", COMMENT, Answer(502))
    gate.clock.at(50, lambda: send(signal.SIGTERM))
    run = gate.run(cancellable=True)
    assert show(gate.comments()[0].body).headings[0] != CANCELLED
    gate.post(run.environ, run.state)
    assert show(gate.comments()[0].body).headings[0] == CANCELLED


def test_a_session_that_a_cancelled_run_could_not_end_is_ended(gate: Gate) -> None:
    """What `on_cancel` asks for is done by the post step, once."""
    gate.sim.devin.inject("*", TAGS, Answer(503))
    gate.clock.at(50, lambda: send(signal.SIGTERM))
    run = gate.run(cancellable=True, on_cancel="terminate")
    assert gate.sim.devin.terminations == []
    gate.post(run.environ, run.state)
    assert len(gate.sim.devin.terminations) == 1


@pytest.mark.only_on("v1", reason="v3 has no idempotency that could bring one back")
def test_a_lost_answer_does_not_bring_back_a_dead_session(gate: Gate) -> None:
    """What was terminated is not judged, even where its create is the one that was lost."""
    gate.clock.at(310, lambda: send(signal.SIGINT))
    gate.run(cancellable=True, on_cancel="terminate", poll_interval_seconds="300")
    gate.sim.devin.inject("GET", LIST, Answer(403, {"detail": "No"}), times=None)
    gate.sim.devin.inject("POST", CREATE, Answer(502), after_commit=True)
    again = gate.run(on_cancel="terminate")
    assert again.outcome == "passed"
    assert again.outputs["session_id"] != gate.runs[0].outputs["session_id"]


@pytest.mark.parametrize("fault", [Delay(2), Delay(4)])
def test_the_post_step_does_not_hang(gate: Gate, fault: Delay) -> None:
    """With everybody slow, and every request just in time, it is over within 30 s."""
    for number in range(500):
        gate.sim.github.add_comment(gate.number, login="octocat", body=f"{number}")
    environ, state = gate.kill(WHILE_WATCHING, on_cancel="terminate")
    gate.sim.devin.inject("*", "*", fault, times=None)
    gate.sim.github.inject("*", "*", fault, times=None)
    began_s = gate.clock.monotonic_s()
    gate.post(environ, state)
    assert gate.clock.monotonic_s() - began_s <= 30
