"""The `gate` of a scenario, on either version of Devin's API; its teardown checks the invariants.

Every scenario is played on both. One that can only be told on one says so:
`@pytest.mark.only_on("v1", reason="…")`.
"""

import gc
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from simulator import DEVIN_KEY, DEVIN_KEY_V3, Simulation
from tests.scenarios.invariants import check_all
from tests.scenarios.world import Gate

KEYS: Final = {"v1": DEVIN_KEY, "v3": DEVIN_KEY_V3}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Play each scenario on every version that it can be told on."""
    marks = metafunc.definition.iter_markers("parametrize")
    if "gate" in metafunc.fixturenames and not any("gate" in mark.args[0] for mark in marks):
        only = metafunc.definition.get_closest_marker("only_on")
        metafunc.parametrize("gate", only.args if only else [*KEYS], indirect=True)


@pytest.fixture
def gate(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Gate]:
    """Give a gate on a pull request; afterwards check what must be true of every run."""
    threads, sockets = set(threading.enumerate()), _open_sockets()
    (tmp_path / "workspace").mkdir()
    with Simulation(devin_key=KEYS[request.param]) as sim:
        gate = Gate(sim, tmp_path)
        gate.on_pull_request()
        yield gate
        check_all(gate)
    assert set(threading.enumerate()) <= threads
    assert _open_sockets() <= sockets


def _open_sockets() -> int:
    """Return how many sockets this process holds; what nobody refers to is closed first."""
    gc.collect()
    gc.freeze()  # what lives now is not looked at again, which makes the next time quick
    links = (_target(link) for link in list(Path("/proc/self/fd").iterdir()))
    return sum(target.startswith("socket:") for target in links)


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except FileNotFoundError:  # the listing itself was one
        return ""
