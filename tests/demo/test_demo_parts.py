"""The demo's parts: the log as the runner reads it, Markdown as GitHub shows it, text in columns."""

import pytest

from demo.log import (
    Group,
    Line,
    UnknownCommandError,
    find_annotations,
    interpret_log,
    render_log_text,
)
from demo.markdown import render_markdown
from demo.reading import make_columns, measure, read_as_text
from demo.run import read_outputs


def test_commands_become_what_github_shows() -> None:
    """Groups hold lines, annotations have a title, masked values are gone everywhere."""
    log = interpret_log(
        "::add-mask::hunter2\n"
        "::group::A %25 title with hunter2\nits line\n::endgroup::\n"
        "plain :: text\n"
        "::error title=a%3A b%2C c::first%0Asecond hunter2\n"
        "::group::never ended\n::warning::w\n"
    )
    error = Line("first\nsecond ***", "error", "a: b, c")
    warning = Line("w", "warning")
    assert log == (
        Group("A % title with ***", (Line("its line"),)),
        Line("plain :: text"),
        error,
        Group("never ended", (warning,)),
    )
    assert find_annotations(log) == (error, warning)
    assert render_log_text(log) == (
        "▾ A % title with ***\n  its line\nplain :: text\nError: first\nsecond ***\n"
        "▾ never ended\n  Warning: w\n"
    )


def test_a_command_that_the_action_needs_not_is_refused() -> None:
    """The demo says so rather than show something that GitHub would not."""
    with pytest.raises(UnknownCommandError, match="set-output"):
        interpret_log("::set-output name=x::y")


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("### Hi", "<h3>Hi</h3>\n"),
        ("~~no~~", "<p><s>no</s></p>\n"),
        ("<!-- marker -->\nx", "\n<p>x</p>\n"),
        ("<p>a <code>b</code></p>", "<p>a <code>b</code></p>"),
        ("<script>x</script>", "&lt;script&gt;x"),
        ("<p onclick=x>y", "<p>y</p>"),
        ("<p>x</p></div></section>", "<p>x</p>"),
        ("<p><code>x</p>", "<p><code>x</code></p>"),
        ('<p><a href="javascript:x">y</a></p>', "<p><a>y</a></p>"),
        ('<p><a href="https://x.y/?a=1&amp;b">y</a></p>', None),
    ],
)
def test_markdown_is_inert(markdown: str, html: str | None) -> None:
    """Known tags pass, others are text, and everything is balanced."""
    kept = '<p><a href="https://x.y/?a=1&amp;b" rel="nofollow">y</a></p>'
    assert render_markdown(markdown) == (kept if html is None else html)


def test_html_is_readable_as_text() -> None:
    """Headings, paragraphs, lists, tables and quoted blocks each have their form."""
    html = (
        "<h3>✅ Title</h3><p>Some\nwords</p><ul><li>one</li></ul>"
        "<table><tr><td>a</td><td>1</td></tr><tr><td>long</td><td>2</td></tr></table>"
        "<pre>x\n y</pre><details><summary>JSON</summary><pre>{}</pre></details>"
    )
    assert read_as_text(html, 60) == [
        *("✅ Title", "", "Some words", "", "• one", "", "a     1", "long  2", ""),
        *("│ x", "│  y", "▾ JSON", "", "│ {}"),
    ]


def test_columns_are_broken_in_the_last_one() -> None:
    """A long value goes on below itself."""
    assert make_columns([("a", "one two three"), ("b", "")], 14) == ["a  one two", "   three", "b"]
    assert measure("日x") == 3


def test_the_later_output_counts() -> None:
    """Values may have several lines; a delimiter ends them."""
    assert read_outputs("a<<X\n1\n2\nX\nb<<Y\nY\na<<Z\n3\nZ\n") == {"a": "3", "b": ""}
    assert read_outputs("") == {}
