"""`wait: false` in one job, `session_id` in another: one session, one comment, one verdict."""

from __future__ import annotations

import json
import signal
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

import pytest

from simulator import Answer
from tests.runner_model import read_commands
from tests.scenarios.page import show
from tests.scenarios.world import (
    BAD,
    COMMENT,
    COMMENTS,
    CREATE,
    DETAILS,
    GOOD,
    HEAD,
    LIST,
    SCHEMA,
    Gate,
    Run,
    blocked,
    working,
)

STARTED = "🚀 Devin was started, nothing was judged yet"
PASSED = "✅ Devin Gate passed"
CANCELLED = "⏹️ The workflow run was cancelled"
REASON = "Devin was started; this step does not wait."
EMPTY_LIST = Answer(200, {"sessions": [], "items": [], "has_next_page": False})


@pytest.fixture(autouse=True)
def one_workflow_run(gate: Gate) -> None:
    """Let Devin give a good answer; both jobs are of the same attempt."""
    gate.environ["GITHUB_RUN_ATTEMPT"] = "1"
    gate.devin_does(working(), blocked(300, GOOD))


def start(gate: Gate, /, *, cancellable: bool = False, **inputs: str) -> Run:
    """Run the job that starts."""
    gate.environ["GITHUB_JOB"] = "start"
    return gate.run({"wait": "false", **inputs}, cancellable=cancellable)


def judge(
    gate: Gate,
    started: Run,
    more: Mapping[str, str] = MappingProxyType({}),
    /,
    *,
    cancellable: bool = False,
    **inputs: str,
) -> Run:
    """Run the job that awaits, with what the first one handed on."""
    gate.environ["GITHUB_JOB"] = "judge"
    handed_on = {name: started.outputs[name] for name in ("session_id", "comment_key")}
    return gate.run({**handed_on, "prompt": "", **more, **inputs}, cancellable=cancellable)


def headings(gate: Gate) -> list[str]:
    """Return the first line of each comment."""
    return [show(comment.body).headings[0] for comment in gate.comments()]


def test_the_start_leaves_at_once_and_hands_on_what_the_judge_needs(gate: Gate) -> None:
    """The job is over in seconds; `started` is green, and neither a pass nor a verdict."""
    run = start(gate)
    (session,) = gate.sim.devin.sessions
    assert (run.exit_code, run.outcome, run.outputs["conclusion"]) == (0, "started", "neutral")
    assert (run.outputs["passed"], run.outputs["reason"]) == ("false", REASON)
    assert run.outputs["session_id"] == session.session_id
    assert run.outputs["session_url"] == session.url
    assert (run.outputs["head_sha"], run.outputs["is_new_session"]) == (HEAD, "true")
    assert run.outputs["comment_key"] in run.comments[0].splitlines()[0]
    assert run.outputs["structured_output"] == run.outputs["phase"] == ""
    assert run.duration_s < 15
    assert not [seen for seen in run.devin if seen.path.endswith(session.session_id)]


def test_the_comment_says_who_judges(gate: Gate) -> None:
    """Nobody can take it for a verdict, or for a wait that goes on."""
    run = start(gate, comment_key="review")
    page = show(run.comments[0])
    assert page.headings[0] == STARTED
    assert REASON in page.text
    assert f"session_id: {run.outputs['session_id']}" in page.text
    assert "comment_key: review" in page.text
    assert run.outputs["session_url"] in page.links
    assert [seen.method for seen in run.github if "comments" in seen.path].count("PATCH") == 0


def test_a_notice_says_that_nothing_is_held(gate: Gate) -> None:
    """Who requires the starting job reads it at the top of the run."""
    notices = [one for one in read_commands(start(gate).log) if one.name == "notice"]
    assert [one.properties["title"] for one in notices] == ["Devin Gate: nothing judged yet"]
    gate.on("schedule", {"schedule": "0 3 * * *"})
    assert "::notice" not in start(gate).log


def test_the_question_holds_the_schema_and_not_the_rules(gate: Gate) -> None:
    """Devin is told what to answer when it is asked, not when somebody judges."""
    start(gate, gate="output.risk == 'low'")
    (create,) = [json.loads(s.body) for s in gate.sim.devin.journal if s.method == "POST"]
    assert create["structured_output_schema"]["required"] == ["risk"]
    assert "## Answer" in create["prompt"]
    assert "output.risk" not in create["prompt"]


def test_another_job_judges_and_goes_on_with_the_comment(gate: Gate) -> None:
    """One session, one comment: the second job's verdict stands where the first one's words stood."""
    started = start(gate)
    run = judge(gate, started, gate="output.risk == 'low'", output_file="answer.json")
    assert (run.exit_code, run.outcome, run.output) == (0, "passed", GOOD)
    assert json.loads((gate.workspace / "answer.json").read_text()) == GOOD
    assert run.outputs["is_new_session"] == "false"
    assert headings(gate) == [PASSED]
    assert len(gate.sim.devin.sessions) == 1
    assert run.outputs["comment_url"] == started.outputs["comment_url"]


def test_with_another_comment_key_the_two_have_a_comment_each(gate: Gate) -> None:
    """The start's comment is an end of its own; nothing is left under way."""
    judge(gate, start(gate), comment_key="mine")
    assert headings(gate) == [STARTED, PASSED]


@pytest.mark.parametrize(
    ("inputs", "outcome", "output"),
    [
        ({"gate": "output.risk == 'high'"}, "gate_failed", GOOD),
        ({"repair_attempts": "0"}, "invalid_output", BAD),
        ({}, "blocked", None),
        ({"structured_output_schema": "{type: object, required: [x]}"}, "invalid_output", GOOD),
    ],
)
def test_a_bad_answer_is_red_in_the_job_that_judges(
    gate: Gate, inputs: dict[str, str], outcome: str, output: object
) -> None:
    """The green of the start changes nothing; the awaiting step's own schema and rules decide."""
    gate.devin_does(working(), blocked(60, output, message="Done."))
    run = judge(gate, start(gate), inputs)
    assert (run.exit_code, run.outcome) == (1, outcome)


def test_the_judges_schema_is_what_a_repair_asks_for(gate: Gate) -> None:
    """Where the two differ, Devin is told the one that decides, under the key that it knows."""
    started = start(gate)
    judge(gate, started, structured_output_schema="{type: object, required: [verdict]}")
    ((_, message),) = gate.sim.devin.sessions[0].delivered
    first = f"Devin Gate, repair 1 of question {started.state['question_key']}"
    assert message.splitlines()[0] == first
    assert '"verdict"' in message


def test_an_awaiting_step_without_a_schema_judges_nothing(gate: Gate) -> None:
    """The schema of the start is not remembered: `completed`, with a warning."""
    gate.devin_does(working(), blocked(60, BAD, message="Done."))
    run = judge(gate, start(gate), structured_output_schema="")
    assert (run.outcome, run.outputs["passed"]) == ("completed", "false")
    assert "::warning title=Devin Gate%3A this step holds no merge::" in run.log


def test_a_push_in_between_makes_the_judge_stale(gate: Gate) -> None:
    """Of a run that started before the push, and of one for the new commit."""
    started = start(gate)
    gate.sim.github.edit_pull(gate.number, head_sha="c" * 40)
    assert judge(gate, started).outcome == "stale"
    gate.on_pull_request("c" * 40)
    run = judge(gate, started)
    assert (run.exit_code, run.outcome) == (1, "stale")
    assert "another commit" in run.outputs["reason"]


def test_a_start_that_failed_leaves_the_judge_red(gate: Gate) -> None:
    """An empty `session_id` is no session, and never a question without a prompt."""
    gate.sim.devin.inject("POST", CREATE, Answer(422, {"detail": "no"}), times=None)
    started = start(gate)
    assert (started.exit_code, started.outcome) == (2, "error")
    run = judge(gate, started)
    assert (run.exit_code, run.outcome, run.devin) == (2, "error", ())
    assert "session_id" in run.outputs["reason"]


def test_a_second_start_finds_the_same_session(gate: Gate) -> None:
    """A re-run of the whole workflow pays nothing again and ends with the same verdict."""
    first = start(gate)
    judge(gate, first)
    gate.environ["GITHUB_RUN_ATTEMPT"] = "2"
    again = start(gate)
    assert (again.outcome, again.outputs["is_new_session"]) == ("started", "false")
    assert again.outputs["session_id"] == first.outputs["session_id"]
    assert headings(gate) == [STARTED]
    assert judge(gate, again).outcome == "passed"
    assert headings(gate) == [PASSED]


def test_a_re_run_of_the_judge_alone_judges_again(gate: Gate) -> None:
    """GitHub hands on the outputs of the first attempt's start."""
    started = start(gate)
    assert judge(gate, started, timeout_minutes="1").outcome == "timed_out"
    gate.environ["GITHUB_RUN_ATTEMPT"] = "2"
    assert judge(gate, started).outcome == "passed"
    assert headings(gate) == [PASSED]


def test_a_dead_session_is_asked_anew_by_the_start(gate: Gate) -> None:
    """The judge is red and says so; a re-run of both jobs gets a fresh session."""
    first = start(gate)
    gate.sim.devin.sessions[0].tags.append("devin-gate:ended")
    red = judge(gate, first)
    assert (red.exit_code, red.outcome) == (1, "session_failed")
    assert "the job that started it" in show(red.summary).text
    again = start(gate)
    assert again.outputs["is_new_session"] == "true"
    assert judge(gate, again).outcome == "passed"


def test_two_judges_one_after_the_other_have_one_comment(gate: Gate) -> None:
    """Each has its own verdict; the comment says the later one's."""
    started = start(gate)
    assert judge(gate, started).outcome == "passed"
    assert judge(gate, started, gate="output.risk == 'high'").outcome == "gate_failed"
    assert [heading[0] for heading in headings(gate)] == ["❌"]


def test_two_judges_at_once_have_one_comment(gate: Gate) -> None:
    """Neither makes a session or a second comment, and together they ask for one repair."""
    gate.devin_does(working(), blocked(60, BAD))
    handed_on = {"session_id": start(gate, comment_key="review").outputs["session_id"]}
    call = partial(gate.run, {**handed_on, "comment_key": "review", "prompt": ""}, alone=False)
    runs = gate.clock.run_together(call, call)
    assert [run.outcome for run in runs] == ["invalid_output", "invalid_output"]
    (session,) = gate.sim.devin.sessions
    assert len(session.delivered) == len(gate.comments()) == 1


def test_two_starts_at_once_leave_one_session(gate: Gate) -> None:
    """Of two runs that created one each, the older stays, and both hand it on."""
    key = gate.add_key("of_somebody_else", "somebody@else.test")
    first = start(gate)
    gate.sim.devin.inject("GET", LIST, EMPTY_LIST)  # it lags behind the first one's create
    second = start(gate, devin_api_key=key)
    assert second.outputs["session_id"] == first.outputs["session_id"]
    assert gate.sim.devin.terminations == [gate.sim.devin.sessions[1].session_id]
    assert judge(gate, second).outcome == "passed"


@pytest.mark.parametrize(("on_cancel", "ended"), [("leave", 0), ("terminate", 1)])
def test_a_start_that_is_cancelled_ends_as_a_cancel(gate: Gate, on_cancel: str, ended: int) -> None:
    """Red, and `on_cancel` is applied: nobody will await what was called off."""
    gate.clock.at(3, lambda: signal.raise_signal(signal.SIGINT))
    run = start(gate, cancellable=True, on_cancel=on_cancel)
    assert (run.exit_code, run.outcome) == (1, "cancelled")
    gate.post(run.environ, run.state)
    assert len(gate.sim.devin.terminations) == ended
    assert headings(gate) == [CANCELLED]


def test_a_cancel_of_the_judge_leaves_the_session(gate: Gate) -> None:
    """`terminate` is for what a step created itself; a re-run judges the session."""
    started = start(gate)
    gate.clock.at(gate.clock.monotonic_s() + 20, lambda: signal.raise_signal(signal.SIGINT))
    run = judge(gate, started, cancellable=True, on_cancel="terminate")
    gate.post(run.environ, run.state)
    assert (run.outcome, gate.sim.devin.terminations) == ("cancelled", [])
    assert headings(gate) == [CANCELLED]
    assert judge(gate, started).outcome == "passed"


def test_nobody_awaits_and_the_session_lives(gate: Gate) -> None:
    """The start's post step has nothing to do, and asks nobody."""
    run = start(gate, on_cancel="terminate")
    post = gate.post(run.environ, run.state)
    assert (post.devin_requests, post.github_requests) == (0, 0)
    assert gate.sim.devin.terminations == []
    assert headings(gate) == [STARTED]


def test_a_start_that_was_killed_before_it_told_is_told_by_its_post_step(gate: Gate) -> None:
    """What was decided stands: the session goes on, although `on_cancel` is `terminate`."""
    gate.environ["GITHUB_JOB"] = "start"
    gate.sim.github.inject("POST", COMMENTS, Answer(422, {"message": "No"}))
    notice = "::notice title=Devin Gate%3A nothing judged yet"
    post = gate.run_killed(notice, wait="false", on_cancel="terminate", comment_key="review")
    assert (post.state["outcome"], gate.sim.devin.terminations) == ("started", [])
    assert headings(gate) == [STARTED]
    assert "comment_key: review" in show(gate.comments()[0].body).text


def test_a_start_that_was_killed_while_it_settled_is_a_cancel(gate: Gate) -> None:
    """Its own session is ended where the team asks for it, and a comment says so."""
    gate.environ["GITHUB_JOB"] = "start"
    post = gate.run_killed("Devin session:", wait="false", on_cancel="terminate")
    assert "outcome" not in post.state
    assert gate.sim.devin.terminations == []  # killed before it saved that it made the session
    assert headings(gate) == [CANCELLED]


def test_a_late_post_step_does_not_write_over_the_verdict(gate: Gate) -> None:
    """Both are steps of one job, and GitHub was down when the start had to tell."""
    gate.sim.github.inject("GET", COMMENTS, Answer(422, {"message": "No"}))
    started = start(gate)
    assert "finished" not in started.state
    assert judge(gate, started).outcome == "passed"
    gate.environ["GITHUB_JOB"] = "start"
    gate.post(started.environ, started.state)
    assert headings(gate) == [PASSED]


def test_a_comment_that_could_not_be_written_is_made_by_the_judge(gate: Gate) -> None:
    """GitHub's troubles do not change `started`, and the judge needs no comment to find."""
    gate.sim.github.inject("GET", COMMENTS, Answer(403, {"message": "No"}))
    started = start(gate)
    assert (started.exit_code, started.outcome) == (0, "started")
    assert judge(gate, started).outcome == "passed"
    assert headings(gate) == [PASSED]


def test_on_devins_own_pull_request_only_the_judge_comments(gate: Gate) -> None:
    """Devin may answer comments there: one, written at the end."""
    gate.on_pull_request(author="devin-ai-integration[bot]")
    started = start(gate)
    assert (started.outcome, gate.comments()) == ("started", [])
    judge(gate, started)
    assert headings(gate) == [PASSED]


def test_without_a_pull_request_the_summary_says_it(gate: Gate) -> None:
    """A nightly job starts, a later one judges; there is no comment to go on with."""
    gate.on("schedule", {"schedule": "0 3 * * *"})
    started = start(gate)
    assert show(started.summary).headings[0] == STARTED
    assert judge(gate, started).outcome == "passed"


def test_where_the_start_was_skipped_the_judge_is_too(gate: Gate) -> None:
    """A fork's pull request has no key and so no session: both steps pass unjudged, if asked to."""
    gate.on("pull_request", gate.payload(fork=True))
    gate.environ["INPUT_DEVIN_API_KEY"] = ""
    started = start(gate, on_missing_key="skip")
    run = judge(gate, started, on_missing_key="skip")
    assert (started.outcome, run.outcome, run.devin) == ("skipped", "skipped", ())
    assert judge(gate, started).outcome == "error"


def test_a_step_that_names_a_session_cannot_start_one(gate: Gate) -> None:
    """`wait: false` with `session_id` would be green without anything done."""
    run = gate.run(prompt="", session_id="devin-" + "0" * 32, wait="false")
    assert (run.exit_code, run.outcome, run.devin) == (2, "error", ())
    assert "`wait`" in run.outputs["reason"]


def test_started_needs_no_leave(gate: Gate) -> None:
    """Named in `allow_outcomes` it changes nothing, and another outcome stays red."""
    run = start(gate, allow_outcomes="started")
    assert (run.exit_code, run.outcome) == (0, "started")
    assert "allowed by" not in show(run.summary).text
    gate.sim.devin.inject("GET", DETAILS, Answer(404, {"detail": "no"}), times=1)
    red = judge(gate, run, allow_outcomes="started")
    assert (red.exit_code, red.outcome) == (2, "error")


def test_the_start_asks_github_three_times(gate: Gate) -> None:
    """Its comment is written once, at its end, and looked at again for a race."""
    asked = start(gate).github
    assert [seen.method for seen in asked] == ["GET", "POST", "GET"]


def test_what_a_start_was_given_for_judging_is_checked(gate: Gate) -> None:
    """A rule with a typo costs nothing, also where another step will apply it."""
    run = start(gate, gate="outpt.risk == 'low'", structured_output_schema=SCHEMA)
    assert (run.exit_code, run.outcome, run.devin) == (2, "error", ())


def test_an_old_comment_is_brought_up_to_date_by_the_start(gate: Gate) -> None:
    """A new commit's start does not leave the verdict of the one before standing."""
    judge(gate, start(gate, comment_key="review"), comment_key="review")
    gate.on_pull_request("c" * 40)
    gate.environ["GITHUB_RUN_ID"] = "1001"
    again = start(gate, comment_key="review")
    assert headings(gate) == [STARTED]
    assert [seen.method for seen in again.github if COMMENT.rpartition("/")[0] in seen.path] == []
