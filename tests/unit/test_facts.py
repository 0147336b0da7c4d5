"""What a rule knows, and what cannot be handed to it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from entrypoint.core.documents import Json
from entrypoint.core.event import PullRequest
from entrypoint.core.facts import FIELDS, find_unusable, state_facts
from entrypoint.core.session import Phase
from tests.unit.builders import HEAD_SHA, PULL_REQUEST, SESSION_URL, make_session

WHOLE = replace(PULL_REQUEST, draft=False, labels=("bug", "ü"))


def test_the_facts_are_those_that_the_readme_names() -> None:
    """Every field that a rule may name is there, with what Devin and GitHub said."""
    session = make_session(
        Phase.AWAITING_USER, {"risk": "low"}, status="blocked", pull_requests=(SESSION_URL,)
    )
    facts = state_facts(session, SESSION_URL, WHOLE, 125.9)
    assert facts == {
        "output": {"risk": "low"},
        "session": {
            "status": "blocked",
            "phase": "awaiting_user",
            "url": SESSION_URL,
            "duration_seconds": 125,
            "acus_consumed": None,
            "pull_requests": [SESSION_URL],
        },
        "pull_request": {
            "number": 12,
            "head_sha": HEAD_SHA,
            "base_ref": "main",
            "author": "octocat",
            "draft": False,
            "labels": ["bug", "ü"],
        },
    }
    named = {name: tuple(facts[name]) for name in FIELDS}  # type: ignore[arg-type]
    assert named == FIELDS


def test_what_is_not_known_is_left_out() -> None:
    """A rule about an unknown author cannot come true because the unknown is empty."""
    known = state_facts(make_session(), "", PullRequest(12, HEAD_SHA, "main"), 0.0)
    assert known["pull_request"] == {"number": 12, "head_sha": HEAD_SHA, "base_ref": "main"}
    assert state_facts(make_session(), "", None, 0.0)["pull_request"] is None


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ("plain, é, 😀, \n and \u202e", None),
        ({"a": [1, 2.5, None, True, {"b": "x"}]}, None),
        (2**64 - 1, None),
        (-(2**63), None),
        (2**64, "o"),
        (-(2**63) - 1, "o"),
        ("low\0", "o"),
        ("\ud800", "o"),
        ({"a": [1, {"b": "x\0"}]}, "o.a[1].b"),
        ({"a": {"b\0": 1}}, "o.a"),
        ({"\udfff": 1}, "o"),
        ([[], {}, [10**30]], "o[2][0]"),
    ],
    ids=ascii,
)
def test_what_the_library_would_change_is_found(value: Json, where: str | None) -> None:
    """A text that would be cut, and a number that does not fit, are named by their place."""
    found = find_unusable({"o": value, "z": "\0"} if where else {"o": value})
    assert (found[0] if found else None) == where
