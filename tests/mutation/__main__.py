"""Measures the mutation score: `python -m tests.mutation [module or module.name …]`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Final

from tests.mutation.mutants import Mutant, find_mutants
from tests.mutation.scope import MODULES, ROOT
from tests.mutation.survivors import Score, find_complaints, read_reasons, render_page
from tests.mutation.trials import Fate, try_mutants

_REASONS: Final = ROOT / "tests/mutation/reasons.toml"
_PAGE: Final = ROOT / "docs/mutation.md"


def main() -> int:
    """Run the trials; without a choice the page is written, and what is wrong makes it 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--processes", default="auto", help="how many trials at once")
    parser.add_argument("chosen", nargs="*", help="a module, or module.name; * as in a shell")
    given = parser.parse_args()
    processes = (os.cpu_count() or 1) if given.processes == "auto" else int(given.processes)
    mutants = [one for module in MODULES for one in _mutants_of(module, given.chosen)]
    scores = [*_measure(mutants, processes)]
    for score in scores:
        print(f"{score.module}: {score.noticed} of {len(score.fates)}, {score.per_cent:.1f} %")
    if given.chosen:
        return 0
    reasons = read_reasons(_REASONS.read_text("utf-8"))
    _PAGE.write_text(render_page(scores, reasons), "utf-8")
    complaints = [*find_complaints(scores, reasons)]
    print(*complaints, sep="\n")
    return 1 if complaints else 0


def _mutants_of(module: str, chosen: Sequence[str]) -> Iterator[Mutant]:
    for mutant in find_mutants(module):
        names = (module, f"{module}.{mutant.where}")
        if not chosen or any(fnmatchcase(name, one) for name in names for one in chosen):
            yield mutant


def _measure(mutants: Sequence[Mutant], processes: int) -> Iterator[Score]:
    """Yield the score of each module; survivors are shown as soon as they are known."""
    fates: dict[int, Fate] = {}

    def tell(mutant: Mutant, fate: Fate) -> None:
        fates[id(mutant)] = fate
        if fate is not Fate.KILLED:
            of = f"{len(fates)} of {len(mutants)}"
            print(f"[{of}] {mutant.module}: {fate.value}: {mutant.name}", flush=True)

    try_mutants(mutants, processes, tell)
    for module in MODULES:
        mine = [one for one in mutants if one.module == module]
        if mine:
            yield Score(module, [(one, fates[id(one)]) for one in mine])


if __name__ == "__main__":
    sys.exit(main())
