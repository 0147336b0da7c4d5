"""Branches, files and users' permissions of a simulated repository, and the answers about them."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from simulator.github_replies import NOT_FOUND, error_reply
from simulator.github_store import DEFAULT_REPOSITORY
from simulator.server import RefusedError
from simulator.wire import Reply, json_reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.journal import Request

MAX_CONTENT_BYTES: Final = 1024 * 1024
"""The largest file whose content stands in an answer."""


class RepositoryStore:
    """Part of the simulated GitHub: what is in its repositories, and who may do what there."""

    def __init__(self) -> None:
        """Begin with a `main` and nothing in it; nobody is known."""
        self._branches: dict[tuple[str, str], str] = {(DEFAULT_REPOSITORY, "main"): "b" * 40}
        self._files: dict[tuple[str, str, str], bytes] = {}
        self._permissions: dict[str, str] = {}

    def set_branch(self, name: str, sha: str, repository: str = DEFAULT_REPOSITORY) -> None:
        """Let a branch's tip be this commit."""
        self._branches[repository, name] = sha

    def add_file(
        self, sha: str, path: str, content: str | bytes, repository: str = DEFAULT_REPOSITORY
    ) -> None:
        """Put a file into a commit."""
        raw = content.encode() if isinstance(content, str) else content
        self._files[repository, sha, path] = raw

    def set_permission(self, login: str, permission: str) -> None:
        """Say what a user may do: `admin`, `write`, `read` or `none`."""
        self._permissions[login] = permission

    def answer_branch(self, request: Request) -> Reply:
        """Answer "get a branch"; its name may hold slashes."""
        name = unquote(request.path.partition("/branches/")[2])
        sha = self._branches.get((_repository(request), name))
        if sha is None:
            raise RefusedError(error_reply(404, "Branch not found"))
        return json_reply(200, {"name": name, "commit": {"sha": sha}, "protected": True})

    def answer_contents(self, request: Request) -> Reply:
        """Answer "get repository content" at `ref`, a branch or a commit."""
        repository, path = _repository(request), request.path.partition("/contents/")[2]
        ref = request.query.get("ref", ["main"])[-1]
        commit = (repository, self._branches.get((repository, ref), ref))
        files = {path: raw for (*at, path), raw in self._files.items() if tuple(at) == commit}
        answer = render_contents(files, unquote(path))
        if answer is None:
            raise RefusedError(NOT_FOUND)
        return json_reply(200, answer)

    def answer_permission(self, request: Request) -> Reply:
        """Answer "get repository permissions for a user"; 404 for who is no user."""
        login = unquote(request.params["login"])
        permission = self._permissions.get(login)
        if permission is None:
            raise RefusedError(error_reply(404, f"{login} is not a user"))
        return json_reply(
            200, {"permission": permission, "role_name": permission, "user": {"login": login}}
        )


def _repository(request: Request) -> str:
    return f"{request.params['owner']}/{request.params['repo']}"


def render_contents(files: Mapping[str, bytes], path: str) -> object:
    """Return the answer about a path of a commit: a file, a folder's list, or None.

    GitHub gives no content above 1 MB; such a file has to be asked for in another way.
    """
    if path in files:
        raw = files[path]
        fits = len(raw) <= MAX_CONTENT_BYTES
        return {
            "type": "file",
            "encoding": "base64" if fits else "none",
            "size": len(raw),
            "name": path.rpartition("/")[2],
            "path": path,
            "content": base64.encodebytes(raw).decode() if fits else "",
            "sha": hashlib.sha1(b"blob %d\0" % len(raw) + raw, usedforsecurity=False).hexdigest(),
        }
    below = [name for name in files if name.startswith(f"{path}/")]
    return [{"type": "file", "name": name, "path": name} for name in below] or None
