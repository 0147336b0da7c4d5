"""Every exception that the action raises on purpose.

::

    GateError                an obstacle: the run ends with the outcome `error`
    ├── InputError           the workflow file is wrong; holds every problem at once
    ├── EventError           the runner's event or environment cannot be used
    ├── CallFailed           one request to Devin failed; what to do about it is decided elsewhere
    ├── DevinError           Devin refused, or stayed down past the budget
    ├── GitHubError          GitHub refused or did not answer
    └── RunnerError          a file of the runner or of the workspace cannot be used
    Cancelled                the workflow run was cancelled (a signal); not an `Exception`

An *outcome* (`blocked`, `invalid_output`, …) is a value and never raised. Each error says in
`str(error)` what was wrong and in `error.remedy` what to do next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


class GateError(Exception):
    """What was wrong, in one sentence, and in `remedy` what to do about it."""

    def __init__(self, what: str, remedy: str) -> None:
        """Promise one sentence for `what`, and at least one for `remedy`."""
        super().__init__(what)
        self.remedy = remedy


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with one input."""

    name: str
    """The input's name, as the workflow file spells it."""
    got: str
    """What came, cut and never a secret."""
    allowed: str
    """What is allowed, in words."""
    example: str
    """A correct line of YAML."""

    def __str__(self) -> str:
        """Return the problem as one line of a log."""
        return f"{self.name}: got {self.got}; allowed is {self.allowed}. Write: {self.example}"


class InputError(GateError):
    """The workflow file is wrong. Nothing was spent."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Hold every problem that was found, in the order of the inputs."""
        names = list(dict.fromkeys(problem.name for problem in problems))
        what = f"{len(names)} inputs are wrong ({', '.join(f'`{name}`' for name in names)})"
        remedy = "Correct what is listed, then run again."
        if len(names) == 1:
            what = f"`{problems[0].name}`: got {problems[0].got}"
        if len(problems) == 1:
            remedy = f"Allowed is {problems[0].allowed}. Write: `{problems[0].example}`"
        super().__init__(f"{what}; nothing was asked of Devin.", remedy)
        self.problems = problems


class EventError(GateError):
    """The event or the environment that the runner gave cannot be used."""


class DevinError(GateError):
    """Devin refused the request, or stayed down past the budget.

    `may_have_happened` tells whether Devin may have done what was asked all the same.
    """

    def __init__(self, what: str, remedy: str, *, may_have_happened: bool = False) -> None:
        """Hold the sentence, the remedy and whether a session may exist."""
        super().__init__(what, remedy)
        self.may_have_happened = may_have_happened


class GitHubError(GateError):
    """GitHub refused the request, or did not answer.

    `may_pass` tells whether asking again a little later can help; `is_gone` that GitHub does not
    know (any more) what was asked for.
    """

    def __init__(
        self,
        what: str,
        remedy: str,
        *,
        may_pass: bool = False,
        is_gone: bool = False,
        rest_s: float = 0.0,
    ) -> None:
        """Hold the sentence, the remedy and what kind of trouble it is.

        For `rest_s` seconds GitHub wants to be left alone.
        """
        super().__init__(what, remedy)
        self.may_pass = may_pass
        self.is_gone = is_gone
        self.rest_s = rest_s


class RunnerError(GateError):
    """A file of the runner's protocol or of the workspace cannot be used."""


FailureKind = Literal["not_sent", "unclear", "unreadable", "answered", "refused"]


class CallFailed(GateError):  # noqa: N818 - a failed call is not yet an error: it may be sent again
    """One request failed.

    `kind` says how much the server can have noticed:

    - `not_sent`: nothing reached it (name, connection, proxy tunnel);
    - `unclear`: the request was sent, no whole answer came back;
    - `unreadable`: a 2xx whose body is not what was promised;
    - `answered`: it answered with `status`, which is not 2xx;
    - `refused`: we refuse to go on (TLS, redirect, proxy login); sending again cannot help.
    """

    def __init__(
        self,
        what: str,
        remedy: str,
        *,
        kind: FailureKind,
        status: int | None = None,
        retry_after_s: float | None = None,
        detail: str = "",
    ) -> None:
        """Hold the facts that `entrypoint.core.retry` decides upon.

        `retry_after_s` is the server's wish in seconds, `None` where it had none; `detail` is
        what the server said, already made inert and cut.
        """
        super().__init__(what, remedy)
        self.kind = kind
        self.status = status
        self.retry_after_s = retry_after_s
        self.detail = detail


class Cancelled(BaseException):
    """The workflow run was cancelled: SIGINT or SIGTERM came while the run was under way."""
