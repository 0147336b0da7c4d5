"""The guards of the whole suite: no real waiting, no traffic off this machine, a known environment.

Traffic is watched by an audit hook (PEP 578): the interpreter itself reports every `connect` and
every look-up of a name, whoever calls it, so nothing is replaced, and a hook cannot be removed. The
interpreter reports `time.sleep` only from Python 3.13 on; for 3.11 the function is wrapped, once for
the whole process, and sleeps as before where the test may.
"""

import ipaddress
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import SupportsIndex

import pytest
from hypothesis import settings

LONGEST_SLEEP_S = 0.05
"""Real seconds that a test may sleep without asking: what a thread needs to get its turn."""
_KEPT = ("PATH", "TMPDIR", "LANG", "LC_ALL", "TZ", "CI", "COLUMNS", "NO_COLOR", "VIRTUAL_ENV")
_KEPT_PREFIXES = ("PYTEST_", "COVERAGE_", "HYPOTHESIS_")
_OUTSIDE = ("container", "workflow")
"""Markers of the layers that start other programs and wait for them in real time."""

# The same examples in each run; `--hypothesis-profile long` looks for new ones (`make fuzz`). No limit
# for one example, since machines differ.
settings.register_profile("short", deadline=None, derandomize=True, database=None)
settings.register_profile("long", deadline=None, max_examples=20_000)

settings.load_profile("short")

_may_sleep: list[bool] = [False]
_real_sleep = time.sleep


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the whole matrix be asked for; only here, since pytest reads this file first."""
    parser.addoption("--whole-matrix", action="store_true", help="every case of tests/matrix")


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker and install the guards, once for the process."""
    config.addinivalue_line("markers", "real_time: waits in real time, with the reason in words")
    config.addinivalue_line("markers", "only_on: the one version of Devin's API, with the reason")
    sys.addaudithook(_guard)
    time.sleep = _sleep  # the one thing that is replaced; see the top


@pytest.fixture(autouse=True)
def _allow_sleep(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let the tests sleep that say so."""
    _may_sleep[0] = any(map(request.node.get_closest_marker, ("real_time", *_OUTSIDE)))
    yield
    _may_sleep[0] = False


@pytest.fixture(autouse=True)
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator["os._Environ[str]"]:
    """Give the process a small known environment, an empty HOME, and put the old one back.

    What a test sets in it is gone afterwards. The layers that start other programs keep theirs.
    """
    before = dict(os.environ)
    if not any(map(request.node.get_closest_marker, _OUTSIDE)):
        for name in before:
            if name not in _KEPT and not name.startswith(_KEPT_PREFIXES):
                del os.environ[name]
        home = tmp_path / "home"
        home.mkdir()
        os.environ["HOME"] = str(home)
    yield os.environ
    os.environ.clear()
    os.environ.update(before)


def _guard(event: str, arguments: tuple[object, ...]) -> None:
    """Fail the test that waits or calls outside. `pytest.fail` is no `Exception`: none hides it."""
    if event == "socket.connect":
        _check_address(arguments[1])
    elif event == "socket.getaddrinfo":
        _check_host(arguments[0])


def _sleep(duration_s: "float | SupportsIndex", /) -> None:
    """Sleep where the test may."""
    if float(duration_s) > LONGEST_SLEEP_S and not _may_sleep[0]:
        pytest.fail(f"slept {duration_s} s of real time; use the SimClock, or mark `real_time`")
    _real_sleep(duration_s)


def _check_address(address: object) -> None:
    if isinstance(address, tuple):  # an internet address; a local socket is a path
        _check_host(address[0])


def _check_host(host: object) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name is not None and name != "localhost" and not _is_loopback(str(name)):
        pytest.fail(f"asked for {name}, which is not on this machine")


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
