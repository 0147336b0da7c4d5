"""Nothing that Devin wrote is more than data on a page, and no page is too long."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrypoint.core.documents import Json
from entrypoint.core.outcome import Outcome
from entrypoint.core.progress import Progress
from entrypoint.core.report import COMMENT, SUMMARY, Room, render_page
from entrypoint.core.session import Created, Phase, without_secrets
from entrypoint.core.text import Redactor, Secret, is_web_address, quote
from entrypoint.core.verdict import Verdict
from entrypoint.core.violations import Violation
from entrypoint.errors import Problem
from tests.foreign_text import (
    CANARY,
    SECRETS,
    foreign_addresses,
    foreign_json,
    foreign_words,
    shows_secret,
)
from tests.scenarios import page as github
from tests.unit.builders import (
    API_KEY,
    TRIGGER,
    make_message,
    make_progress,
    make_redactor,
    make_session,
)
from tests.unit.rendering import show

REDACTOR = Redactor(map(Secret, SECRETS))
WORDS = foreign_words(*SECRETS)
VALUES = foreign_json(*SECRETS)
ADDRESSES = st.lists(foreign_addresses(*SECRETS), min_size=1, max_size=2)
PHASES = st.sampled_from(Phase)
OUTCOMES = st.sampled_from(Outcome)
FLAGS = st.booleans()
ROOMS = st.sampled_from([COMMENT, SUMMARY]) | st.builds(
    Room, st.integers(60, 3_000), st.integers(1, 300)
)


@st.composite
def progresses(draw: st.DrawFn) -> Progress:
    """Return what a run knows whose every string came from outside."""
    words, addresses = draw(WORDS), draw(ADDRESSES)
    session = make_session(
        draw(PHASES),
        draw(VALUES),
        status=next(words),
        messages=(make_message(next(words)),),
        pull_requests=tuple(filter(is_web_address, addresses)),
        title=next(words),
    )
    progress = make_progress(without_secrets(session, REDACTOR))
    progress.created = Created("devin-1", REDACTOR.redact(addresses[0]), is_new_session=True)
    progress.trigger = replace(TRIGGER, workflow_path=next(words), job=next(words))
    progress.trouble = f"There is no comment: {quoted(next(words))}"
    if progress.question:
        progress.question = replace(progress.question, head_sha=next(words))
    if draw(FLAGS):
        name, got = REDACTOR.redact(next(words)), quoted(next(words))
        progress.problems = (Problem(name, f"{got} (x)", "y", "z: 1"),)
    return progress


@st.composite
def verdicts(draw: st.DrawFn) -> Verdict:
    """Return a verdict whose sentences quote what came from outside."""
    words = draw(WORDS)
    return Verdict(
        draw(OUTCOMES),
        f"It is {quoted(next(words))}, not {quoted(next(words))}.",
        f"Look at {quoted(next(words))}.",
        (Violation(REDACTOR.redact(next(words)), f"must not be {quoted(next(words))}", "const"),),
        allowed=draw(FLAGS),
    )


def quoted(text: str) -> str:
    """Return a foreign piece as every sentence of ours has it."""
    return quote(REDACTOR.redact(text))


@given(progresses(), verdicts() | st.none(), ROOMS)
def test_nothing_foreign_is_live(progress: Progress, verdict: Verdict | None, room: Room) -> None:
    """No text from outside mentions anybody, loads an image, hides a marker or leaves its place."""
    text = render_page(progress, verdict, 225.0, room, REDACTOR)
    page = github.show(text)
    assert github.find_faults(text) == []
    assert CANARY not in page.prose
    assert len(text) <= room.page or text.count("\n") == 1
    assert shows_secret(text, *SECRETS) is None
    assert shows_secret(page.text, *SECRETS) is None


def test_a_page_over_its_room_loses_whole_sections() -> None:
    """A long answer never costs the verdict its reason, and cuts through no markup."""
    session = make_session(Phase.AWAITING_USER, {"k": "v"}, messages=(make_message("Which?"),))
    whole = show(session, Verdict(Outcome.BLOCKED, "Why.", "Do."))
    order = ["<sub>", "notepad", ">Session<", "#### What Devin says", "<p>Why.</p>"]
    for length in range(len(whole), 60, -7):
        text = show(session, Verdict(Outcome.BLOCKED, "Why.", "Do."), Room(length, 1000))
        present = [mark in text for mark in order]
        assert present == sorted(present)
        assert len(text) <= length or not any(present)
        assert github.find_faults(text) == []
        assert text.startswith("### ✋")


@pytest.mark.parametrize(("room", "most"), [(COMMENT, 60_000), (SUMMARY, 1_048_576)])
def test_the_largest_page_fits(room: Room, most: int) -> None:
    """Whatever Devin writes, GitHub takes the page."""
    session = make_session(
        Phase.AWAITING_USER,
        {str(n) + "<" * 400: "<" * 400 for n in range(30)},
        messages=(make_message("<" * 100_000),),
    )
    progress = make_progress(session)
    progress.problems = tuple(Problem("x", "`" + "<" * 79 + "`", "y", "z") for _ in range(99))
    text = render_page(progress, Verdict(Outcome.BLOCKED, "x"), 225.0, room, make_redactor())
    assert len(text) <= most
    assert text.startswith("### ✋")


@pytest.mark.parametrize(
    "line_break", ["", "\n", "\r\n", " "], ids=["whole", "LF", "CRLF", "blank"]
)
@pytest.mark.parametrize(
    "before", ["", "x" * 280, "x" * 3_980], ids=["start", "cell cut", "text cut"]
)
def test_no_page_shows_a_secret(line_break: str, before: str) -> None:
    """A secret that Devin repeats is not on the page, split or cut, nor half of it."""
    secret = before + API_KEY[:20] + line_break + API_KEY[20:]
    outputs: list[Json] = [{"a": secret, secret: 1}, {"a": [secret]}, secret]
    for output in outputs:
        session = make_session(Phase.AWAITING_USER, output, messages=(make_message(secret),))
        told = without_secrets(session, make_redactor())
        text = show(told, Verdict(Outcome.BLOCKED, f"It was {API_KEY}."))
        assert API_KEY[:12] not in text
        assert API_KEY[20:] not in text
