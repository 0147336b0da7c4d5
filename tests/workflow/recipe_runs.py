"""What happens in each run of a recipe: the event, and what Devin answers.

A line here is a run; `test_recipes.py` says how it must end.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from simulator import Simulation, Timeline
from simulator.timeline import Step as Change
from tests.container.engine import ROOT
from tests.container.job import NUMBER

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class RecipeRun:
    """A recipe, the event that starts it, and the world that it meets."""

    recipe: str
    event: str
    payload: Json
    answer: object
    arrange: Callable[[Simulation], object] = lambda _: None
    more: tuple[str, ...] = ()
    """Further arguments of act."""

    @property
    def timeline(self) -> Timeline:
        """Return a session that ends with the answer."""
        end = Change(status_enum="blocked", structured_output=self.answer, message="I am done.")
        return Timeline((end,))


def _event(name: str, **changes: object) -> Json:
    """Return a real payload with other values at its top."""
    text = (ROOT / f"tests/cases/events/{name}.json").read_text(encoding="utf-8")
    payload: Json = json.loads(text)
    return {**payload, **changes}


def _verdicts(*names: str, passing: tuple[str, ...]) -> Mapping[str, Json]:
    return {name: {"pass": name in passing, "reasoning": "I looked."} for name in names}


def _scopes(*passing: str) -> Json:
    """Return the eight verdicts, of which these pass."""
    return {
        "preconditions": _verdicts("no_breaking_changes", "ai_review_passed", passing=passing),
        "change_scope": _verdicts(
            "docs_only_change",
            "comment_only_change",
            "dependency_version_bump",
            "metadata_only_change",
            "error_classification_change",
            "error_handler_addition",
            passing=passing,
        ),
    }


def _auto_merge(*passing: str) -> RecipeRun:
    return RecipeRun(
        "auto-merge-by-scope",
        "workflow_dispatch",
        _event("workflow_dispatch", inputs={"pull_request": str(NUMBER)}),
        _scopes(*passing),
        more=("--var", "AUTO_MERGE=true"),
    )


RUNS: Final[Mapping[str, RecipeRun]] = {
    "auto-merge-all-and-one": _auto_merge(
        "no_breaking_changes", "ai_review_passed", "error_handler_addition"
    ),
    "auto-merge-all-and-none": _auto_merge("no_breaking_changes", "ai_review_passed"),
    "auto-merge-one-and-one": _auto_merge("no_breaking_changes", "docs_only_change"),
}
