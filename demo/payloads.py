"""The events that can start the demo's step, as GitHub's webhooks tell them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from simulator.github_store import DEFAULT_REPOSITORY

PULL_NUMBER: Final = 12
TITLE: Final = "Cache the price list"
HEAD_SHA: Final = "4f1c9a7e03b852d6c41e7fa09b3d58e2716ca0f4"
_OWN: Final = {"id": 1, "full_name": DEFAULT_REPOSITORY, "default_branch": "main"}
_FORK: Final = {"id": 2, "full_name": "octocat/octo-repo"}

EVENTS: Final[Mapping[str, str]] = {
    "pull_request": "pull_request",
    "fork": "pull_request",
    "comment": "issue_comment",
    "push": "push",
}
"""What a scenario calls its event, and the event's name."""


def make_payload(kind: str) -> dict[str, object]:
    """Return the webhook's body; ``fork`` is a pull request from one, ``comment`` by a stranger."""
    own: dict[str, object]
    match kind:
        case "push":
            own = {"after": HEAD_SHA}
        case "comment":
            issue = {"number": PULL_NUMBER, "pull_request": {"url": "x"}}
            author = {"user": {"login": "passer-by"}, "author_association": "NONE"}
            own = {"action": "created", "issue": issue, "comment": author}
        case _:
            own = {"action": "opened", "pull_request": _pull(_FORK if kind == "fork" else _OWN)}
    return {"repository": _OWN, "sender": {"login": "octocat"}, **own}


def _pull(head_repository: Mapping[str, object]) -> dict[str, object]:
    return {
        "number": PULL_NUMBER,
        "head": {"sha": HEAD_SHA, "repo": head_repository},
        "base": {"ref": "main", "repo": _OWN},
        "user": {"login": "octocat"},
        "html_url": f"https://github.com/{DEFAULT_REPOSITORY}/pull/{PULL_NUMBER}",
    }
