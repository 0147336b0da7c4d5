"""The machine's clock and its signals."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from entrypoint.adapters.clock import SystemClock
from entrypoint.adapters.signals import Signals
from entrypoint.errors import Cancelled

WATCHED = (signal.SIGINT, signal.SIGTERM)


@pytest.fixture
def signals() -> Iterator[Signals]:
    """Install the handlers in this very process, and put the old ones back."""
    before = {number: signal.getsignal(number) for number in WATCHED}
    installed = Signals()
    installed.install()
    yield installed
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", WATCHED)
def test_the_first_signal_interrupts(signals: Signals, number: signal.Signals) -> None:
    """It is raised where the program is, with its name."""
    signals.release()
    with pytest.raises(Cancelled, match=number.name):
        os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", WATCHED)
def test_a_signal_while_modules_load_is_kept(signals: Signals, number: signal.Signals) -> None:
    """A cancel that comes before there is anything to tell with is told as soon as there is."""
    os.kill(os.getpid(), number)
    with pytest.raises(Cancelled, match=number.name):
        signals.release()


@pytest.mark.parametrize("number", WATCHED)
def test_a_signal_after_the_verdict_is_only_noted(signals: Signals, number: signal.Signals) -> None:
    """While the verdict is being told nothing interrupts; told in time, nothing ends it either."""
    signals.release()
    signals.hold()
    os.kill(os.getpid(), number)
    assert signal.getsignal(number) != signal.SIG_DFL
    signals.finish()


def test_cancelled_is_not_caught_by_the_way() -> None:
    """`except Exception` in a library does not swallow a cancel."""
    assert not issubclass(Cancelled, Exception)


_TWO_SIGNALS = """
import os, signal
from entrypoint.adapters.signals import Signals
signals = Signals()
signals.install()
signals.hold()
os.kill(os.getpid(), signal.SIGINT)
print("first", flush=True)
os.kill(os.getpid(), signal.SIGTERM)
print("second", flush=True)
"""


def test_a_second_signal_ends_the_process() -> None:
    """Nothing holds a run back that was told twice to end; the exit is red."""
    ended = subprocess.run(
        [sys.executable, "-c", _TWO_SIGNALS],
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    assert (ended.stdout, ended.returncode) == ("first\n", 1)


@pytest.mark.real_time  # a tenth of a second, to see that the clock is the machine's
def test_the_clock_sleeps_at_least_so_long() -> None:
    """Time goes forward by what was slept; a negative wait is none."""
    clock = SystemClock()
    began_s = clock.monotonic_s()
    clock.sleep(0.1)
    clock.sleep(-5)
    assert 0.1 <= clock.monotonic_s() - began_s < 5


@pytest.mark.real_time  # the alarm comes in real time
def test_a_signal_ends_a_sleep(signals: Signals) -> None:
    """A cancel does not wait for the next look."""
    signals.release()
    before = signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    began_s = time.monotonic()
    with pytest.raises(Cancelled):
        SystemClock().sleep(30)
    signal.signal(signal.SIGALRM, before)
    assert time.monotonic() - began_s < 5


def test_a_real_wait_is_refused_elsewhere() -> None:
    """The guard of this suite: a test that did not ask cannot wait."""
    with pytest.raises(pytest.fail.Exception, match="real time"):
        SystemClock().sleep(0.2)


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("198.51.100.7", 443)])
def test_traffic_off_this_machine_is_refused(address: tuple[str, int]) -> None:
    """The guard of this suite: nothing here reaches a network."""
    with pytest.raises(pytest.fail.Exception, match="not on this machine"):
        socket.create_connection(address, timeout=1)


def test_the_environment_is_a_known_minimum() -> None:
    """The guard of this suite: no token, proxy or netrc of the machine is seen by a test."""
    assert not [name for name in os.environ if "TOKEN" in name or "PROXY" in name.upper()]
    assert list(Path(os.environ["HOME"]).iterdir()) == []
