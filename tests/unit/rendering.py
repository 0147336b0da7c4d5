"""Pages as GitHub shows them: made of Markdown by a real renderer and read as a browser reads."""

from __future__ import annotations

from html.parser import HTMLParser

from markdown_it import MarkdownIt

from entrypoint.core.report import COMMENT, Room, render_page
from entrypoint.core.session import Session
from entrypoint.core.verdict import Verdict
from tests.unit.builders import (
    make_progress,
    make_redactor,
)

INERT = {"code", "pre", "a"}
"""Inside these GitHub looks for no mention, reference or address."""


class Page(HTMLParser):
    """Reads a rendered page as a browser would."""

    def __init__(self, markdown: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.comments = 0
        self.live = ""
        """The text that GitHub would look through for mentions."""
        self.text = ""
        self._open: list[str] = []
        self.feed(MarkdownIt("gfm-like", {"linkify": False}).render(markdown))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._open.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_comment(self, data: str) -> None:
        self.comments += len(f"<!--{data}-->")

    def handle_data(self, data: str) -> None:
        self.text += data
        if not INERT & set(self._open):
            self.live += data


def show(session: Session | None, verdict: Verdict | None, room: Room = COMMENT) -> str:
    """Return the page of a run 125 seconds after it began."""
    return render_page(make_progress(session), verdict, 225.0, room, make_redactor())
