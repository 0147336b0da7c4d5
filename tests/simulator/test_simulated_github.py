"""The simulated GitHub as PyGithub 2.10 sees it, and over plain HTTP where that is clearer."""

from collections.abc import Iterator

import pytest
import requests
from github import Auth, Github, GithubException
from github.PullRequest import PullRequest

from simulator import GITHUB_TOKEN, Answer, Simulation, Token

REPOSITORY = "octo-org/octo-repo"


def connect(sim: Simulation, token: str = GITHUB_TOKEN) -> Github:
    """Open PyGithub without retries and without its own pauses."""
    return Github(
        base_url=sim.github.url,
        auth=Auth.Token(token),
        retry=None,
        seconds_between_requests=None,
        seconds_between_writes=None,
        per_page=100,
        timeout=10,
        lazy=True,
    )


@pytest.fixture
def client(sim: Simulation) -> Iterator[Github]:
    """Give PyGithub with the workflow's token."""
    with connect(sim) as github:
        yield github


@pytest.fixture
def pull(client: Github) -> PullRequest:
    """Give pull request 12."""
    return client.get_repo(REPOSITORY).get_pull(12)


def test_a_comment_lives_through_pygithub(sim: Simulation, pull: PullRequest) -> None:
    """Created, edited, read again and deleted, always by the token's own user."""
    comment = pull.create_issue_comment("first")
    assert comment.user.login == "github-actions[bot]"
    assert comment.html_url == f"https://github.com/{REPOSITORY}/pull/12#issuecomment-{comment.id}"
    sim.clock.sleep(60)
    comment.edit("second")
    (found,) = pull.get_issue_comments()
    assert (found.id, found.body) == (comment.id, "second")
    assert (found.updated_at - found.created_at).total_seconds() == 60
    assert [kept.body for kept in sim.github.comments_of(12)] == ["second"]
    assert pull.get_issue_comment(comment.id).body == "second"
    comment.delete()
    assert sim.github.comments_of(12) == []
    with pytest.raises(GithubException) as caught:
        comment.edit("third")
    assert caught.value.status == 404


def test_comments_are_paged_in_the_order_of_their_ids(sim: Simulation, pull: PullRequest) -> None:
    """250 comments come in three pages, each once."""
    for number in range(250):
        sim.github.add_comment(12, f"c{number}", f"user{number % 3}")
    sim.github.add_comment(13, "elsewhere")
    found = list(pull.get_issue_comments())
    assert [comment.body for comment in found] == [f"c{number}" for number in range(250)]
    assert found[1].user.login == "user1"
    pages = [seen.query.get("page") for seen in sim.github.journal if "comments" in seen.path]
    assert pages == [None, ["2"], ["3"]]


@pytest.mark.parametrize(
    ("query", "bodies", "relations"),
    [
        ("", 30, {"next": "2", "last": "2"}),
        ("per_page=20&page=2", 15, {"prev": "1", "first": "1"}),
        ("per_page=10&page=2", 10, {"prev": "1", "next": "3", "last": "4", "first": "1"}),
        ("per_page=1000", 35, {}),
        ("per_page=10&page=9", 0, {"prev": "8", "first": "1"}),
    ],
)
def test_a_page_links_to_its_neighbours(
    sim: Simulation, query: str, bodies: int, relations: dict[str, str]
) -> None:
    """30 a page unless told, at most 100; no link where there is nothing."""
    for number in range(35):
        sim.github.add_comment(12, f"c{number}")
    answer = requests.get(
        f"{sim.github.url}/repos/{REPOSITORY}/issues/12/comments?{query}",
        headers={"Authorization": f"Bearer {GITHUB_TOKEN}"},
        timeout=5,
    )
    assert len(answer.json()) == bodies
    found = {name: link["url"].rpartition("page=")[2] for name, link in answer.links.items()}
    assert found == relations


def test_the_viewer_is_asked_through_graphql(sim: Simulation, client: Github) -> None:
    """The workflow's token has a login there, and `GET /user` refuses it."""
    _, answer = client.requester.graphql_query("query { viewer { login } }", {})
    assert answer == {"data": {"viewer": {"login": "github-actions[bot]"}}}
    with pytest.raises(GithubException) as caught:
        assert client.get_user().login
    assert (caught.value.status, caught.value.data) == (
        403,
        {
            "message": "Resource not accessible by integration",
            "documentation_url": "https://docs.github.com/rest",
            "status": "403",
        },
    )
    with pytest.raises(GithubException, match="viewer"):
        client.requester.graphql_query("query { rateLimit { cost } }", {})
    assert sim.leftovers() == []


def test_a_person_has_a_user(sim: Simulation) -> None:
    """A personal token reads its own user and comments in its name."""
    sim.github.add_token("ghp_person", Token("monalisa", {"pull-requests": "write"}))
    with connect(sim, "ghp_person") as github:
        assert github.get_user().login == "monalisa"
        assert github.get_repo(REPOSITORY).get_pull(12).create_issue_comment("x").user.type == (
            "User"
        )


@pytest.mark.parametrize(
    ("permissions", "reads", "writes"),
    [
        ({"pull-requests": "write"}, True, True),
        ({"pull-requests": "read"}, True, False),
        ({"contents": "write"}, False, False),
        ({"pull-requests": "read", "issues": "write"}, True, True),
        ({}, False, False),
    ],
)
def test_a_missing_permission_is_refused(
    sim: Simulation, permissions: dict[str, str], *, reads: bool, writes: bool
) -> None:
    """403 in GitHub's words for what the token was not given, and nothing is written."""
    sim.github.add_token(GITHUB_TOKEN, Token(permissions=permissions))
    headers = {"Authorization": f"token {GITHUB_TOKEN}"}
    place = f"{sim.github.url}/repos/{REPOSITORY}/issues/12/comments"
    read = requests.get(place, headers=headers, timeout=5)
    written = requests.post(place, headers=headers, json={"body": "x"}, timeout=5)
    assert read.status_code == (200 if reads else 403)
    assert written.status_code == (201 if writes else 403)
    assert len(sim.github.comments_of(12)) == int(writes)


def test_an_unknown_or_revoked_token_has_bad_credentials(
    sim: Simulation, pull: PullRequest
) -> None:
    """401, as after an hour of an installation token."""
    sim.github.revoke_token(GITHUB_TOKEN)
    with pytest.raises(GithubException) as caught:
        pull.create_issue_comment("x")
    assert (caught.value.status, caught.value.data["message"]) == (401, "Bad credentials")


@pytest.mark.parametrize(
    ("body", "words"),
    [("x" * 65_537, "too long (maximum is 65536"), (" ", "blank"), ("", "blank")],
)
def test_a_body_that_is_no_comment_is_invalid(
    sim: Simulation, pull: PullRequest, body: str, words: str
) -> None:
    """422; one character less is taken."""
    with pytest.raises(GithubException) as caught:
        pull.create_issue_comment(body)
    assert caught.value.status == 422
    assert words in str(caught.value.data)
    pull.create_issue_comment("x" * 65_536)
    assert len(sim.github.comments_of(12)) == 1


def test_pulls_are_found_by_their_head(sim: Simulation, client: Github) -> None:
    """Open and closed ones whose head is the commit, and no others."""
    sim.github.add_pull(13, state="closed")
    sim.github.add_pull(14, head_sha="c" * 40)
    found = client.get_repo(REPOSITORY).get_commit("a" * 40).get_pulls()
    assert [(pull.number, pull.state) for pull in found] == [(12, "open"), (13, "closed")]


def test_a_pull_changes_meanwhile(sim: Simulation, client: Github) -> None:
    """A push, a retarget, a merge and a deleted fork show at the next look."""
    sim.github.edit_pull(12, head_sha="d" * 40, base_ref="next")
    changed = client.get_repo(REPOSITORY).get_pull(12)
    assert (changed.head.sha, changed.base.ref, changed.merged) == ("d" * 40, "next", False)
    sim.github.edit_pull(12, state="closed", merged=True, head_repository=None)
    merged = client.get_repo(REPOSITORY).get_pull(12)
    assert (merged.state, merged.merged) == ("closed", True)
    assert merged.raw_data["head"]["repo"] is None


def test_what_is_not_there_is_not_found(sim: Simulation, client: Github) -> None:
    """Other repositories, pull requests and comments; a known route is no unknown request."""
    repository = client.get_repo(REPOSITORY)
    for look in (
        lambda: client.get_repo("octo-org/other").full_name and client.get_repo("a/b").id,
        lambda: repository.get_pull(99).title,
        lambda: repository.get_pull(12).get_issue_comment(5).body,
    ):
        with pytest.raises(GithubException) as caught:
            look()
        assert caught.value.status == 404
    assert sim.leftovers() == []


def test_every_answer_tells_the_rate_limit(sim: Simulation, pull: PullRequest) -> None:
    """It counts down, errors included, and begins anew with the hour."""
    assert pull.title == "Change 12"
    place = f"{sim.github.url}/repos/{REPOSITORY}"
    refused = requests.get(place, timeout=5)
    assert refused.headers["x-ratelimit-remaining"] == "998"
    assert refused.headers["x-ratelimit-reset"] == "1767607200"
    sim.clock.sleep(3600)
    assert requests.get(place, timeout=5).headers["x-ratelimit-remaining"] == "999"


def test_a_comment_can_exist_though_its_answer_did_not_come(
    sim: Simulation, pull: PullRequest
) -> None:
    """A 502 after the commit: the client must look before it tries again."""
    where = "/repos/{owner}/{repo}/issues/{number}/comments"
    sim.github.inject("POST", where, Answer(502, "<html>"), after_commit=True)
    with pytest.raises(GithubException):
        pull.create_issue_comment("x")
    assert len(sim.github.comments_of(12)) == 1


def test_enterprise_server_has_its_own_addresses() -> None:
    """Under the prefix everything works, links included; outside of it nothing is served."""
    with Simulation(enterprise=True, web_url="https://ghe.example.com") as simulation:
        simulation.github.add_pull(1)
        for number in range(150):
            simulation.github.add_comment(1, f"c{number}")
        assert simulation.github.url.endswith("/api/v3")
        assert simulation.github.graphql_url.endswith("/api/graphql")
        with connect(simulation) as github:
            pull = github.get_repo(REPOSITORY).get_pull(1)
            assert len(list(pull.get_issue_comments())) == 150
            assert pull.html_url.startswith("https://ghe.example.com/")
            _, answer = github.requester.graphql_query("query { viewer { login } }", {})
        assert answer["data"]["viewer"]["login"] == "github-actions[bot]"
        assert simulation.leftovers() == []
        bare = simulation.github.origin
        assert requests.get(f"{bare}/repos/{REPOSITORY}", timeout=5).status_code == 404
        assert simulation.leftovers() == [
            f"github: unknown request GET /repos/{REPOSITORY}",
        ]
