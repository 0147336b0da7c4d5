"""The recipes in `docs/recipes`, read as the workflows that they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import yaml

from tests.repo.contract_tables import ROOT

FOLDER: Final = ROOT / "docs/recipes"
PAGE: Final = FOLDER / "README.md"
ACTION: Final = "devin-gate/devin-gate"
ONLY_A_PUSH: Final = "${{ github.event.action == 'synchronize' }}"
"""What may cancel a run that then ends its session: an edited title is the same question."""
Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Recipe:
    """A workflow; `on` is read as a word, not as YAML 1.1's `true`."""

    path: Path

    @property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @property
    def workflow(self) -> Json:
        loaded: Json = yaml.safe_load(re.sub(r"(?m)^on:", '"on":', self.text))
        return loaded

    @property
    def triggers(self) -> list[str]:
        return list(self.workflow["on"])

    @property
    def jobs(self) -> dict[str, Json]:
        jobs: dict[str, Json] = self.workflow["jobs"]
        return jobs

    def steps(self) -> Iterator[tuple[Json, Json]]:
        """Yield each step with its job."""
        for job in self.jobs.values():
            for step in job["steps"]:
                yield job, step

    def asking(self) -> Iterator[tuple[Json, Json]]:
        """Yield the steps that are the action, each with its job."""
        for job, step in self.steps():
            if step.get("uses", "").startswith(f"{ACTION}@"):
                yield job, step


RECIPES: Final = [Recipe(path) for path in sorted(FOLDER.glob("*.yml"))]


def find_permissions(name: str) -> dict[str, str]:
    """Return what the token may do in the recipe's jobs that ask; in all of them the same."""
    jobs = [job for job, _ in Recipe(FOLDER / f"{name}.yml").asking()]
    permissions: dict[str, str] = jobs[0]["permissions"]
    assert all(job["permissions"] == permissions for job in jobs)
    return permissions
