"""A simulation for one test, which must leave no fault unused and ask for no unknown route."""

import threading
from collections.abc import Iterator

import pytest
import requests

from simulator import DEVIN_KEY, DEVIN_KEY_V3, Simulation
from tests.simulator.client_v3 import ClientV3


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


@pytest.fixture
def v3() -> Iterator[Simulation]:
    """Serve a Devin whose key is one of API v3."""
    with Simulation(devin_key=DEVIN_KEY_V3) as simulation:
        yield simulation


@pytest.fixture
def devin(v3: Simulation, http: requests.Session) -> ClientV3:
    """Give a client of API v3 with the simulation's key."""
    return ClientV3(v3, http)
