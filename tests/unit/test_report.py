"""What people read: whole pages, and each part where it belongs."""

from __future__ import annotations

import html
import json
import re

import pytest

from entrypoint.core.answer_page import render_answer
from entrypoint.core.documents import Json
from entrypoint.core.durations import say_duration
from entrypoint.core.outcome import Outcome
from entrypoint.core.progress import Progress
from entrypoint.core.report import COMMENT, ICONS, SUMMARY, render_page
from entrypoint.core.session import Phase
from entrypoint.core.timeline_page import MOST_SHOWN, Moment, render_timeline
from entrypoint.core.verdict import Verdict
from tests.scenarios import page as github
from tests.unit.builders import (
    make_message,
    make_progress,
    make_redactor,
    make_session,
)
from tests.unit.pages import FOLDER, PAGES
from tests.unit.rendering import show


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_the_one_that_was_read(name: str) -> None:
    """A page changes only when somebody has read it: `python -m tests.unit.rewrite_pages`."""
    assert github.find_faults(PAGES[name]()) == []
    assert PAGES[name]() == (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def test_no_page_is_left_over() -> None:
    """Every expected page belongs to an end that is tested."""
    assert {path.stem for path in FOLDER.iterdir()} == set(PAGES)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_each_outcome_has_its_headline(outcome: Outcome) -> None:
    """The first line says what happened, in words, and alike for no two outcomes."""
    first = show(make_session(), Verdict(outcome, "Why.")).split("\n")[0]
    icon, words = ICONS[outcome]
    assert first == f"### {icon} {words}"
    assert ("✅" in first) is (outcome is Outcome.PASSED)
    assert len(set(ICONS.values())) == len(ICONS) == len(Outcome)


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        (None, "⏳ Devin is starting"),
        (Phase.STARTING, "⏳ Devin is starting"),
        (Phase.WORKING, "⏳ Devin is working"),
        (Phase.AWAITING_USER, "✋ Devin has stopped"),
        (Phase.AWAITING_APPROVAL, "✋ Devin is waiting for an approval"),
        (Phase.FINISHED, "⏳ Devin has stopped"),
        (Phase.EXPIRED, "⏳ Devin has stopped"),
    ],
)
def test_while_it_runs_the_phase_is_said(phase: Phase | None, words: str) -> None:
    """Before the end nobody reads a verdict."""
    text = show(make_session(phase) if phase else None, None)
    assert text.startswith(f"### {words}")
    assert "passed" not in text


@pytest.mark.parametrize("allowed", [True, False])
def test_an_allowed_outcome_is_not_called_a_pass(*, allowed: bool) -> None:
    """Who reads a green check that did not pass reads why it is green."""
    verdict = Verdict(Outcome.TIMED_OUT, "Late.", allowed=allowed)
    text = github.show(show(make_session(), verdict)).text
    assert ("Not passed; allowed by allow_outcomes." in text) is allowed


@pytest.mark.parametrize(("inputs", "said"), [({}, "none was set"), ({"max_acu_limit": "7"}, "7")])
def test_the_limit_of_the_bill_is_said(inputs: dict[str, str], said: str) -> None:
    """A run without a limit says so."""
    progress = make_progress(make_session(), **inputs)
    text = render_page(progress, None, 225.0, COMMENT, make_redactor())
    assert ">ACU limit</th>" in text
    assert f"<td>{said}</td>" in text


@pytest.mark.parametrize(
    ("outcome", "shown"),
    [
        (Outcome.BLOCKED, True),
        (Outcome.COMPLETED, True),
        (Outcome.MISSING_OUTPUT, True),
        (Outcome.PASSED, False),
        (Outcome.TIMED_OUT, True),
    ],
)
def test_a_question_is_shown_where_a_person_must_answer(*, outcome: Outcome, shown: bool) -> None:
    """Devin's last message is on the page when somebody has to read it."""
    session = make_session(messages=(make_message("Older?"), make_message("Which one?")))
    text = show(session, Verdict(outcome, "x"))
    assert ("Which one?" in text) is shown
    assert "Older?" not in text


@pytest.mark.parametrize(
    ("output", "tables", "has_json"),
    [
        ({"a": 1, "b": None}, 1, False),
        ([{"a": 1}, {"b": 2}], 1, False),
        ({str(n): n for n in range(30)}, 1, False),
        ({str(n): n for n in range(31)}, 0, True),
        ([{"a": 1}] * 100, 1, False),
        ([{"a": 1}] * 101, 0, True),
        ([{str(n): n for n in range(8)}], 1, False),
        ([{str(n): n for n in range(9)}], 0, True),
        ({"a": 1, "b": [{"c": 2}], "d": {"e": 3}}, 3, False),
        ({"a": 1, "b": [{"c": {"d": 2}}]}, 1, True),
        ({"a": [1, "x", None], "b": []}, 1, False),
        ({"a": [*range(11)]}, 0, True),
        ({"a": "x" * 2000}, 1, False),
        ({"a": "x" * 2001}, 0, True),
        ({"a": {}}, 0, True),
        ([{"a": [[]]}], 0, True),
        ([{}], 0, True),
        ({}, 0, True),
        ([], 0, True),
        ("text", 0, True),
        (0, 0, True),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_an_answer_is_tables_where_they_show_all_of_it(
    *, output: Json, tables: int, has_json: bool
) -> None:
    """What fits into tables is read as tables; where they lack something folded JSON follows."""
    text = render_answer(output, COMMENT.json, whole=False)
    assert text.count("<table>") == tables
    assert ("<details><summary>As JSON</summary>" in text) is has_json


def test_a_long_list_of_findings_is_folded_under_its_name() -> None:
    """Twelve rows are open to read; of more the number stands on the fold."""
    items: list[Json] = [{"a": 1}] * 12
    assert "<p><b>findings</b></p>" in render_answer({"findings": items}, 9_000, whole=False)
    folded = render_answer({"findings": [*items, {"a": 1}]}, 9_000, whole=False)
    assert folded.startswith("<details><summary>findings (13)</summary>\n<table>")


@pytest.mark.parametrize(("length", "shown"), [(90, True), (91, False)])
def test_json_is_shown_whole_or_not_at_all(*, length: int, shown: bool) -> None:
    """Half of an answer looks like an answer; where it is too long its place is named."""
    text = render_answer("x" * (length - 2), 90, whole=True)
    assert ("<pre>" in text) is shown
    assert ("<code>structured_output</code> holds it" in text) is not shown


def test_json_can_be_copied() -> None:
    """No line of it is broken, however long its strings are."""
    value: Json = {"a": [["word " * 60]]}
    text = render_answer(value, COMMENT.json, whole=False)
    (inner,) = re.findall("<pre>(.*)</pre>", text)
    assert json.loads(html.unescape(inner)) == value


def test_a_list_of_objects_has_a_column_for_each_name() -> None:
    """Rows that lack a name leave its cell empty."""
    text = show(make_session(output=[{"a": 1}, {"b": "x"}]), None)
    assert '<tr><th align="left">a</th><th align="left">b</th></tr>' in text
    assert "<tr><td>1</td><td></td></tr>" in text
    assert "<tr><td></td><td>x</td></tr>" in text


def test_the_summary_has_the_whole_answer_and_how_it_went() -> None:
    """There is room for it there, and not in the comment."""
    progress = make_progress(make_session(output={"a": 1}))
    progress.moments = [Moment(100.0, "Devin was asked"), Moment(106.0, "Devin is working")]
    verdict = Verdict(Outcome.PASSED, "x")
    summary, comment = (
        render_page(progress, verdict, 225.0, room, make_redactor()) for room in (SUMMARY, COMMENT)
    )
    assert "<td>0 s</td><td>Devin was asked</td><td>6 s</td>" in summary
    assert "<td>6 s</td><td>Devin is working</td><td>1 min 59 s</td>" in summary
    assert "<td>2 min 5 s</td><td><b>passed</b></td>" in summary
    assert "As JSON" in summary
    assert "Devin was asked" not in comment
    assert "As JSON" not in comment


def test_of_very_many_moments_the_latest_are_shown() -> None:
    """A session that went back and forth for three days has a summary all the same."""
    moments = [Moment(float(n), f"moment {n}") for n in range(MOST_SHOWN + 2)]
    text = render_timeline(moments, 0.0, 99.0, "passed")
    assert "2 earlier moments are in the log." in text
    assert "moment 1<" not in text
    assert "moment 2<" in text


@pytest.mark.parametrize(
    ("inputs", "named"),
    [
        ({}, ""),
        ({"comment_key": "security"}, "security"),
        ({"matrix": '{"package": "web/shop", "python": 3.13}'}, "web/shop, 3.13"),
        ({"matrix": '{"package": "web"}', "comment_key": "security"}, "security"),
        ({"matrix": '{"include": {"deep": [1]}}'}, ""),
        ({"comment_key": "0123456789abcdef" * 2}, ""),
    ],
)
@pytest.mark.parametrize("verdict", [Verdict(Outcome.PASSED, "x"), None], ids=["end", "working"])
def test_two_gates_on_one_pull_request_are_told_apart(
    verdict: Verdict | None, inputs: dict[str, str], named: str
) -> None:
    """The heading bears the name that the team gave the gate, or its matrix leg."""
    progress = make_progress(make_session(Phase.WORKING), **inputs)
    text = render_page(progress, verdict, 225.0, COMMENT, make_redactor())
    words = "✅ Devin Gate passed" if verdict else "⏳ Devin is working"
    assert github.show(text).headings[0] == words
    assert text.startswith(f"<h3>{words} · <code>{named}</code></h3>" if named else f"### {words}")


def test_a_run_that_knows_nothing_has_a_page() -> None:
    """The earliest error is told with its reason and what to do."""
    verdict = Verdict(Outcome.ERROR, "The `x` is missing.", "Set `x`.")
    text = render_page(Progress(began_s=0.0), verdict, 1.0, SUMMARY, make_redactor())
    assert "The <code>x</code> is missing." in text
    assert "Set <code>x</code>." in text


@pytest.mark.parametrize(
    ("duration_s", "said"),
    [
        (-1.0, "0 s"),
        (0.0, "0 s"),
        (59.999, "59 s"),
        (60.0, "1 min"),
        (725.0, "12 min 5 s"),
        (3599.0, "59 min 59 s"),
        (3600.0, "1 h"),
        (3780.0, "1 h 3 min"),
        (259_200.0, "72 h"),
    ],
)
def test_durations_are_said_as_a_person_says_them(duration_s: float, said: str) -> None:
    """Nobody has to divide by sixty."""
    assert say_duration(duration_s) == said
