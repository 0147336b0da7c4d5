"""A cancel while the action starts. What comes later is in `test_moments.py`."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Final

import pytest

from tests.container.conftest import Arrange
from tests.container.job import AT_WORK
from tests.container.marks import CONTAINER_LAYER

pytestmark = CONTAINER_LAYER

_SITE: Final = "/opt/action/lib/python3.13/site-packages"
_KEY: Final = "0" * 32

_AT_ONCE: Final = "os.kill(1, {})"
_LOADING: Final = (
    "hasattr(sys, 'early') or setattr(sys, 'early', 1) or sys.addaudithook(lambda event, names: "
    "event == 'import' and names[0] == 'entrypoint.run' and os.kill(1, {}))"
)
"""The interpreter tells of each import before it begins (PEP 578); `site` runs a file twice."""


def _signal_at(folder: Path, when: str) -> tuple[str, str]:
    """Return flags that mount a file which Python's `site` runs, long before the action."""
    path = folder / "early.pth"
    path.write_text(f"import os, sys; {when}\n", encoding="utf-8")
    return ("-v", f"{path}:{_SITE}/early.pth")


@pytest.mark.parametrize("when", [_AT_ONCE, _LOADING], ids=["at-once", "loading"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_at_the_start_is_told(
    arrange: Arrange, tmp_path: Path, number: signal.Signals, when: str
) -> None:
    """Before Python has a handler of ours a signal is neither lost nor a traceback: it waits.

    Once there is one, it waits for what tells about it. Devin is not asked in either case.
    """
    simulation, job = arrange(AT_WORK)
    done = job.start(flags=_signal_at(tmp_path, when.format(number))).wait()
    assert done.exit_code == 1, done.log
    assert "Traceback" not in done.log
    assert done.outputs["outcome"] == done.state["outcome"] == "cancelled"
    assert simulation.devin.journal == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_the_post_step_starts_lets_it_finish(
    arrange: Arrange, tmp_path: Path, number: signal.Signals
) -> None:
    """What only the post step can end is ended, although the workflow is cancelled once more."""
    simulation, job = arrange(AT_WORK)
    session = simulation.devin.add_session({"prompt": "Review this pull request."})
    state = {"question_key": _KEY, "session_id": session.session_id, "created": "true"}
    inputs = {"on_cancel": "terminate"}
    flags = _signal_at(tmp_path, _AT_ONCE.format(number))
    done = job.start_post(state, inputs, flags=flags).wait()
    assert (done.exit_code, "Traceback" in done.log) == (0, False), done.log
    assert simulation.devin.terminations == [session.session_id]
