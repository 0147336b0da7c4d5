"""Markdown as GitHub shows it: GitHub-flavoured, and only with the markup that GitHub lets pass.

The list of tags is the part of GitHub's allow-list (github/markup, "sanitization") that a comment
of the action can need. What is not on it is shown as text, so that a page made of foreign words
cannot do anything, and a mistake is seen.
"""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser
from typing import Final

from markdown_it import MarkdownIt

_TAGS: Final = frozenset(
    re.findall(
        r"\w+",
        "a b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i kbd li ol p "
        "pre s strong sub summary sup table tbody td th thead tr ul",
    )
)
_VOID: Final = frozenset({"br", "hr"})
_PLAIN_ATTRIBUTES: Final = frozenset({"align", "open", "title"})
_WEB_ADDRESS: Final = re.compile(r"https?://[^\s]+", re.IGNORECASE)


def render_markdown(text: str) -> str:
    """Return the Markdown as inert HTML."""
    rendered = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    sanitizer = _Sanitizer()
    sanitizer.feed(str(rendered.render(text)))
    return sanitizer.finish()


class _Sanitizer(HTMLParser):
    """Lets known tags pass and escapes everything else; comments vanish, as on GitHub.

    What comes out is balanced, whatever went in.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._written: list[str] = []
        self._open: list[str] = []

    def finish(self) -> str:
        """Return what passed, with everything that is still open ended."""
        self.close()
        self._written += [f"</{tag}>" for tag in reversed(self._open)]
        return "".join(self._written)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Pass on a known tag with its harmless attributes."""
        if tag not in _TAGS:
            self._written.append(escape(self.get_starttag_text() or ""))
            return
        kept = "".join(_attribute(tag, name, value or "") for name, value in attrs)
        self._written.append(f"<{tag}{kept}>")
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Pass on the end of a tag that is open, and end what stands open inside it."""
        if tag not in self._open:
            return
        while (inner := self._open.pop()) != tag:
            self._written.append(f"</{inner}>")
        self._written.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Pass on text."""
        self._written.append(escape(data))


def _attribute(tag: str, name: str, value: str) -> str:
    if tag == "a" and name == "href" and _WEB_ADDRESS.fullmatch(value):
        return f' href="{escape(value)}" rel="nofollow"'
    return f' {name}="{escape(value)}"' if name in _PLAIN_ATTRIBUTES else ""
