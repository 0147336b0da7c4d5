"""Computes in a process of its own, which may be killed: a fork, since its memory is already there.

The time is what the process computes, so that a busy machine makes nobody late; one that stands
still is ended by real time. The kernel does it, whatever code it is in: Python itself could not, as
a signal's handler waits until compiled code returns.
"""

from __future__ import annotations

import json
import os
import resource
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from entrypoint.core.documents import write_json
from entrypoint.core.sandbox import Unfinished

if TYPE_CHECKING:
    from entrypoint.core.documents import Json

MAX_BYTES: Final = 512 * 1024 * 1024
"""Most memory for data that the process may take, besides what it has from the fork."""
_REAL: Final = 12
"""How much longer than its computing time the process may take, on a busy machine."""
_OVER: Final = (signal.SIGPROF, signal.SIGALRM)
_SIGNALS: Final = (*_OVER, signal.SIGINT, signal.SIGTERM)


class ForkedSandbox:
    """A `Sandbox` that gives a computation so many seconds of computing."""

    def __init__(self, limit_s: float, max_bytes: int = MAX_BYTES) -> None:
        self._limit_s = limit_s
        self._max_bytes = max_bytes

    def __call__(self, compute: Callable[[], Json], /) -> Json:
        """Return what `compute` returns, or raise `Unfinished`."""
        reading, writing = os.pipe()
        # A cancel that came between the fork and the `try` would leave the process behind.
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            process_id = os.fork()
        except OSError:
            os.close(reading)
            os.close(writing)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
            raise Unfinished(
                "could not begin: the machine has no room for one more process"
            ) from None
        if process_id == 0:
            self._be_the_process(compute, writing)
        told = None
        try:
            os.close(writing)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
            told = b"".join(iter(partial(os.read, reading, 65_536), b""))
        finally:
            os.close(reading)
            if told is None:
                os.kill(process_id, signal.SIGKILL)
            status = os.waitpid(process_id, 0)[1]
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) in _OVER:
            raise Unfinished(f"was not over within {self._limit_s:g} s")
        if status != 0:
            raise Unfinished("broke down, or needed more memory than it may have")
        result: Json = json.loads(told)
        return result

    def _be_the_process(self, compute: Callable[[], Json], writing: int) -> NoReturn:
        """Compute, tell the result and end. Nothing of this returns into the action's own code."""
        code = 1
        try:
            for number in _SIGNALS:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
            signal.setitimer(signal.ITIMER_PROF, self._limit_s)
            signal.setitimer(signal.ITIMER_REAL, self._limit_s * _REAL)
            most = _data_bytes() + self._max_bytes
            resource.setrlimit(resource.RLIMIT_DATA, (most, most))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            # What a library prints would be read by the runner, commands in it included.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            for descriptor in (1, 2):
                os.dup2(nowhere, descriptor)
            told = write_json(compute()).encode()
            while told:
                told = told[os.write(writing, told) :]
            code = 0
        finally:
            os._exit(code)


def _data_bytes() -> int:
    """Return what the kernel holds against `RLIMIT_DATA`: reserved, not only used (proc(5))."""
    with Path("/proc/self/statm").open(encoding="ascii") as statm:
        return int(statm.read().split()[5]) * resource.getpagesize()
