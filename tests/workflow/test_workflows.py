"""The real action in real workflows, started by real webhook bodies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import Future
from typing import TypeAlias

import pytest

from tests.container.job import ANSWER, DEVINS_PULL_REQUEST, HEAD_SHA
from tests.workflow.act import ActRun

Runs: TypeAlias = Mapping[str, "Future[ActRun]"]

pytestmark = [
    pytest.mark.workflow,
    # One process: all tests share the runs, and act has one name for the image.
    pytest.mark.xdist_group("workflow"),
    # The first test waits for the image, the last ones for a run of a minute.
    pytest.mark.timeout(420),
]


def test_a_mistyped_input_turns_the_job_red(runs: Runs) -> None:
    """`structured_output_shema:` ends the job red, named, before anything is sent to Devin.

    act hands undeclared inputs over as `INPUT_…`, as the runner does, and does not warn.
    """
    run = runs["mistyped"].result()
    assert run.exit_code != 0, run.log
    assert run.seen["STEP"] == ("failure",)
    assert run.seen["OUTCOME"] == ("error",)
    assert "structured_output_shema" in run.seen["REASON"][0]
    assert "structured_output_schema" in run.annotations
    assert run.simulation.devin.journal == []
    assert run.comments == []


def test_a_valid_answer_turns_the_job_green(runs: Runs) -> None:
    """A later step reads outcome, links and fields of the answer; one comment is in its end."""
    run = runs["passing"].result()
    assert run.exit_code == 0, run.log
    (session,) = run.simulation.devin.sessions
    (comment,) = run.comments
    assert run.seen["STEP"] == ("success",)
    assert run.seen["OUTCOME"] == ("passed",)
    assert run.seen["SESSION_URL"] == (session.url,)
    assert run.seen["PULL_REQUEST_URL"] == (DEVINS_PULL_REQUEST,)
    assert run.seen["RISK"] == (ANSWER["risk"],)
    assert run.seen["SUMMARY"] == (ANSWER["summary"],)
    assert run.seen["COMMENT_URL"][0].endswith(f"#issuecomment-{comment.id}")
    assert json.loads(run.seen["FILE"][0]) == ANSWER
    assert "Devin Gate passed" in comment.body
    assert session.url in comment.body
    assert DEVINS_PULL_REQUEST in comment.body
    assert f"devin-gate:commit:{HEAD_SHA}" in session.tags
    assert run.simulation.leftovers() == []


def test_two_legs_of_a_matrix_are_two_questions(runs: Runs) -> None:
    """Two legs with the same prompt make two sessions, two comments and two sets of outputs."""
    run = runs["matrix"].result()
    assert run.exit_code == 0, run.log
    assert run.seen["OUTCOME"] == ("security passed", "speed passed")
    sessions = {session.session_id for session in run.simulation.devin.sessions}
    assert len(sessions) == 2
    assert {seen.split()[1] for seen in run.seen["SESSION_ID"]} == sessions
    assert len(run.comments) == 2
    for session in run.simulation.devin.sessions:
        (comment,) = [one for one in run.comments if session.url in one.body]
        assert "Devin Gate passed" in comment.body
    assert run.simulation.leftovers() == []


def test_a_push_without_a_pull_request_works(runs: Runs) -> None:
    """On a push the commit is asked about, the summary is written and no comment is."""
    run = runs["pushed"].result()
    assert run.exit_code == 0, run.log
    assert run.seen["OUTCOME"] == ("passed",)
    assert run.seen["COMMENT_URL"] == ("none ",)
    assert run.seen["HEAD_SHA"] == ("true",)
    assert len(run.simulation.devin.sessions) == 1
    assert run.comments == []
    assert {one.method for one in run.simulation.github.journal} <= {"GET"}
    assert run.simulation.leftovers() == []


def test_an_answer_that_breaks_the_schema_turns_the_job_red(runs: Runs) -> None:
    """The job is red, the next step does not run, an `always()` step reads why, the comment ends."""
    run = runs["broken"].result()
    assert run.exit_code != 0, run.log
    (session,) = run.simulation.devin.sessions
    (comment,) = run.comments
    assert "MERGE" not in run.seen
    assert run.seen["STEP"] == ("failure",)
    assert run.seen["OUTCOME"] == ("invalid_output",)
    assert run.seen["PASSED"] == ("false",)
    assert run.seen["KEYWORD"] == ("enum",)
    assert run.seen["SESSION_URL"] == (session.url,)
    assert "breaks the schema" in comment.body
    assert session.url in comment.body
    assert run.simulation.leftovers() == []
