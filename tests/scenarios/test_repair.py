"""Repair: Devin is told exactly what is wrong, once, and believed again only after a sign."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator import Answer, CutBody, Fault, Reset, Step, Timeline
from tests.scenarios.page import show
from tests.scenarios.world import BAD, GOOD, MESSAGE, Gate, Run, blocked, finished, working

TAKES_IT_UP = (
    Step(5, status_enum="working"),
    Step(60, status_enum="blocked", structured_output=GOOD),
)


def told(gate: Gate) -> list[str]:
    """Return what the first session was told."""
    return [text for _, text in gate.sim.devin.sessions[0].delivered]


def run_after(gate: Gate, end: Step, *reactions: tuple[Step, ...], **inputs: str) -> Run:
    """Run a session that ends like this and reacts to messages like that."""
    gate.sim.devin.script(Timeline((working(), end), reactions))
    return gate.run(inputs)


@pytest.mark.parametrize("end", [blocked, finished])
@pytest.mark.parametrize("output", [BAD, None])
def test_a_repaired_answer_passes(
    gate: Gate, end: Callable[[float, object], Step], output: object
) -> None:
    """An output that is wrong or missing costs one message, and no new session."""
    run = run_after(gate, end(300, output), TAKES_IT_UP)
    assert (run.exit_code, run.outcome, run.output) == (0, "passed", GOOD)
    assert "after 1 repair" in run.outputs["reason"]
    assert len(told(gate)) == len(gate.sim.devin.sessions) == 1


def test_the_message_says_what_is_wrong_and_what_is_asked_for(gate: Gate) -> None:
    """Devin reads the violation, the schema, the question's key, and that it may decline."""
    run = run_after(gate, blocked(300, BAD), TAKES_IT_UP)
    [text] = told(gate)
    assert text.startswith(f"Devin Gate, repair 1 of question {run.state['question_key']}\n")
    assert "- $.risk: " in text
    assert '"enum":["low","high"]' in text.replace(" ", "")
    assert text.endswith("do not fill it in: say what you need.")


def test_a_missing_output_is_named_so(gate: Gate) -> None:
    """A notepad that stayed empty is not called a violation."""
    run_after(gate, blocked(300), TAKES_IT_UP)
    assert "structured output is missing" in told(gate)[0]


def test_a_session_without_a_schema_is_told_nothing(gate: Gate) -> None:
    """Where nothing is judged there is nothing to repair."""
    run = run_after(gate, blocked(300), TAKES_IT_UP, structured_output_schema="")
    assert (run.outcome, told(gate)) == ("blocked", [])


def test_it_comes_after_the_grace(gate: Gate) -> None:
    """A message costs a turn, so an answer that only lags is waited for first."""
    run_after(gate, blocked(300, BAD), TAKES_IT_UP)
    [(at_s, _)] = gate.sim.devin.sessions[0].delivered
    assert 420 <= at_s <= 300 + 120 + 45


@pytest.mark.parametrize("attempts", [0, 1, 2, 5])
def test_it_is_tried_as_often_as_the_team_allows(gate: Gate, attempts: int) -> None:
    """An answer that stays wrong is told so many times, then it is invalid."""
    still_bad = (Step(5, status_enum="working"), Step(30, status_enum="blocked"))
    run = run_after(gate, blocked(300, BAD), still_bad, repair_attempts=str(attempts))
    assert (run.exit_code, run.outcome, len(told(gate))) == (1, "invalid_output", attempts)
    assert [text.split()[3] for text in told(gate)] == [str(n + 1) for n in range(attempts)]
    assert (f"after {attempts} repair" in run.outputs["reason"]) == (attempts > 0)


def test_it_is_counted_over_all_runs(gate: Gate) -> None:
    """A re-run does not ask a session again that was asked already."""
    still_bad = (Step(5, status_enum="working"), Step(30, status_enum="blocked"))
    run_after(gate, blocked(300, BAD), still_bad)
    again = gate.run()
    assert (again.outcome, len(told(gate))) == ("invalid_output", 1)
    assert "after 1 repair" in again.outputs["reason"]
    more = gate.run(repair_attempts="2")
    assert (more.outcome, len(told(gate))) == ("invalid_output", 2)


def test_an_old_end_is_not_believed_after_a_message(gate: Gate) -> None:
    """Devin may take a minute and a half to wake: the end that is still shown is the old one."""
    late = (
        Step(90, status_enum="working"),
        Step(150, status_enum="blocked", structured_output=GOOD),
    )
    assert run_after(gate, blocked(300, BAD), late).outcome == "passed"


def test_a_devin_that_does_not_react_is_not_waited_for(gate: Gate) -> None:
    """After 120 s without a sign the run ends by what is there, and says so."""
    run = run_after(gate, blocked(300, BAD))
    [(asked_s, _)] = gate.sim.devin.sessions[0].delivered
    assert run.outcome == "invalid_output"
    assert "did not take up" in run.outputs["reason"]
    assert 120 <= run.looks_s[-1] - asked_s <= 145


@pytest.mark.parametrize(
    "sign",
    [
        Step(30, message="I need the name of the branch."),
        Step(30, structured_output={"risk": "still unknown"}),
        Step(30, status_enum="working"),
    ],
)
def test_each_sign_is_believed(gate: Gate, sign: Step) -> None:
    """A message, another output or work shows that Devin has read ours."""
    reaction = (sign, Step(40, status_enum="blocked"))
    run = run_after(gate, blocked(300, BAD), reaction)
    assert run.outcome == "invalid_output"
    assert "after 1 repair" in run.outputs["reason"]


def test_what_devin_needs_instead_is_shown(gate: Gate) -> None:
    """A Devin that declines is blocked, and its words stand in the comment."""
    reaction = (Step(30, message="I cannot see the private submodule."),)
    run = run_after(gate, blocked(300), reaction)
    assert run.outcome == "blocked"
    assert "private submodule" in show(run.comments[0]).text


def test_a_question_from_before_the_message_is_still_shown(gate: Gate) -> None:
    """Our own message does not hide what Devin asked a person."""
    run = run_after(gate, blocked(300, message="Which branch shall I use?"))
    assert (run.outcome, len(told(gate))) == ("blocked", 1)
    assert "Which branch shall I use?" in show(run.comments[0]).text


@pytest.mark.only_on("v1", reason="v3 wakes a session that is asleep")
def test_a_message_that_is_not_delivered_ends_the_repairs(gate: Gate) -> None:
    """API v1 says 200 and a detail where a sleeping session did not get it."""
    refusal = Answer(200, {"detail": "Session is suspended, message not delivered"})
    gate.sim.devin.inject("POST", MESSAGE, refusal)
    run = run_after(gate, blocked(300, BAD), TAKES_IT_UP, repair_attempts="3")
    assert (run.outcome, told(gate)) == ("invalid_output", [])
    assert "was not delivered" in run.outputs["reason"]


@pytest.mark.parametrize("fault", [Reset(), Answer(502), Answer(500), CutBody()])
def test_a_message_that_may_have_arrived_is_not_sent_again(gate: Gate, fault: Fault) -> None:
    """An answer that was lost does not make Devin do the same turn twice."""
    gate.sim.devin.inject("POST", MESSAGE, fault, after_commit=True)
    run = run_after(gate, blocked(300, BAD), TAKES_IT_UP)
    assert (run.outcome, len(told(gate))) == ("passed", 1)


@pytest.mark.parametrize(
    "fault", [Answer(429, {"detail": "Slow"}), Answer(503, {}, (("Retry-After", "2"),))]
)
def test_a_message_that_was_turned_away_is_sent_again(gate: Gate, fault: Fault) -> None:
    """A busy Devin that surely did not take the message gets it a little later."""
    gate.sim.devin.inject("POST", MESSAGE, fault, times=2)
    assert run_after(gate, blocked(300, BAD), TAKES_IT_UP).outcome == "passed"


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_a_message_that_is_refused_leaves_the_answer_as_it_is(gate: Gate, status: int) -> None:
    """Without the permission to write to the session the verdict is that of the answer."""
    gate.sim.devin.inject("POST", MESSAGE, Answer(status, {"detail": "No"}), times=None)
    run = run_after(gate, blocked(300, BAD), TAKES_IT_UP)
    assert (run.exit_code, run.outcome) == (1, "invalid_output")


def test_no_message_is_sent_when_no_time_is_left_for_its_answer(gate: Gate) -> None:
    """A turn that nobody can judge any more is not paid for."""
    run = run_after(gate, blocked(150, BAD), TAKES_IT_UP, timeout_minutes="5")
    assert (run.outcome, told(gate)) == ("invalid_output", [])


def test_the_deadline_is_kept_while_devin_repairs(gate: Gate) -> None:
    """A repair that takes too long times out; the answer was not yet there."""
    slow = (Step(5, status_enum="working"),)
    run = run_after(gate, blocked(60, BAD), slow, timeout_minutes="8")
    assert (run.outcome, run.looks_s[-1]) == ("timed_out", 480)


@pytest.mark.parametrize(
    ("status", "status_v3"),
    [("suspend_requested", "suspended/user_request"), ("expired", "suspended/out_of_credits")],
)
def test_only_a_turn_that_ended_by_itself_is_repaired(
    gate: Gate, status: str, status_v3: str
) -> None:
    """A session that somebody put to sleep is not woken by us."""
    end = Step(300, status_enum=status, status_v3=status_v3, structured_output=BAD)
    run = run_after(gate, end, TAKES_IT_UP)
    assert (run.exit_code, told(gate)) == (1, [])


def test_a_session_that_was_given_up_gets_no_message(gate: Gate) -> None:
    """What is tagged as ended is left alone."""
    gate.clock.at(310, lambda: gate.sim.devin.sessions[0].tags.append("devin-gate:ended"))
    run = run_after(gate, blocked(300, BAD), TAKES_IT_UP)
    assert (run.outcome, told(gate)) == ("session_failed", [])
