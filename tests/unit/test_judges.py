"""The judges of foreign text see what they are there to see: a judge that passes all proves nothing."""

from __future__ import annotations

import base64

import pytest

from tests.foreign_text import API_KEY, DISGUISES, TOKEN, shows_secret
from tests.scenarios.page import find_faults, show


@pytest.mark.parametrize(
    ("markdown", "fault"),
    [
        ("@octocat", "mention"),
        ("<p>@org/team</p>", "mention"),
        ("x #12", "reference"),
        ("gh-12", "reference"),
        ("5b7c0a1d2e3f", "commit"),
        ("<p>https://evil.test</p>", "address"),
        ("<p>www.evil.test</p>", "address"),
        ("https://evil.test", "shown as https://evil.test"),
        (":smile:", "emoji"),
        ('<p><a href="https://evil.test/:a:">evil.test/:a:</a></p>', "emoji"),
        ("$x$", "formula"),
        ("![x](https://evil.test/x.png)", "tag img"),
        ("![x][y]\n\n[y]: //evil.test", "tag img"),
        ("# x", "tag h1"),
        ("x\n===", "tag h1"),
        ("- [ ] x", "tag input"),
        ("> x", "tag blockquote"),
        ("*x*", "tag em"),
        ("<p onclick=x>x</p>", "tag p[onclick]"),
        ("<p>x", "crooked p"),
        ("<p>x</b></p>", "crooked b"),
        ("<p><code>x\n\n</code></p>", "crooked"),
        ("x <!-- y -->", "remark y"),
        ("<!-- devin-gate key=x -->\n<!-- devin-gate key=y -->", "remark devin-gate key=y"),
        ("<!DOCTYPE x>", "tag !DOCTYPE x"),
        ("[x](https://evil.test)", "shown as x"),
        ('<p><a href="https://evil.test/x">evil.test</a></p>', "shown as evil.test"),
        ('<p><a href="https://a.test.evil.test/x">a.test…</a></p>', "shown as a.test…"),
        ('<p><a href="javascript:x">x</a></p>', "shown as x"),
        ("<pre>x</pre>\n/merge", "line /merge"),
        ("!approve", "line !approve"),
        ("<p><code>@devin</code></p>", "raw mention @devin"),
        ("<p>x\u202ey</p>", "character '\\u202e'"),
    ],
)
def test_what_is_live_on_a_page_is_found(markdown: str, fault: str) -> None:
    """Each way in which a text is more than text has its word."""
    assert fault in "\n".join(find_faults(markdown))


@pytest.mark.parametrize(
    "markdown",
    [
        "### x",
        "<!-- devin-gate key=x run=1 attempt=1 -->\n### x\n\n<p>x <code>&#64;devin #1</code></p>\n",
        "<pre>&#64;devin&#10;&#10;![x](y)</pre>",
        '<p><a href="https://a.test/x?y#z">a.test/x?y#z</a></p>',
        '<p><a href="https://a.test/xyz"><code>a.test/x…</code></a></p>',
        "<p>See https://status.devin.ai.</p>",
    ],
)
def test_what_is_ours_is_no_fault(markdown: str) -> None:
    """What our pages are made of passes."""
    assert find_faults(markdown) == []


def test_foreign_words_that_got_loose_are_seen() -> None:
    """The text outside of code is told from the text inside."""
    page = show("<p>a <code>b</code> <a href='https://c.test'>c.test</a></p>\n\nd")
    assert (page.loose.split(), page.linked, page.text) == (["a", "d"], "c.test", "a b c.test d")


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("secret", [API_KEY, TOKEN])
def test_each_disguise_tells_the_secret(disguise: str, secret: str) -> None:
    """Whoever decodes finds it, in the middle of other text too; without it nothing is found."""
    written = DISGUISES[disguise](secret)
    assert shows_secret(f"see {written} here", API_KEY, TOKEN)
    assert shows_secret(f"see {written[:9]} here", API_KEY, TOKEN) is None
    assert shows_secret(base64.b64encode(b"something else").decode(), API_KEY, TOKEN) is None
