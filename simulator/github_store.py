"""What a simulated GitHub holds, and how a test arranges it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Unpack

from simulator.github_records import Comment, Pull, PullChanges

if TYPE_CHECKING:
    from simulator.clock import Clock

DEFAULT_REPOSITORY: Final = "octo-org/octo-repo"
"""The repository of pull requests that name none."""

_FIRST_COMMENT_ID: Final = 1_000_000_001


class PullRequestStore:
    """Repositories, files, pull requests and comments; times are the clock's."""

    def __init__(self, clock: Clock) -> None:
        """Begin with ``DEFAULT_REPOSITORY``, empty."""
        self.clock = clock
        self._repositories = {DEFAULT_REPOSITORY}
        self._pulls: dict[tuple[str, int], Pull] = {}
        self._comments: dict[int, Comment] = {}
        self._comment_ids = itertools.count(_FIRST_COMMENT_ID)

    def add_pull(
        self,
        number: int,
        *,
        repository: str = DEFAULT_REPOSITORY,
        author: str = "octocat",
        **given: Unpack[PullChanges],
    ) -> Pull:
        """Open a pull request; what is not given has a plain default."""
        self._repositories.add(repository)
        now = self.clock.wall()
        pull = Pull(
            number=number,
            repository=repository,
            head_repository=repository,
            head_ref="feature",
            head_sha="a" * 40,
            base_ref="main",
            base_sha="b" * 40,
            author=author,
            title=f"Change {number}",
            body="",
            created_at=now,
            updated_at=now,
        )
        self._pulls[repository, number] = replace(pull, **given)
        return self._pulls[repository, number]

    def edit_pull(
        self, number: int, repository: str = DEFAULT_REPOSITORY, **changes: Unpack[PullChanges]
    ) -> Pull:
        """Change a pull request, as a push, a retarget or a merge would."""
        changed = replace(self._pulls[repository, number], **changes)
        self._pulls[repository, number] = replace(changed, updated_at=self.clock.wall())
        return self._pulls[repository, number]

    def add_comment(
        self,
        number: int,
        body: str,
        login: str = "octocat",
        repository: str = DEFAULT_REPOSITORY,
    ) -> Comment:
        """Write a comment as somebody, without a request; call again for more."""
        now = self.clock.wall()
        comment = Comment(next(self._comment_ids), repository, number, login, body, now, now)
        self._comments[comment.id] = comment
        return comment

    def delete_comment(self, comment_id: int) -> None:
        """Remove a comment, as a person in the browser would; ``KeyError`` without one."""
        del self._comments[comment_id]

    def edit_comment(self, comment_id: int, body: str) -> None:
        """Replace the text of a comment, as its author or a maintainer would."""
        changed = replace(self._comments[comment_id], body=body, updated_at=self.clock.wall())
        self._comments[comment_id] = changed

    def comments_of(self, number: int, repository: str = DEFAULT_REPOSITORY) -> list[Comment]:
        """Return the comments of a pull request, oldest first."""
        place = (repository, number)
        found = [
            one for one in list(self._comments.values()) if (one.repository, one.number) == place
        ]
        return sorted(found, key=lambda comment: comment.id)
