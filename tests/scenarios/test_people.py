"""Who may start a session: nobody from outside spends the team's ACUs."""

from __future__ import annotations

import pytest

from simulator import Answer, Token
from tests.scenarios.page import show
from tests.scenarios.world import GOOD, HEAD, Gate, Run, blocked, working

PERMISSION = "/repos/{owner}/{repo}/collaborators/{login}/permission"
PULL = {"url": "x"}


@pytest.fixture(autouse=True)
def answer(gate: Gate) -> None:
    """Let Devin give a good answer."""
    gate.devin_does(working(), blocked(60, GOOD))


def by(login: str, association: str = "NONE") -> dict[str, object]:
    """Return what somebody wrote."""
    return {"user": {"login": login}, "author_association": association}


def comment(gate: Gate, login: str, association: str = "NONE", **inputs: str) -> Run:
    """Let somebody's comment start the run."""
    issue = {"number": gate.number, "pull_request": PULL, **by("somebody-else", "OWNER")}
    gate.on("issue_comment", {"issue": issue, "comment": by(login, association)})
    return gate.run(inputs)


@pytest.mark.parametrize("association", ["OWNER", "MEMBER", "COLLABORATOR"])
def test_who_belongs_to_the_repository_may(gate: Gate, association: str) -> None:
    """The payload's word is enough, and nobody is asked."""
    run = comment(gate, "mona", association)
    assert run.outcome == "passed"
    assert not [seen for seen in run.github if "collaborators" in seen.path]


@pytest.mark.parametrize("permission", ["admin", "write"])
def test_who_may_write_may(gate: Gate, permission: str) -> None:
    """A member whose membership is private is called a contributor; the permission tells."""
    gate.sim.github.set_permission("mona", permission)
    assert comment(gate, "mona", "CONTRIBUTOR").outcome == "passed"


@pytest.mark.parametrize("association", ["CONTRIBUTOR", "FIRST_TIME_CONTRIBUTOR", "NONE", ""])
@pytest.mark.parametrize("permission", ["read", "none", None])
def test_nobody_else_may(gate: Gate, association: str, permission: str | None) -> None:
    """A stranger's comment spends nothing, and the step says who it was."""
    if permission:
        gate.sim.github.set_permission("mallory", permission)
    run = comment(gate, "mallory", association)
    assert (run.exit_code, run.outcome, run.devin) == (1, "not_allowed", ())
    assert run.outputs["conclusion"] == "action_required"
    assert "mallory" in run.outputs["reason"]
    assert run.comments == ()


def test_a_team_names_whom_it_trusts(gate: Gate) -> None:
    """The list can be wider, or narrower."""
    wider = comment(gate, "mona", "CONTRIBUTOR", allowed_associations="CONTRIBUTOR")
    narrower = comment(gate, "mona", "MEMBER", allowed_associations="OWNER")
    assert (wider.outcome, narrower.outcome) == ("passed", "not_allowed")


def test_a_permission_that_cannot_be_read_is_an_error(gate: Gate) -> None:
    """Nobody is let in because GitHub is down."""
    gate.sim.github.inject("GET", PERMISSION, Answer(502, "down"), times=None)
    run = comment(gate, "mona")
    assert (run.exit_code, run.outcome, run.devin) == (2, "error", ())


def test_a_deleted_account_is_nobody(gate: Gate) -> None:
    """An author that GitHub does not name is not allowed."""
    gate.on("issue_comment", {"issue": {"number": 12}, "comment": {"user": None}})
    assert gate.run().outcome == "not_allowed"


@pytest.mark.parametrize(
    ("event", "what"),
    [("pull_request_review", "review"), ("pull_request_review_comment", "comment")],
)
@pytest.mark.parametrize("login", ["mona", "mallory"])
def test_of_a_review_its_author(gate: Gate, event: str, what: str, login: str) -> None:
    """Not the author of the pull request, who may be a maintainer."""
    gate.sim.github.set_permission("mona", "write")
    gate.on(event, {**gate.payload(), what: by(login)})
    assert gate.run().outcome == ("passed" if login == "mona" else "not_allowed")


TARGET = [
    ("synchronize", "mona", "mona", "passed"),
    ("synchronize", "mallory", "mallory", "not_allowed"),
    ("synchronize", "mallory", "mona", "not_allowed"),
    ("synchronize", "mona", "mallory", "not_allowed"),
    ("labeled", "mallory", "mona", "passed"),
    ("labeled", "mona", "mallory", "not_allowed"),
]


@pytest.mark.parametrize(("action", "author", "sender", "outcome"), TARGET)
def test_of_a_pull_request_target(
    gate: Gate, action: str, author: str, sender: str, outcome: str
) -> None:
    """Author and sender; but a label is the word of the one who sets it."""
    gate.sim.github.set_permission("mona", "write")
    gate.on(
        "pull_request_target",
        {**gate.payload(author=author, fork=True), "action": action, "sender": {"login": sender}},
    )
    assert gate.run().outcome == outcome


@pytest.mark.parametrize(
    ("actor", "author", "fork", "outcome"),
    [
        ("mona", "mona", True, "passed"),
        ("mallory", "mona", True, "not_allowed"),
        ("mona", "mallory", True, "not_allowed"),
        ("mallory", "mallory", False, "passed"),
    ],
)
def test_of_a_workflow_run(
    gate: Gate, actor: str, author: str, outcome: str, *, fork: bool
) -> None:
    """From a fork its actor and the pull request's author; from the repository nobody."""
    gate.sim.github.set_permission("mona", "write")
    gate.on_pull_request(author=author)
    head = {"id": 2 if fork else 1}
    run = {"head_sha": HEAD, "head_repository": head, "actor": {"login": actor}}
    gate.on("workflow_run", {"workflow_run": run, "repository": {"id": 1}})
    assert gate.run().outcome == outcome


@pytest.mark.parametrize("event", ["push", "schedule", "workflow_dispatch", "merge_group"])
def test_nobody_is_asked_where_github_has_asked(gate: Gate, event: str) -> None:
    """A stranger named in such a payload changes nothing."""
    ref = f"refs/heads/gh-readonly-queue/main/pr-{gate.number}-{'b' * 40}"
    group = {"head_ref": ref, "head_sha": HEAD, "base_ref": "refs/heads/main"}
    gate.on(event, {"sender": {"login": "mallory"}, "merge_group": group}, sha=HEAD)
    assert gate.run().outcome == "passed"


@pytest.mark.parametrize("event", ["issues", "discussion", "watch", "fork", "an_event_to_come"])
def test_whoever_sends_an_event_that_outsiders_can(gate: Gate, event: str) -> None:
    """What is not known to be safe is asked about."""
    gate.on(event, {"sender": {"login": "mallory"}})
    assert gate.run().outcome == "not_allowed"


def without_a_key(gate: Gate, **inputs: str) -> Run:
    """Run as GitHub runs the workflow of an event without secrets."""
    read_only = Token(permissions={"contents": "read", "pull-requests": "read"})
    gate.sim.github.add_token(gate.sim.github_token, read_only)
    return gate.run(inputs, devin_api_key="")


def test_a_fork_without_a_key_is_red_with_the_ways_out(gate: Gate) -> None:
    """The reason is the fork, not a secret that nobody has set."""
    gate.on("pull_request", gate.payload(fork=True))
    run = without_a_key(gate)
    assert (run.exit_code, run.outcome) == (2, "error")
    text = show(run.summary).text
    assert "forks" in text
    assert "on_missing_key: skip" in text
    assert "allowed_associations" in text


@pytest.mark.parametrize(
    ("event", "fork", "actor"),
    [
        ("pull_request", True, "mallory"),
        ("pull_request_review", True, "mallory"),
        ("pull_request_review_comment", True, "mallory"),
        ("pull_request", False, "dependabot[bot]"),
    ],
)
def test_skip_passes_where_github_gives_no_secrets(
    gate: Gate, event: str, actor: str, *, fork: bool
) -> None:
    """A team can let forks through unjudged, and a warning says that the step holds no merge."""
    gate.environ["GITHUB_ACTOR"] = actor
    gate.on(event, gate.payload(fork=fork))
    run = without_a_key(gate, on_missing_key="skip")
    assert (run.exit_code, run.outcome, run.outputs["passed"]) == (0, "skipped", "false")
    assert run.outputs["conclusion"] == "skipped"
    assert "::warning title=Devin Gate%3A this step holds no merge::" in run.log
    assert run.devin == ()


@pytest.mark.parametrize(
    "event", ["pull_request", "push", "pull_request_target", "issue_comment", "schedule"]
)
def test_skip_is_for_nothing_else(gate: Gate, event: str) -> None:
    """A key that was lost elsewhere is an error; nobody passes by deleting a secret."""
    gate.on(event, gate.payload(fork=event == "pull_request_target"), sha=HEAD)
    run = without_a_key(gate, on_missing_key="skip")
    assert (run.exit_code, run.outcome) == (2, "error")


def test_skip_does_not_hide_other_problems(gate: Gate) -> None:
    """A workflow that is wrong is red on forks too."""
    gate.on("pull_request", gate.payload(fork=True))
    run = without_a_key(gate, on_missing_key="skip", timeout_minutes="0")
    assert (run.exit_code, run.outcome) == (2, "error")


def test_a_fork_with_a_key_is_asked_about(gate: Gate) -> None:
    """A private repository can hand secrets to forks; a stranger there may still start nothing."""
    gate.on("pull_request", gate.payload(author="mallory", fork=True))
    assert gate.run().outcome == "not_allowed"
