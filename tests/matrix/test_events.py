"""C1: every event that can start the gate, with its real payload, in what may befall it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from simulator import Token
from simulator.github_store import DEFAULT_REPOSITORY
from tests.matrix.test_signals import PASSED
from tests.scenarios.page import show
from tests.scenarios.world import GOOD, Gate, blocked, working

CASES: Final = Path(__file__).parents[1] / "cases" / "events"
RUN_SHA: Final = "b" * 40
"""`GITHUB_SHA`: a merge commit or the tip of the default branch."""
_PULL_HEAD: Final = "ec26c3e57ca3a959ca5aad62de7213c562f8c821"
_GROUP_HEAD: Final = "2ffea6db159f6b6c47a24e778fb9ef40cf6b1c7d"
_PUSHED: Final = "6113728f27ae82c7b1a177c8d03f9e96e0adf246"
_RUN_HEAD: Final = "3484a3fb816e0859fd6e1cea078d76385ff50625"


@dataclass(frozen=True)
class Event:
    """One event: its payload's file, and what is right about it by the written promise."""

    name: str
    """`GITHUB_EVENT_NAME`."""
    file: str
    pull: int | None
    """The pull request that it is about."""
    head: str
    """The commit that is asked about."""
    asked: bool = False
    """Whether GitHub is asked for the pull request, so that only an open one is found."""
    sha: str = RUN_SHA
    secrets: bool = True
    """Whether GitHub gives secrets to it where it comes from a fork or from Dependabot."""


EVENTS: Final[Mapping[str, Event]] = {
    **{
        f"pull_request-{action}": Event(
            "pull_request", f"pull_request.{action}", 2, _PULL_HEAD, secrets=False
        )
        for action in ("synchronize", "closed", "labeled")
    },
    "pull_request_target": Event("pull_request_target", "pull_request.synchronize", 2, _PULL_HEAD),
    "pull_request_review": Event(
        "pull_request_review", "pull_request_review.submitted", 2, _PULL_HEAD, secrets=False
    ),
    "pull_request_review_comment": Event(
        *("pull_request_review_comment", "pull_request_review_comment.created", 2, _PULL_HEAD),
        secrets=False,
    ),
    "issue_comment-on-a-pull-request": Event("issue_comment", "issue_comment.created", 1, "c" * 40),
    "issue_comment-on-an-issue": Event("issue_comment", "issue_comment.created", None, RUN_SHA),
    "merge_group": Event(
        "merge_group", "merge_group.checks_requested", 104, _GROUP_HEAD, sha=_GROUP_HEAD
    ),
    "push-branch": Event("push", "push.branch", 7, _PUSHED, asked=True, sha=_PUSHED),
    "push-tag": Event("push", "push.tag", 7, _PUSHED, asked=True, sha=_PUSHED),
    "push-of-no-pull-request": Event("push", "push.branch", None, _PUSHED, sha=_PUSHED),
    "workflow_run": Event("workflow_run", "workflow_run.completed", 7, _RUN_HEAD, asked=True),
    "schedule": Event("schedule", "", None, RUN_SHA),
    "workflow_dispatch": Event("workflow_dispatch", "workflow_dispatch", None, RUN_SHA),
    "repository_dispatch": Event("repository_dispatch", "repository_dispatch", None, RUN_SHA),
    "release": Event("release", "release.published", None, RUN_SHA),
}
BEFALLS: Final = (
    *("nothing", "fork", "dependabot", "branch-deleted"),
    *("closed-before", "closed-meanwhile", "merged-meanwhile"),
)


def _cases() -> Iterator[Any]:
    for name, event in EVENTS.items():
        for befalls in BEFALLS if event.pull else BEFALLS[:1]:
            yield pytest.param(event, name, befalls, id=f"C1.{name}/{befalls}:-:-")


@pytest.mark.parametrize(("event", "name", "befalls"), [*_cases()])
def test_c1(gate: Gate, event: Event, name: str, befalls: str) -> None:
    """The right pull request and commit, or a clear end before anything is spent."""
    gate.devin_does(working(), blocked(100, GOOD))
    gate.number = event.pull or 1
    _arrange(gate, event, name, befalls)
    if befalls in ("fork", "dependabot") and not event.secrets:
        _check_no_secrets(gate)
        return
    run = gate.run()
    assert (run.exit_code, run.outcome) == (0, "passed")
    found = event.pull and not (event.asked and befalls == "closed-before")
    head = event.head if found or event.pull is None else event.sha
    assert run.outputs["head_sha"] == head
    [session] = gate.sim.devin.sessions
    assert f"devin-gate:commit:{head}" in session.tags
    assert (f"pull request: #{event.pull}" in session.prompt) is bool(found)
    assert [show(body).headings[0] for body in run.comments] == ([PASSED] if found else [])
    assert gate.sim.github.comments_of(12) == [], "nothing is said anywhere else"


def _arrange(gate: Gate, event: Event, name: str, befalls: str) -> None:
    """Let GitHub have the pull request, and give the runner's event."""
    payload = _read(event)
    fork = "stranger/octo-repo" if befalls in ("fork", "dependabot") else DEFAULT_REPOSITORY
    author = "dependabot[bot]" if befalls == "dependabot" else "octocat"
    pull = payload.get("pull_request")
    if pull:
        pull["head"]["repo"] = None if befalls == "branch-deleted" else {"full_name": fork}
        pull["user"]["login"] = author
    if name == "issue_comment-on-a-pull-request":
        payload["issue"]["pull_request"] = {"url": "https://api.github.com/pulls/1"}
    if event.pull:
        head = _PULL_HEAD if event.name == "merge_group" else event.head
        gate.sim.github.add_pull(
            event.pull,
            author=author,
            head_sha=head,
            head_repository=None if befalls == "branch-deleted" else fork,
            state="closed" if befalls == "closed-before" else "open",
        )
    if befalls.endswith("meanwhile"):
        gate.clock.at(30, lambda: _close(gate, merged=befalls.startswith("merged")))
    gate.on(event.name, payload, sha=event.sha)


def _close(gate: Gate, *, merged: bool) -> None:
    gate.sim.github.edit_pull(gate.number, state="closed", merged=merged)


def _read(event: Event) -> dict[str, Any]:
    """Return the real payload, of this repository."""
    if not event.file:
        return {"schedule": "30 5 * * 1-5"}
    text = (CASES / f"{event.file}.json").read_text(encoding="utf-8")
    payload = json.loads(text.replace("Codertocat/Hello-World", DEFAULT_REPOSITORY))
    assert isinstance(payload, dict)
    return payload


def _check_no_secrets(gate: Gate) -> None:
    """Check the clear end where GitHub gives no secrets and a token that may only read."""
    token = gate.sim.github_token
    gate.sim.github.add_token(token, Token(permissions={"pull-requests": "read"}))
    run = gate.run(devin_api_key="")
    assert (run.exit_code, run.outcome, run.devin) == (2, "error", ())
    assert "forks" in show(run.summary).text
    assert run.comments == ()
