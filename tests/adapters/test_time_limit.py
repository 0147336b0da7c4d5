"""A computation that does not end is ended, and nothing else is touched by that."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from entrypoint.adapters.signals import Signals
from entrypoint.adapters.time_limit import AlarmLimit
from entrypoint.core.time_limit import TimeIsUp, unlimited
from entrypoint.errors import Cancelled
from tests.unit.builders import API_KEY, TOKEN, environ_of, to_json

SOON_S = 0.05
LATE_S = 100.0
"""Longer than a test may take: whoever waits for this alarm fails."""
FOR_YEARS = ("^(a+)+$", "a" * 60 + "!")


def compute_for_years() -> None:
    """Go through all of the ways in which sixty letters can be grouped."""
    re.match(*FOR_YEARS)


def count_for_ever() -> None:
    """Keep the interpreter itself busy, in no library."""
    while True:
        pass


@pytest.fixture
def cancellable() -> Iterator[None]:
    """Let a signal cancel, as in the action, and put the old handlers back."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    installed = Signals()
    installed.install()
    installed.release()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """Whatever happened, the handler and the timer of before are there again."""
    handler, (left_s, _) = signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL)
    yield
    assert signal.getsignal(signal.SIGALRM) is handler
    assert (signal.getitimer(signal.ITIMER_REAL)[0] > 0) is (left_s > 0)


@pytest.mark.parametrize("compute", [compute_for_years, count_for_ever])
def test_what_does_not_end_is_ended(compute: Callable[[], None]) -> None:
    """A pattern and Python itself are interrupted, and the limit is named."""
    with pytest.raises(TimeIsUp, match=r"0\.05 s"):
        AlarmLimit(SOON_S)(compute)


@pytest.mark.parametrize("limit", [AlarmLimit(LATE_S), unlimited])
def test_what_ends_in_time_is_untouched(limit: AlarmLimit) -> None:
    """A value comes back, and an error stays the error that it was."""
    assert limit(lambda: 42) == 42
    with pytest.raises(ZeroDivisionError):
        limit(lambda: 1 // 0)


def test_a_library_cannot_swallow_the_end() -> None:
    """Code that takes every exception for its own is ended all the same."""

    def swallow_once() -> None:
        try:
            count_for_ever()
        except Exception:  # noqa: BLE001 - as a library would
            return
        except BaseException:  # noqa: BLE001 - as a careless one would, and as `__del__` does
            count_for_ever()

    with pytest.raises(TimeIsUp):
        AlarmLimit(SOON_S)(swallow_once)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.usefixtures("cancellable")
def test_a_cancel_is_no_limit(number: signal.Signals) -> None:
    """A signal in the middle of a computation cancels the run."""
    with pytest.raises(Cancelled, match=number.name):
        AlarmLimit(LATE_S)(lambda: os.kill(os.getpid(), number))


@pytest.mark.usefixtures("cancellable")
def test_a_cancel_on_its_way_out_goes_first() -> None:
    """The time that runs out while a cancel unwinds does not hide the cancel."""

    def clean_up_for_ever() -> None:
        try:
            os.kill(os.getpid(), signal.SIGINT)
        finally:
            signal.setitimer(signal.ITIMER_REAL, SOON_S)  # from here on the time runs
            count_for_ever()

    with pytest.raises(Cancelled):
        AlarmLimit(LATE_S)(clean_up_for_ever)


def test_somebody_elses_timer_goes_on() -> None:
    """Whoever set the process's one timer before still gets its signal."""
    rings: list[int] = []
    handler = signal.signal(signal.SIGALRM, lambda number, _: rings.append(number))
    left_s, _ = signal.setitimer(signal.ITIMER_REAL, SOON_S)
    with pytest.raises(TimeIsUp):
        AlarmLimit(2 * SOON_S)(compute_for_years)
    while not rings:  # it was due meanwhile, and comes as soon as it can
        time.sleep(0.01)
    assert rings == [signal.SIGALRM], "and ours is not taken for it"
    signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, left_s)


def test_a_limit_may_stand_inside_another() -> None:
    """The inner one ends what is inside, the outer one goes on."""

    def outer() -> None:
        with pytest.raises(TimeIsUp):
            AlarmLimit(SOON_S)(compute_for_years)
        compute_for_years()

    with pytest.raises(TimeIsUp, match=r"0\.1 s"):
        AlarmLimit(2 * SOON_S)(outer)


def test_another_thread_computes_without_a_limit() -> None:
    """Signals reach the main thread alone; elsewhere nothing breaks."""
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(AlarmLimit(SOON_S)(lambda: 42)))
    thread.start()
    thread.join()
    assert found == [42]


def test_the_action_allows_five_seconds(tmp_path: Path) -> None:
    """The real program, in a process of its own, ends the check of a schema that doubles."""
    parts: dict[str, object] = {
        f"d{n}": {"allOf": [{"$ref": f"#/definitions/d{n + 1}"}] * 2} for n in range(60)
    }
    schema = {"definitions": parts | {"d60": {"type": "object"}}, "$ref": "#/definitions/d0"}
    inputs = {
        "devin_api_key": API_KEY,
        "github_token": TOKEN,
        "prompt": "Review this.",
        "structured_output_schema": to_json(schema),
    }
    (tmp_path / "event.json").write_text("{}")
    ended = subprocess.run(
        [sys.executable, "-m", "entrypoint"],
        env={**os.environ, **environ_of(inputs), "GITHUB_EVENT_PATH": str(tmp_path / "event.json")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert "structured_output_schema" in ended.stdout
    assert "it cannot be checked within 5 s; simplify" in ended.stdout
    assert "Traceback" not in ended.stdout + ended.stderr
