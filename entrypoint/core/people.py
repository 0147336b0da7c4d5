"""Who is behind an event, as far as it must be asked whether they may start a session.

Outsiders can trigger some events with the repository's secrets present. On the others (a push, a
pull request from the repository itself, a schedule, …) GitHub has asked already.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from entrypoint.core.payload import at

if TYPE_CHECKING:
    from entrypoint.core.documents import Json

ASSOCIATIONS: Final = (
    "OWNER",
    "MEMBER",
    "COLLABORATOR",
    "CONTRIBUTOR",
    "FIRST_TIME_CONTRIBUTOR",
    "FIRST_TIMER",
    "MANNEQUIN",
    "NONE",
)
"""GitHub's `author_association`."""
MAY_WRITE: Final = frozenset({"admin", "write"})
"""The `permission` of somebody who can push, in the words of the collaborators API."""

_ASKED_BY_GITHUB: Final = frozenset(
    {
        "branch_protection_rule",
        "create",
        "delete",
        "deployment",
        "deployment_status",
        "merge_group",
        "push",
        "registry_package",
        "release",
        "repository_dispatch",
        "schedule",
        "workflow_dispatch",
    }
)
"""Events that take write access, or nobody at all."""
_REVIEWS: Final = {
    "issue_comment": "comment",
    "discussion_comment": "comment",
    "pull_request_review": "review",
    "pull_request_review_comment": "comment",
}
_WITHOUT_SECRETS: Final = frozenset(
    {"pull_request", "pull_request_review", "pull_request_review_comment"}
)


@dataclass(frozen=True)
class Person:
    """A GitHub user."""

    login: str
    """Empty where GitHub names nobody, as for a deleted account."""
    association: str = ""
    """What the payload says that they are to the repository; empty where it does not."""


def find_people(event_name: str, payload: dict[str, Json]) -> tuple[Person, ...]:
    """Return everybody who must be allowed; nobody where GitHub has asked.

    Of a comment or a review its author. Of a label the one who set it. Else the author of the
    pull request or issue, and the sender. Of an event that is not known the sender.
    """
    if event_name in _ASKED_BY_GITHUB:
        return ()
    if event_name in _REVIEWS:
        return (_author(payload.get(_REVIEWS[event_name])),)
    if event_name == "workflow_run":
        run = payload.get("workflow_run")
        return (_person(at(run, "actor")),) if _is_foreign_run(payload) else ()
    if event_name == "pull_request" and not is_from_fork(payload.get("pull_request")):
        return ()
    sender = _person(payload.get("sender"))
    subject = payload.get("pull_request") or payload.get("issue")
    if subject is None or payload.get("action") == "labeled":
        return (sender,)
    author = _author(subject)
    return (author,) if author.login == sender.login else (author, sender)


def is_from_fork(pull_request: object) -> bool:
    """Tell whether a pull request's head is in another repository, or in none any more."""
    base = at(pull_request, "base", "repo", "id")
    head = at(pull_request, "head", "repo", "id")
    return at(pull_request, "base", "repo") is not None and (head is None or head != base)


def are_secrets_withheld(event_name: str, payload: dict[str, Json], actor: str) -> bool:
    """Tell whether GitHub gives no secrets to this event: a fork's, or Dependabot's."""
    if event_name not in _WITHOUT_SECRETS:
        return False
    return actor == "dependabot[bot]" or is_from_fork(payload.get("pull_request"))


def asks_author_too(event_name: str, payload: dict[str, Json]) -> bool:
    """Tell whether the author of the pull request that is found later must be allowed as well."""
    return event_name == "workflow_run" and _is_foreign_run(payload)


def _is_foreign_run(payload: dict[str, Json]) -> bool:
    head = at(payload, "workflow_run", "head_repository", "id")
    return head is None or head != at(payload, "repository", "id")


def _author(subject: object) -> Person:
    association = at(subject, "author_association")
    person = _person(at(subject, "user"))
    return Person(person.login, association if isinstance(association, str) else "")


def _person(user: object) -> Person:
    login = at(user, "login")
    return Person(login if isinstance(login, str) else "")
