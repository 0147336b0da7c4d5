"""The cancel ladder and the kill at each moment of a run, and the post step after them."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from concurrent.futures import Future
from typing import Final

import pytest

from tests.container.job import comments_on
from tests.container.marks import CONTAINER_LAYER
from tests.container.moments import Scene
from tests.container.plays import PLAYS, End
from tests.scenarios.page import show

pytestmark = CONTAINER_LAYER

every_play: Final = pytest.mark.parametrize("play", PLAYS)


@pytest.fixture
def scene(play: str, scenes: Mapping[str, Future[Scene]]) -> Scene:
    """Return what was left of the play, which may have been over for long."""
    return scenes[play].result()


@pytest.fixture
def end(play: str) -> End:
    """Return how it must end."""
    return PLAYS[play][1]


@every_play
def test_nothing_goes_on(scene: Scene, end: End) -> None:
    """Process 1 is Python; it and its container are gone before the next rung of the ladder."""
    assert [*scene.processes.values()] == ["/opt/action/bin/python -I -u -m entrypoint"]
    assert scene.rung is end.rung, scene.main.log
    assert scene.main.exit_code == end.exit_code, scene.main.log
    assert not scene.is_left
    assert [folder for folder in scene.processes if folder.exists()] == []
    assert "Traceback" not in scene.main.log


@every_play
def test_what_is_known_is_written(scene: Scene, end: End) -> None:
    """Id and address are outputs and state from the moment they are known; a verdict is too."""
    main, sessions = scene.main, scene.simulation.devin.sessions
    assert len(sessions) == end.sessions
    for place in (main.outputs, main.state):
        assert place.get("outcome") == end.outcome
    known = [session for session in sessions if "Devin session:" in main.log]
    assert [main.state["session_id"] for _ in known] == [one.session_id for one in known]
    assert [main.outputs["session_id"] for _ in known] == [one.session_id for one in known]
    assert [main.outputs["session_url"] for _ in known] == [one.url for one in known]
    assert (end.outcome == "cancelled") == ("The workflow run was cancelled" in main.summary)


@every_play
def test_the_post_step_ends_it(scene: Scene, end: End) -> None:
    """With the post step's end the comment has ended, and a session as often as was asked."""
    simulation, post = scene.simulation, scene.post
    bodies = [comment.body for comment in comments_on(simulation)]
    assert tuple(show(body).headings[0] for body in bodies) == end.headings
    sessions = simulation.devin.sessions
    assert all((one.url in body) is end.linked for body in bodies for one in sessions)
    assert simulation.devin.terminations == [one.session_id for one in sessions][: end.ended]
    assert "Traceback" not in post.log
    assert simulation.devin.unknown_requests() + simulation.github.unknown_requests() == []


@every_play
def test_the_post_step_is_short(scene: Scene) -> None:
    """Whatever the network does, the post step is over in less than 30 s."""
    assert scene.post_s < 30, scene.post.log
    # The rung may come when it has just ended by itself.
    assert scene.post.exit_code in ((0, 1) if scene.post_rung is signal.SIGTERM else (0,))
    assert scene.post_rung is not signal.SIGKILL


@pytest.mark.parametrize("play", ["two signals, cleaning up"])
def test_a_second_signal_ends_the_run_now(scene: Scene) -> None:
    """Nothing is waited for any more: not for the answer that was just asked for."""
    assert "could not be ended" not in scene.main.log
    assert scene.main.log.splitlines()[-1] == "::endgroup::"
