"""A computation apart: it ends in time, and nothing that happens to it reaches the action."""

from __future__ import annotations

import ctypes
import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from entrypoint.adapters.sandbox import ForkedSandbox
from entrypoint.adapters.signals import Signals
from entrypoint.core.documents import Json
from entrypoint.core.gate import Gate
from entrypoint.core.sandbox import Unfinished
from entrypoint.core.text import Redactor
from entrypoint.errors import Cancelled

SOON_S = 0.1
ROOM = ForkedSandbox(60)
"""Longer than any of this takes: what is over sooner was not ended by the time."""
TEXTS: Json = {"s": "a" * 200_000, "l": [*range(9_999)]}
SLOW = "output.l.all(x, !output.s.matches('(a|aa)*b'))"


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """Whatever happened, there is no other process and no more open file afterwards."""
    files = _open_files()
    yield
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
    assert _open_files() <= files  # an earlier test's may be closed only now


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def _run(code: str) -> int:
    """Return the status of a process of its own that runs the code."""
    root = str(Path(__file__).resolve().parents[2])
    process_id = os.posix_spawn(
        sys.executable, [sys.executable, "-c", code], {**os.environ, "PYTHONPATH": root}
    )
    return os.waitpid(process_id, 0)[1]


def facts_of(output: Json) -> dict[str, Json]:
    """Return the facts of a session with an output."""
    return {"output": output, "session": {}, "pull_request": None}


@pytest.mark.parametrize(
    "value", [None, True, "é\ud7ff", [1, {"a": 2.5}], "x" * 3_000_000], ids=lambda v: repr(v)[:20]
)
def test_a_result_comes_back(value: Json) -> None:
    """Any JSON, also more than a pipe holds."""
    assert ROOM(lambda: value) == value


def test_compiled_code_is_ended_in_time() -> None:
    """A rule that would compute for seconds, in code that hears no signal, is not true."""
    (result,) = Gate((SLOW,)).evaluate(facts_of(TEXTS), ForkedSandbox(SOON_S), Redactor(()))
    assert (result.passed, result.detail) == (False, "the gate was not over within 0.1 s")


def test_python_is_ended_in_time() -> None:
    """So is what never leaves the interpreter."""

    def count_for_ever() -> Json:
        while True:
            pass

    with pytest.raises(Unfinished, match=r"not over within 0\.1 s"):
        ForkedSandbox(SOON_S)(count_for_ever)


def test_what_stands_still_is_ended_too() -> None:
    """A process that computes nothing takes no computing time; real time ends it."""
    with pytest.raises(Unfinished, match=r"not over within 0\.01 s"):
        ForkedSandbox(0.01)(signal.pause)


def test_memory_is_bounded() -> None:
    """What wants a gigabyte gets none, and the action goes on."""
    with pytest.raises(Unfinished, match="needed more memory than it may have"):
        ROOM(lambda: len(bytearray(1 << 30)))


def test_memory_that_was_there_before_is_not_counted() -> None:
    """The bound is for what the computation takes, in a process of whatever size."""
    before = bytearray(600 * 1024 * 1024)
    assert ROOM(lambda: len(bytearray(1 << 24))) == 1 << 24 < len(before)


def test_a_crash_is_only_a_result_that_did_not_come() -> None:
    """Compiled code that writes where it must not kills its own process alone."""

    def crash() -> Json:
        faulthandler.disable()  # pytest's own, which would tell of it at length
        return ctypes.string_at(0).decode()

    with pytest.raises(Unfinished, match="broke down"):
        ROOM(crash)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, Cancelled])
def test_an_exception_ends_it_and_stays_inside(error: type[BaseException]) -> None:
    """The code behind the sandbox's caller is never run a second time, by the other process."""

    def fail() -> Json:
        raise error

    with pytest.raises(Unfinished, match="broke down"):
        ROOM(fail)


def test_what_is_no_json_is_no_result() -> None:
    """Only what can be told comes back."""
    with pytest.raises(Unfinished):
        ROOM(object)  # type: ignore[arg-type]


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    """The runner would take a library's words for commands, on both streams."""

    def shout() -> Json:
        for descriptor in (1, 2):
            os.write(descriptor, b"::error::a library says so\n")
        return None

    assert ROOM(shout) is None
    assert capfd.readouterr() == ("", "")


def test_nothing_that_it_does_is_done_to_the_action() -> None:
    """It works on a copy of everything."""
    seen: list[int] = []
    assert ROOM(lambda: seen.append(1)) is None
    assert seen == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_cancel_ends_both(number: signal.Signals, tmp_path: Path) -> None:
    """A cancelled run waits for nothing, and leaves no process behind that goes on."""
    before = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}
    signals, parent, mark = Signals(), os.getpid(), tmp_path / "mark"
    signals.install()
    signals.release()

    def cancel_the_action() -> Json:
        mark.write_text(str(os.getpid()))
        os.kill(parent, number)
        signal.pause()
        return None

    with pytest.raises(Cancelled, match=number.name):
        ROOM(cancel_the_action)
    for one, handler in before.items():
        signal.signal(one, handler)
    assert not Path(f"/proc/{mark.read_text()}").exists()


def test_somebody_elses_timer_goes_on() -> None:
    """The kernel's timer is the child's own."""
    handler = signal.signal(signal.SIGALRM, lambda *_: None)
    before = signal.setitimer(signal.ITIMER_REAL, 1_000)
    with pytest.raises(Unfinished):
        ForkedSandbox(0.01)(signal.pause)
    assert signal.setitimer(signal.ITIMER_REAL, *before)[0] > 1
    signal.signal(signal.SIGALRM, handler)


def test_where_there_is_no_room_for_a_process_there_is_no_result() -> None:
    """A container with a limit of processes has no pass and no traceback; a cancel is heard."""
    code = (
        "import os, resource, signal\n"
        "from tests.adapters.test_sandbox import ROOM, Unfinished, pytest\n"
        "resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))\n"
        "os.geteuid() or os.setuid(65_534)\n"  # the limit is not for root
        "with pytest.raises(Unfinished, match='could not begin: .* no room'):\n"
        "    ROOM(lambda: 1)\n"
        "assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == set()\n"
    )
    assert _run(code) == 0


def test_it_works_beside_other_threads() -> None:
    """In tests the servers are threads; in the action there are none."""
    found: list[Json] = []
    compute: Callable[[], Json] = lambda: [1, 2]  # noqa: E731 - shared by four threads
    threads = [threading.Thread(target=lambda: found.append(ROOM(compute))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[1, 2]] * 4


def test_the_library_stays_outside_of_the_action() -> None:
    """A gate is compiled and computed, and this process never loads what computes it."""
    code = (
        "import sys\n"
        "from entrypoint.core.gate_text import read_gate\n"
        "from tests.adapters.test_sandbox import ROOM, Redactor, facts_of\n"
        "gate = read_gate('output.a == 1', ROOM)\n"
        "(result,) = gate.evaluate(facts_of({'a': 1}), ROOM, Redactor(()))\n"
        "assert result.passed\n"
        "assert not [name for name in sys.modules if name.startswith('cel_expr_python')]\n"
    )
    assert _run(code) == 0


@pytest.mark.parametrize(
    ("rule", "output"),
    [
        ("output.all(x, output.all(y, output.all(z, x + y + z >= 0)))", [*range(9_000)]),
        ("output.all(x, x >= 0)", [*range(131_072)]),
        ('output.s.matches("(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)x")', {"s": "a" * 250_000}),
        ('output.s.matches("^(a+)+$")', {"s": "a" * 60 + "!"}),
        ("output.s.matches(output.p)", {"s": "a", "p": "a{1000}" * 1000}),
        ("output.s.matches(output.p)", {"s": "a", "p": "(" * 10_000}),
    ],
    ids=["three deep", "all that 256 KiB hold", "a long text", "a doubling pattern", "a large one", "a deep one"],
)  # fmt: skip
def test_what_could_take_for_ever_is_not_true(rule: str, output: Json) -> None:
    """Long lists, and patterns that other libraries take years for: an end, and no pass."""
    (result,) = Gate((rule,)).evaluate(facts_of(output), ROOM, Redactor(()))
    assert result.passed is False, result
