"""PyGithub against a simulated GitHub: what is asked, how often, and what a refusal means."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from entrypoint.adapters.github import GitHub
from entrypoint.core.retry import Patience
from entrypoint.core.text import Secret
from entrypoint.errors import GitHubError
from simulator import GITHUB_TOKEN, Answer, Redirect, Reset, Silence, SimClock, Simulation, Token
from simulator.github_records import ACTIONS_LOGIN
from simulator.github_store import DEFAULT_REPOSITORY

COMMENTS: Final = "/repos/{owner}/{repo}/issues/{number}/comments"
COMMENT: Final = "/repos/{owner}/{repo}/issues/comments/{id}"


@pytest.fixture
def github(sim: Simulation) -> Iterator[GitHub]:
    """Give the adapter for the default repository."""
    adapter = make(sim)
    yield adapter
    adapter.close()


def make(sim: Simulation, token: str = GITHUB_TOKEN, request_s: float = 5) -> GitHub:
    """Return the adapter; nothing is sent."""
    return GitHub(sim.github.url, DEFAULT_REPOSITORY, Secret(token), patience=Patience(request_s))


def test_a_comment_lives_through_one_request_each(sim: Simulation, github: GitHub) -> None:
    """Create, list, edit and delete are one request each, and no read beside them."""
    comment = github.create_comment(12, "one")
    github.edit_comment(comment.comment_id, "two")
    [found] = github.list_comments(12)
    github.delete_comment(comment.comment_id)
    assert (found.body, found.author, found.comment_id) == (
        "two",
        ACTIONS_LOGIN,
        comment.comment_id,
    )
    assert found.html_url == comment.html_url
    assert sim.github.comments_of(12) == []
    assert [seen.method for seen in sim.github.journal] == ["POST", "PATCH", "GET", "DELETE"]


def test_all_pages_of_comments_are_read(sim: Simulation, github: GitHub) -> None:
    """Two hundred and fifty comments are three requests of a hundred."""
    for number in range(250):
        sim.github.add_comment(12, f"{number}")
    assert [comment.body for comment in github.list_comments(12)] == [str(n) for n in range(250)]
    assert len(sim.github.journal) == 3
    assert all(seen.query["per_page"] == ["100"] for seen in sim.github.journal)


def test_the_login_is_asked_by_graphql(sim: Simulation, github: GitHub) -> None:
    """`GET /user` is refused for a workflow's token; GraphQL's `viewer` is not."""
    assert github.read_login() == ACTIONS_LOGIN
    assert [seen.path for seen in sim.github.journal] == ["/graphql"]


def test_a_pull_request_is_read_as_it_is_now(sim: Simulation, github: GitHub) -> None:
    """Head, base, author and state come from one request."""
    sim.github.edit_pull(12, head_sha="9" * 40, base_ref="release", state="closed")
    pull = github.read_pull_request(12)
    assert (pull.head_sha, pull.base_ref, pull.author) == ("9" * 40, "release", "octocat")
    assert not pull.is_open
    assert (pull.draft, pull.labels) == (False, ())
    assert len(sim.github.journal) == 1


def test_pull_requests_are_found_by_commit(sim: Simulation, github: GitHub) -> None:
    """Those whose head is the commit, in one request."""
    sim.github.add_pull(13, head_sha="c" * 40, draft=True, labels=("bug", "é/b"))
    (pull,) = github.find_pull_requests("c" * 40)
    assert (pull.number, pull.draft, pull.labels) == (13, True, ("bug", "é/b"))
    assert len(sim.github.journal) == 1


def test_enterprise_server_has_a_prefix() -> None:
    """REST and GraphQL are asked where Enterprise Server has them."""
    with Simulation(enterprise=True, web_url="https://ghe.example.com") as sim:
        sim.github.add_pull(12)
        github = make(sim)
        assert github.read_login() == ACTIONS_LOGIN
        comment = github.create_comment(12, "one")
        github.edit_comment(comment.comment_id, "two")
        github.close()
        paths = [seen.path for seen in sim.github.journal]
        assert paths[0] == "/api/graphql"
        assert all(path.startswith("/api/v3/repos/") for path in paths[1:])
        assert comment.html_url.startswith("https://ghe.example.com/")
        assert sim.leftovers() == []


CALLS: dict[str, Callable[[GitHub], object]] = {
    "login": lambda github: github.read_login(),
    "list": lambda github: github.list_comments(12),
    "create": lambda github: github.create_comment(12, "x"),
    "edit": lambda github: github.edit_comment(1, "x"),
    "delete": lambda github: github.delete_comment(1),
    "pull": lambda github: github.read_pull_request(12),
    "commit": lambda github: github.find_pull_requests("a" * 40),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "fault",
    [
        Answer(500, {"message": "x"}),
        Answer(502, "<h1>Bad</h1>"),
        Answer(503, b"\xff"),
        Answer(200, "<html>portal</html>"),
        Answer(200, b"[[1]]"),
        Answer(200, b'{"data": null}'),
        Answer(429, {"message": "slow"}, (("Retry-After", "3600"),)),
        Answer(403, {"message": "API rate limit exceeded"}, (("x-ratelimit-reset", "9999999999"),)),
        Reset(),
    ],
    ids=lambda fault: repr(fault)[:40],
)
def test_trouble_is_one_request_and_one_kind_of_error(
    sim: Simulation, github: GitHub, call: str, fault: Answer | Reset
) -> None:
    """Nothing is sent again or slept over in here; whoever asked decides."""
    sim.github.inject("*", "*", fault)
    with pytest.raises(GitHubError) as caught:
        CALLS[call](github)
    assert GITHUB_TOKEN not in f"{caught.value}{caught.value.remedy}"
    assert len(sim.github.journal) == 1
    assert isinstance(sim.clock, SimClock)
    assert sim.clock.monotonic_s() == 0


def test_silence_ends_in_time(sim: Simulation) -> None:
    """A GitHub that says nothing costs the request's own second."""
    sim.github.inject("POST", "/graphql", Silence())
    github = make(sim, request_s=1)
    with pytest.raises(GitHubError) as caught:
        github.read_login()
    github.close()
    assert caught.value.may_pass


@pytest.mark.parametrize("call", ["list", "create", "edit", "delete", "pull", "commit"])
def test_a_missing_permission_names_the_block_to_paste(sim: Simulation, call: str) -> None:
    """403 for want of a permission says the lines, and that asking again will not help."""
    sim.github.add_token("ghs_reads_only_contents", Token(permissions={"contents": "read"}))
    github = make(sim, "ghs_reads_only_contents")
    with pytest.raises(GitHubError) as caught:
        CALLS[call](github)
    github.close()
    assert "permissions: {" in caught.value.remedy
    assert not caught.value.may_pass


def test_a_dead_token_is_said(sim: Simulation) -> None:
    """401 has a sentence about tokens that die after an hour."""
    github = make(sim, "ghs_this_one_is_dead_now")
    with pytest.raises(GitHubError, match="not valid any more") as caught:
        github.list_comments(12)
    github.close()
    assert "hour" in caught.value.remedy


def test_a_too_long_comment_is_refused_once(sim: Simulation, github: GitHub) -> None:
    """422 is an answer, not a trouble that passes."""
    with pytest.raises(GitHubError) as caught:
        github.create_comment(12, "x" * 65_537)
    assert not caught.value.may_pass
    assert len(sim.github.journal) == 1


@pytest.mark.parametrize("words", ["slow down", "You have exceeded a secondary rate limit"])
def test_429_may_pass_in_whatever_words(sim: Simulation, github: GitHub, words: str) -> None:
    """The status alone says that GitHub allows again later."""
    sim.github.inject("*", "*", Answer(429, {"message": words}))
    with pytest.raises(GitHubError, match="rate limit") as caught:
        github.list_comments(12)
    assert caught.value.may_pass


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_token_does_not_follow_a_redirect_elsewhere(
    sim: Simulation, github: GitHub, status: int
) -> None:
    """Another host that a redirect names never sees the token or the text."""
    sim.github.inject("*", "*", Redirect(f"{sim.devin.url}/repos/x", status))
    with pytest.raises(GitHubError):
        github.create_comment(12, "text")
    assert sim.devin.journal == []


def test_netrc_does_not_replace_the_token(sim: Simulation, github: GitHub) -> None:
    """A `.netrc` in the shared HOME is not sent to GitHub."""
    netrc = Path(os.environ["HOME"]) / ".netrc"
    netrc.write_text("machine 127.0.0.1 login eve password evil\n")
    netrc.chmod(0o600)
    github.list_comments(12)
    github.read_login()
    assert all(GITHUB_TOKEN in seen.headers["authorization"] for seen in sim.github.journal)
