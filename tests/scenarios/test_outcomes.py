"""How a run ends: every outcome that can be reached, told everywhere in the same words."""

import pytest

from simulator import Step
from tests.scenarios.invariants import last_line
from tests.scenarios.page import show
from tests.scenarios.world import BAD, DEVIN_PR, GOOD, HEAD, Gate, blocked, finished, working


def test_a_good_answer_passes(gate: Gate) -> None:
    """A valid answer is green, and everything about it is in outputs and comment."""
    gate.devin_does(working(), blocked(300, GOOD), Step(300, pull_request_url=DEVIN_PR))
    run = gate.run(max_acu_limit="10")
    session = gate.sim.devin.sessions[0]
    assert (run.exit_code, run.outcome, run.outputs["conclusion"]) == (0, "passed", "success")
    assert run.output == GOOD
    assert run.outputs["session_id"] == run.state["session_id"] == session.session_id
    assert run.outputs["session_url"] == session.url
    assert run.outputs["pull_request_url"] == DEVIN_PR
    assert run.outputs["is_new_session"] == "true"
    assert run.outputs["status"] == ("running/waiting_for_user" if gate.is_v3 else "blocked")
    assert run.outputs["phase"] == "awaiting_user"
    assert run.outputs["head_sha"] == HEAD
    assert run.outputs["validation_errors"] == "[]"
    assert run.outputs["duration_seconds"] == str(int(run.duration_s))
    [comment] = map(show, run.comments)
    assert comment.headings[0] == "✅ Devin Gate passed"
    assert {session.url, DEVIN_PR} <= set(comment.links)
    assert str(gate.comments()[0].id) in run.outputs["comment_url"]


def test_a_finished_session_passes_too(gate: Gate) -> None:
    """The status `finished` is judged like `blocked`."""
    gate.devin_does(working(), finished(100, GOOD))
    run = gate.run()
    assert (run.outcome, run.outputs["phase"]) == ("passed", "finished")


def test_an_answer_that_breaks_the_schema_is_red(gate: Gate) -> None:
    """The violation is named with its path, in outputs, comment and annotation."""
    gate.devin_does(working(), blocked(300, BAD))
    run = gate.run()
    assert (run.exit_code, run.outcome, run.outputs["conclusion"]) == (
        1,
        "invalid_output",
        "failure",
    )
    assert '"path":"$.risk"' in run.outputs["validation_errors"]
    assert '"keyword":"enum"' in run.outputs["validation_errors"]
    assert run.output == BAD
    assert "$.risk" in show(run.comments[0]).text
    assert "::error title=Devin's answer breaks the schema::Devin Gate: invalid_output." in run.log


def test_a_finished_session_without_output_is_red(gate: Gate) -> None:
    """`finished` without an answer is no pass, after the grace."""
    gate.devin_does(working(), finished(100))
    run = gate.run()
    assert (run.exit_code, run.outcome, run.outputs["structured_output"]) == (
        1,
        "missing_output",
        "",
    )
    assert run.duration_s >= 100 + 120


def test_a_question_is_shown_to_a_person(gate: Gate) -> None:
    """A Devin that stops without an answer is red, and its question stands in the comment."""
    gate.devin_does(working(), blocked(300, message="Which branch\nshall I use?"))
    run = gate.run()
    assert (run.exit_code, run.outcome, run.outputs["conclusion"]) == (
        1,
        "blocked",
        "action_required",
    )
    page = show(run.comments[0])
    assert page.headings[0] == "✋ Devin is waiting for an answer"
    assert "Which branch shall I use?" in page.text


def test_a_person_reads_of_a_question_before_the_grace_is_over(gate: Gate) -> None:
    """The comment says that Devin has stopped as soon as it has, not two minutes later."""
    gate.devin_does(working(), blocked(300))
    seen: list[str] = []
    gate.clock.at(360, lambda: seen.extend(comment.body for comment in gate.comments()))
    gate.run()
    assert show(seen[0]).headings[0].startswith("✋")


@pytest.mark.parametrize(
    ("status", "status_v3", "outcomes", "conclusion"),
    [
        ("suspend_requested", "suspended/user_request", ("suspended",) * 2, "action_required"),
        ("suspend_requested_frontend", "suspended/x", ("suspended",) * 2, "action_required"),
        ("expired", "error", ("expired", "session_failed"), "failure"),
        ("expired", "suspended/error", ("expired", "session_failed"), "failure"),
    ],
)
@pytest.mark.parametrize("output", [None, GOOD, BAD])
def test_a_turn_that_did_not_end_by_itself_is_never_judged(
    gate: Gate,
    status: str,
    status_v3: str,
    outcomes: tuple[str, str],
    conclusion: str,
    output: object,
) -> None:
    """The notepad of a session that was put to sleep or died is shown, never judged."""
    end = Step(200, status_enum=status, status_v3=status_v3, structured_output=output)
    gate.devin_does(working(), end)
    run = gate.run()
    assert (run.exit_code, run.outcome) == (1, outcomes[gate.is_v3])
    assert run.outputs["conclusion"] == conclusion
    assert run.outputs["validation_errors"] == "[]"


def test_a_message_is_evidence_where_no_schema_was_given(gate: Gate) -> None:
    """Without a schema a Devin message completes the run: green, but not called passed."""
    gate.devin_does(working(), blocked(300, message="I have reviewed it."))
    run = gate.run(structured_output_schema="")
    assert (run.exit_code, run.outcome, run.outputs["conclusion"]) == (0, "completed", "neutral")
    assert run.outputs["passed"] == "false"
    assert "::warning title=Devin Gate%3A this step holds no merge::" in run.log


def test_a_pull_request_is_evidence_where_no_schema_was_given(gate: Gate) -> None:
    """Without a schema a pull request of the session's own completes the run."""
    gate.devin_does(working(), blocked(300), Step(300, pull_request_url=DEVIN_PR))
    assert gate.run(structured_output_schema="").outcome == "completed"


def test_the_triggering_pull_request_is_no_evidence(gate: Gate) -> None:
    """A session that only names the pull request it was asked about has done nothing."""
    asked_about = DEVIN_PR.replace("13", str(gate.number))
    gate.devin_does(working(), blocked(300), Step(300, pull_request_url=asked_about))
    run = gate.run(structured_output_schema="")
    assert (run.exit_code, run.outcome) == (1, "blocked")


@pytest.mark.parametrize(("end", "outcome"), [(blocked, "blocked"), (finished, "missing_output")])
def test_no_evidence_is_no_pass(gate: Gate, end: type[Step], outcome: str) -> None:
    """Without a schema and without any sign of work the run is red."""
    gate.devin_does(working(), end(300))
    assert gate.run(structured_output_schema="").outcome == outcome


def test_time_is_over(gate: Gate) -> None:
    """A session that is still at work at the deadline is red, and the run ends on time."""
    gate.devin_does(working())
    run = gate.run(timeout_minutes="5")
    assert (run.exit_code, run.outcome, run.outputs["conclusion"]) == (1, "timed_out", "timed_out")
    assert run.duration_s == 300
    assert run.looks_s[-1] == 300


@pytest.mark.parametrize("outcome", ["invalid_output", "blocked", "timed_out", "suspended"])
def test_a_team_may_allow_an_outcome(gate: Gate, outcome: str) -> None:
    """A named outcome turns the step green; outcome, conclusion and comment do not change."""
    ends = {
        "invalid_output": blocked(200, BAD),
        "blocked": blocked(200),
        "timed_out": working(200),
        "suspended": Step(200, status_enum="suspend_requested"),
    }
    gate.devin_does(working(), ends[outcome])
    red = gate.run(timeout_minutes="10")
    green = gate.run(timeout_minutes="10", allow_outcomes=f"expired, {outcome}")
    assert (red.exit_code, green.exit_code) == (1, 0)
    assert (red.outcome, green.outcome) == (outcome, outcome)
    assert red.outputs["conclusion"] == green.outputs["conclusion"]
    assert "Not passed; allowed by allow_outcomes." in show(green.comments[0]).text
    assert "Not passed; allowed by allow_outcomes." in show(green.summary).text
    assert "Not passed; allowed by `allow_outcomes`." in last_line(green)


@pytest.mark.parametrize("outcome", ["error", "cancelled"])
def test_some_outcomes_cannot_be_allowed(gate: Gate, outcome: str) -> None:
    """`error` and `cancelled` never turn green, and Devin is not asked."""
    run = gate.run(allow_outcomes=outcome)
    assert (run.exit_code, run.outcome, run.devin) == (2, "error", ())
    assert "allow_outcomes" in run.outputs["reason"]


def test_a_large_answer_is_refused_whole(gate: Gate) -> None:
    """An output over 256 KiB is invalid: a later step must not read an empty one as passed."""
    gate.devin_does(working(), blocked(300, {"risk": "low", "why": "x" * 300_000}))
    run = gate.run()
    assert (run.exit_code, run.outcome, run.outputs["structured_output"]) == (
        1,
        "invalid_output",
        "",
    )
