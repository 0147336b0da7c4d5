"""The post step after a step that told its end. After all others it is in `test_moments.py`."""

from __future__ import annotations

from tests.container.conftest import Arrange
from tests.container.job import AT_WORK
from tests.container.marks import CONTAINER_LAYER

pytestmark = CONTAINER_LAYER


def test_with_nothing_left_the_post_step_says_nothing(arrange: Arrange) -> None:
    """After a step that told its end, and without any state as act has it, nobody is asked."""
    simulation, job = arrange(AT_WORK)
    for state in ({}, {"session_id": "devin-1", "finished": "true"}):
        done = job.start_post(state, {}).wait()
        assert (done.exit_code, done.log) == (0, "")
    assert simulation.devin.journal == []
    assert simulation.github.journal == []
