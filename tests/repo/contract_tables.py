"""Writes the README's tables of inputs, outputs and outcomes from the one table in the code.

`python -m tests.repo.contract_tables` rewrites the README; the tests beside it check that nothing
had to be rewritten.
"""

from __future__ import annotations

from pathlib import Path

from entrypoint.core.input_row import Input
from entrypoint.core.inputs import INPUTS
from entrypoint.core.outcome import Outcome
from entrypoint.core.outputs import OUTPUTS

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"


def render_inputs() -> str:
    """Return one table a group, in the order of the inputs."""
    parts = []
    for group in dict.fromkeys(item.group for item in INPUTS):
        rows = [
            f"| `{item.name}` | {_code(item.default) if item.default else _absent(item)} "
            f"| {item.what} |"
            for item in INPUTS
            if item.group == group
        ]
        parts.append("\n".join([f"| {group} | default | what |", "| --- | --- | --- |", *rows]))
    return "\n\n".join(parts)


def render_outputs() -> str:
    """Return the table of outputs."""
    rows = [f"| `{item.name}` | {item.what} |" for item in OUTPUTS]
    return "\n".join(["| output | what |", "| --- | --- |", *rows])


def render_outcomes() -> str:
    """Return the table of outcomes, with the exit code that the code gives them."""
    rows = [
        f"| `{outcome}` | {_WHEN[outcome]} | `{outcome.conclusion}` | {outcome.exit_code} |"
        for outcome in Outcome
    ]
    head = ["| outcome | when | conclusion | exit |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *rows])


def render_readme(text: str) -> str:
    """Return the README with each marked table made anew."""
    tables = {"inputs": render_inputs, "outputs": render_outputs, "outcomes": render_outcomes}
    for name, render in tables.items():
        before, _, rest = text.partition(f"<!-- {name} -->")
        after = rest.partition(f"<!-- /{name} -->")[2]
        text = f"{before}<!-- {name} -->\n\n{render()}\n\n<!-- /{name} -->{after}"
    return text


def _code(text: str) -> str:
    return f"`{text}`"


def _absent(item: Input) -> str:
    return "required" if item.required else ""


_WHEN = {
    Outcome.PASSED: "a schema was given, the output of the settled end satisfies it, and every rule "
    "of the gate, if there is one, is true",
    Outcome.COMPLETED: "no schema was given, so nothing was judged; Devin's turn is over, with a "
    "message or a pull request of its own",
    Outcome.GATE_FAILED: "the output satisfies the schema, and a rule of the gate is not true",
    Outcome.INVALID_OUTPUT: "there is an output, and it breaks the schema",
    Outcome.MISSING_OUTPUT: "Devin finished without an output (without a schema: without a "
    "message or a pull request)",
    Outcome.BLOCKED: "Devin stopped without an output: it has a question",
    Outcome.NEEDS_APPROVAL: "Devin waits for an approval (never with API v1)",
    Outcome.SUSPENDED: "a person or the service put the session to sleep",
    Outcome.LIMIT_REACHED: "a limit of ACUs, credits or payment (never with API v1)",
    Outcome.EXPIRED: "the session expired",
    Outcome.SESSION_FAILED: "ten sessions of one question died",
    Outcome.TIMED_OUT: "`timeout_minutes` are over; the session goes on, a re-run finds it again",
    Outcome.STALE: "instead of `passed` or `completed`: the pull request's head or base branch is "
    "not what was asked about any more, or `session_id` names a session about another commit",
    Outcome.CANCELLED: "the workflow run was cancelled",
    Outcome.NOT_ALLOWED: "the person behind the event may not start a session",
    Outcome.SKIPPED: "GitHub gives no secrets to this event, and `on_missing_key` is `skip`",
    Outcome.STARTED: "`wait` is `false`: the session is there, and nothing was judged",
    Outcome.ERROR: "the workflow file is wrong, Devin or GitHub refused or stayed down, or a bug",
}


if __name__ == "__main__":
    README.write_text(render_readme(README.read_text("utf-8")), "utf-8")
