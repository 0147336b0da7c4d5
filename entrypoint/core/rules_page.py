"""What people see of the gate: its rules, each with what decided it, and the heading of a red one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrypoint.core.requirement import say_requirement
from entrypoint.core.tables import render_grid
from entrypoint.core.text import html_code, html_sentence

if TYPE_CHECKING:
    from entrypoint.core.gate import GateResult


def render_rules(results: tuple[GateResult, ...]) -> str:
    """Return the rules in their order; nothing where there are none."""
    if not results:
        return ""
    rows = (
        ("✅" if one.passed else "❌", html_code(one.rule, 1_000), html_sentence(one.detail))
        for one in results
    )
    return f"#### The gate's rules\n\n{render_grid(('', 'Rule', 'What decided it'), rows)}"


def head_rules(results: tuple[GateResult, ...]) -> str:
    """Return what must be, as inert HTML for a heading; nothing where every rule is true."""
    failed = next((one for one in results if not one.passed), None)
    return html_sentence(say_requirement(failed.rule)) if failed else ""
