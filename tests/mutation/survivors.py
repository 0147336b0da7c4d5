"""The score of each module, and why a survivor may live: what is wrong with it, and its page."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tests.mutation.mutants import Mutant
from tests.mutation.trials import Fate

GOAL: Final = 90
"""Per cent of a module's mutants that the tests must notice."""


@dataclass(frozen=True)
class Score:
    """What became of the mutants of one module."""

    module: str
    """Its name in `entrypoint/core`."""
    fates: Sequence[tuple[Mutant, Fate]]

    @property
    def survivors(self) -> list[Mutant]:
        """Return those that no test noticed."""
        return [mutant for mutant, fate in self.fates if fate is Fate.SURVIVED]

    @property
    def noticed(self) -> int:
        """Return how many the tests noticed."""
        return len(self.fates) - len(self.survivors)

    @property
    def per_cent(self) -> float:
        """Return the share that the tests noticed; one without mutants has nothing to notice."""
        return 100 * self.noticed / len(self.fates) if self.fates else 100.0


@dataclass(frozen=True)
class Reason:
    """Why some survivors of a module may live."""

    module: str
    because: str
    mutants: tuple[str, ...]
    """Their names, as `Mutant.name` gives them."""


def read_reasons(text: str) -> list[Reason]:
    """Return the reasons that a person wrote down, in their order."""
    return [
        Reason(entry["module"], " ".join(entry["because"].split()), tuple(entry["mutants"]))
        for entry in tomllib.loads(text).get("survivors", [])
    ]


def find_complaints(scores: Sequence[Score], reasons: Sequence[Reason]) -> Iterator[str]:
    """Yield what is not as it must be: a low score, a survivor without reason, a stale reason."""
    for score in scores:
        if score.per_cent < GOAL:
            yield f"{score.module}: {score.per_cent:.1f} % is below {GOAL} %"
    alive = {(score.module, mutant.name) for score in scores for mutant in score.survivors}
    given = Counter((reason.module, name) for reason in reasons for name in reason.mutants)
    for module, name in sorted(alive - given.keys()):
        yield f"{module}: no reason for: {name}"
    for module, name in sorted(given.keys() - alive):
        yield f"{module}: a reason, but no survivor: {name}"
    for (module, name), number in given.items():
        if number > 1:
            yield f"{module}: {number} reasons for: {name}"


def render_page(scores: Sequence[Score], reasons: Sequence[Reason]) -> str:
    """Return `docs/mutation.md`."""
    return "\n".join([_TOP, *_table(scores), _MIDDLE, *_list(scores, reasons)])


def _table(scores: Sequence[Score]) -> Iterator[str]:
    yield "| module | mutants | noticed | survived | score |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for score in scores:
        counts = f"{len(score.fates)} | {score.noticed} | {len(score.survivors)}"
        yield f"| `{score.module}` | {counts} | {score.per_cent:.1f} % |"


def _list(scores: Sequence[Score], reasons: Sequence[Reason]) -> Iterator[str]:
    for score in scores:
        mine = [reason for reason in reasons if reason.module == score.module]
        explained = {name for reason in mine for name in reason.mutants}
        groups = [
            (reason.because, [one for one in score.survivors if one.name in reason.mutants])
            for reason in mine
        ]
        groups.append(
            ("**No reason yet.**", [one for one in score.survivors if one.name not in explained])
        )
        if score.survivors:
            yield f"\n### `{score.module}`"
        for because, survivors in groups:
            if survivors:
                yield f"\n{because}\n"
                yield "```diff"
                for one in survivors:
                    yield from _lines(one)
                yield "```"
    yield ""


def _lines(mutant: Mutant) -> Iterator[str]:
    yield f"@@ {mutant.where} @@"
    for sign, text in (("-", mutant.was), ("+", mutant.becomes)):
        yield from (f"{sign}{line}" for line in text.split(" ⏎ ") if text)


_TOP: Final = f"""\
# Mutation score of the deciding modules

Written by `make mutation`, which is not part of `make test`: it takes long. The reasons are kept in
`tests/mutation/reasons.toml`; everything else here is measured.

A *mutant* is a module of `entrypoint/core` with one small change: another operator, limit or text,
an argument or entry left out, a branch taken always or never, `None` for a value. The tests that are
about the module (`tests/mutation/scope.py`) run against each: for a change in a function those that
call it, for one outside of functions (a table, a limit, an enum) all. A mutant is *noticed* if one
fails or does not end, and *survives* if all pass. The score is what was noticed of all, survivors
with a good reason included in "all"; what only a test of another layer would notice survives.

`make mutation` fails if a module's score is below {GOAL} %, if a survivor has no reason, or if a
reason has no survivor any more. A reason names its mutant by function and changed text, so it
outlives a move and not a change. For a part, with nothing written:
`python -m tests.mutation retry 'verdict.Verdict*'`.

The changes are the operators of [mutmut](https://mutmut.readthedocs.io), and two of ours: entries
and branches. mutmut's own runner reaches only functions without a decorator, so that neither the
table of conclusions nor the property `exit_code` would ever be changed; cosmic-ray changes no texts,
arguments or entries; poodle does not look below an `and`. So the runner is ours, `tests/mutation/`:
each mutant is tried in a fork of one pytest session that has everything loaded.
"""
_MIDDLE: Final = """
## Survivors

What is listed here changes nothing that was promised, for the reason above it.
"""
