"""A comment or a summary as GitHub shows it: rendered, sanitised, and searched for what is live.

Markdown becomes HTML by cmark-gfm, GitHub's own renderer. What GitHub does afterwards is modelled
after gjtorikian/html-pipeline and GitHub's documentation: an allow-list of tags and attributes,
then filters over the text, which find mentions, references, addresses and emoji. The filters do not
look into `pre` and `code`, and all but the one for emoji not into `a` either. Here they find more
than GitHub's, which looks whether the user or the issue exists.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from cmarkgfm import (  # type: ignore[import-untyped]  # has none
    cmark,
    github_flavored_markdown_to_html,
)

OURS: Final = frozenset(
    {"a", "a[href]", "b", "blockquote", "br", "code", "details", "h3", "h4", "li", "p", "pre"}
    | {"sub", "summary", "table", "td", "th", "th[align]", "tr", "ul"}
)
"""The tags and attributes of our pages. All of them are on GitHub's allow-list."""
_LIVE: Final = {
    "mention": r"@[\w-]",
    "reference": r"#\d|\bGH-\d",
    "commit": r"\b[0-9a-f]{7,40}\b",
    "address": r"\w+://|\bwww\.|\bmailto:",
    "emoji": r":[\w+-]+:",
    "formula": r"\$",
}
_NAMED = re.compile(
    r"https://(?:www\.githubstatus\.com|status\.devin\.ai|json-schema\.org/[\w/-]+)"
)
"""Addresses that our own advice names."""
_NO_WORDS = re.compile(r"""[^\w\s,.;:!?()'"%=+*…·✅❌\u2013\u2014-]""")
_VOID = {"br", "hr", "img", "input"}


@dataclass
class Page:
    """What a reader sees, and what GitHub would make a notification of."""

    tags: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    shown_links: list[tuple[str, str]] = field(default_factory=list)
    """Where each `a` leads, and what it shows."""
    headings: list[str] = field(default_factory=list)
    """Without what is code in them, such as the gate's name at the end."""
    remarks: list[str] = field(default_factory=list)
    """HTML comments: what GitHub does not show."""
    loose: str = ""
    """The text outside of `code`, `pre` and `a`, where GitHub finds mentions."""
    prose: str = ""
    """The part of it outside of tables, messages, names and the footer, which is ours alone."""
    cells: str = ""
    """The part of it in there, where what others wrote may stand if it is nothing but words."""
    linked: str = ""
    """The text inside `a` alone, where it still finds emoji."""
    text: str = ""
    """All text, with blanks folded."""
    crooked: list[str] = field(default_factory=list)
    """Tags that end nothing, or are not ended."""


def show(markdown: str) -> Page:
    """Return the page as GitHub would show it."""
    html = github_flavored_markdown_to_html(markdown, cmark.Options.CMARK_OPT_UNSAFE)
    return read_html(html)


def read_html(html: str) -> Page:
    """Return the page that some HTML makes."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.page.text = " ".join(reader.page.text.split())
    return reader.page


def find_faults(markdown: str) -> list[str]:
    """Return what a page of ours should not have, each in words; best an empty list.

    Our marker may stand before it.
    """
    page = show(markdown)
    marked = markdown.startswith("<!-- devin-gate key=")
    body = markdown.partition("\n")[2] if marked else markdown
    found = [f"tag {tag}" for tag in sorted(page.tags - OURS)]
    found += [f"crooked {tag}" for tag in page.crooked]
    found += [f"remark {remark}" for remark in page.remarks[marked:]]
    loose = _NAMED.sub("", page.loose)
    found += [f"{name} in {loose!r}" for name, live in _LIVE.items() if _is_in(live, loose)]
    found += [f"{char!r} in a cell" for char in sorted(set(_NO_WORDS.findall(page.cells)))]
    found += [f"emoji in {page.linked!r}"] if _is_in(_LIVE["emoji"], page.linked) else []
    found += [
        f"{address} shown as {shown}"
        for address, shown in page.shown_links
        if not _shows(address, shown)
    ]
    found += [f"line {line[:9]}" for line in body.split("\n") if line.startswith(("/", "!"))]
    found += [f"raw mention {name}" for name in re.findall(r"@\w+", body)]
    found += [f"character {char!a}" for char in sorted(set(body)) if _is_odd(char)]
    return found


def _is_in(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE) is not None


def _shows(address: str, shown: str) -> bool:
    """Tell whether a link's text is its address; only the end of a long one may be left out."""
    if shown == "this run":
        return (
            re.fullmatch(r"https?://[^/]+/[^/]+/[^/]+/actions/runs/\d+/attempts/\d+", address)
            is not None
        )
    scheme, _, rest = address.partition("://")
    host = re.split("[/?#]", rest)[0]
    begins = shown.removesuffix("…")
    whole = shown == rest or (begins != shown and rest.startswith(begins))
    return scheme in ("http", "https") and whole and begins.startswith(host)


def _is_odd(char: str) -> bool:
    """Tell whether a character is none that a reader sees as what it is."""
    return char not in "\n\t" and unicodedata.category(char)[0] == "C"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.tags.add(tag)
        self.page.links += [value or "" for name, value in attrs if name in ("href", "src")]
        self.page.tags |= {f"{tag}[{name}]" for name, _ in attrs}
        if tag == "a":
            self.page.shown_links.append((dict(attrs).get("href") or "", ""))
        if re.fullmatch("h[1-6]", tag):
            self.page.headings.append("")
        if tag == "br":
            self.page.text += " "
        if tag == "p" and "blockquote" in self._open:
            self.page.tags.add("blockquote of Markdown")  # ours holds lines alone
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1] != tag:
            self.page.crooked.append(tag)
        if tag in {"td", "th"}:
            self.page.text += " "
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_comment(self, data: str) -> None:
        self.page.remarks.append(data.strip())

    def handle_decl(self, decl: str) -> None:
        self.page.tags.add(f"!{decl}")

    def handle_pi(self, data: str) -> None:
        self.page.tags.add(f"?{data}")

    def unknown_decl(self, data: str) -> None:
        self.page.tags.add(f"!{data}")

    def handle_data(self, data: str) -> None:
        self.page.text += data
        inside = {"code", "pre", "a"} & set(self._open)
        if not inside:
            self.page.loose += data
            if {"td", "th", "sub", "b", "summary", "blockquote"} & set(self._open):
                self.page.cells += f"{data}\n"
            else:
                self.page.prose += data
        if "a" in inside:
            address, shown = self.page.shown_links.pop()
            self.page.shown_links.append((address, shown + data))
        if inside == {"a"}:
            self.page.linked += data
        if self._open and re.fullmatch("h[1-6]", self._open[-1]):
            self.page.headings[-1] += data

    def close(self) -> None:
        super().close()
        self.page.headings = [heading.removesuffix(" · ") for heading in self.page.headings]
        self.page.crooked += self._open
