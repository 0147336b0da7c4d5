"""B1: a success whose body is none, in every way that bytes can be wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.matrix.bodies import FAULTS
from tests.matrix.oracle import End, Kind
from tests.matrix.story import cases, check, tell_spoiled
from tests.scenarios.world import Gate

_ROOT: Final = Path(__file__).resolve().parents[2]
_MOST_KIB: Final = 256 * 1024


def _kind(_variant: str, phase: str) -> Kind | None:
    return None if phase == "github-edit" else "done"  # nothing is read of that answer


@cases("B1", FAULTS, _kind)
def test_a_body_that_is_none(
    gate: Gate, variant: str, phase: str, persistence: str, end: End
) -> None:
    """The request was done, its answer is unreadable: looked for, asked again, never guessed."""
    check(tell_spoiled(gate, phase, persistence, FAULTS[variant], done=True), end)


@pytest.mark.parametrize("most_kib", [pytest.param(_MOST_KIB, id="B1.memory/all-bodies:-:-")])
def test_no_body_fills_the_memory(most_kib: int) -> None:
    """A process that meets every such body, at Devin and at GitHub, stays below 256 MiB."""
    measured = subprocess.run(
        [sys.executable, "-m", "tests.matrix.bodies"],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    assert 10_000 < int(measured.stdout) < most_kib
