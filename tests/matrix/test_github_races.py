"""G1: two runs of one pull request write its comment at the same time, and GitHub stumbles."""

from __future__ import annotations

from typing import Final

import pytest

from simulator import Answer, Delay, Fault
from tests.matrix.test_github import DEVIN
from tests.matrix.test_signals import PASSED
from tests.scenarios.page import show
from tests.scenarios.world import COMMENT, COMMENTS, GOOD, Gate, Run, blocked, working

AUTHORS: Final = {"made-at-start": "octocat", "made-at-end": DEVIN}
"""On a pull request of Devin's the comment is made at the end: no later write cleans up."""
FAULTS: Final[dict[str, Fault]] = {
    "502": Answer(502, "<h1>Bad Gateway</h1>"),
    "404": Answer(404, {"message": "Not Found"}),
}
_LOOKS: Final = range(4)
"""The looks at the comments that the two runs take while both make one."""


@pytest.fixture(autouse=True)
def answer(gate: Gate) -> None:
    """Let Devin give a good answer to every question."""
    gate.devin_does(working(), blocked(60, GOOD))


@pytest.mark.parametrize(
    "made", [pytest.param(made, id=f"G1.race/{made}:github-create:-") for made in AUTHORS]
)
def test_g1_race(gate: Gate, made: str) -> None:
    """Both see no comment and make one; the second look is what leaves a single one."""
    _let_both_create(gate, made)
    assert [run.outcome for run in gate.race()] == ["passed", "passed"]
    creates = [seen for seen in gate.sim.github.journal if seen.method == "POST"]
    assert sum("comments" in seen.path for seen in creates) == 2
    _check_one_comment(gate, "1000")


@pytest.mark.parametrize(
    ("made", "fault", "look"),
    [
        pytest.param(made, fault, look, id=f"G1.race-{fault}/{made}/look-{look}:github-list:once")
        for made in AUTHORS
        for fault in FAULTS
        for look in _LOOKS
    ],
)
def test_g1_race_list(gate: Gate, made: str, fault: str, look: int) -> None:
    """Whichever look of the two runs fails, at the end there is one comment, and it has ended."""
    _let_both_create(gate, made)
    gate.sim.github.inject("GET", COMMENTS, FAULTS[fault], skip=look)
    assert [run.outcome for run in gate.race()] == ["passed", "passed"]
    _check_one_comment(gate, "1000")


@pytest.mark.parametrize(
    ("made", "fault"),
    [
        pytest.param(made, fault, id=f"G1.race-{fault}/{made}:github-delete:once")
        for made in AUTHORS
        for fault in FAULTS
    ],
)
def test_g1_race_delete(gate: Gate, made: str, fault: str) -> None:
    """The surplus comment goes with the next try or the next write."""
    _let_both_create(gate, made)
    gate.sim.github.inject("DELETE", COMMENT, FAULTS[fault])
    assert [run.outcome for run in gate.race()] == ["passed", "passed"]
    _check_one_comment(gate, "1000")


@pytest.mark.parametrize(
    "delays",
    [
        pytest.param(delays, id=f"G1.race-of-ages/{delays[0]:.0f}-{delays[1]:.0f}:github-create:-")
        for delays in ((3.0, 0.0), (3.0, 5.0), (0.0, 3.0))
    ],
)
def test_g1_race_of_ages(gate: Gate, delays: tuple[float, float]) -> None:
    """In whatever order the creates land, one comment is left, and it is the younger run's."""

    def younger() -> Run:
        gate.environ["GITHUB_RUN_ID"] = "1001"
        return gate.run(alone=False)

    _slow_down_creates(gate, *delays)
    gate.clock.run_together(lambda: gate.run(alone=False), younger)
    _check_one_comment(gate, "1001")


@pytest.mark.parametrize(
    "when_s",
    [pytest.param(when_s, id=f"G1.deleted/{when_s}-s:github-edit:once") for when_s in (2, 30, 64)],
)
def test_g1_deleted(gate: Gate, when_s: float) -> None:
    """The end is told even where somebody removed the comment while Devin worked."""
    gate.clock.at(when_s, lambda: gate.sim.github.delete_comment(gate.comments()[0].id))
    run = gate.run()
    assert [show(body).headings[0] for body in run.comments] == [PASSED]
    assert run.outputs["comment_url"].endswith(str(gate.comments()[0].id))


def _let_both_create(gate: Gate, made: str) -> None:
    gate.on_pull_request(author=AUTHORS[made])
    _slow_down_creates(gate, 8.0, 12.0)


def _slow_down_creates(gate: Gate, *delays_s: float) -> None:
    """Let the answers to the first creates come late, so that others list and create meanwhile."""
    for delay_s in delays_s:
        gate.sim.github.inject("POST", COMMENTS, Delay(delay_s))


def _check_one_comment(gate: Gate, run_id: str) -> None:
    [comment] = gate.comments()
    assert f" run={run_id} " in comment.body.splitlines()[0]
    assert show(comment.body).headings[0] == PASSED
