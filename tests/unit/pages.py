"""The ends of a run whose pages are kept whole in `tests/cases/pages`, to be read as a user would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from entrypoint.core.documents import Json
from entrypoint.core.facts import state_facts
from entrypoint.core.gate_text import read_gate
from entrypoint.core.limits import LIMITS
from entrypoint.core.outcome import Outcome
from entrypoint.core.progress import Progress
from entrypoint.core.report import COMMENT, SUMMARY, Room, render_page
from entrypoint.core.ruling import apply_gate
from entrypoint.core.sandbox import no_sandbox
from entrypoint.core.schema import read_schema
from entrypoint.core.session import Phase, Session
from entrypoint.core.timeline_page import Moment
from entrypoint.core.unjudged import judge_error, judge_moved, judge_not_allowed, judge_started
from entrypoint.core.verdict import Ending, Verdict, judge
from entrypoint.core.watching import Look, Stop, StopReason
from entrypoint.errors import InputError
from tests.unit.builders import (
    API_KEY,
    API_KEY_V3,
    PULL_REQUEST,
    RISK_SCHEMA,
    SESSION_ID,
    make_created,
    make_message,
    make_progress,
    make_redactor,
    make_session,
    parse,
)

FOLDER: Final = Path(__file__).resolve().parents[1] / "cases" / "pages"
TRIGGERING: Final = "https://github.com/octo/shop/pull/12"
OWN: Final = "https://github.com/octo/shop/pull/13"
QUESTION: Final = (
    "Which of the two tables?\n\n1. `users`\n2. <b>orders</b> — ask @octo/team, see #7"
)


def conclude(
    session: Session, reason: StopReason, *, schema: bool = True, allow: str = ""
) -> Verdict:
    """Return the verdict on a session, as a run would."""
    checked = read_schema(RISK_SCHEMA)
    found = checked.find_violations(session) if schema and session.has_output else ()
    answered = session.has_output and not found if schema else bool(session.messages)
    ending = Ending(Stop(reason), Look(0.0, session, answered, found), schema, 60)
    return judge(ending, frozenset({Outcome(allow)} if allow else set()))


def page(
    session: Session,
    reason: StopReason | None = StopReason.SETTLED,
    *,
    room: Room = COMMENT,
    schema: bool = True,
    allow: str = "",
    **inputs: str,
) -> str:
    """Return the page about a session 125 seconds after the run began."""
    verdict = conclude(session, reason, schema=schema, allow=allow) if reason else None
    return render_page(make_progress(session, **inputs), verdict, 225.0, room, make_redactor())


def render_passed() -> str:
    """Return the comment of a pass, with an ACU limit and Devin's own pull request."""
    output: Json = {"risk": "low", "files": 3, "why": "Only <docs> & tests", "sure": True}
    session = make_session(Phase.AWAITING_USER, output, pull_requests=(TRIGGERING,))
    return page(session, max_acu_limit="10")


def render_nested() -> str:
    """Return the summary of a pass whose output is no flat object."""
    output: Json = {
        "risk": "low",
        "findings": [{"file": "a.py", "lines": [1, 2]}, {"file": "b.py"}],
    }
    return page(make_session(output=output), room=SUMMARY)


def gate_page(output: Json, rules: str, room: Room = COMMENT) -> str:
    """Return the page about an output that was put before a gate."""
    session = make_session(Phase.AWAITING_USER, output)
    facts = state_facts(session, "", PULL_REQUEST, 125.0)
    results = read_gate(rules).evaluate(facts, no_sandbox, make_redactor())
    passed = conclude(session, StopReason.SETTLED)
    verdict = apply_gate(passed, results, frozenset())
    return render_page(make_progress(session), verdict, 225.0, room, make_redactor())


def render_gate_passed() -> str:
    """Return the comment of a pass by a gate."""
    return gate_page({"risk": "low", "files": 3}, 'output.risk == "low"\noutput.files <= 20')


def render_gate_failed() -> str:
    """Return the summary of a gate with each kind of rule that is not true."""
    output: Json = {
        "risk": "high",
        "note": "ping @octo/team",
        "findings": [{"severity": "minor"}, {"severity": "major", "file": "<b>a|b</b>.py"}],
    }
    rules = """
    # What may merge by itself
    output.risk == "low"
    output.findings.all(f, f.severity == "minor")
    output.findings.size() < 10
    output.tests.pass
    output.note > 3
    pull_request.base_ref == "main" && session.phase == "awaiting_user"
    """
    return gate_page(output, rules, SUMMARY)


def render_invalid() -> str:
    """Return the comment of an output that breaks the schema."""
    return page(make_session(output={"risk": "medium", "note": "ping @octo/team"}))


def render_blocked() -> str:
    """Return the comment of a question to a person."""
    return page(make_session(Phase.AWAITING_USER, messages=(make_message(QUESTION),)))


def render_completed() -> str:
    """Return the comment of a turn that nothing judged."""
    messages = (make_message("Done."),)
    return page(make_session(messages=messages, pull_requests=(OWN,)), schema=False)


def render_allowed() -> str:
    """Return the comment of a time-out that the team allows."""
    session = make_session(Phase.WORKING)
    return page(session, StopReason.OUT_OF_TIME, allow="timed_out")


def render_findings() -> str:
    """Return the summary of a long answer, with the gate's name and how the run went."""
    findings: Json = [{"file": f"shop/{n}.py", "line": n, "title": "Too long"} for n in range(13)]
    output: Json = {"risk": "low", "tags": ["cache", "a/b"], "findings": findings}
    session = make_session(Phase.AWAITING_USER, output, pull_requests=(OWN, TRIGGERING))
    progress = make_progress(session, comment_key="security")
    progress.moments = [Moment(100.0, "Devin was asked"), Moment(106.0, "Devin is working")]
    verdict = conclude(session, StopReason.SETTLED)
    return render_page(progress, verdict, 225.0, SUMMARY, make_redactor())


def render_suspended() -> str:
    """Return the comment of a session that was put to sleep with something in its notepad."""
    return page(make_session(Phase.SUSPENDED, {"risk": "low"}))


def render_missing() -> str:
    """Return the comment of a turn that ended without an answer."""
    return page(make_session(messages=(make_message("It looks fine to me!"),)))


def render_stale() -> str:
    """Return the comment of a good answer about a commit that is not the head any more."""
    session = make_session(Phase.AWAITING_USER, {"risk": "low"})
    now = replace(PULL_REQUEST, head_sha="c" * 40)
    verdict = judge_moved(conclude(session, StopReason.SETTLED), PULL_REQUEST, now, frozenset())
    return render_page(make_progress(session), verdict, 225.0, COMMENT, make_redactor())


def render_waiting() -> str:
    """Return the comment while the step waits until a person has answered."""
    session = make_session(Phase.AWAITING_USER, messages=(make_message(QUESTION),))
    return page(session, None, on_blocked="wait")


def render_not_allowed() -> str:
    """Return the summary of a run that somebody from outside started."""
    verdict = judge_not_allowed("passer-by", frozenset())
    return render_page(make_progress(), verdict, 101.0, SUMMARY, make_redactor())


def render_working() -> str:
    """Return the comment while Devin works."""
    return page(make_session(Phase.WORKING), None)


def render_started() -> str:
    """Return the comment of a step that does not wait."""
    progress = make_progress(wait="false", comment_key="review")
    progress.created = make_created()
    verdict = judge_started(SESSION_ID, progress.comment_key)
    return render_page(progress, verdict, 107.0, COMMENT, make_redactor())


def render_bad_inputs() -> str:
    """Return the summary of a workflow file that is wrong."""
    settings, problems = parse(
        {"devin_api_key": API_KEY, "timeout_minutes": "x` @y", "pompt": "x", "comment": "off"}
    )
    progress = Progress(began_s=100.0, settings=settings, problems=problems)
    return render_page(progress, judge_error(InputError(problems)), 101.0, SUMMARY, make_redactor())


def render_limited() -> str:
    """Return the comment about a session of API v3 that has used up what it may use."""
    session = make_session(
        Phase.LIMITED,
        {"risk": "low"},
        status="suspended/usage_limit_exceeded",
        limit=LIMITS["usage_limit_exceeded"],
        acus_consumed=10.25,
        pull_requests=(OWN, OWN.replace("13", "14")),
    )
    return page(session, max_acu_limit="10", devin_api_key=API_KEY_V3)


PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "passed": render_passed,
    "passed_nested_summary": render_nested,
    "passed_findings_summary": render_findings,
    "gate_passed": render_gate_passed,
    "gate_failed_summary": render_gate_failed,
    "invalid_output": render_invalid,
    "blocked": render_blocked,
    "completed": render_completed,
    "timed_out_allowed": render_allowed,
    "missing_output": render_missing,
    "suspended": render_suspended,
    "stale": render_stale,
    "not_allowed_summary": render_not_allowed,
    "limit_reached": render_limited,
    "working": render_working,
    "waiting": render_waiting,
    "started": render_started,
    "error_inputs_summary": render_bad_inputs,
}
