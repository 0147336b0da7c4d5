"""What a run knows so far, so that it can be told whatever happens next; and the outputs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from entrypoint.core.documents import write_json
from entrypoint.core.outputs import MAX_OUTPUT_BYTES, OUTPUTS
from entrypoint.core.question import comment_key_of
from entrypoint.core.session import Phase, say_acus
from entrypoint.core.text import one_line
from entrypoint.errors import InputError

if TYPE_CHECKING:
    from entrypoint.core.documents import Json
    from entrypoint.core.event import Base, PullRequest, Trigger
    from entrypoint.core.question import Question
    from entrypoint.core.session import Created, Session
    from entrypoint.core.settings import Settings
    from entrypoint.core.text import Redactor
    from entrypoint.core.timeline_page import Moment
    from entrypoint.core.verdict import Verdict
    from entrypoint.errors import Problem


@dataclass
class Progress:
    """Filled in as the run goes on; each field is `None` or empty until it is known."""

    began_s: float | None
    """Monotonic seconds; `None` in the post step, which does not know when the run began."""
    settings: Settings | None = None
    trigger: Trigger | None = None
    pull_request: PullRequest | None = None
    base: Base | None = None
    """Where the files were read, if any were, and not in the workspace."""
    question: Question | None = None
    asked: bool = False
    """Whether a create may have been sent."""
    created: Created | None = None
    tags: tuple[str, ...] = ()
    """The tags that the create gave the session."""
    session: Session | None = None
    """What the last usable look saw, without secrets: for telling, not for judging."""
    moments: list[Moment] = field(default_factory=list)
    """What happened so far, in order, for the summary's timeline."""
    comment_url: str = ""
    problems: tuple[Problem, ...] = ()
    trouble: str = ""
    """Why the comment could not be written at the end, in one sentence of ours."""

    @property
    def comment_key(self) -> str:
        """Return the name of the gate's comment, empty where it is not known yet."""
        if self.settings is None or self.trigger is None:
            return ""
        return comment_key_of(self.settings, self.trigger)

    def list_problems(self, reason: str) -> tuple[Problem, ...]:
        """Return the inputs' problems, less a single one that the reason tells already."""
        is_told = len(self.problems) == 1 and reason == str(InputError(self.problems))
        return () if is_told else self.problems

    @property
    def waits_for_people(self) -> bool:
        """Tell whether Devin has stopped and the step waits until a person has answered it."""
        stopped = self.session and self.session.phase in (
            Phase.AWAITING_USER,
            Phase.AWAITING_APPROVAL,
        )
        return bool(stopped and self.settings and self.settings.on_blocked == "wait")

    @property
    def own_pull_requests(self) -> tuple[str, ...]:
        """Return the session's pull requests that are not the triggering one."""
        return self.others_than_triggering(self.pull_requests)

    @property
    def pull_requests(self) -> tuple[str, ...]:
        """Return all of the session's pull requests."""
        return self.session.pull_requests if self.session else ()

    def others_than_triggering(self, urls: tuple[str, ...]) -> tuple[str, ...]:
        """Return the addresses of pull requests less that of the one that triggered the run.

        An address that is none of a pull request is no evidence of one either.
        """
        if self.trigger is None or self.pull_request is None:
            return tuple(url for url in urls if _pull_request_of(url))
        ours = (self.trigger.repository.lower(), self.pull_request.number)
        return tuple(url for url in urls if _pull_request_of(url) not in (None, ours))


def _pull_request_of(url: str) -> tuple[str, int] | None:
    """Return repository and number of a pull request's address, however it is spelled.

    The host is not looked at: it has aliases, and a look-alike elsewhere is no evidence.
    """
    path = re.sub("/{2,}", "/", url.partition("://")[2])
    match = re.fullmatch(
        r"[^/]+(?:/api/v3)?(?:/repos)?/([^/]+/[^/]+)/pulls?/([0-9]{1,9})(?:[/?#].*)?", path
    )
    return (match[1].lower(), int(match[2])) if match else None


def render_outputs(
    progress: Progress, verdict: Verdict, now_s: float, redactor: Redactor
) -> dict[str, str]:
    """Return the value of every declared output, without secrets."""
    session, created = progress.session, progress.created
    pull_requests: list[Json] = [*progress.pull_requests]
    own = (*progress.own_pull_requests, *progress.pull_requests)
    violations: list[Json] = [violation.as_json() for violation in verdict.violations]
    results: list[Json] = [result.as_json() for result in verdict.gate_results]
    found: dict[str, str] = {
        "outcome": verdict.outcome,
        "conclusion": verdict.outcome.conclusion,
        "passed": "true" if verdict.passed else "false",
        "session_id": created.session_id if created else "",
        "session_url": created.url if created else "",
        "is_new_session": _say_truth(created.is_new_session) if created else "",
        "status": one_line(session.status, 100) if session else "",
        "phase": session.phase if session else "",
        "structured_output": _passed_on(session),
        "validation_errors": write_json(redactor.redact_json(violations)),
        "gate_results": write_json(redactor.redact_json(results)),
        "pull_request_url": own[0] if own else "",
        "pull_requests": write_json(pull_requests),
        "head_sha": progress.question.head_sha if progress.question else "",
        "comment_url": progress.comment_url,
        "comment_key": progress.comment_key,
        "acus_consumed": "" if session is None else say_acus(session.acus_consumed),
        "duration_seconds": str(int(now_s - (progress.began_s or 0.0))),
        "reason": verdict.reason,
    }
    return {output.name: redactor.redact(found[output.name]) for output in OUTPUTS}


def _passed_on(session: Session | None) -> str:
    """Return the structured output as compact JSON, empty without one or where it is too large."""
    if session is None or session.structured_output is None:
        return ""
    text = write_json(session.structured_output)
    return text if len(text.encode("utf-8", "replace")) <= MAX_OUTPUT_BYTES else ""


def _say_truth(value: bool | None) -> str:  # noqa: FBT001 - the value is what is said
    return "" if value is None else str(value).lower()
