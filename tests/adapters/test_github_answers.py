"""A GitHub whose answers are of no shape that was promised, or never end."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

import pytest

from entrypoint.adapters.github import GitHub
from entrypoint.core.retry import Patience
from entrypoint.core.text import Secret
from entrypoint.errors import GitHubError
from simulator import GITHUB_TOKEN, Answer, Simulation
from simulator.github_store import DEFAULT_REPOSITORY
from tests.adapters.by_hand import serve_by_hand

COMMENTS: Final = "/repos/{owner}/{repo}/issues/{number}/comments"
USER: Final = {"login": "octocat"}
GOOD: Final = {"id": 1, "body": "x", "user": USER, "html_url": "https://github.com/x"}
DEEP: Final = 100_000
FOREIGN: Final = {
    "id is a text": {"id": "x"},
    "id is missing": {"id": None},
    "body is a number": {"body": 5},
    "body is a list": {"body": ["x"]},
    "login is a number": {"user": {"login": 4}},
    "address is a number": {"html_url": 7},
}


@pytest.fixture
def github(sim: Simulation) -> Iterator[GitHub]:
    """Give the adapter for the default repository."""
    adapter = GitHub(sim.github.url, DEFAULT_REPOSITORY, Secret(GITHUB_TOKEN), patience=Patience(5))
    yield adapter
    adapter.close()


@pytest.mark.parametrize("odd", FOREIGN.values(), ids=FOREIGN)
def test_a_comment_of_another_shape_is_an_error_in_words(
    sim: Simulation, github: GitHub, odd: dict[str, object]
) -> None:
    """No field of a comment is trusted to be of its type, listed or just created."""
    sim.github.inject("GET", COMMENTS, Answer(200, [GOOD | odd]))
    sim.github.inject("POST", COMMENTS, Answer(201, GOOD | odd))
    with pytest.raises(GitHubError, match="cannot be used"):
        github.list_comments(12)
    with pytest.raises(GitHubError, match="cannot be used"):
        github.create_comment(12, "text")


@pytest.mark.parametrize(
    "body",
    [
        b"[" * DEEP,
        b'{"id":' * DEEP,
        b'[{"id":' + b"9" * 5_000 + b"}]",
        b"\xff\xfe\x00[",
        b'["x"]',
        b'{"a":1}',
        b"[[[]]]",
        b"5",
        b'"text"',
        b"",
        b"null",
        b"{ }",
        b"0",
    ],
    ids=[
        *("deep list", "deep object", "big id", "UTF-16", "texts", "object", "lists", "5", "text"),
        *("nothing", "null", "empty object", "0"),
    ],
)
def test_a_list_of_another_shape_is_an_error_in_words(
    sim: Simulation, github: GitHub, body: bytes
) -> None:
    """Whatever comes in place of a list of comments, nothing but `GitHubError` leaves here."""
    sim.github.inject("GET", COMMENTS, Answer(200, body))
    with pytest.raises(GitHubError, match="cannot be used") as caught:
        github.list_comments(12)
    assert caught.value.may_pass


@pytest.mark.parametrize("status", [400, 403, 404, 422, 429, 500])
@pytest.mark.parametrize(
    "body",
    [{"message": None}, {"message": ["x"]}, {"message": 5}, {}, [1], None, "x", b"{", b"[" * DEEP],
    ids=lambda body: repr(body)[:20],
)
def test_a_refusal_of_another_shape_is_an_error_in_words(
    sim: Simulation, github: GitHub, status: int, body: object
) -> None:
    """What a refusal says is read only where it is text."""
    sim.github.inject("POST", COMMENTS, Answer(status, body))
    with pytest.raises(GitHubError):
        github.create_comment(12, "text")


@pytest.mark.parametrize(
    "body",
    [{"data": None}, {"data": {"viewer": None}}, {"data": []}, [], 5, b"[" * DEEP],
    ids=lambda body: repr(body)[:20],
)
def test_a_login_of_another_shape_is_an_error_in_words(
    sim: Simulation, github: GitHub, body: object
) -> None:
    """An answer without a login is nobody's login."""
    sim.github.inject("POST", "/graphql", Answer(200, body))
    with pytest.raises(GitHubError):
        github.read_login()


@pytest.mark.parametrize(
    "pull",
    [{}, {"head": 5}, {"number": "x"}, {"head": {"sha": 5}}, [], 5],
    ids=str,
)
def test_a_pull_request_of_another_shape_is_an_error_in_words(
    sim: Simulation, github: GitHub, pull: object
) -> None:
    """A pull request without a head is none to ask about."""
    sim.github.inject("GET", "/repos/{owner}/{repo}/pulls/{number}", Answer(200, pull))
    with pytest.raises(GitHubError):
        github.read_pull_request(12)


@pytest.mark.real_time  # the adapter takes whole seconds, as PyGithub does
@pytest.mark.parametrize("call", [GitHub.read_login, lambda github: github.list_comments(12)])
@pytest.mark.parametrize(
    "start",
    [
        b"HTTP/1.1 200 OK\r\nX-Slow: ",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n",
    ],
    ids=["headers", "body"],
)
def test_a_github_that_drips_is_given_up(start: bytes, call: Callable[[GitHub], object]) -> None:
    """A byte every 30 ms holds a request no longer than silence would."""
    with serve_by_hand(lambda link: _drip(link, start)) as url:
        github = GitHub(url, DEFAULT_REPOSITORY, Secret(GITHUB_TOKEN), patience=Patience(1))
        began_s = time.monotonic()
        with pytest.raises(GitHubError) as caught:
            call(github)
        assert time.monotonic() - began_s < 2
        github.close()
    assert caught.value.may_pass


def _drip(link: socket.socket, start: bytes) -> None:
    pause = threading.Event()
    try:
        link.sendall(start)
        for _ in range(100):
            link.sendall(b" ")
            pause.wait(0.03)
    except OSError:
        return
