"""C1: every event that can start the gate, with its real payload, in what may befall it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from simulator import Token
from simulator.github_records import PullChanges
from simulator.github_store import DEFAULT_REPOSITORY
from tests.matrix.test_signals import PASSED
from tests.scenarios.page import show
from tests.scenarios.world import GOOD, Gate, blocked, working

OWNER: Final = "Codertocat"
"""Who did everything in the payloads."""
ICONS: Final = {"passed": PASSED[0], "stale": "🕰"}
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
    pull: int | None = None
    """The pull request that it is about."""
    head: str = ""
    """The commit that is asked about; without a pull request it is `sha`."""
    base: str = "main"
    asked: bool = False
    """Whether GitHub is asked for the pull request, so that only an open one is found."""
    sha: str = RUN_SHA
    strangers: str = "passed"
    """How it ends where a fork or Dependabot is behind it: GitHub gives no secrets, or we ask."""


def _of_pull(name: str, file: str, strangers: str = "error") -> Event:
    """Return an event whose payload holds the pull request."""
    return Event(name, file, 2, _PULL_HEAD, "master", strangers=strangers)


EVENTS: Final[Mapping[str, Event]] = {
    **{
        f"pull_request-{action}": _of_pull("pull_request", f"pull_request.{action}")
        for action in ("synchronize", "closed", "labeled")
    },
    "pull_request_target": _of_pull(
        "pull_request_target", "pull_request.synchronize", "not_allowed"
    ),
    "pull_request_review": _of_pull("pull_request_review", "pull_request_review.submitted"),
    "pull_request_review_comment": _of_pull(
        "pull_request_review_comment", "pull_request_review_comment.created"
    ),
    "issue_comment-on-a-pull-request": Event("issue_comment", "issue_comment.created", 1, "c" * 40),
    "issue_comment-on-an-issue": Event("issue_comment", "issue_comment.created"),
    "merge_group": Event(
        "merge_group", "merge_group.checks_requested", 104, _GROUP_HEAD, sha=_GROUP_HEAD
    ),
    "push-branch": Event("push", "push.branch", 7, _PUSHED, asked=True, sha=_PUSHED),
    "push-tag": Event("push", "push.tag", 7, _PUSHED, asked=True, sha=_PUSHED),
    "push-of-no-pull-request": Event("push", "push.branch", sha=_PUSHED),
    "workflow_run": Event(
        *("workflow_run", "workflow_run.completed", 7, _RUN_HEAD),
        asked=True,
        strangers="not_allowed",
    ),
    "schedule": Event("schedule", ""),
    "workflow_dispatch": Event("workflow_dispatch", "workflow_dispatch"),
    "repository_dispatch": Event("repository_dispatch", "repository_dispatch"),
    "release": Event("release", "release.published"),
}
BEFALLS: Final = (
    *("nothing", "fork", "fork-deleted", "dependabot", "closed-before"),
    *("closed-meanwhile", "merged-meanwhile", "pushed-meanwhile", "retargeted-meanwhile"),
)
_STRANGERS: Final = ("fork", "fork-deleted", "dependabot")
_MOVED: Final = ("pushed-meanwhile", "retargeted-meanwhile")


@pytest.mark.parametrize(
    ("name", "befalls"),
    [
        pytest.param(name, befalls, id=f"C1.{name}/{befalls}:-:-")
        for name, event in EVENTS.items()
        for befalls in (BEFALLS if event.pull else BEFALLS[:1])
    ],
)
def test_c1(gate: Gate, name: str, befalls: str) -> None:
    """The right pull request and commit, or a clear end before anything is spent."""
    event = EVENTS[name]
    gate.devin_does(working(), blocked(100, GOOD))
    gate.number = event.pull or 1
    _arrange(gate, name, befalls)
    is_strange = befalls in _STRANGERS and not (name == "workflow_run" and befalls == "dependabot")
    if is_strange and event.strangers != "passed":
        _check_strangers(gate, event.strangers)
        return
    run = gate.run()
    outcome = "stale" if befalls in _MOVED and name != "merge_group" else "passed"
    assert (run.exit_code, run.outcome) == (int(outcome == "stale"), outcome)
    found = event.pull is not None and not (event.asked and befalls == "closed-before")
    head = event.head if found else event.sha
    assert run.outputs["head_sha"] == head
    [session] = gate.sim.devin.sessions
    assert f"devin-gate:commit:{head}" in session.tags
    assert (f"pull request: #{event.pull}" in session.prompt) is found
    assert [show(body).headings[0][0] for body in run.comments] == [ICONS[outcome]] * found
    assert gate.sim.github.comments_of(12) == [], "nothing is said anywhere else"


@pytest.mark.parametrize(
    ("name", "befalls"),
    [
        pytest.param(name, befalls, id=f"C1.{name}/{befalls}-skipped:-:-")
        for name, event in EVENTS.items()
        if event.strangers == "error"
        for befalls in _STRANGERS
    ],
)
def test_c1_skipped(gate: Gate, name: str, befalls: str) -> None:
    """Where GitHub gives no secrets a team may have the gate stand aside."""
    gate.number = EVENTS[name].pull or 1
    _arrange(gate, name, befalls)
    run = gate.run(devin_api_key="", on_missing_key="skip")
    assert (run.exit_code, run.outcome, run.devin) == (0, "skipped", ())


def _arrange(gate: Gate, name: str, befalls: str) -> None:
    """Let GitHub have the pull request, and give the runner's event."""
    event = EVENTS[name]
    payload = _read(event)
    author = {"fork": "stranger", "fork-deleted": "stranger", "dependabot": "dependabot[bot]"}.get(
        befalls, OWNER
    )
    gate.sim.github.set_permission(OWNER, "write")
    if befalls in _STRANGERS:
        _make_strange(payload, befalls, author)
    if befalls == "dependabot":
        gate.environ["GITHUB_ACTOR"] = author
    if name == "issue_comment-on-a-pull-request":
        payload["issue"]["pull_request"] = {"url": "https://api.github.com/pulls/1"}
    if event.pull:
        gate.sim.github.add_pull(
            event.pull,
            author=author,
            head_sha=_PULL_HEAD if event.name == "merge_group" else event.head,
            base_ref=event.base,
            head_repository=None if befalls == "fork-deleted" else DEFAULT_REPOSITORY,
            state="closed" if befalls == "closed-before" else "open",
        )
    if befalls.endswith("meanwhile"):
        gate.clock.at(30, lambda: _change(gate, befalls))
    gate.on(event.name, payload, sha=event.sha)


def _make_strange(payload: dict[str, Any], befalls: str, author: str) -> None:
    """Let the pull request, or the run, be a stranger's."""
    elsewhere = {"id": 99, "full_name": "stranger/octo-repo"} if befalls == "fork" else None
    subject = payload.get("pull_request") or payload.get("workflow_run") or {}
    subject |= {"user": {"login": author}, "actor": {"login": author}, "author_association": "NONE"}
    if befalls != "dependabot":
        subject["head_repository"] = elsewhere
        subject["head"] = {**subject.get("head", {}), "repo": elsewhere}


def _change(gate: Gate, befalls: str) -> None:
    """Do to the pull request what happens meanwhile."""
    changes: dict[str, PullChanges] = {
        "closed-meanwhile": {"state": "closed"},
        "merged-meanwhile": {"state": "closed", "merged": True},
        "pushed-meanwhile": {"head_sha": "9" * 40},
        "retargeted-meanwhile": {"base_ref": "elsewhere"},
    }
    gate.sim.github.edit_pull(gate.number, **changes[befalls])


def _read(event: Event) -> dict[str, Any]:
    """Return the real payload, of this repository."""
    if not event.file:
        return {"schedule": "30 5 * * 1-5"}
    text = (CASES / f"{event.file}.json").read_text(encoding="utf-8")
    payload = json.loads(text.replace("Codertocat/Hello-World", DEFAULT_REPOSITORY))
    assert isinstance(payload, dict)
    return payload


def _check_strangers(gate: Gate, outcome: str) -> None:
    """Check the clear end: without secrets and with a token that may only read, or refused."""
    if outcome == "error":
        granted = Token(permissions={"pull-requests": "read"})
        gate.sim.github.add_token(gate.sim.github_token, granted)
    run = gate.run(devin_api_key="" if outcome == "error" else gate.sim.devin_key)
    code = 2 if outcome == "error" else 1
    assert (run.exit_code, run.outcome, run.devin, run.comments) == (code, outcome, (), ())
    said = show(run.summary).text
    assert ("forks" if outcome == "error" else "allowed_associations") in said
