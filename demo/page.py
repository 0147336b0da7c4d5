"""A run as one self-contained page in the look of GitHub, and the page that leads to all runs.

No script, nothing from a network, light and dark; every foreign word is escaped.
"""

from __future__ import annotations

from datetime import UTC
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

import yaml

from demo.events import DEVIN, GATE, GITHUB, Event
from demo.log import Line, find_annotations
from demo.markdown import render_markdown
from demo.marks import draw_mark
from demo.payloads import EVENTS, PULL_NUMBER, TITLE
from simulator.github_store import DEFAULT_REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from demo.run import DemoRun
    from demo.scenario import DemoScenario

_LOOK: Final = (Path(__file__).parent / "github_look.css").read_text(encoding="utf-8")
_CLASSES: Final = {DEVIN: "by-devin", GATE: "by-gate", GITHUB: "by-github"}
_INDEX_LINK: Final = '<a href="../index.html">Every scenario</a> · '
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"


def render_page(run: DemoRun, *, is_one_of_many: bool = False) -> str:
    """Return the page of one run; of many it leads back to their index."""
    scenario = run.scenario
    main = (
        _render_conversation(run),
        _render_merge_box(run),
        _render_annotations(run),
        _section("Job summary", _render_summary(run)),
        _section("Log of the step", _render_log(run)),
        _section("Outputs", _render_outputs(run)),
        _section("The step", _render_step(scenario)),
    )
    aside = _section("What happened", _render_events(run.events, run))
    body = (
        f"{_render_header(run, _INDEX_LINK if is_one_of_many else '')}"
        f'<div class="columns"><main>{"".join(main)}</main><aside>{aside}</aside></div>'
    )
    return _document(f"{scenario.name} · Devin Gate", body)


def render_index(runs: Sequence[DemoRun]) -> str:
    """Return the page that leads to the pages of the runs, which lie in folders beside it."""
    items = "".join(
        f'<li><a class="row" href="{escape(run.scenario.name)}/page.html">'
        f'{draw_mark(_mark_of(run))}<span class="grow"><strong>{escape(run.scenario.name)}</strong>'
        f'<span class="muted block">{escape(run.scenario.story)}</span></span>'
        f'<span class="end"><code>{escape(run.outcome)}</code> '
        f'<span class="muted block">exit code {run.exit_code}</span></span></a></li>'
        for run in runs
    )
    header = (
        '<header><p class="muted crumb">Devin Gate</p><h1>Every scenario of the demo</h1>'
        '<p class="story">Each one is a run of the real action against a simulated Devin and a '
        "simulated GitHub.</p></header>"
    )
    return _document("Devin Gate, demo", f'{header}<ul class="box rows">{items}</ul>')


def _document(title: str, body: str) -> str:
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{escape(title)}</title><style>\n{_LOOK}</style></head>\n"
        f'<body><div class="page">{body}\n<footer class="muted">Made by the simulator of Devin '
        "Gate. Devin and GitHub were simulated, the action was not.</footer></div></body></html>\n"
    )


def _section(title: str, body: str) -> str:
    return f"\n<section><h2>{escape(title)}</h2>{body}</section>"


def _render_header(run: DemoRun, index_link: str) -> str:
    scenario = run.scenario
    place = escape(DEFAULT_REPOSITORY)
    if scenario.event != "push":
        title = f'{escape(TITLE)} <span class="muted light">#{PULL_NUMBER}</span>'
        state = f'<span class="state">{draw_mark("pull")}Open</span>'
    else:
        title, state = "Push to <code>prices</code>", ""
    return (
        f'<header><p class="muted crumb">{index_link}{place} · scenario <strong>{escape(scenario.name)}</strong>'
        f'</p><h1>{title}</h1><p class="story">{state}<span>{escape(scenario.story)}</span></p>'
        "</header>"
    )


def _render_conversation(run: DemoRun) -> str:
    if not run.comments:
        return '<div class="box note muted">No comment was written. The job summary tells it all.</div>'
    return "".join(
        '<article class="comment"><span class="avatar">'
        f'{draw_mark("robot")}</span><div class="box bubble"><div class="strip">'
        f'<strong>github-actions</strong> <span class="label">bot</span> <span class="muted">'
        f"commented at {comment.created_at.astimezone(UTC):%H:%M}"
        f"{_edited(comment.created_at != comment.updated_at)}</span></div>"
        f'<div class="markdown">{render_markdown(comment.body)}</div></div></article>'
        for comment in run.comments
    )


def _render_summary(run: DemoRun) -> str:
    """Return the summary, folded where a reader has just seen the same as a comment."""
    shown = render_markdown(run.summary).strip()
    if shown not in [render_markdown(comment.body).strip() for comment in run.comments]:
        return f'<div class="box markdown">{shown}</div>'
    return (
        '<details class="box fold"><summary>The same as the comment</summary>'
        f'<div class="markdown">{shown}</div></details>'
    )


def _edited(was_edited: bool) -> str:  # noqa: FBT001 - the value is what is said
    return " · edited" if was_edited else ""


def _mark_of(run: DemoRun) -> str:
    return "passed" if run.exit_code == 0 else "failed"


def _render_merge_box(run: DemoRun) -> str:
    mark = _mark_of(run)
    passed = run.exit_code == 0
    headline = "All checks have passed" if passed else "Some checks were not successful"
    ended = "Successful" if passed else "Failing"
    held = _say_what_it_holds(run)
    minutes, seconds = divmod(int(run.simulated_s), 60)
    took = f"{minutes}m {seconds}s" if minutes else f"{seconds}s"
    return (
        f'<div class="box merge {mark}"><div class="row">{draw_mark(mark, large=True)}<span '
        f'class="grow"><strong>{headline}</strong><span class="muted block">{held}</span></span>'
        f'</div><div class="row">{draw_mark(mark)}<span class="grow"><strong>gate / Devin Gate'
        f'</strong> <span class="muted">({escape(EVENTS[run.scenario.event])}) · {ended} after {took}</span>'
        f'</span><span class="end"><code>{escape(run.outcome)}</code> <span class="muted">exit code '
        f"</span><strong>{run.exit_code}</strong></span></div></div>"
    )


def _say_what_it_holds(run: DemoRun) -> str:
    if run.scenario.event == "push":
        return "The check belongs to the commit; there is no pull request"
    if run.exit_code:
        return "Merging is held where this check is required"
    return "Merging is not held by this check"


def _render_annotations(run: DemoRun) -> str:
    found = find_annotations(run.log)
    if not found:
        return ""
    items = "".join(
        f'<li class="row {line.level}">{draw_mark(line.level)}<span class="grow"><strong>'
        f"{escape(line.title)}</strong><br>{escape(line.text)}</span></li>"
        for line in found
    )
    return _section("Annotations", f'<ul class="box rows">{items}</ul>')


def _render_log(run: DemoRun) -> str:
    parts: list[str] = []
    number = 0
    for item in run.log:
        number += 1
        if isinstance(item, Line):
            parts.append(_render_line(item, number))
            continue
        inner = "".join(_render_line(line, number + at) for at, line in enumerate(item.lines, 1))
        parts.append(
            f"<details open><summary><i>{number}</i><span>{escape(item.title)}</span></summary>"
            f"{inner}</details>"
        )
        number += len(item.lines)
    return f'<div class="box log">{"".join(parts)}</div>'


def _render_line(line: Line, number: int) -> str:
    level = f" {line.level}" if line.level else ""
    return f'<div class="line{level}"><i>{number}</i><span>{escape(line.shown)}</span></div>'


def _render_outputs(run: DemoRun) -> str:
    rows = "".join(
        f"<tr><th><code>{escape(name)}</code></th><td>{_render_value(value)}</td></tr>"
        for name, value in run.outputs.items()
    )
    return f'<div class="box"><table class="outputs">{rows}</table></div>'


def _render_value(value: str) -> str:
    return f"<code>{escape(value)}</code>" if value else '<span class="muted">empty</span>'


def _render_events(events: Sequence[Event], run: DemoRun) -> str:
    items = "".join(
        f'<li class="{_CLASSES[event.who]}">'
        f'<span class="muted moment">{int(event.at_s) // 60}:{int(event.at_s) % 60:02}</span>'
        f"<strong>{event.who}</strong> {escape(event.what)}"
        f"{_render_detail(event)}</li>"
        for event in events
    )
    ended = f"{int(run.simulated_s) // 60}:{int(run.simulated_s) % 60:02}"
    last = (
        f'<li class="{_mark_of(run)}"><span class="muted moment">{ended}</span><strong>The step'
        f"</strong> ends, exit code {run.exit_code}</li>"
    )
    took = f"{run.traffic}; all this took {run.real_s:.1f} s of real time."
    return f'<ol class="events">{items}{last}</ol><p class="muted small">{took}</p>'


def _render_detail(event: Event) -> str:
    if event.what == "says":
        return f"<blockquote>{escape(event.detail)}</blockquote>"
    return f" <code>{escape(event.detail)}</code>" if event.detail else ""


def _render_step(scenario: DemoScenario) -> str:
    """Return the step as it stands in the workflow file."""
    given = {"devin_api_key": "${{ secrets.DEVIN_API_KEY }}", **scenario.inputs}
    step = [{"id": "gate", "uses": "./", "with": given}]
    text = yaml.dump(step, Dumper=_BlockDumper, sort_keys=False, allow_unicode=True, width=1000)
    return f'<pre class="box yaml">{escape(text)}</pre>'


class _BlockDumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks, as a person would."""

    def represent_str(self, data: str) -> yaml.ScalarNode:
        """Choose the block form for several lines."""
        style = "|" if "\n" in data else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_BlockDumper.add_representer(str, _BlockDumper.represent_str)
