"""The few signs of the demo's pages, drawn as inline SVG on a grid of 16."""

from __future__ import annotations

from typing import Final

_STROKE: Final = 'fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"'

_DRAWINGS: Final = {
    "passed": '<circle cx="8" cy="8" r="8" fill="currentColor"/>'
    '<path d="M4.6 8.3 7 10.7l4.5-5" fill="none" stroke="var(--canvas)" stroke-width="1.7"/>',
    "failed": '<circle cx="8" cy="8" r="8" fill="currentColor"/>'
    '<path d="m5.3 5.3 5.4 5.4m0-5.4-5.4 5.4" stroke="var(--canvas)" stroke-width="1.7"/>',
    "error": f'<g {_STROKE} stroke-width="1.5"><circle cx="8" cy="8" r="6.6"/>'
    '<path d="m5.8 5.8 4.4 4.4m0-4.4-4.4 4.4"/></g>',
    "warning": f'<g {_STROKE} stroke-width="1.5"><path d="M8 1.9 14.8 14H1.2z"/>'
    '<path d="M8 6.4v3.4M8 11.9v.1"/></g>',
    "notice": f'<g {_STROKE} stroke-width="1.5"><circle cx="8" cy="8" r="6.6"/>'
    '<path d="M8 7.6v3.6M8 4.9V5"/></g>',
    "pull": f'<g {_STROKE} stroke-width="1.5"><circle cx="4" cy="3.4" r="1.7"/>'
    '<circle cx="4" cy="12.6" r="1.7"/><circle cx="12" cy="12.6" r="1.7"/>'
    '<path d="M4 5.1v5.8M12 10.9V6.4a2 2 0 0 0-2-2H8m1.8-2L7.6 4.4l2.2 2"/></g>',
    "robot": f'<g {_STROKE} stroke-width="1.4"><rect x="2.6" y="5" width="10.8" height="8" rx="2"/>'
    '<path d="M8 5V2.6M6 8.4v1.4m4-1.4v1.4"/></g>',
}


def draw_mark(name: str, *, large: bool = False) -> str:
    """Return one sign; its colour is that of the class with its name."""
    size = 28 if large else 16
    return (
        f'<svg class="mark {name}" width="{size}" height="{size}" viewBox="0 0 16 16" '
        f'aria-hidden="true">{_DRAWINGS[name]}</svg>'
    )
