"""Every recipe is run as it stands in `docs/recipes`, not a line of it changed.

Another name is given to the workflow, since act names containers after it. GitHub's own command
line, which no test can have without GitHub, is `tests/workflow/gh`, which says what it was asked.
"""

from __future__ import annotations

import pytest

from tests.container.job import HEAD_SHA, NUMBER
from tests.workflow.act import ActRun

pytestmark = [
    pytest.mark.workflow,
    # As test_workflows.py: all share the image.
    pytest.mark.xdist_group("workflow"),
    pytest.mark.timeout(420),
]


def of(*names: str) -> pytest.MarkDecorator:
    """Give a test the ends of these runs, one after the other, as `recipe_run`."""
    return pytest.mark.parametrize("recipe_run", names, indirect=True)


def judged(run: ActRun) -> dict[str, bool]:
    """Return what each rule of the gate came to, as the comment has it."""
    (comment,) = run.comments
    marks = {"✅": True, "❌": False}
    lines = [line.removeprefix("<li>") for line in comment.body.splitlines()]
    rules = [line for line in lines if line[:1] in marks]
    return {line.partition("<code>")[2].partition("</code>")[0]: marks[line[0]] for line in rules}


@of("auto-merge-all-and-one")
def test_all_preconditions_and_one_scope_merge(recipe_run: ActRun) -> None:
    """The job is green, and what depends on it merges the commit that was judged, no other."""
    run = recipe_run
    assert run.exit_code == 0, run.log
    assert run.jobs == {"evaluate": ("success",), "merge": ("success",)}
    assert run.outputs["outcome"] == ("passed",)
    assert set(judged(run).values()) == {True}
    assert run.seen["GH"] == (f"pr merge {NUMBER} --squash --match-head-commit {HEAD_SHA}",)
    assert run.simulation.leftovers() == []


SCOPE = "output.change_scope.exists(name, output.change_scope[name].pass)"
REVIEWED = "output.preconditions.ai_review_passed.pass"


@pytest.mark.parametrize(
    ("recipe_run", "refused"),
    [("auto-merge-all-and-none", SCOPE), ("auto-merge-one-and-one", REVIEWED)],
    indirect=["recipe_run"],
)
def test_without_all_preconditions_or_any_scope_nothing_merges(
    recipe_run: ActRun, refused: str
) -> None:
    """The job is red, the comment marks the one rule that is not true, and nothing is merged."""
    run = recipe_run
    assert run.exit_code != 0, run.log
    assert run.jobs == {"evaluate": ("failure",)}
    assert run.outputs["outcome"] == ("gate_failed",)
    assert [rule for rule, is_true in judged(run).items() if not is_true] == [refused]
    assert "GH" not in run.seen
    assert run.simulation.leftovers() == []
