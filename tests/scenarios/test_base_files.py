"""`files_from: base`: what judges a pull request cannot be edited by it."""

from __future__ import annotations

import json

import pytest

from simulator import Answer, Token
from tests.scenarios.page import show
from tests.scenarios.world import GOOD, HEAD, SCHEMA, Gate, Run, blocked, working

TIP = "b" * 40
CONTENTS = "/repos/{owner}/{repo}/contents/*"
OPEN = json.dumps({"type": "object", "required": ["anything"]})
PATH = ".github/devin/review.schema.json"


@pytest.fixture(autouse=True)
def answer(gate: Gate) -> None:
    """Let Devin give a good answer; the base branch has a prompt and a schema."""
    gate.devin_does(working(), blocked(60, GOOD))
    gate.sim.github.add_file(TIP, PATH, SCHEMA)
    gate.sim.github.add_file(TIP, "ask.md", "Look for secrets.")


def run_with_files(gate: Gate, path: str = PATH, **inputs: str) -> Run:
    """Run a step whose prompt and schema are files."""
    return gate.run(
        inputs,
        prompt="",
        prompt_file="ask.md",
        structured_output_schema="",
        structured_output_schema_file=path,
    )


def test_files_come_from_the_base_branch_without_a_checkout(gate: Gate) -> None:
    """The workspace is empty, the summary names the commit that was read."""
    run = run_with_files(gate)
    assert (run.outcome, run.output) == ("passed", GOOD)
    assert gate.sim.devin.sessions[0].prompt.startswith("Look for secrets.")
    assert "main at bbbbbbb" in show(run.summary).text


def test_the_pull_requests_own_file_is_not_read(gate: Gate) -> None:
    """A schema that lets everything through, in the head and in the checkout, changes nothing."""
    gate.sim.github.add_file(HEAD, PATH, OPEN)
    (gate.workspace / ".github/devin").mkdir(parents=True)
    (gate.workspace / PATH).write_text(OPEN)
    gate.devin_does(working(), blocked(60, {"anything": 1}))
    assert run_with_files(gate, repair_attempts="0").outcome == "invalid_output"


def test_a_file_in_the_pull_request_alone_is_said_to_be_so(gate: Gate) -> None:
    """Who adds the schema in the pull request reads what to do."""
    gate.sim.github.add_file(HEAD, "new.json", SCHEMA)
    run = run_with_files(gate, "new.json")
    assert (run.exit_code, run.outcome, run.devin) == (2, "error", ())
    text = show(run.summary).text
    assert "in the pull request alone" in text
    assert "merge it there first" in text
    assert "files_from: workspace" in text


@pytest.mark.parametrize("path", ["nowhere.json", ".github", "/etc/passwd", "../x", "ask.md/x"])
def test_a_file_that_is_none_is_an_input_error(gate: Gate, path: str) -> None:
    """Missing, a folder, absolute or upwards: told before anything is spent."""
    run = run_with_files(gate, path)
    assert (run.exit_code, run.outcome, run.devin) == (2, "error", ())
    assert "structured_output_schema_file: got" in show(run.summary).text


@pytest.mark.parametrize(
    "entry",
    [
        {"type": "symlink", "target": "../../outside"},
        {"type": "submodule", "submodule_git_url": "https://example.test/x.git"},
    ],
    ids=lambda entry: entry["type"],
)
def test_what_git_holds_beside_files_is_an_input_error(gate: Gate, entry: dict[str, str]) -> None:
    """GitHub follows a link to a file of the same commit; any other link is none."""
    gate.sim.github.inject("GET", CONTENTS, Answer(200, {"path": PATH, "size": 1, **entry}))
    run = gate.run(structured_output_schema="", structured_output_schema_file=PATH)
    assert (run.exit_code, run.outcome, run.devin) == (2, "error", ())
    assert "it is no regular file" in run.outputs["reason"]


@pytest.mark.parametrize("content", [b"\xff\xfe", b"x" * (1024 * 1024 + 1), b"", b"{"])
def test_a_file_that_cannot_be_used_is_an_input_error(gate: Gate, content: bytes) -> None:
    """Not UTF-8, too large, empty or no schema: in words, and nothing is spent."""
    gate.sim.github.add_file(TIP, "odd.json", content)
    run = run_with_files(gate, "odd.json")
    assert (run.exit_code, run.outcome, run.devin) == (2, "error", ())


@pytest.mark.parametrize("name", ["prompt_file", "structured_output_schema_file", "gate_file"])
@pytest.mark.parametrize("files_from", ["base", "workspace"])
def test_a_pointer_of_git_lfs_is_not_taken_for_the_file(
    gate: Gate, name: str, files_from: str
) -> None:
    """Devin is not asked what three lines about a file say, and who wrote them is told."""
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'4d' * 32}\nsize 12345\n"
    gate.sim.github.add_file(TIP, "pointer", pointer)
    (gate.workspace / "pointer").write_text(pointer)
    inline = {"prompt": "Review.", "structured_output_schema": SCHEMA}
    run = gate.run(
        {**inline, name.removesuffix("_file"): "", name: "pointer"}, files_from=files_from
    )
    assert (run.exit_code, run.outcome, run.devin) == (2, "error", ())
    assert "Git LFS" in run.outputs["reason"]


def test_the_base_is_the_one_that_the_pull_request_has_now(gate: Gate) -> None:
    """The payload of before a retarget does not choose the branch; names may hold slashes."""
    gate.sim.github.set_branch("release/2+x", "d" * 40)
    gate.sim.github.add_file("d" * 40, PATH, OPEN)
    gate.sim.github.add_file("d" * 40, "ask.md", "Look again.")
    gate.sim.github.edit_pull(gate.number, base_ref="release/2+x")
    run = run_with_files(gate, repair_attempts="0")
    assert (run.outcome, len(run.comments)) == ("invalid_output", 1)
    assert gate.sim.devin.sessions[0].prompt.startswith("Look again.")


def test_a_base_that_was_deleted_is_named_among_the_reasons(gate: Gate) -> None:
    """Nobody looks for a missing permission alone, and nothing is spent."""
    gate.sim.github.edit_pull(gate.number, base_ref="gone")
    run = run_with_files(gate)
    assert (run.exit_code, run.outcome, run.devin) == (2, "error", ())
    assert "no such pull request or branch" in run.outputs["reason"]


def test_a_merge_group_reads_its_base(gate: Gate) -> None:
    """Its `base_sha` can be a pull request that is not merged; the branch's tip is read."""
    ref = f"refs/heads/gh-readonly-queue/main/pr-{gate.number}-{'e' * 40}"
    group = {
        "head_ref": ref,
        "head_sha": "f" * 40,
        "base_ref": "refs/heads/main",
        "base_sha": "e" * 40,
    }
    gate.sim.github.add_file("e" * 40, PATH, OPEN)
    gate.on("merge_group", {"merge_group": group}, sha="f" * 40)
    assert run_with_files(gate).outcome == "passed"


def test_without_a_pull_request_it_is_the_commit_of_the_run(gate: Gate) -> None:
    """A schedule on the default branch reads what that commit has."""
    gate.sim.github.add_file("9" * 40, PATH, SCHEMA)
    gate.sim.github.add_file("9" * 40, "ask.md", "Every night.")
    gate.on("schedule", {"schedule": "0 3 * * *"}, sha="9" * 40)
    run = run_with_files(gate)
    assert run.outcome == "passed"
    assert gate.sim.devin.sessions[0].prompt.startswith("Every night.")


def test_a_comment_reads_the_base_of_its_pull_request(gate: Gate) -> None:
    """`issue_comment` runs on the default branch; the pull request may go elsewhere."""
    issue = {"number": gate.number, "pull_request": {"url": "x"}}
    owner = {"user": {"login": "mona"}, "author_association": "OWNER"}
    gate.on("issue_comment", {"issue": issue, "comment": owner}, sha="9" * 40)
    assert run_with_files(gate).outcome == "passed"


def test_a_github_that_is_down_is_an_error_within_a_minute(gate: Gate) -> None:
    """What judges must be known before anything is spent."""
    gate.sim.github.inject("GET", CONTENTS, Answer(502, "down"), times=None)
    run = run_with_files(gate)
    assert (run.exit_code, run.outcome, run.devin) == (2, "error", ())
    assert run.duration_s <= 60


def test_a_github_that_comes_back_is_asked_again(gate: Gate) -> None:
    """A failure is got over."""
    gate.sim.github.inject("GET", CONTENTS, Answer(502, "down"), times=2)
    assert run_with_files(gate).outcome == "passed"


def test_a_token_without_the_permission_is_told_what_to_paste(gate: Gate) -> None:
    """`contents: read` is what the files need."""
    gate.sim.github.add_token(gate.sim.github_token, Token(permissions={"pull-requests": "write"}))
    run = run_with_files(gate)
    assert (run.exit_code, run.outcome, run.devin) == (2, "error", ())
    assert "contents: read" in show(run.summary).text


def test_a_redirect_is_not_followed(gate: Gate) -> None:
    """Another host does not choose what judges."""
    there = (("Location", "http://127.0.0.1:9/x"),)
    gate.sim.github.inject("GET", CONTENTS, Answer(302, {}, there), times=None)
    assert run_with_files(gate).outcome == "error"


def test_the_post_step_reads_no_files(gate: Gate) -> None:
    """A killed run's comment ends without them."""
    files = {"prompt_file": "ask.md", "structured_output_schema_file": PATH}
    environ, state = gate.kill("Devin is working", prompt="", structured_output_schema="", **files)
    before = len(gate.sim.github.journal)
    gate.post(environ, state)
    asked = [seen.path for seen in gate.sim.github.journal[before:]]
    assert not [path for path in asked if "contents" in path or "branches" in path]
    assert show(gate.comments()[0].body).headings[0].startswith("⏹️")
