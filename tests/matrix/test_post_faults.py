"""S3: the post step of a killed run meets faults too."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from simulator import Answer, Delay, Fault, Reset, Silence
from simulator.server import SimulatedService
from tests.matrix.moments import PLACES, RUN
from tests.matrix.test_kills import run_killed
from tests.matrix.test_signals import CANCELLED
from tests.scenarios.page import show
from tests.scenarios.world import GOOD, Gate, blocked, working

POST_S: Final = 30.0
"""What the post step may take in all, whatever does not answer."""
_ROOT: Final = Path(__file__).parents[2]
_UNAVAILABLE: Final = Answer(503, "<h1>Unavailable</h1>")
FAULTS: Final[Mapping[str, tuple[Fault, bool]]] = {
    "503": (_UNAVAILABLE, True),
    "401": (Answer(401, {"detail": "No", "message": "Bad credentials"}), False),
    "403": (Answer(403, {"detail": "No", "message": "Resource not accessible"}), False),
    "reset": (Reset(), True),
    "slow": (Delay(3.9), True),
    "html": (Answer(200, "<h1>Portal</h1>"), True),
}
"""Each fault, and whether one of its kind is got over."""
_TIMES: Final = {"once": 1, "below": 2, "forever": None}
_BELOW = ("503", "reset")
WHERE: Final = ("devin", "github", "both")


@pytest.mark.parametrize(
    ("where", "fault", "times", "on_cancel"),
    [
        pytest.param(
            *(where, fault, times, on_cancel),
            id=f"S3.post/{where}/{fault}/{on_cancel}:-:{times}",
        )
        for where in WHERE
        for fault in FAULTS
        for times in _TIMES
        if times != "below" or (fault in _BELOW and where == "github")
        for on_cancel in ("leave", "terminate")
    ],
)
def test_s3_post(gate: Gate, where: str, fault: str, times: str, on_cancel: str) -> None:
    """Within 30 s, without a traceback; what was possible is done, the rest is said."""
    gate.devin_does(working(), blocked(300, GOOD))
    left = run_killed(gate, PLACES["sleep"], {**RUN, "on_cancel": on_cancel})
    spoiled, passes = FAULTS[fault]
    for server in _servers(gate, where):
        server.inject("*", "*", spoiled, times=_TIMES[times])
    began_s = gate.clock.monotonic_s()
    post = gate.post(left.environ, left.state)
    assert gate.clock.monotonic_s() - began_s <= POST_S
    assert post.exit_code == 0
    assert "Traceback" not in post.log
    lasts = times == "forever" and fault != "slow"
    spoils = {"devin": where != "github", "github": where != "devin"}
    ends = on_cancel == "terminate" and not (spoils["devin"] and (lasts or not passes))
    assert len(gate.sim.devin.terminations) == ends
    if not (spoils["github"] and (lasts or not passes)):
        assert [show(comment.body).headings[0] for comment in gate.comments()] == [CANCELLED]
    else:
        assert "::warning title=Devin Gate%3A no comment::" in post.log


@pytest.mark.real_time  # what never answers is waited for in real seconds, by a real process
@pytest.mark.parametrize(
    "where", [pytest.param(where, id=f"S3.hang/{where}:-:forever") for where in ("both",)]
)
def test_s3_hang(gate: Gate, where: str) -> None:
    """Servers that take a request and never answer hold the post step for 30 s at most."""
    gate.devin_does(working(), blocked(300, GOOD))
    left = run_killed(gate, PLACES["sleep"], {**RUN, "on_cancel": "terminate"})
    for server in _servers(gate, where):
        server.inject("*", "*", Silence(POST_S), times=None)
    handed_on = {f"STATE_{name}": value for name, value in left.state.items()}
    began_s = time.monotonic()
    code = "from entrypoint.__main__ import post_main; raise SystemExit(post_main())"
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=_ROOT,
        env={**left.environ, **handed_on},
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert time.monotonic() - began_s <= POST_S


def _servers(gate: Gate, where: str) -> list[SimulatedService]:
    servers: dict[str, SimulatedService] = {"devin": gate.sim.devin, "github": gate.sim.github}
    return [server for name, server in servers.items() if where in (name, "both")]
