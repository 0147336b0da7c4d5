"""One simulation for one adapter's test."""

from collections.abc import Iterator

import pytest

from simulator import Simulation


@pytest.fixture
def sim() -> Iterator[Simulation]:
    """Serve a Devin and a GitHub with one pull request; no fault may be left unused."""
    with Simulation() as simulation:
        simulation.github.add_pull(12)
        yield simulation
        assert simulation.leftovers() == []
