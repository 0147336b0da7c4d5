"""Nothing that Devin wrote is more than data on a page, and no page is too long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrypoint.core.documents import Json
from entrypoint.core.outcome import Outcome
from entrypoint.core.report import COMMENT, SUMMARY, Room, render_page
from entrypoint.core.session import Phase, without_secrets
from entrypoint.core.verdict import Verdict
from entrypoint.core.violations import Violation
from entrypoint.errors import Problem
from tests.unit.builders import (
    API_KEY,
    SESSION_URL,
    make_message,
    make_progress,
    make_redactor,
    make_session,
)
from tests.unit.rendering import Page, show

NASTY = st.lists(
    st.sampled_from(
        [
            "@octo/team", "#12", "![x](https://evil.test/x.png)", "<img src=x>", "<!-- devin-gate",
            "-->", "</pre>", "</code>", "</td></tr></table>", "\n\n", "\n", "\r", "```", "`", "|",
            "Fixes #1", "/deploy", "!x", "[a](b)", "- [ ] x", "https://evil.test", "&#64;", "@devin",
        ]
    )
    | st.text(max_size=8),
    max_size=8,
).map("".join)  # fmt: skip
NASTY_JSON = st.recursive(
    NASTY | st.integers() | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NASTY, inner, max_size=4),
    max_leaves=8,
)


OURS = {"h3", "h4", "p", "ul", "li", "table", "tr", "td", "th", "code", "pre", "a", "details", "summary", "sub", "b"}  # fmt: skip


@given(NASTY_JSON, NASTY, NASTY, st.sampled_from([COMMENT, SUMMARY]))
def test_nothing_foreign_is_live(output: Json, message: str, word: str, room: Room) -> None:
    """No text of Devin's mentions anybody, loads an image, hides a marker or leaves its place."""
    session = make_session(
        Phase.AWAITING_USER,
        output,
        messages=(make_message(message),),
        pull_requests=("https://github.com/a/b/pull/1",),
    )
    violation = Violation(word, "must be `1`", "const")
    for verdict in (
        Verdict(Outcome.BLOCKED, "Devin stopped."),
        Verdict(Outcome.INVALID_OUTPUT, "It breaks.", violations=(violation,)),
        None,
    ):
        text = show(session, verdict, room)
        page = Page(text)
        assert page.tags <= OURS
        assert page.comments == 0
        assert "@" not in page.live.replace(" @ ", "")
        assert "#" not in page.live
        assert "evil" not in page.live
        assert all(link.startswith(("https://github.com/", SESSION_URL)) for link in page.links)
        assert not [line for line in text.split("\n") if line.startswith(("/", "!"))]


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
        for tag in ("table", "details", "p", "pre"):
            assert text.count(f"<{tag}>") == text.count(f"</{tag}>")
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
