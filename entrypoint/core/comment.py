"""Which comment is ours, and whether to create, update or leave it.

Ours is the one whose body *starts* with our marker and whose author is the token's own login:
anybody can write a marker into a comment, nobody else can write as us. The marker holds the gate's
key and the run and attempt that wrote it, so that an older run leaves a younger one's text alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, order=True)
class Marker:
    """The first line of our comment."""

    key: str
    run_id: int
    """`GITHUB_RUN_ID`: it grows over all workflows of a repository, unlike the run number."""
    run_attempt: int

    def __str__(self) -> str:
        """Return the marker as the HTML comment that GitHub does not show."""
        return f"<!-- devin-gate key={self.key} run={self.run_id} attempt={self.run_attempt} -->"


_MARKER = re.compile(
    r"<!-- devin-gate key=([A-Za-z0-9._-]{1,64}) run=([0-9]{1,18}) attempt=([0-9]{1,9}) -->"
)


@dataclass(frozen=True)
class Comment:
    """A comment on the pull request."""

    comment_id: int
    author: str
    body: str
    html_url: str


@dataclass(frozen=True)
class Create:
    """There is none of ours yet."""


@dataclass(frozen=True)
class Update:
    """Edit this one, and delete the surplus ones."""

    comment: Comment
    surplus: tuple[Comment, ...] = ()


@dataclass(frozen=True)
class Leave:
    """A younger run or a later step has written it; delete the surplus ones, which are not its."""

    comment: Comment
    surplus: tuple[Comment, ...] = ()


CommentPlan: TypeAlias = "Create | Update | Leave"


def may_be_ours(existing: tuple[Comment, ...], marker: Marker) -> bool:
    """Tell whether there is a comment that only its author can prove to be ours or not."""
    return any(_key_of(comment) == marker.key for comment in existing)


def plan_comment(
    existing: tuple[Comment, ...], login: str, marker: Marker, *, gives_way: bool = False
) -> CommentPlan:
    """Decide what to do; the lowest id stays, since whoever raced with us sees the same.

    A younger run's comment is left to that run: it looks again after its create, as we do. Who
    gives way leaves what a step of the same attempt has written, too.
    """
    ours = sorted(
        (c for c in existing if c.author == login and _key_of(c) == marker.key),
        key=lambda comment: comment.comment_id,
    )
    if not ours:
        return Create()
    oldest, *others = ours
    surplus = tuple(other for other in others if not _is_younger(other, marker))
    is_left = _is_younger(oldest, marker) or (gives_way and read_marker(oldest.body) == marker)
    return (Leave if is_left else Update)(oldest, surplus)


def _is_younger(comment: Comment, marker: Marker) -> bool:
    """Tell whether a run after ours has written the comment."""
    written = read_marker(comment.body)
    ours = (marker.run_id, marker.run_attempt)
    return written is not None and (written.run_id, written.run_attempt) > ours


def read_marker(body: str) -> Marker | None:
    """Return the marker that a body starts with, or `None`."""
    match = _MARKER.match(body)
    return Marker(match[1], int(match[2]), int(match[3])) if match else None


def _key_of(comment: Comment) -> str | None:
    marker = read_marker(comment.body)
    return marker.key if marker else None
