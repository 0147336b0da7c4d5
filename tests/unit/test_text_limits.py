"""How long a foreign piece may be wherever it stands, where it is broken, and how it is marked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from entrypoint.core.text import (
    Secret,
    clean,
    escape_html,
    html_code,
    html_link,
    html_prose,
    html_sentence,
    html_words,
    is_web_address,
    log_line,
    quote,
    quote_json,
)

SITE = "https://a.test/"


@pytest.mark.parametrize(
    ("render", "limit", "before", "after"),
    [
        pytest.param(quote, 120, "`", "`", id="in a sentence"),
        pytest.param(log_line, 500, "", "", id="in the log"),
        pytest.param(html_code, 300, "<code>", "</code>", id="beside our words"),
        pytest.param(html_words, 300, "", "", id="words"),
        pytest.param(html_prose, 4_000, "<blockquote>", "</blockquote>", id="a message"),
        pytest.param(html_sentence, 2_000, "", "", id="a whole sentence"),
    ],
)
def test_each_place_has_its_limit(
    render: Callable[[str], str], limit: int, before: str, after: str
) -> None:
    """A text that fits is shown whole; of a longer one the end is seen to be missing."""
    assert render("x" * limit) == before + "x" * limit + after
    assert render("x" * (limit + 1)) == before + "x" * (limit - 1) + "…" + after


@pytest.mark.parametrize("render", [quote, log_line, html_code, html_words])
def test_a_place_with_less_room_says_so(render: Callable[[str, int], str]) -> None:
    """The limit that a caller names holds for words and for what is none."""
    assert ("x" * 59 + "…") in render("x" * 61, 60)
    assert ("#" * 59 + "…") in render("#" * 61, 60)


def test_a_sentence_that_is_all_foreign_has_the_same_limit() -> None:
    """Whose words they are does not matter to their number."""
    assert html_sentence("`" + "x" * 1_999) == "<code>`" + "x" * 1_999 + "</code>"
    assert html_sentence("`" + "x" * 2_000) == "<code>`" + "x" * 1_998 + "…</code>"


@pytest.mark.parametrize(
    ("foreign", "quoted"),
    [("word", "`word`"), ("", "` `"), ("a`b``c", "`a'b''c`"), (" a\n b ", "`a b`")],
)
def test_a_foreign_piece_stands_between_two_backticks(foreign: str, quoted: str) -> None:
    """In a sentence of ours there is no doubt where Devin's words begin and end."""
    assert quote(foreign) == quoted


@pytest.mark.parametrize(
    ("json", "quoted"),
    [
        ('"πέντε😀"', '`"πέντε😀"`'),
        ('"a\u200bb\u202ec"', '`"a\\u200bb\\u202ec"`'),
        ('"`"', '`"\'"`'),
    ],
)
def test_what_nobody_sees_in_json_is_shown_as_an_escape(json: str, quoted: str) -> None:
    """What is visible stays as it was written."""
    assert quote_json(json) == quoted


def test_a_command_in_the_log_is_broken_and_readable() -> None:
    """What Devin wrote is still read, with one blank more."""
    assert log_line("see ##[error]x ##[ and ::error::") == "see ## [error]x ## [ and ::error::"


@pytest.mark.parametrize("odd", ["\ue000", "\u0378", "\U000e0041", "\ufff9"])
def test_characters_without_a_meaning_are_gone(odd: str) -> None:
    """Private, unassigned, tag and annotation characters show different readers different texts."""
    assert clean(f"a{odd}b") == "ab"


@pytest.mark.parametrize(("length", "is_one"), [(2_000, True), (2_001, False)])
def test_an_address_may_have_2000_characters(*, length: int, is_one: bool) -> None:
    """A longer address is no link."""
    address = SITE + "a" * (length - len(SITE))
    assert is_web_address(address) is is_one
    assert html_link(address).startswith("<a " if is_one else "<code>")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        pytest.param(
            SITE + "?to=https://b.test", "a.test/?to=https://b.test", id="an address in it"
        ),
        pytest.param(SITE + "x" * 93, "a.test/" + "x" * 93, id="100 characters"),
        pytest.param(SITE + "x" * 94, "a.test/" + "x" * 92 + "…", id="one more"),
    ],
)
def test_a_link_shows_its_host_first(address: str, shown: str) -> None:
    """Nobody is led astray by an address inside an address, or by a long one."""
    assert html_link(address) == f'<a href="{address}">{shown}</a>'


def test_what_html_reads_is_escaped() -> None:
    """Quotation marks too, since an address stands between them."""
    escaped = "&lt;a href=&quot;x&quot; id=&#x27;y&#x27;&gt;&amp;&lt;/a&gt;"
    assert escape_html("""<a href="x" id='y'>&</a>""") == escaped


def test_a_hidden_secret_is_three_asterisks() -> None:
    """As in the runner's own log."""
    assert f"{Secret('apk_user_1234567890')}" == "***"
