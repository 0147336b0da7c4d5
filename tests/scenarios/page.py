"""A comment or a summary as GitHub would show it: Markdown rendered, then HTML read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from markdown_it import MarkdownIt

_INERT = {"code", "pre", "a"}
"""Where GitHub's filters for mentions, references and emoji do not look."""
_VOID = {"br", "hr", "img", "input"}


@dataclass
class Page:
    """What a reader sees, and what GitHub would make a notification of."""

    tags: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    """HTML comments: what GitHub does not show."""
    loose: str = ""
    """The text outside of `code`, `pre` and `a`, where GitHub finds mentions."""
    text: str = ""
    """All text, with blanks folded."""


def show(markdown: str) -> Page:
    """Return the page. GFM's tables, strike-through and autolinks are on, and raw HTML is."""
    html = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(markdown)
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.page.text = " ".join(reader.page.text.split())
    return reader.page


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.tags.add(tag)
        self.page.links += [value or "" for name, value in attrs if name in ("href", "src")]
        self.page.tags |= {f"{tag}[{name}]" for name, _ in attrs}
        if re.fullmatch("h[1-6]", tag):
            self.page.headings.append("")
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_comment(self, data: str) -> None:
        self.page.remarks.append(data.strip())

    def handle_data(self, data: str) -> None:
        self.page.text += data
        if not _INERT & set(self._open):
            self.page.loose += data
        if self._open and re.fullmatch("h[1-6]", self._open[-1]):
            self.page.headings[-1] += data
