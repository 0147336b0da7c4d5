"""The ids of the matrix, and the small part of it that still has every pair of factors.

An id is `ROW.variant:phase:persistence`, behind the version of Devin's API where the case has one:
`v3-ROW.…`. A variant that is itself a combination says so with a
slash (`429/past-date`): then each part is a factor. `-` stands for a part that does not apply.
"""

from __future__ import annotations

import heapq
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, TypeAlias

ROWS: Final = (
    *("N1", "N3", "N4", "N5", "N6", "N7", "N9", "N10", "H1", "H2", "H3", "H4", "B1", "B2", "B3"),
    *("S1", "S2", "S3", "F1", "F2", "I1", "I2", "G1", "T1", "C1"),
)
"""The rows of the list of faults, in its order."""
PHASES: Final = (
    *("create", "first-poll", "middle-poll", "last-poll", "message", "terminate"),
    *("github-list", "github-create", "github-edit", "-"),
)
STEPS: Final = (
    *("starting", "reading", "state-pull-request", "output-head-sha", "look-up", "state-key"),
    *("create-done", "state-id", "state-created", "output-id", "output-url"),
    *("github-login", "github-create-done", "github-list-again"),
    *("sleep-before-race", "race-look-up", "sleep", "validating", "last-look-up", "judging"),
    "github-look",
    *("output-file", "state-outcome", "state-reason", "outputs", "summary"),
    *("github-list-at-end", "github-edit-done", "state-finished", "last-line"),
    *("github-delete", "tag", "tag-done", "terminate-done", "state-ended"),
)
"""Where else a signal, a kill or a full disk comes: the steps of a run, in their order."""
PERSISTENCES: Final = ("once", "below", "past", "forever", "-")
_ID = re.compile(
    r"(?:(?P<api>v[13])-)?(?P<row>[A-Z][0-9]+)\.(?P<variant>[^:]+):(?P<phase>[^:]+):(?P<times>[^:]+)"
)
Pair: TypeAlias = "tuple[tuple[int, str], tuple[int, str]]"


@dataclass(frozen=True)
class Case:
    """One case of the matrix, as its id names it."""

    row: str
    variant: str
    phase: str
    persistence: str
    api: str = "-"

    @property
    def factors(self) -> tuple[str, ...]:
        """Return what the case is a combination of."""
        return (self.phase, self.persistence, self.api, *self.variant.split("/"))

    @property
    def pairs(self) -> set[Pair]:
        """Return every two of the factors, each with its place."""
        return set(combinations(enumerate(self.factors), 2))


def parse_id(text: str) -> Case:
    """Return the case of a pytest id; raises `ValueError` for what is none."""
    match = _ID.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not ROW.variant:phase:persistence")
    case = Case(match["row"], match["variant"], match["phase"], match["times"], match["api"] or "-")
    if (
        case.row not in ROWS
        or case.phase not in PHASES + STEPS
        or case.persistence not in PERSISTENCES
    ):
        raise ValueError(
            f"{text!r} names no row, phase or persistence of tests/matrix/selection.py"
        )
    return case


def choose_pairs(cases: Iterable[Case]) -> set[Case]:
    """Return a part of the cases in which every pair of factors of a row still occurs.

    Greedy: always the case that has the most pairs that are missing yet, the first of equals. The
    same cases in the same order give the same part.
    """
    rows: defaultdict[str, list[Case]] = defaultdict(list)
    for case in cases:
        rows[case.row].append(case)
    return {chosen for row in rows.values() for chosen in _cover(row)}


def _cover(row: Sequence[Case]) -> list[Case]:
    pairs = [case.pairs for case in row]
    missing = set[Pair]().union(*pairs)
    # What a case would bring only ever gets less: the first whose number still holds is the best.
    brings = [(-len(new), place) for place, new in enumerate(pairs)]
    heapq.heapify(brings)
    chosen = []
    while missing:
        known, place = brings[0]
        now = -len(pairs[place] & missing)
        if now == known:
            chosen.append(row[heapq.heappop(brings)[1]])
            missing -= pairs[place]
        else:
            heapq.heapreplace(brings, (now, place))
    return chosen
