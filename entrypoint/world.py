"""What the story needs of the world: Protocols of a few methods each, and no concrete adapter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from entrypoint.core.comment import Comment
    from entrypoint.core.documents import DocumentError, Json
    from entrypoint.core.event import PullRequest, Trigger
    from entrypoint.core.retry import Patience
    from entrypoint.core.sandbox import Sandbox
    from entrypoint.core.session import Created, Session
    from entrypoint.core.settings import Settings
    from entrypoint.core.text import Redactor, Secret
    from entrypoint.core.time_limit import TimeLimit

COMPUTE_S: Final = 5.0
"""Seconds that checking one schema or one output, or computing a gate's rules, may take."""


class Clock(Protocol):
    """Time that only goes forward."""

    def monotonic_s(self) -> float:
        """Return seconds since an arbitrary start."""

    def sleep(self, duration_s: float) -> None:
        """Sleep at least so many seconds; none where it is negative."""


class Devin(Protocol):
    """A Devin account. Each method sends its request once and raises `CallFailed`."""

    def create_session(self, body: dict[str, Json]) -> Created:
        """Send the create once."""

    def get_session(self, session_id: str, *, with_messages: bool = True) -> Session:
        """Read the session once; without its messages where they cost a request of their own."""

    def find_sessions(self, tag: str) -> tuple[Session, ...]:
        """Return the sessions that bear the tag."""

    def send_message(self, session_id: str, message: str) -> bool:
        """Send a message to Devin; tell whether the session took it."""

    def add_tag(self, session_id: str, known: tuple[str, ...], tag: str) -> None:
        """Give the session one more tag than those that it is known to bear."""

    def terminate_session(self, session_id: str) -> None:
        """End the session for good."""


class GitHub(Protocol):
    """The pull requests of one repository. Each method raises `GitHubError`."""

    def read_pull_request(self, number: int) -> PullRequest:
        """Return the pull request as it is now."""

    def find_pull_requests(self, sha: str) -> tuple[PullRequest, ...]:
        """Return the pull requests that have the commit."""

    def read_branch(self, branch: str) -> str:
        """Return the SHA of the branch's tip."""

    def read_file(self, path: str, sha: str) -> bytes | DocumentError | None:
        """Return what the file holds at the commit, or why not; `None` where there is none."""

    def read_permission(self, login: str) -> str:
        """Return what a user may do in the repository: `admin`, `write`, `read` or `none`."""

    def read_login(self) -> str:
        """Return who the token is."""

    def list_comments(self, number: int) -> tuple[Comment, ...]:
        """Return all comments of the conversation."""

    def create_comment(self, number: int, body: str) -> Comment:
        """Post a comment once."""

    def edit_comment(self, comment_id: int, body: str) -> None:
        """Replace the text of a comment."""

    def delete_comment(self, comment_id: int) -> None:
        """Delete a comment."""


class Log(Protocol):
    """The step's log."""

    def log(self, line: str) -> None:
        """Write one line."""

    def event(self, line: str) -> None:
        """Write one line about what happens now, with the time since the run began."""

    def open_group(self, title: str) -> None:
        """Start a part that a reader can fold."""

    def close_group(self) -> None:
        """End it, if it was not ended yet."""

    def annotate(self, level: str, title: str, message: str) -> None:
        """Show a message at the top of the run."""


class Runner(Log, Protocol):
    """The runner: its log, its files and the workspace. Files raise `RunnerError`."""

    @property
    def redactor(self) -> Redactor:
        """Return what knows the secrets."""

    def mask(self, values: tuple[Secret, ...]) -> None:
        """Keep the values out of everything that is written from now on."""

    def read_event(self) -> str:
        """Return the text of the webhook payload."""

    def read_workspace_file(self, name: str, max_bytes: int) -> str | DocumentError:
        """Return the text of a file below the workspace, or why there is none."""

    def write_workspace_file(self, name: str, text: str) -> None:
        """Write a file below the workspace."""

    def write_output(self, name: str, value: str) -> None:
        """Set an output of the step."""

    def write_outputs(self, values: Mapping[str, str]) -> None:
        """Set several outputs of the step, all or none."""

    def write_state(self, name: str, value: str) -> None:
        """Save a value for the post step."""

    def write_summary(self, markdown: str) -> None:
        """Set the step's part of the job summary."""


@dataclass(frozen=True)
class World:
    """Everything outside, as the story sees it."""

    runner: Runner
    clock: Clock
    draw: Callable[[], float]
    """Returns a random number from 0 up to 1."""
    time_limit: TimeLimit
    """Ends a computation whose length a team's schema or Devin's output decides."""
    sandbox: Sandbox
    """Where the gate's rules are computed."""
    open_devin: Callable[[Settings, Patience], Devin]
    open_github: Callable[[Settings, Trigger, Patience], GitHub]
