"""What the unit tests are about, made in one place: each builder needs only what a test is about."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from entrypoint.core.documents import DocumentError, Json
from entrypoint.core.event import PullRequest, Trigger
from entrypoint.core.progress import Progress
from entrypoint.core.question import pose_question
from entrypoint.core.session import Created, Message, Phase, Session
from entrypoint.core.settings import Settings, parse_settings, read_inputs
from entrypoint.core.text import Redactor, Secret
from entrypoint.core.watching import Look, Missed, Watch
from entrypoint.errors import CallFailed, FailureKind, Problem

API_KEY = "apk_user_0123456789abcdefABCDEFXYZ"
API_KEY_V3 = "cog_0123456789abcdefABCDEFXYZ"
TOKEN = "ghs_tokenTOKENtokenTOKENtokenTOKEN"
HEAD_SHA = "5b7c0a1d2e3f405162738495a6b7c8d9eafb0c1d"
SESSION_ID = "devin-0123456789abcdef0123456789abcdef"
SESSION_URL = "https://app.devin.ai/sessions/0123456789abcdef0123456789abcdef"
RISK_SCHEMA = '{"type":"object","required":["risk"],"properties":{"risk":{"enum":["low","high"]}}}'

ENVIRON = {
    "GITHUB_EVENT_NAME": "pull_request",
    "GITHUB_REPOSITORY": "octo/shop",
    "GITHUB_REPOSITORY_ID": "4711",
    "GITHUB_SHA": "f" * 40,
    "GITHUB_REF": "refs/pull/12/merge",
    "GITHUB_WORKFLOW_REF": "octo/shop/.github/workflows/gate.yml@refs/pull/12/merge",
    "GITHUB_JOB": "gate",
    "GITHUB_ACTION": "review",
    "GITHUB_RUN_ID": "1001",
    "GITHUB_RUN_ATTEMPT": "1",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_API_URL": "https://api.github.com",
}
PULL_REQUEST = PullRequest(12, HEAD_SHA, "main", "octocat", "https://github.com/octo/shop/pull/12")
TRIGGER = Trigger(
    event_name="pull_request",
    repository="octo/shop",
    repository_id="4711",
    workflow_path=".github/workflows/gate.yml",
    job="gate",
    step="review",
    run_id="1001",
    run_attempt=1,
    sha="f" * 40,
    ref="refs/pull/12/merge",
    server_url="https://github.com",
    api_url="https://api.github.com",
    which=PULL_REQUEST,
)


def make_session(
    phase: Phase = Phase.FINISHED,
    output: Json = None,
    *,
    status: str = "",
    updated_at: str | None = "2026-11-01T10:00:00Z",
    **fields: Any,  # noqa: ANN401 - any JSON, or any field
) -> Session:
    """Return a session in a phase, with an output."""
    return Session(
        session_id=SESSION_ID,
        status=status or str(phase),
        phase=phase,
        structured_output=output,
        updated_at=updated_at,
        **fields,
    )


def make_message(text: str, kind: str = "devin_message") -> Message:
    """Return one message of a session."""
    return Message(kind, f"event-{text}", text, "2026-11-01T10:00:00Z")


def make_look(
    at_s: float,
    phase: Phase = Phase.FINISHED,
    output: Json = None,
    *,
    answered: bool = False,
    updated_at: str | None = "2026-11-01T10:00:00Z",
) -> Look:
    """Return a look at a session in a phase."""
    return Look(at_s, make_session(phase, output, updated_at=updated_at), answered)


def make_watch(
    deadline_s: float = 3600.0, *, created: bool = False, interval_s: float | None = None
) -> Watch:
    """Return a watch that begins at 0 s and has seen nothing."""
    return Watch(began_s=0.0, deadline_s=deadline_s, created=created, interval_s=interval_s)


def make_failure(
    kind: FailureKind = "answered",
    status: int | None = None,
    retry_after_s: float | None = None,
) -> CallFailed:
    """Return one failed request."""
    return CallFailed(
        f"Devin answered {status or kind}.",
        "Try again later.",
        kind=kind,
        status=status,
        retry_after_s=retry_after_s,
    )


def make_miss(at_s: float, failure: CallFailed | None = None, draw: float = 0.0) -> Missed:
    """Return one failed read."""
    return Missed(at_s, failure or make_failure(status=502), draw)


def environ_of(inputs: dict[str, str]) -> dict[str, str]:
    """Return the variables that the runner makes of a step's inputs."""
    return {f"INPUT_{name.upper()}": value for name, value in inputs.items()}


def parse(
    inputs: dict[str, str], files: dict[str, str | DocumentError] | None = None
) -> tuple[Settings, tuple[Problem, ...]]:
    """Return what a step's inputs become, as the runner hands them over."""
    return parse_settings(read_inputs(environ_of(inputs)), files or {})


def required(**inputs: str) -> dict[str, str]:
    """Return a step's inputs: those that every step needs, and these."""
    return {
        "devin_api_key": API_KEY,
        "github_token": TOKEN,
        "prompt": "Review this pull request.",
    } | inputs


def make_settings(**inputs: str) -> Settings:
    """Return the settings of a correct step."""
    settings, problems = parse(required(**inputs))
    assert problems == ()
    return settings


def make_created(*, is_new_session: bool | None = True) -> Created:
    """Return Devin's answer to a create."""
    return Created(SESSION_ID, SESSION_URL, is_new_session)


def make_progress(session: Session | None = None, **inputs: str) -> Progress:
    """Return what a run on a pull request knows once it has looked at its session."""
    settings = make_settings(**inputs)
    return Progress(
        began_s=100.0,
        settings=settings,
        trigger=TRIGGER,
        pull_request=PULL_REQUEST,
        question=pose_question(settings, TRIGGER, PULL_REQUEST),
        created=make_created() if session else None,
        session=session,
    )


def make_redactor() -> Redactor:
    """Return what hides the key and the token."""
    return Redactor([Secret(API_KEY), Secret(TOKEN)])


def change(trigger: Trigger, **fields: Any) -> Trigger:  # noqa: ANN401 - any JSON, or any field
    """Return the trigger with other facts."""
    return replace(trigger, **fields)


def to_json(value: object) -> str:
    """Return JSON as somebody else would write it."""
    return json.dumps(value)
