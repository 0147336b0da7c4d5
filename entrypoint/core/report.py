"""What people see: a `Progress` and its `Verdict` become the comment and the job summary.

Both have the same content; the summary has more room. Everything is an HTML block without blank
lines, so that only the headings are Markdown: see `entrypoint.core.text` for why that is inert.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from entrypoint.core.outcome import Outcome
from entrypoint.core.rules_page import head_rules, render_rules
from entrypoint.core.session import Phase, say_acus
from entrypoint.core.text import html_code, html_link, html_pre, html_sentence

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
    Phase.AWAITING_USER: ("✋", "Devin has stopped, waiting for its answer"),
    Phase.AWAITING_APPROVAL: ("✋", "Devin is waiting for an approval"),
}

_MUST_BE_READ: Final = (
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


UNWRAPPED: Final = (
    "Devin wrote its output into one more `structured_output`; what stands inside it counts."
)

COMMENT: Final = Room(page=60_000, json=8_000)
"""GitHub takes 65,536 characters."""
SUMMARY: Final = Room(page=240_000, json=60_000)
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
        (2, _problems(progress)),
        (3, _question(progress, verdict)),
        (4, _violations(verdict)),
        (4, render_rules(verdict.gate_results) if verdict else ""),
        (6, _output(progress, verdict, room)),
        (5, _facts(progress, now_s)),
        (7, _trouble(progress)),
        (8, _footer(progress)),
    ]
    kept = [(need, redactor.redact(text)) for need, text in sections if text]
    while len(_join(kept)) > room.page and len(kept) > 1:
        kept.remove(max(kept))
    return _join(kept)


def say_duration(duration_s: float) -> str:
    """Return a duration as a person says it: `45 s`, `12 min 5 s`, `1 h 3 min`."""
    whole = max(0, int(duration_s))
    minutes, seconds = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    if minutes and seconds:
        return f"{minutes} min {seconds} s"
    return f"{minutes} min" if minutes else f"{seconds} s"


def _join(sections: list[tuple[int, str]]) -> str:
    return "\n\n".join(text for _, text in sections) + "\n"


def _heading(progress: Progress, verdict: Verdict | None) -> str:
    if progress.problems and verdict and verdict.outcome is Outcome.ERROR:
        icon, words = "⚠️", "Devin was not asked: an input is wrong"
    elif verdict:
        icon, words = ICONS[verdict.outcome]
        if heading := head_rules(icon, verdict.gate_results):
            return heading
    else:
        phase = progress.session.phase if progress.session else Phase.STARTING
        icon, words = _UNDER_WAY.get(phase, ("⏳", "Devin has stopped, its end is being checked"))
    return f"### {icon} {words}"


def _reason(progress: Progress, verdict: Verdict | None) -> str:
    """Return why, and what to do next."""
    if verdict is None:
        waits = "<p>Answer Devin in the session; the step waits for it.</p>"
        return waits if progress.waits_for_people else ""
    allowed = "<p><b>Not passed</b>; allowed by <code>allow_outcomes</code>.</p>\n"
    remedy = f"\n<p>{html_sentence(verdict.remedy)}</p>" if verdict.remedy else ""
    return f"{allowed if verdict.allowed else ''}<p>{html_sentence(verdict.reason)}</p>{remedy}"


def _problems(progress: Progress) -> str:
    items = [
        f"<li>{html_code(p.name)}: got {html_sentence(p.got)}; allowed is "
        f"{html_sentence(p.allowed)}. Write {html_code(p.example)}</li>"
        for p in progress.problems[:20]
    ]
    return f"<ul>{''.join(items)}</ul>" if items else ""


def _facts(progress: Progress, now_s: float) -> str:
    """Return the small table, once there is a session."""
    if progress.created is None:
        return ""
    created, settings, question = progress.created, progress.settings, progress.question
    own = progress.own_pull_requests
    rows = [("Session", html_link(created.url))]
    rows += [("Pull request opened by Devin", html_link(url)) for url in own]
    rows += [("Pull request", html_link(url)) for url in progress.pull_requests if url not in own]
    if question:
        rows.append(("Commit", html_code(question.head_sha[:12])))
    if progress.base:
        place = html_code(progress.base.ref) + " @ " if progress.base.ref else ""
        rows.append(("Files from", place + html_code(progress.base.sha[:12])))
    if settings:
        rows.append(_say_cost(progress.session, settings.max_acu_limit))
    if progress.began_s is not None:
        rows.append(("Time", say_duration(now_s - progress.began_s)))
    return _table([_row(name, value) for name, value in rows])


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
    return f"#### What Devin says\n\n{html_pre(message, 4_000)}"


def _output(progress: Progress, verdict: Verdict | None, room: Room) -> str:
    """Return the structured output; folded, and called a notepad, where it was not judged."""
    session = progress.session
    if session is None or not session.has_output:
        return ""
    shown = _render_value(session.structured_output, room)
    if session.is_unwrapped:
        shown = f"<p>{html_sentence(UNWRAPPED)}</p>\n{shown}"
    if verdict and verdict.outcome in _JUDGED:
        return f"#### Structured output\n\n{shown}"
    return f"<details><summary>Devin's notepad, not judged</summary>\n{shown}\n</details>"


def _trouble(progress: Progress) -> str:
    """Return why there is no comment, for the summary."""
    return f"<p>{html_sentence(progress.trouble)}</p>" if progress.trouble else ""


def _footer(progress: Progress) -> str:
    trigger = progress.trigger
    if trigger is None:
        return ""
    where = html_code(f"{trigger.workflow_path} · {trigger.job}")
    return f"<p><sub>{where} · run {html_link(trigger.run_url)}</sub></p>"


def _render_value(value: Any, room: Room) -> str:  # noqa: ANN401 - any JSON
    """Return a table for flat objects and lists of them, folded JSON for everything else."""
    if _is_flat(value):
        return _table([_row(html_code(key), _cell(item)) for key, item in value.items()])
    if isinstance(value, list) and 0 < len(value) <= 50 and all(map(_is_flat, value)):  # noqa: PLR2004
        names = list(dict.fromkeys(name for item in value for name in item))
        head = "".join(f"<th>{html_code(name)}</th>" for name in names)
        rows = ["".join(f"<td>{_cell(i[n]) if n in i else ''}</td>" for n in names) for i in value]
        return _table([head, *rows])
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return f"<details><summary>JSON</summary>{html_pre(text, room.json)}</details>"


def _is_flat(value: object) -> bool:
    small = isinstance(value, dict) and 0 < len(value) <= 30  # noqa: PLR2004
    return small and not any(isinstance(v, dict | list) for v in value.values())  # type: ignore[attr-defined]


def _cell(value: object) -> str:
    return html_code(value if isinstance(value, str) and value else json.dumps(value))


def _row(name: str, value: str) -> str:
    return f'<th align="left">{name}</th><td>{value}</td>'


def _table(rows: list[str]) -> str:
    return "<table>\n" + "\n".join(f"<tr>{row}</tr>" for row in rows) + "\n</table>"
