"""GitHub through PyGithub: pull requests and their comments.

PyGithub's defaults are for scripts, not for a gate: it sends a POST again after a 502, pauses
between requests, and sleeps for hours on a rate limit (PyGithub 2.10). All of that is off here;
one call is one attempt with a deadline. Importing it costs more than everything else
together, so this module is imported late.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final, TypeVar

import requests
from github import Auth, BadAttributeException, Github, GithubException
from github.Requester import HTTPRequestsConnectionClass, HTTPSRequestsConnectionClass, Requester

from entrypoint.adapters.timed import TimedAdapter
from entrypoint.core.comment import Comment
from entrypoint.core.event import PullRequest
from entrypoint.errors import GitHubError

if TYPE_CHECKING:
    from github.GithubObject import GithubObject
    from github.Issue import Issue
    from github.IssueComment import IssueComment
    from github.NamedUser import NamedUser
    from github.Organization import Organization
    from github.PaginatedList import PaginatedList
    from github.PullRequest import PullRequest as ForeignPullRequest
    from github.Repository import Repository

    from entrypoint.core.retry import Patience
    from entrypoint.core.text import Secret

_Item = TypeVar("_Item", bound="GithubObject")
_Result = TypeVar("_Result")


class _TimedHttps(HTTPSRequestsConnectionClass):
    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 - PyGithub's own
        super().__init__(*given, **named)
        self.session.mount("https://", TimedAdapter(max_retries=0))


class _TimedHttp(HTTPRequestsConnectionClass):
    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 - PyGithub's own
        super().__init__(*given, **named)
        self.session.mount("http://", TimedAdapter(max_retries=0))


# For the whole process, since PyGithub has no other place: a server that drips is not waited for.
Requester.injectConnectionClasses(_TimedHttp, _TimedHttps)


class GitHub:
    """One repository on GitHub or an Enterprise Server. Every method raises `GitHubError`."""

    def __init__(
        self,
        api_url: str,
        repository: str,
        token: Secret,
        *,
        patience: Patience,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare a client; nothing is sent. `now_s` is the clock of the whole."""
        self._client = Github(
            base_url=api_url,
            auth=Auth.Token(token.reveal()),
            timeout=math.ceil(patience.request_s),  # PyGithub takes whole seconds only
            per_page=100,
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
            lazy=True,
        )
        self._repository_name = repository
        self._now_s = now_s
        self._give_up_at_s = now_s() + patience.total_s

    def read_pull_request(self, number: int) -> PullRequest:
        """Return the pull request as GitHub has it now."""
        return self._ask("read", lambda: _pull_request(self._repository().get_pull(number)))

    def find_pull_requests(self, sha: str) -> tuple[PullRequest, ...]:
        """Return the pull requests, open and closed, that have the commit."""

        def find() -> tuple[PullRequest, ...]:
            pulls = self._repository().get_commit(sha).get_pulls()
            return tuple(map(_pull_request, self._in_time(pulls)))

        return self._ask("read", find)

    def read_login(self) -> str:
        """Return who the token is. `GET /user` is refused for Actions' token, this is not."""

        def read() -> str:
            _, answer = self._client.requester.graphql_query("query { viewer { login } }", {})
            return str(answer["data"]["viewer"]["login"])

        return self._ask("write", read)

    def list_comments(self, number: int) -> tuple[Comment, ...]:
        """Return the comments of the pull request's conversation, from all pages."""

        def find() -> tuple[Comment, ...]:
            comments = self._conversation(number).get_comments()
            return tuple(map(_comment, self._in_time(comments)))

        return self._ask("write", find)

    def create_comment(self, number: int, body: str) -> Comment:
        """Post a comment; sent once, though it may have been made where this raises."""
        return self._ask("write", lambda: _comment(self._conversation(number).create_comment(body)))

    def edit_comment(self, comment_id: int, body: str) -> None:
        """Replace the text of a comment."""
        self._change("PATCH", comment_id, {"body": body})

    def delete_comment(self, comment_id: int) -> None:
        """Delete a comment."""
        self._change("DELETE", comment_id, None)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _repository(self) -> Repository:
        return self._client.get_repo(self._repository_name)

    def _conversation(self, number: int) -> Issue:
        """Return the conversation without reading it first: to the API a pull is an issue too.

        `pull-requests: write` is enough for its comments; going through PyGithub's pull request
        would cost one more request, for the address of this very issue.
        """
        return self._repository().get_issue(number)

    def _change(self, verb: str, comment_id: int, fields: dict[str, str] | None) -> None:
        """Change a comment by its id alone, without reading it first as PyGithub's objects do."""
        path = f"/repos/{self._repository_name}/issues/comments/{comment_id}"
        self._ask(
            "write",
            lambda: self._client.requester.requestJsonAndCheck(verb, path, input=fields),
        )

    def _ask(self, permission: str, call: Callable[[], _Result]) -> _Result:
        """Return what the call returns, or raise `GitHubError` with the way out."""
        try:
            self._check_time()
            return call()
        except GithubException as error:
            raise _explain(error, permission) from None
        except (requests.RequestException, OSError):
            raise GitHubError(
                "GitHub's API could not be reached, or did not answer in time.",
                _REMEDY_DOWN,
                may_pass=True,
            ) from None
        except _UNUSABLE:
            raise GitHubError(
                "GitHub's API gave an answer that cannot be used.", _REMEDY_DOWN, may_pass=True
            ) from None

    def _in_time(self, items: PaginatedList[_Item]) -> Iterator[_Item]:
        """Yield the items of all pages; PyGithub asks for each page when it is reached."""
        for item in items:
            self._check_time()
            yield item

    def _check_time(self) -> None:
        if self._now_s() > self._give_up_at_s:
            raise TimeoutError


def _comment(comment: IssueComment) -> Comment:
    """Return the comment; raises `TypeError` where GitHub's answer holds none."""
    if not isinstance(comment.id, int):
        raise TypeError
    return Comment(comment.id, _login(comment.user), comment.body or "", comment.html_url or "")


def _login(user: NamedUser | Organization | None) -> str:
    """Return the login; GitHub gives no user where the account was deleted."""
    return user.login if user else ""


def _pull_request(pull: ForeignPullRequest) -> PullRequest:
    return PullRequest(
        number=pull.number,
        head_sha=pull.head.sha,
        base_ref=pull.base.ref,
        author=_login(pull.user),
        html_url=pull.html_url,
        is_open=pull.state == "open",
        draft=pull.draft,
        labels=tuple(label.name for label in pull.labels),
    )


_UNUSABLE: Final = (
    AssertionError,
    AttributeError,
    BadAttributeException,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What PyGithub raises, or we do, where an answer is not of the promised shape."""


def _explain(error: GithubException, permission: str) -> GitHubError:
    told = error.data.get("message") if isinstance(error.data, dict) else None
    message = told if isinstance(told, str) else ""
    what = f"GitHub's API answered {error.status}."
    if error.status == 401:  # noqa: PLR2004
        return GitHubError(
            f"{what[:-1]} (the token is not valid any more).",
            "Use `${{ github.token }}`; an installation token of an app of your own dies after an "
            "hour, which a long wait can outlive.",
        )
    if error.status in (403, 429) and "rate limit" in message.lower():
        return GitHubError(
            f"{what[:-1]} (rate limit).",
            "GitHub allows again later; nothing has to be changed.",
            may_pass=True,
        )
    if error.status in (403, 404):
        return GitHubError(
            f"{what[:-1]} (the token may not do this, or there is no such pull request).",
            "Give the job this block: `permissions: { contents: read, "
            f"pull-requests: {permission} " + "}`.",
            is_gone=error.status == 404,  # noqa: PLR2004
        )
    return GitHubError(what, _REMEDY_DOWN, may_pass=error.status >= 500)  # noqa: PLR2004


_REMEDY_DOWN: Final = "See https://www.githubstatus.com, then re-run the job."
