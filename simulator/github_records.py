"""What the simulated GitHub keeps: users' names, tokens, pull requests and comments."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

ACTIONS_LOGIN: Final = "github-actions[bot]"
"""The author of what is written with a workflow's token."""

WORKFLOW_PERMISSIONS: Final[Mapping[str, str]] = {"contents": "read", "pull-requests": "write"}
"""The permissions of the token that a ``Simulation`` begins with."""


@dataclass(frozen=True, slots=True)
class Token:
    """Who a token speaks for, and what it may do: permission -> ``read`` or ``write``."""

    login: str = ACTIONS_LOGIN
    permissions: Mapping[str, str] = field(default_factory=lambda: dict(WORKFLOW_PERMISSIONS))

    def may(self, permission: str, access: str) -> bool:
        """Return whether the access is granted; ``write`` includes ``read``."""
        return self.permissions.get(permission) in {access, "write"}

    def is_app(self) -> bool:
        """Return whether an app, not a person, stands behind the token."""
        return self.login.endswith("[bot]")


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull request; ``head_repository`` is None where the fork was deleted."""

    number: int
    repository: str
    head_repository: str | None
    head_ref: str
    head_sha: str
    base_ref: str
    base_sha: str
    author: str
    title: str
    body: str
    created_at: datetime
    updated_at: datetime
    state: str = "open"
    merged: bool = False
    draft: bool = False
    labels: tuple[str, ...] = ()


class PullChanges(TypedDict, total=False):
    """What ``edit_pull`` can change."""

    head_repository: str | None
    head_ref: str
    head_sha: str
    base_ref: str
    base_sha: str
    title: str
    body: str
    state: str
    merged: bool
    draft: bool
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on a pull request; ids rise with time, over all repositories."""

    id: int
    repository: str
    number: int
    login: str
    body: str
    created_at: datetime
    updated_at: datetime
