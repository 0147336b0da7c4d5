"""Tables of a page, as HTML without blank lines; what goes into a cell is inert already."""

from __future__ import annotations

from collections.abc import Iterable


def render_rows(pairs: Iterable[tuple[str, str]]) -> str:
    """Return a table with a name and a value in each row."""
    return _table(f'<th align="left">{name}</th><td>{value}</td>' for name, value in pairs)


def render_grid(names: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table with a name above each column."""
    head = "".join(f'<th align="left">{name}</th>' for name in names)
    return _table([head, *("".join(f"<td>{cell}</td>" for cell in row) for row in rows)])


def _table(rows: Iterable[str]) -> str:
    return "<table>\n" + "\n".join(f"<tr>{row}</tr>" for row in rows) + "\n</table>"
