"""Ends a computation that takes too long: a timer's signal raises in the middle of it.

Measured with Python 3.11 and 3.13: `setitimer` interrupts pure Python and the standard library's
regular expressions, but no other compiled code. The time is real time.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Final, TypeVar

from entrypoint.core.time_limit import TimeIsUp
from entrypoint.errors import Cancelled

_Value = TypeVar("_Value")
_AGAIN_S: Final = 1.0
"""The alarm rings until it is heard: an exception raised in a `__del__` is lost."""
_SOON_S: Final = 0.001
"""For a timer that was due meanwhile; 0 would mean never."""


class AlarmLimit:
    """A `TimeLimit` for the main thread, the only one that a signal reaches.

    In another thread it computes without a limit; the action itself has no other thread. A cancel
    goes first: it is never turned into `TimeIsUp`.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s

    def __call__(self, compute: Callable[[], _Value], /) -> _Value:
        """Return what `compute` returns, raise what it raises, or raise `TimeIsUp`."""
        if threading.current_thread() is not threading.main_thread():
            return compute()
        try:
            return self._compute(compute)
        except _Alarm:  # rang again while the first one was being told
            raise TimeIsUp(self._limit_s) from None

    def _compute(self, compute: Callable[[], _Value]) -> _Value:
        """Compute with the alarm set; put somebody else's back after it.

        The alarm is taken off wherever another signal may have come before that was done.
        """
        began_s = time.monotonic()
        handler = signal.getsignal(signal.SIGALRM) or signal.SIG_DFL
        left_s, repeat_s = signal.getitimer(signal.ITIMER_REAL)
        try:
            try:
                signal.signal(signal.SIGALRM, _ring)
                signal.setitimer(signal.ITIMER_REAL, self._limit_s, _AGAIN_S)
                return compute()
            finally:
                _be_quiet()
        except _Alarm as alarm:
            _be_quiet()
            _raise_cancel_behind(alarm)
            raise TimeIsUp(self._limit_s) from None
        finally:
            _be_quiet()
            signal.signal(signal.SIGALRM, handler)
            if left_s:
                passed_s = time.monotonic() - began_s
                signal.setitimer(signal.ITIMER_REAL, max(_SOON_S, left_s - passed_s), repeat_s)


class _Alarm(BaseException):
    """Not an `Exception`, so that no library takes it for one of its own."""


def _ring(_number: int, _frame: FrameType | None) -> None:
    raise _Alarm


def _be_quiet() -> None:
    signal.setitimer(signal.ITIMER_REAL, 0)


def _raise_cancel_behind(alarm: _Alarm) -> None:
    """Raise the cancel that was on its way out when the alarm rang, if there was one."""
    behind: BaseException | None = alarm
    while behind is not None:
        if isinstance(behind, Cancelled):
            raise behind
        behind = behind.__context__
