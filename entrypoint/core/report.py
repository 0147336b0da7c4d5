"""What people see: a `Progress` and its `Verdict` become the comment and the job summary.

Both have the same content; the summary has more room. Everything is an HTML block without blank
lines, so that only the headings are Markdown: see `entrypoint.core.text` for why that is inert.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from entrypoint.core.answer_page import render_answer
from entrypoint.core.durations import say_duration
from entrypoint.core.outcome import Outcome
from entrypoint.core.question import name_gate
from entrypoint.core.rules_page import head_rules, render_rules
from entrypoint.core.session import Phase, say_acus
from entrypoint.core.tables import render_grid
from entrypoint.core.text import html_code, html_link, html_prose, html_sentence, html_words
from entrypoint.core.timeline_page import render_timeline

if TYPE_CHECKING:
    from entrypoint.core.progress import Progress
    from entrypoint.core.session import Session
    from entrypoint.core.text import Redactor
    from entrypoint.core.verdict import Verdict

ICONS: Final = {
    Outcome.PASSED: ("✅", "Devin Gate passed"),
    Outcome.COMPLETED: ("☑️", "Devin is done, nothing was judged"),
    Outcome.GATE_FAILED: ("❌", "Devin's answer does not pass the gate"),
    Outcome.INVALID_OUTPUT: ("❌", "Devin's answer breaks the schema"),
    Outcome.MISSING_OUTPUT: ("❌", "Devin finished without an answer"),
    Outcome.BLOCKED: ("✋", "Devin is waiting for an answer"),
    Outcome.NEEDS_APPROVAL: ("✋", "Devin is waiting for an approval"),
    Outcome.SUSPENDED: ("💤", "The Devin session is asleep"),
    Outcome.LIMIT_REACHED: ("⛔", "The Devin session reached a limit"),
    Outcome.EXPIRED: ("⌛", "The Devin session expired"),
    Outcome.SESSION_FAILED: ("❌", "The Devin session failed"),
    Outcome.TIMED_OUT: ("⏱️", "Devin was not done in time"),
    Outcome.STALE: ("🕰️", "Devin's answer is not about what is there now"),
    Outcome.NOT_ALLOWED: ("🔒", "Devin was not asked: somebody must allow it"),
    Outcome.SKIPPED: ("⏭️", "Devin was not asked: this event has no secrets"),
    Outcome.STARTED: ("🚀", "Devin was started, nothing was judged yet"),
    Outcome.CANCELLED: ("⏹️", "The workflow run was cancelled"),
    Outcome.ERROR: ("⚠️", "Devin Gate could not get an answer"),
}
"""Icon and headline of each outcome."""

_UNDER_WAY: Final = {
    Phase.STARTING: ("⏳", "Devin is starting"),
    Phase.WORKING: ("⏳", "Devin is working"),
    Phase.AWAITING_USER: ("✋", "Devin has stopped without an answer yet"),
    Phase.AWAITING_APPROVAL: ("✋", "Devin is waiting for an approval"),
}

_SHOWN_ADDRESS: Final = 32
"""Characters of the session's address: enough to tell two apart."""
_MUST_BE_READ: Final = (
    Outcome.COMPLETED,
    Outcome.BLOCKED,
    Outcome.MISSING_OUTPUT,
    Outcome.NEEDS_APPROVAL,
    Outcome.TIMED_OUT,
)
_JUDGED: Final = (Outcome.PASSED, Outcome.GATE_FAILED, Outcome.INVALID_OUTPUT)


@dataclass(frozen=True)
class Room:
    """How much a page may hold, in characters."""

    page: int
    json: int
    has_details: bool = False
    """Whether there is room for what only somebody who looks closer wants to know."""


UNWRAPPED: Final = (
    "Devin wrote its output into one more `structured_output`; what stands inside it counts."
)

COMMENT: Final = Room(page=60_000, json=8_000)
"""GitHub takes 65,536 characters."""
SUMMARY: Final = Room(page=240_000, json=60_000, has_details=True)
"""GitHub takes 1 MiB for a step, and drops the whole summary above."""


def render_page(
    progress: Progress, verdict: Verdict | None, now_s: float, room: Room, redactor: Redactor
) -> str:
    """Return the page as GitHub-flavoured Markdown; `verdict` is `None` while Devin works.

    Over the room whole sections go, from the least needed up, never a part of one.
    """
    # In the order in which they stand; the number is how much they are needed.
    sections = [
        (0, _heading(progress, verdict)),
        (1, _reason(progress, verdict)),
        (2, _problems(progress, verdict)),
        (3, _question(progress, verdict)),
        (4, _violations(verdict)),
        (4, render_rules(verdict.gate_results) if verdict else ""),
        (6, _output(progress, verdict, room)),
        (5, _facts(progress, verdict, now_s, room)),
        (7, _timeline(progress, verdict, now_s, room)),
        (7, _trouble(progress)),
        (8, _footer(progress)),
    ]
    kept = [(need, redactor.redact(text)) for need, text in sections if text]
    while len(_join(kept)) > room.page and len(kept) > 1:
        kept.remove(max(kept))
    return _join(kept)


def _join(sections: list[tuple[int, str]]) -> str:
    return "\n\n".join(text for _, text in sections) + "\n"


def _heading(progress: Progress, verdict: Verdict | None) -> str:
    """Return what happened, and to which gate where there may be others beside it."""
    name = name_gate(progress.settings) if progress.settings else ""
    of_gate = f" · {html_code(name, 80)}" if name else ""
    if progress.problems and verdict and verdict.outcome is Outcome.ERROR:
        icon, words = "⚠️", "Devin was not asked: an input is wrong"
    elif verdict:
        icon, words = ICONS[verdict.outcome]
        if said := head_rules(verdict.gate_results):
            return f"<h3>{icon} Devin Gate: {said}{of_gate}</h3>"
    else:
        phase = progress.session.phase if progress.session else Phase.STARTING
        icon, words = _UNDER_WAY.get(phase, ("⏳", "Devin has stopped, its end is being checked"))
        if phase is Phase.AWAITING_USER and progress.waits_for_people:
            icon, words = ICONS[Outcome.BLOCKED]
    return f"<h3>{icon} {html_words(words)}{of_gate}</h3>" if name else f"### {icon} {words}"


def _reason(progress: Progress, verdict: Verdict | None) -> str:
    """Return why, and what to do next."""
    if verdict is None:
        return _say_wait(progress)
    allowed = "<p><b>Not passed</b>; allowed by <code>allow_outcomes</code>.</p>\n"
    remedy = f"\n<p>{html_sentence(verdict.remedy)}</p>" if verdict.remedy else ""
    return f"{allowed if verdict.allowed else ''}<p>{html_sentence(verdict.brief or verdict.reason)}</p>{remedy}"


def _say_wait(progress: Progress) -> str:
    """Return what a reader can expect while Devin works."""
    if progress.waits_for_people:
        return "<p>Answer Devin in the session; the step waits for it.</p>"
    if progress.settings is None:
        return ""
    longest = say_duration(60.0 * progress.settings.timeout_minutes)
    return (
        f"<p>This comment is edited when Devin is done; the step waits for {longest} at most.</p>"
    )


def _problems(progress: Progress, verdict: Verdict | None) -> str:
    """Return the list of what is wrong, where it is more than the reason says."""
    items = [
        f"<li>{html_code(p.name)}: got {html_sentence(p.got)}; allowed is "
        f"{html_sentence(p.allowed)}.<br>Write {html_code(p.example)}</li>"
        for p in progress.list_problems(verdict.reason if verdict else "")[:20]
    ]
    return f"<ul>{''.join(items)}</ul>" if items else ""


def _facts(progress: Progress, verdict: Verdict | None, now_s: float, room: Room) -> str:
    """Return the session's pull requests and the small table, once there is a session."""
    if progress.created is None:
        return ""
    created, settings, question = progress.created, progress.settings, progress.question
    rows = [("Session", html_link(created.url, _SHOWN_ADDRESS))]
    if question:
        rows.append(("Commit", html_code(question.head_sha[:7])))
    if progress.base and room.has_details:
        place = html_words(progress.base.ref) + " at " if progress.base.ref else ""
        rows.append(("Files from", place + html_code(progress.base.sha[:7])))
    if settings:
        rows.append(_say_cost(progress.session, settings.max_acu_limit))
    if verdict and progress.began_s is not None:
        rows.append(("Time", say_duration(now_s - progress.began_s)))
    table = render_grid([name for name, _ in rows], [[value for _, value in rows]])
    return f"{_pull_requests(progress)}{table}"


def _pull_requests(progress: Progress) -> str:
    """Return the session's pull requests but for the triggering one, where the reader is."""
    links = map(html_link, progress.own_pull_requests)
    return "".join(f"<p>Pull request opened by Devin: {link}</p>\n" for link in links)


def _say_cost(session: Session | None, limit: int | None) -> tuple[str, str]:
    """Return what the session has cost, where the API says it, and what it may cost."""
    if session is None or session.acus_consumed is None:
        return "ACU limit", str(limit) if limit else "none was set"
    used = say_acus(session.acus_consumed)
    return "ACUs", f"{used} of {limit}" if limit else f"{used}, no limit was set"


def _violations(verdict: Verdict | None) -> str:
    if verdict is None or not verdict.violations:
        return ""
    items = [f"<li>{html_code(v.path)} {html_sentence(v.message)}</li>" for v in verdict.violations]
    return f"#### What breaks the schema\n\n<ul>{''.join(items)}</ul>"


def _question(progress: Progress, verdict: Verdict | None) -> str:
    """Return Devin's last message, where a person must read it."""
    asks = verdict.outcome in _MUST_BE_READ if verdict else progress.waits_for_people
    if not asks or progress.session is None or not progress.session.new_devin_messages:
        return ""
    message = progress.session.new_devin_messages[-1].message
    return f"#### What Devin says\n\n{html_prose(message)}"


def _output(progress: Progress, verdict: Verdict | None, room: Room) -> str:
    """Return the structured output; folded, and called a notepad where it is no answer."""
    session = progress.session
    if session is None or not session.has_output:
        return ""
    shown = render_answer(session.structured_output, room.json, whole=room.has_details)
    if session.is_unwrapped:
        shown = f"<p>{html_sentence(UNWRAPPED)}</p>\n{shown}"
    if verdict and verdict.outcome in _JUDGED:
        return f"#### Devin's answer\n\n{shown}"
    is_late = verdict is not None and verdict.outcome is Outcome.STALE
    title = "Devin's answer, which does not count" if is_late else "Devin's notepad, not judged"
    return f"<details><summary>{title}</summary>\n{shown}\n</details>"


def _timeline(progress: Progress, verdict: Verdict | None, now_s: float, room: Room) -> str:
    """Return how the run went, where there is room for it."""
    if not (room.has_details and verdict and progress.moments and progress.began_s is not None):
        return ""
    return render_timeline(progress.moments, progress.began_s, now_s, verdict.outcome)


def _trouble(progress: Progress) -> str:
    """Return why there is no comment, for the summary."""
    return f"<p>{html_sentence(progress.trouble)}</p>" if progress.trouble else ""


def _footer(progress: Progress) -> str:
    """Return which step of which run this is."""
    trigger = progress.trigger
    if trigger is None:
        return ""
    file = trigger.workflow_path.rpartition("/")[2]
    where = f"{html_words(file)} · job {html_words(trigger.job)}"
    run = html_link(trigger.run_url, words="this run")
    return f"<p><sub>{where} · {run}</sub></p>"
