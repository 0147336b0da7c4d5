"""A whole run of the image, with the runner's flags and folders."""

import json

from simulator import DEVIN_KEY_V3
from tests.container.conftest import Arrange
from tests.container.engine import docker_must
from tests.container.job import (
    ANSWER,
    ANSWERED,
    DEVINS_PULL_REQUEST,
    HEAD_SHA,
    comments_on,
)
from tests.container.marks import CONTAINER_LAYER
from tests.container.runner_flags import JOB_TOKEN, WORKSPACE_OWNER

pytestmark = CONTAINER_LAYER


def test_a_valid_answer_passes_and_is_told_everywhere(arrange: Arrange) -> None:
    """A valid answer gives exit 0, every output, saved state, a summary and one ended comment."""
    simulation, job = arrange(ANSWERED)
    step = job.start()
    done = step.wait()
    assert done.exit_code == 0, done.log
    (session,) = simulation.devin.sessions
    (comment,) = comments_on(simulation)
    expected = {
        "outcome": "passed",
        "conclusion": "success",
        "passed": "true",
        "session_id": session.session_id,
        "session_url": session.url,
        "pull_request_url": DEVINS_PULL_REQUEST,
        "head_sha": HEAD_SHA,
        "validation_errors": "[]",
    }
    assert {name: done.outputs[name] for name in expected} == expected
    assert json.loads(done.outputs["structured_output"]) == ANSWER
    assert done.outputs["comment_url"].endswith(f"#issuecomment-{comment.id}")
    assert done.state["session_id"] == session.session_id
    assert done.state["outcome"] == "passed"
    for page in (comment.body, done.summary):
        assert "Devin Gate passed" in page
        assert session.url in page
        assert DEVINS_PULL_REQUEST in page
    assert step.written_beside_outputs() == ""
    assert simulation.leftovers() == []


def test_a_key_of_v3_is_as_good(arrange: Arrange) -> None:
    """With a `cog_` key the same image finds the organisation out and speaks v3 alone."""
    simulation, job = arrange(ANSWERED, DEVIN_KEY_V3)
    done = job.start().wait()
    assert (done.exit_code, done.outputs["outcome"]) == (0, "passed"), done.log
    (session,) = simulation.devin.sessions
    assert done.outputs["session_url"] == done.state["session_url"] == session.url
    assert done.outputs["status"] == "running/waiting_for_user"
    assert done.outputs["acus_consumed"] == "0"
    assert simulation.devin.journal[0].operation == "self"
    assert {seen.path.partition("/")[2][:3] for seen in simulation.devin.journal} == {"v3/"}
    assert simulation.leftovers() == []


def test_a_gate_is_computed_in_the_image(arrange: Arrange) -> None:
    """The rules are compiled and computed in the container, isolated as it is, and told."""
    _, job = arrange(ANSWERED)
    done = job.start({"gate": "output.risk == 'low'\noutput.summary.size() < 5"}).wait()
    assert (done.exit_code, done.outputs["outcome"]) == (1, "gate_failed"), done.log
    results = json.loads(done.outputs["gate_results"])
    assert [result["passed"] for result in results] == [True, False]
    assert "output.summary.size() &lt; 5" in done.summary


def test_secrets_stand_in_the_log_as_masks_only(arrange: Arrange) -> None:
    """Key and token are masked before any other line, and appear nowhere else in the log."""
    simulation, job = arrange(ANSWERED)
    lines = job.start().wait().log.splitlines()
    secrets = (simulation.devin_key, simulation.github_token, JOB_TOKEN)
    masks = [f"::add-mask::{secret}" for secret in secrets]
    assert lines[: len(masks)] == masks
    assert [one for one in lines[len(masks) :] if any(secret in one for secret in secrets)] == []


def test_files_in_the_workspace_belong_to_its_owner(arrange: Arrange) -> None:
    """`output_file` holds the answer, and it and the folder made for it are the owner's."""
    _, job = arrange(ANSWERED)
    done = job.start({"output_file": "reports/devin/answer.json"}).wait()
    assert done.exit_code == 0, done.log
    written = job.workspace / "reports/devin/answer.json"
    assert json.loads(written.read_text(encoding="utf-8")) == ANSWER
    foreign = {
        str(path.relative_to(job.workspace)): path.stat().st_uid
        for path in job.workspace.rglob("*")
        if path.stat().st_uid != WORKSPACE_OWNER
    }
    assert foreign == {}


def test_nothing_is_written_outside_of_the_mounts_and_tmp(arrange: Arrange) -> None:
    """A run adds no file to the image's own, not even bytecode: all was compiled at the build."""
    _, job = arrange(ANSWERED)
    step = job.start(keep=True)
    done = step.wait()
    assert done.exit_code == 0, done.log
    changes = docker_must("diff", step.name).split("\n")
    # The mount points themselves, and the folders in which they lie, count as changes.
    allowed = ("/github", "/tmp", "/run", "/var/run")  # noqa: S108 - a prefix to compare with
    changed = [line.partition(" ")[2] for line in changes if line.startswith(("A", "C", "D"))]
    folders = {"/var"}
    assert [path for path in changed if not path.startswith(allowed) and path not in folders] == []
    assert "/run/docker.sock" in changed
