"""What people read: whole pages, and each part where it belongs."""

from __future__ import annotations

from typing import Any

import pytest

from entrypoint.core.outcome import Outcome
from entrypoint.core.progress import Progress
from entrypoint.core.report import COMMENT, ICONS, SUMMARY, render_page, say_duration
from entrypoint.core.session import Phase
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
    assert f"ACU limit</th><td>{said}</td>" in text


@pytest.mark.parametrize(
    ("outcome", "shown"),
    [
        (Outcome.BLOCKED, True),
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
    ("output", "table"),
    [
        ({"a": 1, "b": None}, True),
        ([{"a": 1}, {"b": 2}], True),
        ({str(n): n for n in range(30)}, True),
        ({str(n): n for n in range(31)}, False),
        ([{"a": 1}] * 50, True),
        ([{"a": 1}] * 51, False),
        ({"a": {}}, False),
        ([{"a": []}], False),
        ({}, False),
        ([], False),
        ("text", False),
        (0, False),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_flat_values_are_tables(*, output: Any, table: bool) -> None:  # noqa: ANN401 - any JSON, or any field
    """What fits into a table is read as one, everything else is folded JSON."""
    text = show(make_session(output=output), Verdict(Outcome.PASSED, "x"))
    section = text.partition("#### Structured output\n\n")[2]
    assert section.startswith("<table>" if table else "<details>")


def test_a_list_of_objects_has_a_column_for_each_name() -> None:
    """Rows that lack a name leave its cell empty."""
    text = show(make_session(output=[{"a": 1}, {"b": "x"}]), None)
    assert "<tr><th><code>a</code></th><th><code>b</code></th></tr>" in text
    assert "<tr><td><code>1</code></td><td></td></tr>" in text
    assert "<tr><td></td><td><code>x</code></td></tr>" in text


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
        (3600.0, "1 h 0 min"),
        (3780.0, "1 h 3 min"),
        (259_200.0, "72 h 0 min"),
    ],
)
def test_durations_are_said_as_a_person_says_them(duration_s: float, said: str) -> None:
    """Nobody has to divide by sixty."""
    assert say_duration(duration_s) == said
