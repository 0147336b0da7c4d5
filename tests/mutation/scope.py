"""Which modules of `entrypoint/core` decide, and which tests of `tests/unit` are about each.

Only these run against a module's mutants: what only a far-off test notices counts as unnoticed, and
the time of a run is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
_TESTS: Final = ROOT / "tests/unit"
_ABOUT: Final = {
    "watching": ("watching*",),
    "pacing": ("pacing", "watching*"),
    "repair": ("watching*", "repair*", "said"),
    "retry": ("retry*", "watching_limits"),
    "verdict": ("verdict*", "said"),
    "outcome": ("verdict*",),
    "unjudged": ("verdict*", "said"),
    "ruling": ("ruling*", "said"),
    "gate": ("gate", "ruling*"),
    "question": ("question*", "versions", "said"),
    "finding": ("finding*",),
    "text": ("text*", "redaction*"),
    "spelling": ("redaction*",),
    "schema": ("schema*", "violation_words", "ecma", "formats", "said"),
    "schema_faults": ("schema", "schema_faults", "said"),
    "schema_keywords": ("schema", "schema_faults", "said"),
    "violations": ("schema_violations*", "violation_words*", "said"),
}
MODULES: Final = (*_ABOUT,)
"""Their names."""


def path_of(module: str) -> Path:
    """Return a module's file."""
    return ROOT / f"entrypoint/core/{module}.py"


def files_about(module: str) -> Iterator[str]:
    """Yield the files of the tests that are about a module, as pytest names them."""
    for pattern in _ABOUT[module]:
        for path in sorted(_TESTS.glob(f"test_{pattern}.py")):
            yield str(path.relative_to(ROOT))
