"""The plays: which moment, which deed, and how each must end."""

from __future__ import annotations

import signal
from dataclasses import dataclass, replace
from typing import Final

from tests.container.moments import (
    COMMENTING,
    CREATING,
    LOOKING,
    POLLING,
    SAVED,
    SETTLING,
    SLEEPING,
    SLOW_SCHEMA,
    TELLING,
    TELLING_NOBODY,
    VALIDATING,
    Play,
    black_hole,
    cancel,
    cancel_at_work,
    devin_down,
    github_down,
    github_silent,
    interrupt_and_terminate,
    interrupt_twice,
    kill,
    slow,
    terminate,
)

CANCELLED: Final = "⏹️ The workflow run was cancelled"
PASSED: Final = "✅ Devin Gate passed"
STARTED: Final = "🚀 Devin was started, nothing was judged yet"
STARTING: Final = "⏳ Devin is starting"


@dataclass(frozen=True)
class End:
    """How a play must end, the post step included."""

    exit_code: int = 1
    outcome: str | None = "cancelled"
    """`None` where the run got to write no verdict."""
    rung: signal.Signals = signal.SIGINT
    """The last signal that it took."""
    sessions: int = 1
    ended: int = 0
    """How often a session was terminated."""
    headings: tuple[str, ...] = (CANCELLED,)
    """Of the comments on the pull request."""
    linked: bool = True
    """Whether the comment leads to the session."""


_CANCELLED: Final = End()
_KILLED: Final = End(exit_code=128 + signal.SIGKILL, outcome=None, rung=signal.SIGKILL)

PLAYS: Final = {
    # The long ones first: they decide how long all of them take.
    "black hole at work": (
        Play(SLEEPING, cancel, meanwhile=black_hole),
        replace(_CANCELLED, headings=(STARTING,)),
    ),
    "kill, then GitHub down": (
        Play(SLEEPING, kill, later=github_down),
        replace(_KILLED, ended=1, headings=(STARTING,)),
    ),
    # A verdict that was decided is told and not cancelled, until a second signal comes.
    "two signals, telling nobody": (
        Play(TELLING_NOBODY, interrupt_and_terminate),
        End(exit_code=1, outcome="passed", rung=signal.SIGTERM, headings=(PASSED,)),
    ),
    # Who listens to nobody is not waited for: the post step tells the verdict.
    "cancel, telling nobody": (
        Play(TELLING_NOBODY, cancel),
        End(exit_code=1, outcome="passed", headings=(PASSED,)),
    ),
    "cancel, telling": (
        Play(TELLING, cancel),
        End(exit_code=0, outcome="passed", headings=(PASSED,)),
    ),
    "kill, telling": (
        Play(TELLING_NOBODY, kill),
        replace(_KILLED, outcome="passed", headings=(PASSED,)),
    ),
    "two signals, cleaning up": (
        Play(SLEEPING, interrupt_twice, meanwhile=black_hole, post_deed=cancel_at_work),
        replace(_CANCELLED, headings=(STARTING,)),
    ),
    "cancel, slow servers": (
        Play(SLEEPING, cancel, meanwhile=slow),
        replace(_CANCELLED, ended=1),
    ),
    "kill, then Devin down": (
        Play(SLEEPING, kill, later=devin_down),
        _KILLED,
    ),
    "cancel, sleeping": (Play(SLEEPING, cancel), replace(_CANCELLED, ended=1)),
    "kill, sleeping": (Play(SLEEPING, kill), replace(_KILLED, ended=1)),
    "cancel, polling": (Play(POLLING, cancel), replace(_CANCELLED, ended=1)),
    "cancel, validating": (
        Play(VALIDATING, cancel, schema=SLOW_SCHEMA),
        replace(_CANCELLED, ended=1),
    ),
    "SIGTERM alone, leave": (
        Play(SLEEPING, terminate, "leave"),
        replace(_CANCELLED, rung=signal.SIGTERM),
    ),
    "kill, leave": (Play(SLEEPING, kill, "leave"), _KILLED),
    "cancel, another run's session": (Play(SLEEPING, cancel, attached=True), _CANCELLED),
    "kill, another run's session": (Play(SLEEPING, kill, attached=True), _KILLED),
    "cancel, commenting": (Play(COMMENTING, cancel), replace(_CANCELLED, ended=1)),
    "kill, commenting": (Play(COMMENTING, kill), replace(_KILLED, ended=1)),
    # A step that does not wait: until it has told that, a cancel is one; after it nobody ends Devin.
    "cancel, settling": (
        Play(SETTLING, cancel, wait="false"),
        replace(_CANCELLED, ended=1),
    ),
    "kill, telling that it does not wait": (
        Play(COMMENTING, kill, wait="false"),
        replace(_KILLED, outcome="started", headings=(STARTED,)),
    ),
    "cancel, session saved": (Play(SAVED, cancel), replace(_CANCELLED, ended=1)),
    "kill, session saved": (Play(SAVED, kill), replace(_KILLED, ended=1)),
    # A key without an id proves no ownership: the session is found, told, and not ended.
    "cancel, creating": (Play(CREATING, cancel), _CANCELLED),
    "kill, creating": (Play(CREATING, kill), _KILLED),
    "cancel, looking": (Play(LOOKING, cancel), replace(_CANCELLED, sessions=0, headings=())),
    "kill, looking": (Play(LOOKING, kill), replace(_KILLED, sessions=0, headings=())),
    "black hole from the start": (
        Play(LOOKING, cancel, meanwhile=github_silent),
        replace(_CANCELLED, sessions=0, headings=()),
    ),
}
"""Name -> what is played, and how it must end; `on_cancel` is `terminate` unless it says `leave`."""
