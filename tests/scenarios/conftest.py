"""The `gate` of a scenario, whose teardown checks the invariants."""

import gc
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator import Simulation
from tests.scenarios.invariants import check_all
from tests.scenarios.world import Gate


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    """Give a gate on a pull request; afterwards check what must be true of every run."""
    threads, sockets = set(threading.enumerate()), _open_sockets()
    (tmp_path / "workspace").mkdir()
    with Simulation() as sim:
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
