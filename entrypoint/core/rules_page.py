"""What people see of the gate: its rules, each with what decided it, and the heading of a red one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrypoint.core.requirement import say_requirement
from entrypoint.core.text import html_code, html_sentence

if TYPE_CHECKING:
    from entrypoint.core.gate import GateResult


def render_rules(results: tuple[GateResult, ...]) -> str:
    """Return the rules in their order; nothing where there are none."""
    if not results:
        return ""
    items = "\n".join(
        f"<li>{'✅' if one.passed else '❌'} {html_code(one.rule, 1_000)}: "
        f"{html_sentence(one.detail)}</li>"
        for one in results
    )
    return f"#### The gate's rules\n\n<ul>\n{items}\n</ul>"


def head_rules(icon: str, results: tuple[GateResult, ...]) -> str:
    """Return the heading that says what must be; nothing where every rule is true.

    It is HTML, where what a rule says is inert.
    """
    failed = next((one for one in results if not one.passed), None)
    if failed is None:
        return ""
    return f"<h3>{icon} Devin Gate: {html_sentence(say_requirement(failed.rule))}</h3>"
