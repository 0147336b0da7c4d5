"""Writes docs/faults.md, the fault matrix as tables, from the ids of its tests.

`python -m tests.repo.fault_tables` rewrites the page; `test_fault_tables.py` checks that nothing had
to be rewritten. A row's promise is the docstring of its test, so that the page holds nothing that is
not tested.
"""

from __future__ import annotations

import contextlib
import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from tests.matrix.selection import PERSISTENCES, PHASES, ROWS, STEPS, Case, choose_pairs, parse_id

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / "docs" / "faults.md"
_SHOWN_VARIANTS: Final = 24
_HEAD: Final = """\
# The faults, and what was tried

Written by `python -m tests.repo.fault_tables` from the ids of the tests in
[`tests/matrix`](../tests/matrix); not edited by hand. How to read an id, and how to run one case:
[tests/README.md](../tests/README.md#the-matrix).

Each case is a whole run of the action against a Devin and a GitHub on real sockets, with one fault
in it, and after each the invariants are checked: no wrong green, one session, one comment that
ends, no secret anywhere, no foreign command, one voice. The version of Devin's API is one more factor:
cases are there for v1 and for v3, each with what must come out there. Waits pass on a simulated clock; *in real
seconds* are the cases in which a time-out of the operating system's has to end something.
`make test` runs the cases of the last column, in which every two factors of a row still meet;
`make matrix` runs all of them.
"""
_TITLES: Final = {
    "N1": "no way to the server: refused, unknown name, no answer to a connect",
    "N3": "a certificate that does not hold",
    "N4": "the connection goes after the request was read",
    "N5": "half an answer",
    "N6": "silence",
    "N7": "an answer that drips",
    "N9": "a proxy or a portal between",
    "N10": "redirects",
    "H1": "refusals",
    "H2": "a fresh session that is not seen yet",
    "H3": "too many requests, come back later",
    "H4": "a server in trouble",
    "B1": "bodies that are none",
    "B2": "sessions that are not as promised",
    "B3": "what stands in the structured output",
    "S1": "SIGINT and SIGTERM",
    "S2": "SIGKILL",
    "S3": "trouble while cleaning up",
    "F1": "the runner's files",
    "F2": "the team's files",
    "I1": "foreign text",
    "I2": "secrets that come back",
    "G1": "GitHub in trouble",
    "T1": "time",
    "C1": "events",
}


@dataclass
class _Row:
    """What was found of one row."""

    cases: list[Case] = field(default_factory=list)
    promises: dict[str, None] = field(default_factory=dict)
    real: int = 0
    """How many of the cases wait in real seconds."""


class _Collector:
    """Keeps what pytest collects, and lets none of it run."""

    def __init__(self) -> None:
        self.rows: defaultdict[str, _Row] = defaultdict(_Row)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Read ids, docstrings and marks."""
        for item in session.items:
            if isinstance(item, pytest.Function) and hasattr(item, "callspec"):
                case = parse_id(item.callspec.id)
                row = self.rows[case.row]
                row.cases.append(case)
                row.promises[" ".join((item.obj.__doc__ or "").split())] = None
                row.real += item.get_closest_marker("real_time") is not None


def render_page() -> str:
    """Return the page for the tests as they are now."""
    collector = _Collector()
    arguments = ["--collect-only", "-qq", "--whole-matrix", "-p", "no:cacheprovider"]
    with contextlib.redirect_stdout(io.StringIO()):
        code = pytest.main([*arguments, str(ROOT / "tests" / "matrix")], plugins=[collector])
    if code:
        raise RuntimeError("the tests of the matrix cannot be collected")
    rows = collector.rows
    chosen = choose_pairs(case for row in rows.values() for case in row.cases)
    counts = {name: sum(case.row == name for case in chosen) for name in rows}
    parts = [_HEAD, _render_summary(rows, counts)]
    parts += [_render_row(name, rows[name], counts[name]) for name in ROWS if name in rows]
    return "\n".join(parts)


def _render_summary(rows: dict[str, _Row], counts: dict[str, int]) -> str:
    lines = ["| row | fault | cases | in `make test` |", "| --- | --- | ---: | ---: |"]
    for name in ROWS:
        if name in rows:
            link = f"[{name}](#{name.lower()})"
            lines.append(f"| {link} | {_TITLES[name]} | {len(rows[name].cases)} | {counts[name]} |")
    whole = sum(len(row.cases) for row in rows.values())
    lines.append(f"| | | {whole} | {sum(counts.values())} |\n")
    return "\n".join(lines)


def _render_row(name: str, row: _Row, in_test: int) -> str:
    lines = [f"## {name}", "", f"{_TITLES[name].capitalize()}. What must happen:", ""]
    lines += [f"- {promise}" for promise in row.promises]
    real = f"{row.real} of them in real seconds" if row.real else "all on the simulated clock"
    lines += ["", "| | |", "| --- | --- |"]
    lines += [
        f"| {label} | {_render_words(words)} |"
        for label, words in _factors(row.cases)
        if words != ["-"]
    ]
    lines.append(f"| cases | {len(row.cases)}, {real}; {in_test} in `make test` |\n")
    return "\n".join(lines)


def _factors(cases: Iterable[Case]) -> list[tuple[str, list[str]]]:
    """Return the words of each factor; of a variant each part is one."""
    variants = [case.variant.split("/") for case in cases]
    parts = [
        ("variant" if place == 0 else "with", _unique(v[place] for v in variants if place < len(v)))
        for place in range(max(map(len, variants)))
    ]
    phases = _unique(case.phase for case in cases)
    persistences = _unique(case.persistence for case in cases)
    return [
        *parts,
        ("phase", sorted(phases, key=(*PHASES, *STEPS).index)),
        ("persistence", sorted(persistences, key=PERSISTENCES.index)),
    ]


def _unique(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))


def _render_words(words: list[str]) -> str:
    shown = ", ".join(f"`{word}`" for word in words[:_SHOWN_VARIANTS])
    more = len(words) - _SHOWN_VARIANTS
    return f"{shown} and {more} more" if more > 0 else shown


if __name__ == "__main__":
    PAGE.write_text(render_page(), "utf-8")
