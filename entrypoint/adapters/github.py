"""GitHub through PyGithub: pull requests and their comments.

PyGithub's defaults are for scripts, not for a gate: it sends a POST again after a 502, pauses
between requests, and sleeps for hours on a rate limit (PyGithub 2.10). All of that is off here;
one call is one attempt with a deadline. Importing it costs more than everything else
together, so this module is imported late.
"""

from __future__ import annotations

import base64
import math
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Literal, TypeVar
from urllib.parse import quote

from github import Auth, Github
from github.Requester import Requester

from entrypoint.adapters.github_errors import FOREIGN, LIMITED_REMEDY, explain
from entrypoint.adapters.github_link import LimitedHttp, LimitedHttps
from entrypoint.adapters.rest import Rest
from entrypoint.core.comment import Comment
from entrypoint.core.documents import DocumentError
from entrypoint.core.event import PullRequest
from entrypoint.core.git import is_commit, is_ref
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


# For the whole process, since PyGithub has no other place.
Requester.injectConnectionClasses(LimitedHttp, LimitedHttps)


class GitHub:
    """One repository on GitHub or an Enterprise Server. Every method raises `GitHubError`."""

    def __init__(  # noqa: PLR0913 - what one run knows of GitHub, each named
        self,
        api_url: str,
        repository: str,
        token: Secret,
        *,
        patience: Patience,
        now_s: Callable[[], float] = time.monotonic,
        rest: Rest | None = None,
        permission: Literal["read", "write"] = "write",
    ) -> None:
        """Prepare a client; nothing is sent. `now_s` is the clock of the whole.

        `permission` is the access to pull requests that the job needs, whatever is asked.
        `rest` is shared by all clients of a run: after a limit nothing is sent for a while.
        """
        self._permission = permission
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
        self._rest = rest or Rest()
        self._give_up_at_s = now_s() + patience.total_s

    def read_pull_request(self, number: int) -> PullRequest:
        """Return the pull request as GitHub has it now."""
        return self._ask(lambda: _pull_request(self._repository().get_pull(number)))

    def find_pull_requests(self, sha: str) -> tuple[PullRequest, ...]:
        """Return the pull requests, open and closed, that have the commit."""

        def find() -> tuple[PullRequest, ...]:
            pulls = self._repository().get_commit(sha).get_pulls()
            return tuple(map(_pull_request, self._in_time(pulls)))

        return self._ask(find)

    def read_branch(self, branch: str) -> str:
        """Return the SHA of the branch's tip."""
        return self._ask(lambda: str(self._repository().get_branch(branch).commit.sha))

    def read_file(self, path: str, sha: str) -> bytes | DocumentError | None:
        """Return what the file holds at the commit, or why it cannot be had; `None`: not there.

        Not through PyGithub's `get_contents`, which follows redirects.
        """
        place = f"/repos/{self._repository_name}/contents/{quote(path)}"

        def read() -> bytes | DocumentError:
            _, answer = self._client.requester.requestJsonAndCheck("GET", place, {"ref": sha})
            if not isinstance(answer, dict) or answer["type"] != "file":
                return DocumentError("it is no regular file")
            if answer["encoding"] != "base64":  # what GitHub does with more than 1 MB
                return DocumentError("it is too large")
            return base64.b64decode(answer["content"])

        try:
            return self._ask(read)
        except GitHubError as error:
            if error.is_gone:
                return None
            raise

    def read_permission(self, login: str) -> str:
        """Return what a user may do in the repository, `none` for whom GitHub does not know."""
        try:
            return self._ask(lambda: self._repository().get_collaborator_permission(login))
        except GitHubError as error:
            if error.is_gone:
                return "none"
            raise

    def read_login(self) -> str:
        """Return who the token is. `GET /user` is refused for Actions' token, this is not."""

        def read() -> str:
            _, answer = self._client.requester.graphql_query("query { viewer { login } }", {})
            return str(answer["data"]["viewer"]["login"])

        return self._ask(read)

    def list_comments(self, number: int) -> tuple[Comment, ...]:
        """Return the comments of the pull request's conversation, from all pages."""

        def find() -> tuple[Comment, ...]:
            comments = self._conversation(number).get_comments()
            return tuple(map(_comment, self._in_time(comments)))

        return self._ask(find)

    def create_comment(self, number: int, body: str) -> Comment:
        """Post a comment; sent once, though it may have been made where this raises."""
        return self._ask(lambda: _comment(self._conversation(number).create_comment(body)))

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

        def change() -> None:
            _, answer = self._client.requester.requestJsonAndCheck(verb, path, input=fields)
            # A portal's page with 200 is neither the edited comment nor a deletion's empty body.
            done = (answer or {}).get("id") == comment_id if fields else answer is None
            if not done:
                raise TypeError

        self._ask(change)

    def _ask(self, call: Callable[[], _Result]) -> _Result:
        """Return what the call returns, or raise `GitHubError` with the way out."""
        try:
            self._check_time()
            return call()
        except FOREIGN as error:
            trouble = explain(error, self._permission)
            self._rest.until_s = max(self._rest.until_s, self._now_s() + trouble.rest_s)
            raise trouble from None

    def _in_time(self, items: PaginatedList[_Item]) -> Iterator[_Item]:
        """Yield the items of all pages; PyGithub asks for each page when it is reached."""
        for item in items:
            self._check_time()
            yield item

    def _check_time(self) -> None:
        if self._now_s() > self._give_up_at_s:
            raise TimeoutError
        if self._now_s() < self._rest.until_s:
            what = "GitHub's API wants to be left alone for a while (rate limit)."
            raise GitHubError(what, LIMITED_REMEDY, may_pass=True)


def _comment(comment: IssueComment) -> Comment:
    """Return the comment; raises `TypeError` where GitHub's answer holds none."""
    if not isinstance(comment.id, int):
        raise TypeError
    return Comment(comment.id, _login(comment.user), comment.body or "", comment.html_url or "")


def _login(user: NamedUser | Organization | None) -> str:
    """Return the login; GitHub gives no user where the account was deleted."""
    return user.login if user else ""


def _pull_request(pull: ForeignPullRequest) -> PullRequest:
    """Return the pull request; raises `TypeError` where GitHub's answer names no commit or base."""
    if not (is_commit(pull.head.sha) and is_ref(pull.base.ref)):
        raise TypeError
    return PullRequest(
        number=pull.number,
        head_sha=pull.head.sha,
        base_ref=pull.base.ref,
        author=_login(pull.user),
        html_url=pull.html_url,
        is_open=pull.state == "open",
        author_association=pull.author_association or "",
        draft=pull.draft,
        labels=tuple(label.name for label in pull.labels),
    )
