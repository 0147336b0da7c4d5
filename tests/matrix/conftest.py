"""The scenarios' `gate`, with its invariants, and which part of the matrix is run."""

from collections.abc import Iterator

import pytest

from tests.matrix.network import Authority, Network
from tests.matrix.selection import Case, choose_pairs, parse_id
from tests.scenarios.conftest import gate, pytest_generate_tests
from tests.scenarios.world import Gate

__all__ = ["gate", "pytest_generate_tests"]

_HERE = "tests/matrix/"


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Give certificates, made once."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def network(gate: Gate, authority: Authority) -> Iterator[Network]:
    """Give what stands between the gate and its services; it is gone before the invariants."""
    with Network(gate, authority) as network:
        yield network


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave every pair of factors, or all where the whole matrix is asked for.

    A test that was named on the command line by its id is run whatever the selection says.
    """
    cases = {item.nodeid: _case_of(item) for item in items if item.nodeid.startswith(_HERE)}
    if config.getoption("--whole-matrix") or any("[" in name for name in config.args):
        return
    kept = {None, *choose_pairs(cases.values())}
    config.hook.pytest_deselected(items=[i for i in items if cases.get(i.nodeid) not in kept])
    items[:] = [item for item in items if cases.get(item.nodeid) in kept]


def _case_of(item: pytest.Item) -> Case:
    if not isinstance(item, pytest.Function) or not hasattr(item, "callspec"):
        raise pytest.UsageError(f"{item.nodeid} has no id of a case")
    try:
        return parse_id(item.callspec.id)
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None
