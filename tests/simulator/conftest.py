"""A simulation for one test, which must leave no fault unused and ask for no unknown route."""

import threading
from collections.abc import Iterator

import pytest
import requests

from simulator import DEVIN_KEY, Simulation


@pytest.fixture
def sim() -> Iterator[Simulation]:
    """Serve a Devin and a GitHub; afterwards every thread of theirs is gone."""
    before = set(threading.enumerate())
    with Simulation() as simulation:
        simulation.github.add_pull(12)
        yield simulation
    assert set(threading.enumerate()) <= before


@pytest.fixture
def http() -> Iterator[requests.Session]:
    """Give a client that carries Devin's key and trusts nothing of the environment."""
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Authorization"] = f"Bearer {DEVIN_KEY}"
        yield session
