"""Every error says what was wrong and what to do."""

from __future__ import annotations

import pytest

from entrypoint.errors import (
    Cancelled,
    DevinError,
    EventError,
    GateError,
    GitHubError,
    InputError,
    Problem,
    RunnerError,
)
from tests.unit.builders import make_failure

PROBLEM = Problem("title", "`x` (it is bad)", "a text", "title: Review")


@pytest.mark.parametrize(
    "error",
    [
        EventError("What.", "Do."),
        DevinError("What.", "Do."),
        GitHubError("What.", "Do.", may_pass=True),
        RunnerError("What.", "Do."),
        InputError((PROBLEM,)),
        make_failure(status=500),
    ],
    ids=lambda error: type(error).__name__,
)
def test_every_obstacle_is_caught_as_one(error: GateError) -> None:
    """No obstacle is taken for a bug, and each comes with a remedy."""
    assert isinstance(error, GateError)
    assert str(error)
    assert error.remedy


def test_a_cancel_is_no_error() -> None:
    """Code that catches errors never swallows the end of the run."""
    assert not issubclass(Cancelled, Exception)


def test_a_problem_is_one_line() -> None:
    """The log shows what came, what is allowed and a line to copy."""
    assert str(PROBLEM) == "title: got `x` (it is bad); allowed is a text. Write: title: Review"


def test_an_input_with_two_problems_is_named_once() -> None:
    """With one input at fault the sentence says what is wrong with it."""
    error = InputError((PROBLEM, PROBLEM))
    assert str(error) == "`title`: got `x` (it is bad); nothing was asked of Devin."
    assert error.problems == (PROBLEM, PROBLEM)
