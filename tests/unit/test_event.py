"""Whose pull request, which commit, which step: read from what the runner gives."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from entrypoint.core.event import (
    ByCommit,
    ByMergeGroup,
    ByNumber,
    PullRequest,
    Trigger,
    WhichPullRequest,
    choose_pull_request,
    parse_trigger,
)
from entrypoint.errors import EventError
from tests.unit.builders import ENVIRON, HEAD_SHA, PULL_REQUEST, TRIGGER

EVENTS = Path(__file__).resolve().parents[1] / "cases" / "events"
SHA = ENVIRON["GITHUB_SHA"]
PULL = {
    "number": 12,
    "head": {"sha": HEAD_SHA},
    "base": {"ref": "main"},
    "user": {"login": "octocat"},
    "html_url": "https://github.com/octo/shop/pull/12",
}
NOTHING: Mapping[str, str] = {}
QUEUE = "refs/heads/gh-readonly-queue/"
REPOSITORY = {"repository": {"default_branch": "main"}}


def trigger(
    event: str, payload: object, number: int | None = None, environ: Mapping[str, str] = NOTHING
) -> Trigger:
    """Return what an event with this payload started."""
    variables = ENVIRON | {"GITHUB_EVENT_NAME": event, **environ}
    return parse_trigger(variables, json.dumps(payload), number)


def merge_group(ref: str, base: str = "refs/heads/main") -> dict[str, object]:
    """Return the payload of a merge group."""
    return {"merge_group": {"head_ref": ref, "head_sha": HEAD_SHA, "base_ref": base}}


@pytest.mark.parametrize(
    ("event", "payload", "which"),
    [
        *[
            pytest.param(event, {"pull_request": PULL}, PULL_REQUEST, id=event)
            for event in (
                "pull_request",
                "pull_request_target",
                "pull_request_review",
                "pull_request_review_comment",
            )
        ],
        pytest.param("issue_comment", {"issue": {"number": 7, "pull_request": {"url": "x"}}}, ByNumber(7), id="comment on a pull request"),
        pytest.param("issue_comment", {"issue": {"number": 7}}, None, id="comment on an issue"),
        pytest.param("merge_group", merge_group(f"{QUEUE}main/pr-34-{HEAD_SHA}"), ByMergeGroup(34, HEAD_SHA, "main"), id="merge group"),
        pytest.param("merge_group", merge_group(f"{QUEUE}rel/pr-1-a/pr-34-{HEAD_SHA}", "rel/pr-1-a"), ByMergeGroup(34, HEAD_SHA, "rel/pr-1-a"), id="a base like a merge group"),
        pytest.param("push", REPOSITORY, ByCommit(SHA, "main"), id="push"),
        pytest.param("push", {}, ByCommit(SHA, ""), id="push without repository"),
        pytest.param("workflow_run", REPOSITORY | {"workflow_run": {"head_sha": HEAD_SHA}}, ByCommit(HEAD_SHA, "main"), id="workflow run"),
        pytest.param("workflow_run", {"workflow_run": None}, None, id="workflow run of nothing"),
        pytest.param("schedule", {}, None, id="schedule"),
        pytest.param("workflow_dispatch", {"pull_request": PULL}, None, id="dispatch"),
        pytest.param("something_new", {}, None, id="an event of tomorrow"),
    ],
)  # fmt: skip
def test_the_pull_request_is_found(event: str, payload: object, which: WhichPullRequest) -> None:
    """Each event leads to the pull request that it is about, or to none."""
    assert trigger(event, payload).which == which


@pytest.mark.parametrize("event", ["pull_request", "push", "schedule", "merge_group"])
def test_a_named_pull_request_wins(event: str) -> None:
    """`pull_request_number` says whose pull request it is, whatever the event was."""
    payload = {"pull_request": PULL} | merge_group(f"{QUEUE}main/pr-34-{HEAD_SHA}")
    assert trigger(event, payload, 99).which == ByNumber(99)


def test_a_named_pull_request_wins_over_an_odd_event() -> None:
    """What the event lacks does not matter where the team names the pull request."""
    assert trigger("merge_group", {}, number=12).which == ByNumber(12)


def test_everything_else_comes_from_the_runner() -> None:
    """Two steps, jobs, workflows and repositories can be told apart, and the run can be linked."""
    found = trigger("pull_request", {"pull_request": PULL})
    assert found == TRIGGER
    assert found.run_url == "https://github.com/octo/shop/actions/runs/1001/attempts/1"


def test_a_real_webhook_is_read() -> None:
    """A pull request's webhook as GitHub sends it is understood."""
    text = (EVENTS / "pull_request.opened.json").read_text(encoding="utf-8")
    payload = json.loads(text)["pull_request"]
    which = parse_trigger(ENVIRON, text, None).which
    assert isinstance(which, PullRequest)
    assert (which.number, which.head_sha) == (payload["number"], payload["head"]["sha"])
    assert (which.base_ref, which.author) == (payload["base"]["ref"], payload["user"]["login"])
    assert which.html_url == payload["html_url"]
    assert (which.draft, which.labels) == (False, ("bug",))


@pytest.mark.parametrize(
    ("fields", "draft", "labels"),
    [
        ({"draft": True, "labels": []}, True, ()),
        ({"draft": False, "labels": [{"name": "a"}, {"name": "é/b"}]}, False, ("a", "é/b")),
        ({}, None, None),
        ({"draft": "false", "labels": "a"}, None, None),
        ({"draft": None, "labels": [{"name": "a"}, {"name": 5}]}, None, None),
        ({"draft": 0, "labels": [None]}, None, None),
    ],
    ids=str,
)
def test_draft_and_labels_are_read_or_unknown(
    fields: dict[str, object], draft: object, labels: object
) -> None:
    """What the event does not say plainly is not taken for no draft, or for no label."""
    which = trigger("pull_request", {"pull_request": {**PULL, **fields}}).which
    assert isinstance(which, PullRequest)
    assert (which.draft, which.labels) == (draft, labels)


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"),
    [
        ("GITHUB_REPOSITORY_ID", "", "repository_id", "octo/shop"),
        ("GITHUB_WORKFLOW_REF", "", "workflow_path", "CI"),
        ("GITHUB_WORKFLOW_REF", "octo/shop/.github/workflows/a.yml@refs/heads/x@y", "workflow_path", ".github/workflows/a.yml"),
        ("GITHUB_WORKFLOW_REF", "octo/shop/.github/workflows/a@b.yml@refs/heads/x", "workflow_path", ".github/workflows/a@b.yml"),
        ("GITHUB_RUN_ATTEMPT", "3", "run_attempt", 3),
        ("GITHUB_RUN_ATTEMPT", "", "run_attempt", 1),
        ("GITHUB_RUN_ATTEMPT", "x", "run_attempt", 1),
        ("GITHUB_SERVER_URL", "https://ghe.test", "server_url", "https://ghe.test"),
        ("GITHUB_SERVER_URL", "", "server_url", "https://github.com"),
        ("GITHUB_API_URL", "https://ghe.test/api/v3", "api_url", "https://ghe.test/api/v3"),
        ("GITHUB_API_URL", "", "api_url", "https://api.github.com"),
        ("GITHUB_ACTION", "", "step", ""),
    ],
)  # fmt: skip
def test_a_variable_is_read(name: str, value: str, field: str, expected: object) -> None:
    """Older runners and Enterprise servers work too."""
    environ = {"GITHUB_WORKFLOW": "CI", name: value}
    assert getattr(trigger("schedule", {}, environ=environ), field) == expected


@pytest.mark.parametrize(
    "name",
    ["GITHUB_EVENT_NAME", "GITHUB_REPOSITORY", "GITHUB_SHA", "GITHUB_JOB", "GITHUB_RUN_ID"],
)
def test_outside_a_workflow_the_missing_variable_is_named(name: str) -> None:
    """Who runs the image by hand reads which variable is missing."""
    with pytest.raises(EventError, match=name) as caught:
        trigger("schedule", {}, environ={name: ""})
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("event", "text"),
    [
        pytest.param("schedule", "", id="empty file"),
        pytest.param("schedule", "[]", id="no object"),
        pytest.param("schedule", '{"a":1,"a":2}', id="ambiguous"),
        pytest.param("schedule", "{" * 5000, id="deep"),
        pytest.param("pull_request", "{}", id="no pull request"),
        pytest.param("pull_request", json.dumps({"pull_request": PULL | {"number": "12"}}), id="odd number"),
        pytest.param("pull_request", json.dumps({"pull_request": PULL | {"head": None}}), id="no head"),
        pytest.param("pull_request", json.dumps({"pull_request": PULL | {"base": {}}}), id="no base"),
        pytest.param("pull_request", json.dumps({"pull_request": PULL | {"head": {"sha": "../x"}}}), id="no commit"),
        pytest.param("pull_request", json.dumps({"pull_request": PULL | {"base": {"ref": "a\nb"}}}), id="no branch"),
        pytest.param("workflow_run", json.dumps({"workflow_run": {"head_sha": "HEAD"}}), id="a run of no commit"),
        pytest.param("merge_group", "{}", id="no merge group"),
        pytest.param("merge_group", json.dumps(merge_group("refs/heads/pr-1-a")), id="odd ref"),
        pytest.param("merge_group", json.dumps(merge_group(f"{QUEUE}main/pr-x-a")), id="no number"),
    ],
)  # fmt: skip
def test_an_unusable_event_is_an_error(event: str, text: str) -> None:
    """Where it cannot be told whose pull request it is, nothing is asked."""
    with pytest.raises(EventError):
        parse_trigger(ENVIRON | {"GITHUB_EVENT_NAME": event}, text, None)


@pytest.mark.parametrize(("name", "value"), [("GITHUB_SHA", "main"), ("GITHUB_REF", "a b")])
def test_an_odd_commit_or_ref_is_an_error(name: str, value: str) -> None:
    """Both become part of addresses, of tags and of the prompt."""
    with pytest.raises(EventError):
        parse_trigger(ENVIRON | {"GITHUB_EVENT_NAME": "schedule", name: value}, "{}", None)


@pytest.mark.parametrize("author", [None, {}, {"login": 5}], ids=str)
def test_a_ghost_may_have_opened_it(author: object) -> None:
    """A pull request whose author is gone is a pull request all the same."""
    which = trigger("pull_request", {"pull_request": PULL | {"user": author}}).which
    assert isinstance(which, PullRequest)
    assert not which.is_by_devin


def test_devins_own_pull_request_is_known() -> None:
    """On a pull request by Devin the gate can keep quiet until the end."""
    user = {"login": "devin-ai-integration[bot]"}
    which = trigger("pull_request", {"pull_request": PULL | {"user": user}}).which
    assert isinstance(which, PullRequest)
    assert which.is_by_devin


def pull(
    number: int, base: str = "main", sha: str = HEAD_SHA, *, is_open: bool = True
) -> PullRequest:
    """Return one pull request of a commit."""
    return PullRequest(number, sha, base, is_open=is_open)


@pytest.mark.parametrize(
    ("found", "number"),
    [
        pytest.param((), None, id="none"),
        pytest.param((pull(3),), 3, id="one"),
        pytest.param((pull(1, "dev"), pull(9)), 9, id="onto the default branch"),
        pytest.param((pull(8), pull(2), pull(5)), 2, id="the lowest number"),
        pytest.param((pull(8, "a"), pull(2, "b")), 2, id="the lowest of other branches"),
        pytest.param((pull(1, is_open=False), pull(9, "dev")), 9, id="a closed one does not count"),
        pytest.param((pull(1, sha="0" * 40),), None, id="another head does not count"),
    ],
)
def test_of_several_pull_requests_one_is_chosen(
    found: tuple[PullRequest, ...], number: int | None
) -> None:
    """A push to the head of two pull requests always tells the same one."""
    chosen = choose_pull_request(found, ByCommit(HEAD_SHA, "main"))
    assert (chosen.number if chosen else None) == number
