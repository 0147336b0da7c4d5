"""docs/faults.md is that of the tests, and the part of the matrix that is run holds every pair."""

from __future__ import annotations

import subprocess
import sys
from itertools import product

import pytest

from tests.matrix.selection import ROWS, choose_pairs, parse_id
from tests.repo.fault_tables import PAGE, ROOT


def test_the_page_is_that_of_the_tests() -> None:
    """`python -m tests.repo.fault_tables` would change nothing."""
    # In a process of its own, since pytest cannot collect inside itself.
    code = (
        "import sys; from tests.repo.fault_tables import render_page; print(render_page(), end='')"
    )
    rendered = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    assert rendered == PAGE.read_text("utf-8")


@pytest.mark.parametrize("row", ROWS)
def test_each_fault_of_the_list_was_tried(row: str) -> None:
    """A row of the project's list that has no case would be an untested promise."""
    assert f"\n## {row}\n" in PAGE.read_text("utf-8")


def test_every_two_factors_still_meet() -> None:
    """The part that `make test` runs is smaller, the same each time, and leaves no pair out."""
    names = product(("a", "b/x", "b/y", "c"), ("create", "first-poll"), ("once", "below", "past"))
    cases = [parse_id(f"N1.{':'.join(name)}") for name in names]
    chosen = choose_pairs(cases)
    assert chosen == choose_pairs(cases)
    assert len(chosen) < len(cases)
    assert {pair for case in chosen for pair in case.pairs} == {
        pair for case in cases for pair in case.pairs
    }


@pytest.mark.parametrize(
    "text",
    ["N1.a:create", "N1:create:once", "X9.a:create:once", "N1.a:lunch:once", "N1.a:create:daily"],
)
def test_an_id_that_means_nothing_is_refused(text: str) -> None:
    """A typo in a case's name is no new row, phase or persistence."""
    with pytest.raises(ValueError, match=r"N1|X9"):
        parse_id(text)
