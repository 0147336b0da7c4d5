"""Foreign text is inert in the log and on a page, whatever it holds."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from entrypoint.core.text import (
    MASK,
    Secret,
    clean,
    cut,
    escape_data,
    escape_property,
    html_code,
    html_link,
    html_pre,
    html_prose,
    html_sentence,
    html_words,
    is_web_address,
    log_line,
    one_line,
    quote,
)
from tests.foreign_text import foreign
from tests.runner_model import read_commands
from tests.scenarios.page import find_faults, read_html, show

NASTY = foreign(pieces=12)
TRICKS = ("#\x1b[0m#[add-mask]x", "#\u200b#[add-mask]x", "\r::error::x", "\u2028::error::x")


def is_inert(text: str, *, breaks: str = "") -> bool:
    """Tell whether no character of the text steers a terminal, a browser or the eye."""
    return all(
        char in breaks or unicodedata.category(char)[0] != "C" or char == "\t" for char in text
    )


@given(NASTY)
@example(TRICKS[0])
@example(TRICKS[1])
@example(TRICKS[2])
@example(TRICKS[3])
def test_no_line_of_the_log_is_a_command(foreign: str) -> None:
    """Nothing that Devin writes is taken by the runner for a command of the workflow."""
    line = f"Devin says: {log_line(foreign)}"
    assert read_commands(line) == []
    assert "##[" not in line
    assert len(line.splitlines()) == 1
    assert is_inert(line)


@given(NASTY)
@example(TRICKS[2])
def test_clean_text_has_no_control_characters(foreign: str) -> None:
    """A terminal and a reader's eye see the letters that are there, in the order they are."""
    text = clean(foreign)
    assert is_inert(text, breaks="\n")
    assert clean(text) in (text, text.removesuffix("\n"))


@pytest.mark.parametrize(
    ("foreign", "shown"),
    [
        pytest.param("\x1b[1;31mred\x1b[0m", "red", id="colour"),
        pytest.param("\x1b]0;title\x07x", "x", id="window title"),
        pytest.param("a\u202eb\u2066c", "abc", id="right to left"),
        pytest.param("ad\u200bmin\ufeff", "admin", id="zero width"),
        pytest.param("a\x00b\x08c\x7f", "abc", id="control characters"),
        pytest.param("a\ud800b", "ab", id="lone surrogate"),
        pytest.param("a\r\nb\rc\u2028d\x85e", "a\nb\nc\nd\ne", id="line breaks"),
        pytest.param("a\tb", "a\tb", id="tab"),
        pytest.param("Grüße 你好 🎉", "Grüße 你好 🎉", id="letters of the world"),
    ],
)
def test_text_is_cleaned(foreign: str, shown: str) -> None:
    """What is shown is what can be read; real letters stay."""
    assert clean(foreign) == shown


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        pytest.param("abcde", 5, "abcde", id="fits exactly"),
        pytest.param("abcdef", 5, "abcd…", id="one too long"),
        pytest.param("abc def", 5, "abc…", id="no blank before the ellipsis"),
        pytest.param("", 5, "", id="nothing"),
    ],
)
def test_text_is_cut(text: str, limit: int, shown: str) -> None:
    """A cut is seen as a cut, and nothing is longer than its limit."""
    assert cut(text, limit) == shown


@given(NASTY, st.integers(1, 50))
def test_one_line_keeps_its_limit(foreign: str, limit: int) -> None:
    """A million characters of Devin's take one short line."""
    line = one_line(foreign, limit)
    assert len(line) <= limit
    assert "\n" not in line
    assert "  " not in line


def test_a_log_line_has_500_characters() -> None:
    """One message fills one line of the log, and no more than that."""
    assert len(log_line("x" * 1_000_000)) == 500


@given(NASTY)
def test_a_quotation_ends_where_it_seems_to_end(foreign: str) -> None:
    """Our own words in a sentence cannot be mistaken for Devin's, nor Devin's for ours."""
    quoted = quote(foreign)
    assert quoted[0] == quoted[-1] == "`"
    assert "`" not in quoted[1:-1]
    assert 3 <= len(quoted) <= 122
    assert len(quoted.splitlines()) == 1


@pytest.mark.parametrize(
    ("render", "tags"),
    [
        pytest.param(html_code, {"code"}, id="code"),
        pytest.param(html_pre, {"pre"}, id="pre"),
        pytest.param(lambda text: html_sentence(f"It {quote(text)}."), {"code"}, id="quoted"),
        pytest.param(html_link, {"a", "a[href]", "code"}, id="link"),
        pytest.param(
            lambda text: html_link(f"https://{text}"), {"a", "a[href]", "code"}, id="host"
        ),
    ],
)
@given(foreign=NASTY)
def test_foreign_text_stays_in_its_html(
    render: Callable[[str], str], tags: set[str], foreign: str
) -> None:
    """On the page nothing foreign becomes Markdown, a tag, an image, a mention or a marker."""
    html = render(foreign)
    block = f"<table>\n<tr><td>{html}</td></tr>\n</table>\n"
    assert "\n" not in html
    assert find_faults(block) == []
    page = show(block)
    assert page.tags - {"table", "tr", "td"} <= tags
    assert page.loose.strip() in ("", "It .")


@given(st.text(st.characters(categories=["L", "N", "P", "S"])))
def test_readers_see_the_very_words(foreign: str) -> None:
    """What Devin wrote is read on the page letter by letter, `<` and `&` too."""
    assert read_html(html_pre(foreign)).text == foreign
    assert read_html(html_code(foreign, 10_000)).text == foreign


def test_lines_stay_lines_on_the_page() -> None:
    """Devin's paragraphs are read as paragraphs, though no blank line stands in the source."""
    assert html_pre("a\n\nb") == "<pre>a&#10;&#10;b</pre>"


def test_an_unpaired_backtick_makes_all_of_it_foreign() -> None:
    """Where it cannot be told whose the words are, none is trusted."""
    assert html_sentence("a `b <i>") == "<code>a `b &lt;i&gt;</code>"
    assert html_sentence("a `b` c") == "a <code>b</code> c"


@pytest.mark.parametrize(
    ("address", "is_one"),
    [
        pytest.param("https://app.devin.ai/sessions/1?x=1#y", True, id="https"),
        pytest.param("http://127.0.0.1:8080/x", True, id="http"),
        pytest.param("https://[::1]:80", True, id="IPv6"),
        pytest.param("javascript:alert(1)", False, id="javascript"),
        pytest.param("https://github.com@evil.test/", False, id="user part"),
        pytest.param("https://e vil.test/", False, id="blank"),
        pytest.param("https://evil.test/\n", False, id="line break"),
        pytest.param("https://gïthub.com/", False, id="look-alike letters"),
        pytest.param("//evil.test", False, id="no scheme"),
        pytest.param("https:///x", False, id="no host"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_only_plain_addresses_are_links(*, address: str, is_one: bool) -> None:
    """A link leads where it says it leads; anything else is text."""
    assert is_web_address(address) is is_one
    assert ("a" in read_html(html_link(address)).tags) is is_one


def test_a_link_shows_its_address() -> None:
    """Nobody follows a link without having seen its host, all of it."""
    found = read_html(html_link('https://evil.test/"><img/src=x>'))
    assert (found.tags, found.text) == ({"a", "a[href]"}, 'evil.test/"><img/src=x>')
    assert (
        read_html(html_link("https://evil.test/" + "a" * 200)).text == "evil.test/" + "a" * 89 + "…"
    )
    host = "github.com." + "a." * 60 + "evil.test"
    assert read_html(html_link(f"https://{host}/x")).text == f"{host}…"


def test_a_link_shows_no_emoji() -> None:
    """Inside a link GitHub still looks for emoji, so an address with two colons is code."""
    found = read_html(html_link("https://evil.test/:octocat:"))
    assert (found.linked, found.text) == ("", "evil.test/:octocat:")


def test_no_bot_finds_its_name_in_the_source() -> None:
    """Bots look for `@name` in what a comment was written as; readers see it all the same."""
    assert html_code("@devin go") == "<code>&#64;devin go</code>"
    assert html_pre("@devin go") == "<pre>&#64;devin go</pre>"
    assert html_sentence("It says `@devin go`.") == "It says <code>&#64;devin go</code>."
    assert read_html(html_code("@devin go")).text == "@devin go"


@given(NASTY, NASTY)
def test_an_escaped_message_is_read_back(message: str, title: str) -> None:
    """An annotation says what it was meant to say, and is one command."""
    line = f"::error title={escape_property(title)}::{escape_data(message)}"
    assert "\n" not in line
    assert "\r" not in line
    commands = read_commands(line)
    assert len(commands) == 1
    assert commands[0].data == message


@pytest.mark.parametrize(
    ("text", "data", "value"),
    [
        pytest.param("100%", "100%25", "100%25", id="percent"),
        pytest.param("a\r\nb", "a%0D%0Ab", "a%0D%0Ab", id="line break"),
        pytest.param("a:b,c", "a:b,c", "a%3Ab%2Cc", id="colon and comma"),
        pytest.param("%0A", "%250A", "%250A", id="an escape in the text"),
    ],
)
def test_messages_are_escaped_as_the_runner_reads_them(text: str, data: str, value: str) -> None:
    """An annotation shows the text as it was, never half of it."""
    assert escape_data(text) == data
    assert escape_property(text) == value


def test_a_secret_hides_itself() -> None:
    """No log, traceback or error message of ours can print a key by accident."""
    secret = Secret("apk_user_1234567890")
    assert f"{secret} {secret!r} {[secret]}" == f"{MASK} {MASK} [{MASK}]"
    assert secret.reveal() == "apk_user_1234567890"
    assert not Secret("")
    assert secret


@pytest.mark.parametrize(
    "text",
    [
        "Prices are cached per list and currency; entries expire after five minutes.",
        "low",
        "Äpfel, 12 Stück (80%)",
        "Two problems: a, b.",
        "3.13",
        "",
    ],
)
def test_prose_is_shown_as_prose(text: str) -> None:
    """What is nothing but words needs no frame."""
    assert html.unescape(html_words(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        *("@octocat", "see #12", "GH-12", "TICKET-12", "x12", "5b7c0a1d2e3f", "DEADBEEF"),
        *("https://evil.test", "www.evil.test", "WWW.evil.test", ":smile:", "$x$", "a/b", "a*b*"),
        *("<b>", "a & b", "`x`", "a|b", "✅ passed", "a\u0301", "[a](b)", "!x\\", "~a~", "a:b"),
    ],
)
def test_what_may_mean_something_to_github_is_code(text: str) -> None:
    """A mention, a reference, an address, an emoji, or what a team makes links of."""
    assert html_words(text).startswith("<code>")


def test_an_address_of_ours_may_be_shown_by_words() -> None:
    """Or by its beginning, as long as its host is whole."""
    address = "https://app.devin.ai/sessions/0123456789abcdef"
    assert html_link(address, words="this run") == f'<a href="{address}">this run</a>'
    assert html_link(address, 20) == f'<a href="{address}">app.devin.ai/sessio…</a>'
    assert html_link(address, 3) == f'<a href="{address}">app.devin.ai…</a>'
    assert html_link("javascript:x", words="this run") == "<code>javascript:x</code>"


def test_a_message_is_broken_where_the_window_ends() -> None:
    """Its lines and their indents stay, and what may mean something to GitHub is code."""
    message = "May it be old, as docs/prices.md says?\n\n\t1. No  more:\n  @x y #1 #2"
    assert html_prose(message) == (
        "<blockquote>May it be old, as <code>docs/prices.md</code> says?<br><br>"
        "\xa0\xa0\xa0\xa01. No more:<br>"
        "\xa0\xa0<code>&#64;x</code> y <code>#1 #2</code></blockquote>"
    )


@pytest.mark.parametrize("odd", ["@\n", "\t@\n", "a @ ", "\t&"])
def test_a_message_always_fits_into_a_comment(odd: str) -> None:
    """However Devin writes, a question is not left out because its HTML is too long."""
    assert len(html_prose(odd * 4_000)) < 50_000


@given(NASTY)
def test_a_message_keeps_its_words_and_is_inert(foreign: str) -> None:
    """A reader reads each of them, in their order and line; outside of code nothing is live."""
    lines = cut(clean(foreign), 4_000).split("\n")
    shown = html_prose(foreign)
    assert "\n" not in shown
    assert find_faults(f"#### Title\n\n{shown}\n") == []
    assert show(shown).tags <= {"blockquote", "br", "code"}
    shown = shown.removeprefix("<blockquote>").removesuffix("</blockquote>")
    read = [html.unescape(re.sub("</?code>", "", line)) for line in shown.split("<br>")]
    assert [line.split() for line in read] == [line.split() for line in lines]
