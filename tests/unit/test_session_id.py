"""`session_id`: an ID or a web address, and nothing beside it that is for a new session."""

from __future__ import annotations

import pytest

from entrypoint.core.settings import parse_settings
from entrypoint.errors import Problem
from tests.unit.builders import parse, required

DIGITS = "0123456789abcdef0123456789abcdef"
FULL = f"devin-{DIGITS}"


def problems_of(**inputs: str) -> dict[str, Problem]:
    """Return the problems of a step that names a session, by input."""
    given = {name: text for name, text in required(**inputs).items() if text}
    return {problem.name: problem for problem in parse(given)[1]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (FULL, FULL),
        (DIGITS, FULL),
        (f"https://app.devin.ai/sessions/{DIGITS}", FULL),
        (f"https://app.devin.ai/sessions/{FULL}", FULL),
        (f"https://app.devin.ai/sessions/{DIGITS}/", FULL),
        (f"https://app.devin.ai/sessions/{DIGITS}?tab=shell#top", FULL),
        (f"https://acme.devinenterprise.com/org/acme/sessions/{DIGITS}", FULL),
        ("some-other-id", "some-other-id"),
    ],
)
def test_an_id_or_a_web_address_is_taken(text: str, expected: str) -> None:
    """Paths of the API want the prefix that web addresses drop."""
    given = {"devin_api_key": "apk_user_x", "github_token": "ghs_x", "session_id": text}
    settings, problems = parse_settings(given, {}, ())
    assert (settings.session_id, settings.prompt, problems) == (expected, "", ())


@pytest.mark.parametrize(
    "text",
    [
        "a b",
        "https://app.devin.ai/",
        "https://app.devin.ai/sessions/",
        f"https://app.devin.ai/sessions/{DIGITS}/../../x",
        f"ftp://app.devin.ai/sessions/{DIGITS}",
        "../x",
        "x" * 129,
        "a\nb",
    ],
)
def test_anything_else_is_explained(text: str) -> None:
    """Nothing that could change the path of a request is taken."""
    problem = problems_of(session_id=text, prompt="")["session_id"]
    assert "neither an ID nor a web address" in problem.got


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("prompt", "Review."),
        ("title", "x"),
        ("tags", "x"),
        ("snapshot_id", "x"),
        ("playbook_id", "x"),
        ("max_acu_limit", "5"),
        ("unlisted", "true"),
        ("secret_ids", "none"),
        ("knowledge_ids", "none"),
        ("idempotent", "false"),
    ],
)
def test_what_is_for_a_new_session_cannot_stand_beside_it(name: str, text: str) -> None:
    """Nobody is left to believe that a limit or a prompt was applied."""
    problems = problems_of(**{"session_id": FULL, "prompt": "", name: text})
    assert problems.keys() == {name}
    assert "no session is created" in problems[name].got


def test_without_a_prompt_and_a_session_nothing_is_asked() -> None:
    """The team reads which of the three to set."""
    [problem] = problems_of(prompt="").values()
    assert "`session_id`" in problem.got
