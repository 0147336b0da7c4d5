"""The scenarios' `gate`, with its invariants, and which part of the matrix is run."""

import pytest

from tests.matrix.selection import Case, choose_pairs, parse_id
from tests.scenarios.conftest import gate

__all__ = ["gate"]

_HERE = "tests/matrix/"


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
