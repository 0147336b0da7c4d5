"""GitHub's JSON for users, repositories, pull requests and comments.

Shapes: GitHub's REST API description (schemas ``simple-user``, ``full-repository``,
``pull-request``, ``issue-comment``), every required property present.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from simulator.github_facts import (
    PULL_FACTS,
    PULL_FIGURES,
    REPOSITORY_FACTS,
    REPOSITORY_LINKS,
    USER_LINKS,
)

if TYPE_CHECKING:
    from datetime import datetime

    from simulator.github_records import Comment, Pull

Json = dict[str, object]
"""A JSON object."""


@dataclass(frozen=True, slots=True)
class Views:
    """Renders records; ``api_url`` and ``web_url`` have no slash at the end."""

    api_url: str
    web_url: str

    def user(self, login: str) -> Json:
        """Return a ``simple-user``; the id follows from the login."""
        api, is_app = f"{self.api_url}/users/{login}", login.endswith("[bot]")
        return {
            "login": login,
            "id": _number_of(login),
            "node_id": f"U_{_number_of(login)}",
            "avatar_url": f"{self.web_url}/{login}.png",
            "gravatar_id": "",
            "url": api,
            "html_url": f"{self.web_url}/{login}",
            "type": "Bot" if is_app else "User",
            "site_admin": False,
            **{name: api + path for name, path in USER_LINKS.items()},
        }

    def repository(self, full_name: str) -> Json:
        """Return a ``full-repository``."""
        owner, _, name = full_name.partition("/")
        api, web = f"{self.api_url}/repos/{full_name}", f"{self.web_url}/{full_name}"
        return {
            **REPOSITORY_FACTS,
            "id": _number_of(full_name),
            "node_id": f"R_{_number_of(full_name)}",
            "name": name,
            "full_name": full_name,
            "owner": self.user(owner),
            "url": api,
            "html_url": web,
            "clone_url": f"{web}.git",
            "git_url": f"{web}.git",
            "ssh_url": f"{web}.git",
            "svn_url": web,
            **{field: api + path for field, path in REPOSITORY_LINKS.items()},
        }

    def comment(self, comment: Comment) -> Json:
        """Return an ``issue-comment``."""
        api = f"{self.api_url}/repos/{comment.repository}/issues"
        web = f"{self.web_url}/{comment.repository}/pull/{comment.number}"
        return {
            "id": comment.id,
            "node_id": f"IC_{comment.id}",
            "url": f"{api}/comments/{comment.id}",
            "html_url": f"{web}#issuecomment-{comment.id}",
            "issue_url": f"{api}/{comment.number}",
            "user": self.user(comment.login),
            "body": comment.body,
            "created_at": stamp(comment.created_at),
            "updated_at": stamp(comment.updated_at),
            "author_association": "NONE" if comment.login.endswith("[bot]") else "CONTRIBUTOR",
            "performed_via_github_app": None,
        }

    def pull(self, pull: Pull, comments: int) -> Json:
        """Return a whole ``pull-request``."""
        merger = self.user(pull.author) if pull.merged else None
        figures = {"merged": pull.merged, "merged_by": merger, "comments": comments}
        return {**self.simple_pull(pull), **PULL_FIGURES, **figures}

    def simple_pull(self, pull: Pull) -> Json:
        """Return a ``pull-request-simple``, as it stands in lists."""
        web = f"{self.web_url}/{pull.repository}/pull/{pull.number}"
        links = self._pull_links(pull)
        ended_at = None if pull.state == "open" else stamp(pull.updated_at)
        return {
            **PULL_FACTS,
            "id": _number_of(f"{pull.repository}#{pull.number}"),
            "node_id": f"PR_{_number_of(f'{pull.repository}#{pull.number}')}",
            "number": pull.number,
            "state": pull.state,
            "title": pull.title,
            "body": pull.body,
            "draft": pull.draft,
            "labels": [self._label(pull.repository, name) for name in pull.labels],
            "user": self.user(pull.author),
            "url": links["self"],
            "html_url": web,
            "diff_url": f"{web}.diff",
            "patch_url": f"{web}.patch",
            **{f"{name}_url": link for name, link in links.items() if name != "self"},
            "created_at": stamp(pull.created_at),
            "updated_at": stamp(pull.updated_at),
            "closed_at": ended_at,
            "merged_at": ended_at if pull.merged else None,
            "merge_commit_sha": pull.base_sha,
            "head": self._end(pull.head_repository, pull.head_ref, pull.head_sha),
            "base": self._end(pull.repository, pull.base_ref, pull.base_sha),
            "_links": {name: {"href": link} for name, link in {**links, "html": web}.items()},
        }

    def _label(self, repository: str, name: str) -> Json:
        return {
            "id": _number_of(name),
            "node_id": f"LA_{_number_of(name)}",
            "url": f"{self.api_url}/repos/{repository}/labels/{quote(name, safe='')}",
            "name": name,
            "color": "ededed",
            "default": False,
            "description": None,
        }

    def _pull_links(self, pull: Pull) -> dict[str, str]:
        api = f"{self.api_url}/repos/{pull.repository}"
        return {
            "self": f"{api}/pulls/{pull.number}",
            "issue": f"{api}/issues/{pull.number}",
            "comments": f"{api}/issues/{pull.number}/comments",
            "commits": f"{api}/pulls/{pull.number}/commits",
            "review_comments": f"{api}/pulls/{pull.number}/comments",
            "review_comment": f"{api}/pulls/comments{{/number}}",
            "statuses": f"{api}/statuses/{pull.head_sha}",
        }

    def _end(self, repository: str | None, ref: str, sha: str) -> Json:
        """Return head or base; GitHub gives null for a deleted fork and its owner."""
        if repository is None:
            return {"label": f"unknown:{ref}", "ref": ref, "sha": sha, "user": None, "repo": None}
        owner = repository.partition("/")[0]
        return {
            "label": f"{owner}:{ref}",
            "ref": ref,
            "sha": sha,
            "user": self.user(owner),
            "repo": self.repository(repository),
        }


def stamp(moment: datetime) -> str:
    """Return the time as GitHub writes it: UTC, whole seconds, ``Z``."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _number_of(text: str) -> int:
    """Return an id that is always the same for the same text."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:7], 16) + 1
