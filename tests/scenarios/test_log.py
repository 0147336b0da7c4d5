"""The step's log: one line an event, with its time; nothing twice, and the end at the end."""

from __future__ import annotations

from simulator import Answer
from tests.runner_model import read_commands, read_plain_lines
from tests.scenarios.world import CREATE, DETAILS, GOOD, Gate, blocked, working

NEWS = ("[", "Devin Gate: ")


def test_each_event_is_a_line_with_the_time_since_the_run_began(gate: Gate) -> None:
    """Who scrolls through it knows what happened, when, and how it ended."""
    gate.devin_does(working(), blocked(300, GOOD, message="Done."))
    run = gate.run(gate='output.risk == "low"')
    lines = [line for line in read_plain_lines(run.log) if line.startswith(NEWS)]
    session = run.outputs["session_url"]
    starting, over = {"v1": ("running", "blocked"), "v3": ("new", "running/waiting_for_user")}[
        gate.api
    ]
    assert lines == [
        f"[0 s] Devin session: {session} ({run.outputs['session_id']})",
        f"[5 s] Devin is starting (status {starting})",
        "[10 s] Devin is working",
        "[3 min 27 s] Devin is working; 56 min 32 s left",
        "[5 min 27 s] Devin says: Done.",
        f"[5 min 27 s] Devin's turn is over (status {over})",
        "Devin Gate: passed. Devin's structured output satisfies the schema and the rule of the gate.",
    ]
    groups = [command.data for command in read_commands(run.log) if command.name == "group"]
    assert groups == ["The question", "Watching Devin", "The gate's rules"]


def test_the_same_failure_is_told_once(gate: Gate) -> None:
    """An API that is down is one line, and a sign of life now and then, until it is up again."""
    gate.devin_does(working(), blocked(900, GOOD))
    gate.sim.devin.inject("GET", DETAILS, Answer(503, "down"), skip=3, times=25)
    run = gate.run()
    lines = [line for line in read_plain_lines(run.log) if line.startswith(NEWS)]
    told = [line for line in lines if "answered 503" in line]
    assert run.outcome == "passed"
    assert 1 < len(told) <= 4
    assert "times by now" not in told[0]
    assert all("times by now" in line for line in told[1:])
    assert len([line for line in lines if "answers again" in line]) == 1


def test_a_create_that_is_turned_away_again_and_again_is_told_once(gate: Gate) -> None:
    """And then as a sign of life, with the number of times."""
    gate.devin_does(blocked(60, GOOD))
    gate.sim.devin.inject("POST", CREATE, Answer(429, {"detail": "slow down"}), times=20)
    run = gate.run()
    told = [line for line in read_plain_lines(run.log) if "answered 429" in line]
    assert run.outcome == "passed"
    assert 1 <= len(told) <= 4
    assert all("Trying again in" in line for line in told)
    assert all(("times by now" in line) is (line is not told[0]) for line in told)


def test_a_red_end_is_told_once_as_an_annotation(gate: Gate) -> None:
    """Its title is the comment's headline; the last line has outcome, reason and what to do."""
    gate.devin_does(working(), blocked(300, message="Which one?"))
    run = gate.run(repair_attempts="0")
    last = read_commands(run.log.splitlines()[-1])
    assert [command.name for command in last] == ["error"]
    assert last[0].properties == {"title": "Devin is waiting for an answer"}
    assert last[0].data.startswith(f"Devin Gate: blocked. {run.outputs['reason']} Answer Devin")
    assert run.log.count(run.outputs["reason"]) == 1
