"""HTML as text for a terminal: headings, paragraphs, lists, tables in columns, quoted blocks."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from html.parser import HTMLParser
from typing import Final

_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS: Final = _HEADINGS | {"p", "li", "summary", "pre", "blockquote", "td", "th"}
_NARROWEST: Final = 12


def read_as_text(html: str, width: int, bold: Callable[[str], str] = str) -> list[str]:
    """Return the lines of the HTML, at most ``width`` wide where there is a place to break."""
    reader = _Reader(width, bold)
    reader.feed(html)
    reader.close()
    return reader.lines


def make_columns(rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Return the rows as lines in columns; the last column is broken to fit ``width``."""
    count = max((len(row) for row in rows), default=0)
    padded = [[*row, *[""] * (count - len(row))] for row in rows]
    widths = [max(map(measure, column)) for column in zip(*padded, strict=True)]
    last = max(_NARROWEST, width - sum(size + 2 for size in widths[:-1]))
    lines: list[str] = []
    for row in padded:
        head = "".join(
            _pad(cell, size + 2) for cell, size in zip(row[:-1], widths[:-1], strict=True)
        )
        pieces = textwrap.wrap(row[-1], last, break_on_hyphens=False) or [""]
        lines.append(f"{head}{pieces[0]}".rstrip())
        lines += [" " * measure(head) + piece for piece in pieces[1:]]
    return lines


def measure(text: str) -> int:
    """Return how many columns of a terminal the text takes."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _pad(text: str, size: int) -> str:
    return text + " " * max(0, size - measure(text))


class _Reader(HTMLParser):
    """Collects the text of one block after the other."""

    def __init__(self, width: int, bold: Callable[[str], str]) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._width = width
        self._bold = bold
        self._text = ""
        self._rows: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, a row or a line."""
        del attrs
        if tag in _BLOCKS:
            self._text = ""
        elif tag == "ul":
            self._separate()
        elif tag == "tr":
            self._rows.append([])
        elif tag == "br":
            self._text += "\n"

    def handle_endtag(self, tag: str) -> None:
        """Write the block that ends."""
        if tag in ("td", "th") and self._rows:
            self._rows[-1].append(_fold(self._text))
        elif tag in _HEADINGS:
            self._separate()
            self.lines.append(self._bold(_fold(self._text)))
        elif tag == "pre":
            self._separate()
            self.lines += [f"│ {line}" for line in self._text.strip("\n").split("\n")]
        elif tag == "blockquote":
            self._separate()
            self.lines += [f"│ {line}" for line in self._break(self._text.replace("\xa0", " "))]
        elif tag in ("p", "li", "summary"):
            self._write(_fold(self._text), {"li": "• ", "summary": "▾ "}.get(tag, ""))
        elif tag == "table":
            self._separate()
            self.lines += make_columns(self._rows, self._width)
            self._rows = []
        if tag in _BLOCKS:
            self._text = ""

    def handle_data(self, data: str) -> None:
        """Take the text."""
        self._text += data

    def _write(self, text: str, mark: str) -> None:
        if text:
            if not mark:
                self._separate()
            inner = " " * len(mark)
            self.lines += textwrap.wrap(
                mark + text,
                self._width,
                subsequent_indent=inner,
                break_long_words=False,
                break_on_hyphens=False,
            )

    def _break(self, text: str) -> Iterator[str]:
        """Yield the lines of a message, each broken to fit and indented as it was."""
        for line in text.split("\n"):
            indent = line[: len(line) - len(line.lstrip())]
            yield from textwrap.wrap(line, self._width - 2, subsequent_indent=indent) or [""]

    def _separate(self) -> None:
        if self.lines and self.lines[-1]:
            self.lines.append("")


def _fold(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
