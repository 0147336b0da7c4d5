"""What people see of the structured output: tables where they read well, JSON where not.

A flat object is a table, and so is a list of flat objects; an object that holds such lists has a
table of its own fields and then one for each of them. Nothing is shown in part.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from entrypoint.core.tables import render_grid, render_rows
from entrypoint.core.text import html_pre, html_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from entrypoint.core.documents import Json

_MOST_FIELDS: Final = 30
_MOST_COLUMNS: Final = 8
_MOST_ROWS: Final = 100
_UNFOLDED: Final = 12
"""A longer table is folded."""
_MOST_IN_A_CELL: Final = 10
_LONGEST: Final = 2_000
"""Characters of a text in a cell."""


def render_answer(value: Json, json_room: int, *, whole: bool) -> str:
    """Return the output in HTML blocks.

    Folded JSON follows where something of it is in no table, or where the `whole` is wanted; it is
    left out where it has more than `json_room` characters, as tables are with three times as many.
    """
    parts, is_complete = _tables(value)
    if sum(map(len, parts)) > 3 * json_room:
        parts, is_complete = [], False
    if whole or not is_complete:
        parts = [*parts, _render_json(value, json_room)]
    return "\n\n".join(parts)


def _tables(value: Json) -> tuple[list[str], bool]:
    """Return the tables that can be made, and whether they show everything."""
    if isinstance(value, list):
        return ([_grid(value)], True) if _is_grid(value) else ([], False)
    if not isinstance(value, dict) or not 0 < len(value) <= _MOST_FIELDS:
        return [], False
    plain = {name: item for name, item in value.items() if _fits_a_cell(item)}
    parts = [_fields(plain)] if plain else []
    inner = [(name, item) for name, item in value.items() if not _fits_a_cell(item)]
    shown = [(name, table) for name, item in inner if (table := _inner_table(name, item))]
    return [*parts, *(table for _, table in shown)], len(shown) == len(inner)


def _inner_table(name: str, value: Json) -> str:
    """Return the table of one field of an object, under its name; nothing where it is too deep."""
    title = html_words(name)
    if isinstance(value, list) and _is_grid(value):
        if len(value) > _UNFOLDED:
            return _fold(f"{title} ({len(value)})", _grid(value))
        return f"<p><b>{title}</b></p>\n{_grid(value)}"
    if isinstance(value, dict) and 0 < len(value) <= _MOST_FIELDS and _is_flat(value):
        return f"<p><b>{title}</b></p>\n{_fields(value)}"
    return ""


def _fields(value: Mapping[str, Json]) -> str:
    return render_rows((html_words(name), _cell(item)) for name, item in value.items())


def _grid(items: list[Json]) -> str:
    rows = [item for item in items if isinstance(item, dict)]
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = ([_cell(row[name]) if name in row else "" for name in names] for row in rows)
    return render_grid(map(html_words, names), cells)


def _is_grid(items: list[Json]) -> bool:
    if not 0 < len(items) <= _MOST_ROWS:
        return False
    rows = [item for item in items if isinstance(item, dict) and item and _is_flat(item)]
    return len(rows) == len(items) and len({name for row in rows for name in row}) <= _MOST_COLUMNS


def _is_flat(value: Mapping[str, Json]) -> bool:
    return all(map(_fits_a_cell, value.values()))


def _fits_a_cell(value: Json) -> bool:
    if isinstance(value, list):
        small = len(value) <= _MOST_IN_A_CELL
        return small and not any(isinstance(item, list) or not _fits_a_cell(item) for item in value)
    return len(value) <= _LONGEST if isinstance(value, str) else not isinstance(value, dict)


def _cell(value: Json) -> str:
    """Return a text as it is, a list with commas, and everything else as JSON writes it."""
    if isinstance(value, list):
        return ", ".join(map(_cell, value)) or "none"
    return html_words(value if isinstance(value, str) and value else json.dumps(value), _LONGEST)


def _render_json(value: Json, room: int) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    if len(text) > room:
        said = f"As JSON it has {len(text):,} characters, which is too long for this place."
        return f"<p>{said} The step's output <code>structured_output</code> holds it.</p>"
    return _fold("As JSON", html_pre(text))


def _fold(title: str, inner: str) -> str:
    return f"<details><summary>{title}</summary>\n{inner}\n</details>"
