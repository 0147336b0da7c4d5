"""The model of GitHub's runner does what the runner does: the facts that the other tests rest on.

Each row was read in the source of actions/runner 2.336; a row that is wrong makes an oracle wrong.
"""

from __future__ import annotations

import base64

import pytest

from tests.runner_masks import Masks
from tests.runner_model import (
    Command,
    Issue,
    RunnerRejectsError,
    obey,
    read_commands,
    read_summary,
    read_values,
)

SECRET = "p@ss \"w'rd\\&<1>"


@pytest.mark.parametrize(
    ("line", "name", "properties", "data"),
    [
        ("::error::x", "error", {}, "x"),
        (" \t\u3000\u2028::error::x", "error", {}, "x"),
        ("::ERROR::x", "ERROR", {}, "x"),
        ("::error title=a%2Cb%3Ac%25,file=f::x%0Ay%253A", "error", {"title": "a,b:c%", "file": "f"}, "x\ny%3A"),
        ("::error title==a=b,=,line=::x", "error", {"title": "a=b"}, "x"),
        ("::error  Title = a , col= ::x", "error", {"title ": " a "}, "x"),
        ("::error::a::b", "error", {}, "a::b"),
        ("::error::%3A%5D", "error", {}, "%3A%5D"),
        ("x ##[error]y", "error", {}, "y"),
        ("##[error a=1;b=2%3B%5D]x%3B%0Dy", "error", {"a": "1", "b": "2;]"}, "x;\ry"),
        ("::unknown::##[error]x", "error", {}, "x"),
    ],
)  # fmt: skip
def test_the_runner_reads_a_command(
    line: str, name: str, properties: dict[str, str], data: str
) -> None:
    """`::name key=value::data` at the start of a line, `##[name key=value]data` anywhere."""
    assert obey(line).commands == [Command(name, properties, data)]


@pytest.mark.parametrize(
    "line",
    [
        "x ::error::y",
        "::error",
        "::error:",
        ":: error::x",
        "::::error::x",
        "::unknown::x",
        "##[unknown]x",
        "##[error",
        "##[x ##[error]y",
        "## [error]x",
        "\x1c::error::x",
        "\u200b::error::x",
        "::err\u200bor::x",
        "#\u200b#[error]x",
    ],
    ids=ascii,
)
def test_the_runner_shows_what_is_no_command(line: str) -> None:
    """Everything else is a line of the log."""
    assert (obey(line).commands, obey(line).shown) == ([], [line])


@pytest.mark.parametrize("line", ["::unknown::x", "\u200b::x::y", "##[unknown]x", "#\x00#[error]x"])
def test_what_only_could_be_a_command_is_reported_too(line: str) -> None:
    """A later runner may know more names; the stricter reading does now."""
    assert len(read_commands(line)) == 1


def test_a_line_ends_with_cr_or_lf_and_with_nothing_else() -> None:
    """A lone CR starts a line; the line breaks of Unicode do not."""
    log = "a\r::error::1\n::error::2\r\n::error::3\u2028::error::x\x85::error::x\x0c::error::x"
    assert [issue.message[:2] for issue in obey(log).issues] == ["1", "2", "3\u2028"]
    assert obey("a\n\nb\n").shown == ["a", "", "b"]


def test_commands_are_stopped_and_resumed() -> None:
    """Between `stop-commands` and its token nothing is obeyed, on neither stream."""
    done = obey(
        "::stop-commands::Tok\n::add-mask::secret\n##[error]x\n", "::error::x\n##[TOK]\n::error::y"
    )
    assert [issue.message for issue in done.issues] == ["y"]
    assert done.masks.values == set()
    assert "::add-mask::secret" in done.shown
    for token in ("", "error", "pause-logging"):
        assert obey(f"::stop-commands::{token}\n::error::x").is_failed


def test_commands_have_their_effects() -> None:
    """Groups are shown, annotations told, old outputs still set, and what is refused fails."""
    log = "::group::g\nx\n::endgroup::z\n::warning title=t::w\n::set-output name=o::1\n::set-output::2"
    done = obey(log)
    assert done.shown == ["##[group]g", "x", "##[endgroup]"]
    assert (done.issues, done.values) == ([Issue("warning", "t", "w")], {"o": "1"})
    assert done.is_failed
    for refused in ("::set-env name=A::b", "::add-path::/x", "::echo::perhaps"):
        assert obey(refused).is_failed
    echoed = obey("::echo::on\n::group::g\n::add-mask::m\n::echo::OFF\n::group::h")
    assert echoed.shown == ["::group::g", "##[group]g", "::echo::OFF", "##[group]h"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a=1\n\na=2\nb=x=<<y\n", {"a": "2", "b": "x=<<y"}),
        ("a<<E\n\nE\n", {"a": ""}),
        ("a<<E\nE\n", {"a": ""}),
        ("a<<E\nx\n\nE\nb=1", {"a": "x\n", "b": "1"}),
        ("a<<E\nb=1\nEE\n E\nE\r\nE", {"a": "b=1\nEE\n E\nE\r"}),
        ("a<<E\nx\u2028E\x85E\rE\nE\n", {"a": "x\u2028E\x85E\rE"}),
        ("a<<E=F\nx\nE=F\n", {"a": "x"}),
        ("a=b\r\n", {"a": "b\r"}),
    ],
)
def test_files_are_read(text: str, values: dict[str, str]) -> None:
    """`name=value` and `name<<delimiter`, in which only LF ends a line."""
    assert read_values(text) == values


@pytest.mark.parametrize(
    "text", ["a", "=1", "<<E\nE\n", "a<<\n\n", "a<<E\nx", "a<<E\n", "a<<E\nx\nE \n", "\r\n"]
)
def test_files_are_refused(text: str) -> None:
    """A line without a name, a heredoc without its end: the step fails."""
    with pytest.raises(RunnerRejectsError):
        read_values(text)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (SECRET, "***"),
        (f"{SECRET}{SECRET}x", "***x"),
        (base64.b64encode(SECRET.encode()).decode(), "***"),
        (base64.b64encode(SECRET[2:].encode()).decode(), "***"),
        ("p@ss \\\"w'rd\\&<1>", "***"),
        ("p@ss \"w''rd\\&<1>", "***"),
        ("p@ss \\\"w'rd\\\\&<1>", "***"),
        ("p%40ss%20%22w%27rd%5C%26%3C1%3E", "***"),
        ("p@ss &quot;w&apos;rd\\&amp;&lt;1&gt;", "***"),
        ("p@ss \"w'rd\\&", "***"),
        ("p@ss", "p@ss"),
        ("<1>", "<1>"),
    ],
)  # fmt: skip
def test_the_runner_hides_the_forms_that_it_knows(written: str, shown: str) -> None:
    """Base64 from three places, JSON, URL, XML, quotes; what overlaps is one."""
    masks = obey(f"::add-mask::{SECRET}").masks
    assert masks.hide(written) == shown
    assert masks.drops(written) is (written != shown)
    assert read_summary(f"a\r\n{written}".encode(), masks) == f"a\n{shown}"


def test_the_runner_hides_each_line_of_a_value() -> None:
    """A mask of several lines hides them one by one, blanks alone nothing."""
    masks = obey("::add-mask::one %0Atwo%0D%0A\n::add-mask:: ").masks
    assert masks.hide("one, two, three ") == "***, ***, three "
    overlapping = Masks()
    overlapping.add("abab")
    overlapping.add("bcbc")
    assert overlapping.hide("xababab bcbcababcbc") == "x*** ***"


def test_a_summary_that_is_too_large_is_dropped() -> None:
    """One MiB is shown, a byte more is not."""
    assert len(read_summary(b"x" * 1024 * 1024, Masks())) == 1024 * 1024
    assert read_summary(b"x" * (1024 * 1024 + 1), Masks()) == ""
