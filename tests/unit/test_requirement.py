"""What a rule asks for, as a person says it."""

from __future__ import annotations

import pytest

from entrypoint.core.requirement import say_requirement


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ('output.risk == "low"', '`risk` must be `"low"`'),
        ("output.risk=='low'", "`risk` must be `'low'`"),
        ('output.risk != "high"', '`risk` must not be `"high"`'),
        ("output.score >= 3.5", "`score` must be at least `3.5`"),
        ("output.score <= -1", "`score` must be at most `-1`"),
        ("output.score > 3", "`score` must be more than `3`"),
        ("output.score < 3", "`score` must be less than `3`"),
        ('output.risk in ["low", "medium"]', '`risk` must be one of `["low", "medium"]`'),
        ("output.tests.pass", "`tests.pass` must be `true`"),
        ("output.tests.pass == true", "`tests.pass` must be `true`"),
        ("!output.breaking", "`breaking` must be `false`"),
        ("session.acus_consumed <= 5", "`session.acus_consumed` must be at most `5`"),
        ("pull_request == null", "`pull_request` must be `null`"),
        ("output == []", "`output == []` must be true"),
        ("output.a == output.b", "`output.a == output.b` must be true"),
        ('output.a == "x" || output.b', '`output.a == "x" || output.b` must be true'),
        ("!output.a && true", "`!output.a && true` must be true"),
        ("size(output.a) == 1", "`size(output.a) == 1` must be true"),
        ("output.a == 1 + 1", "`output.a == 1 + 1` must be true"),
        ('output.a in ["x"].map(y, y)', '`output.a in ["x"].map(y, y)` must be true'),
        (r'output.a == "\n"', r'`output.a == "\n"` must be true'),
        ("output.a inside", "`output.a inside` must be true"),
        ("output.a == `x`", "`output.a == 'x'` must be true"),
    ],
)  # fmt: skip
def test_a_simple_rule_is_said_in_words(rule: str, words: str) -> None:
    """One value against literals becomes a sentence; anything else is quoted as it is."""
    assert say_requirement(rule) == words
