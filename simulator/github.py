"""A stateful GitHub on loopback: pull requests and their comments, REST and GraphQL ``viewer``.

Shapes, codes and limits: GitHub's REST API description and documentation. Permissions are those
of a private repository: what a token was not given is refused, reading included.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from simulator.github_records import Comment, Pull, Token
from simulator.github_replies import (
    FORBIDDEN,
    NOT_FOUND,
    as_number,
    error_reply,
    read_body,
    read_number,
    render_page_links,
)
from simulator.github_repository import RepositoryStore
from simulator.github_store import PullRequestStore
from simulator.github_views import Views
from simulator.server import RefusedError, Route, SimulatedService, read_object
from simulator.wire import Reply, json_reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from simulator.clock import Clock
    from simulator.journal import Request

RATE_LIMIT: Final = 1_000
"""Requests an hour of a workflow's token, for the whole repository."""

_WINDOW_S: Final = 3_600
_COMMENT_ACCESS: Final = ("issues", "pull-requests")
_VIEWER_LOGIN: Final = re.compile(r"\bviewer\s*\{[^}]*\blogin\b")


class SimulatedGitHub(RepositoryStore, PullRequestStore, SimulatedService):
    """GitHub's API; ``url`` is ``GITHUB_API_URL``, ``graphql_url`` ``GITHUB_GRAPHQL_URL``.

    ``enterprise=True`` serves under ``/api/v3`` and ``/api/graphql`` as GitHub Enterprise
    Server does. ``web_url`` is ``GITHUB_SERVER_URL``; only addresses in answers use it.
    """

    def __init__(
        self,
        clock: Clock,
        token: str,
        *,
        enterprise: bool = False,
        web_url: str = "https://github.com",
    ) -> None:
        """Serve one workflow's token and an empty repository, ``DEFAULT_REPOSITORY``."""
        self.web_url = web_url
        self._prefix = "/api/v3" if enterprise else ""
        self._tokens = {token: Token()}
        self._used = 0
        self._window = 0
        aliases = (("/api/v3/", "/"), ("/api/graphql", "/graphql")) if enterprise else ()
        PullRequestStore.__init__(self, clock)
        RepositoryStore.__init__(self)
        SimulatedService.__init__(self, clock, self._make_routes(), aliases)
        self._views = Views(self.url, web_url)

    @property
    def url(self) -> str:
        """Return the base address of the REST API."""
        return self.origin + self._prefix

    @property
    def graphql_url(self) -> str:
        """Return the address of the GraphQL API."""
        return f"{self.url.removesuffix('/v3')}/graphql"

    def add_token(self, token: str, granted: Token) -> None:
        """Accept a token, or change what a known one may do."""
        self._tokens[token] = granted

    def revoke_token(self, token: str) -> None:
        """Refuse the token from now on with 401."""
        del self._tokens[token]

    def own_state(self) -> dict[str, object]:
        """Return pull requests, comments and the journal as JSON data."""
        own = {
            "pulls": [self._render_pull(pull) for pull in self._pulls.values()],
            "comments": [self._views.comment(one) for one in self._comments.values()],
        }
        return {**own, **super().own_state()}

    def not_found(self, request: Request) -> Reply:
        """Return GitHub's 404."""
        del request
        return NOT_FOUND

    def finish(self, request: Request, reply: Reply) -> Reply:
        """Add the headers of the rate limit, which begins anew with every hour."""
        del request
        window = int(self.clock.wall().timestamp()) // _WINDOW_S
        self._used = self._used + 1 if window == self._window else 1
        self._window = window
        limit = {
            "limit": RATE_LIMIT,
            "remaining": max(0, RATE_LIMIT - self._used),
            "used": self._used,
            "reset": (window + 1) * _WINDOW_S,
            "resource": "core",
        }
        headers = tuple((f"x-ratelimit-{name}", str(value)) for name, value in limit.items())
        return replace(reply, headers=(*reply.headers, *headers))

    def _make_routes(self) -> Iterable[Route]:
        place = "/repos/{owner}/{repo}"
        comments, comment = f"{place}/issues/{{number}}/comments", f"{place}/issues/comments/{{id}}"
        pulls = self._guard("read", ("pull-requests",))
        contents = self._guard("read", ("contents",))
        read, write = self._guard("read", _COMMENT_ACCESS), self._guard("write", _COMMENT_ACCESS)
        return (
            Route.make("GET", "/user", self._get_user),
            Route.make("POST", "/graphql", self._graphql),
            Route.make("GET", place, self._get_repository),
            Route.make("GET", f"{place}/pulls/{{number}}", pulls(self._get_pull)),
            Route.make("GET", f"{place}/commits/{{sha}}/pulls", pulls(self._list_commit_pulls)),
            Route.make("GET", f"{place}/branches/*", contents(self.answer_branch)),
            Route.make("GET", f"{place}/contents/*", contents(self.answer_contents)),
            Route.make(
                "GET", f"{place}/collaborators/{{login}}/permission", self.answer_permission
            ),
            Route.make("GET", comments, read(self._list_comments)),
            Route.make("POST", comments, write(self._create_comment)),
            Route.make("GET", comment, read(self._get_comment)),
            Route.make("PATCH", comment, write(self._edit_comment)),
            Route.make("DELETE", comment, write(self._delete_comment)),
        )

    def _guard(
        self, access: str, permissions: tuple[str, ...]
    ) -> Callable[[Callable[[Request], Reply]], Callable[[Request], Reply]]:
        """Return a wrapper that asks for the access to any one of the permissions."""

        def wrap(work: Callable[[Request], Reply]) -> Callable[[Request], Reply]:
            def guarded(request: Request) -> Reply:
                token = self._authenticate(request)
                if not any(token.may(permission, access) for permission in permissions):
                    raise RefusedError(FORBIDDEN)
                return work(request)

            return guarded

        return wrap

    def _authenticate(self, request: Request) -> Token:
        scheme, _, text = request.headers.get("authorization", "").partition(" ")
        token = self._tokens.get(text)
        if scheme.lower() not in {"bearer", "token"} or token is None:
            raise RefusedError(error_reply(401, "Bad credentials"))
        return token

    def _get_user(self, request: Request) -> Reply:
        token = self._authenticate(request)
        if token.is_app():
            return FORBIDDEN
        return json_reply(200, self._views.user(token.login))

    def _graphql(self, request: Request) -> Reply:
        token = self._authenticate(request)
        query = read_object(request, error_reply(400, "Problems parsing JSON")).get("query")
        if isinstance(query, str) and _VIEWER_LOGIN.search(query):
            return json_reply(200, {"data": {"viewer": {"login": token.login}}})
        words = "the simulator answers `viewer { login }` only"
        return json_reply(200, {"errors": [{"type": "NOT_SIMULATED", "message": words}]})

    def _get_repository(self, request: Request) -> Reply:
        self._authenticate(request)
        return json_reply(200, self._views.repository(self._find_repository(request)))

    def _get_pull(self, request: Request) -> Reply:
        return json_reply(200, self._render_pull(self._find_pull(request)))

    def _list_commit_pulls(self, request: Request) -> Reply:
        repository, sha = self._find_repository(request), request.params["sha"]
        pulls = [
            self._views.simple_pull(pull)
            for (place, _), pull in sorted(self._pulls.items())
            if place == repository and pull.head_sha == sha
        ]
        return json_reply(200, pulls)

    def _list_comments(self, request: Request) -> Reply:
        pull = self._find_pull(request)
        comments = self.comments_of(pull.number, pull.repository)
        size = min(100, max(1, read_number(request.query, "per_page", 30)))
        page = max(1, read_number(request.query, "page", 1))
        shown = comments[(page - 1) * size : page * size]
        last = -(-len(comments) // size)
        link = render_page_links(self.origin + request.path, request.query, page, last)
        return json_reply(200, [self._views.comment(one) for one in shown], link)

    def _create_comment(self, request: Request) -> Reply:
        pull, body = self._find_pull(request), read_body(request)
        login = self._authenticate(request).login
        comment = self.add_comment(pull.number, body, login, pull.repository)
        rendered = self._views.comment(comment)
        return json_reply(201, rendered, [("Location", str(rendered["url"]))])

    def _get_comment(self, request: Request) -> Reply:
        return json_reply(200, self._views.comment(self._find_comment(request)))

    def _edit_comment(self, request: Request) -> Reply:
        comment, body = self._find_comment(request), read_body(request)
        self.edit_comment(comment.id, body)
        return json_reply(200, self._views.comment(self._comments[comment.id]))

    def _delete_comment(self, request: Request) -> Reply:
        self.delete_comment(self._find_comment(request).id)
        return Reply(204)

    def _render_pull(self, pull: Pull) -> dict[str, object]:
        return self._views.pull(pull, len(self.comments_of(pull.number, pull.repository)))

    def _find_repository(self, request: Request) -> str:
        name = f"{request.params['owner']}/{request.params['repo']}"
        if name not in self._repositories:
            raise RefusedError(NOT_FOUND)
        return name

    def _find_pull(self, request: Request) -> Pull:
        number = as_number(request.params["number"])
        pull = self._pulls.get((self._find_repository(request), number))
        if pull is None:
            raise RefusedError(NOT_FOUND)
        return pull

    def _find_comment(self, request: Request) -> Comment:
        comment = self._comments.get(as_number(request.params["id"]))
        if comment is None or comment.repository != self._find_repository(request):
            raise RefusedError(NOT_FOUND)
        return comment
