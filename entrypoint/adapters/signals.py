"""SIGINT and SIGTERM end the run in order: the runner sends one, 7.5 s later the other.

Source: actions/runner 2.336. As process 1 of a container Python would ignore SIGTERM without a
handler, and an orphan would keep polling after the runner has killed its docker client.
"""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType
from typing import Final

from entrypoint.errors import Cancelled

_WATCHED: Final = (signal.SIGINT, signal.SIGTERM)
_CANCELLED_EXIT: Final = 1
_TELLING_S: Final = 4.0
"""Real seconds that a signal leaves for telling a verdict, so that the whole is over within five."""


class Signals:
    """Turns the first signal into `Cancelled`, and ends the process at the second.

    Made holding: until `release` a signal is only noted.
    """

    def __init__(self) -> None:
        self._received: str | None = None
        self._may_raise = False
        self._is_telling = False
        self._end: threading.Timer | None = None

    def install(self) -> None:
        """Take over both signals; only the main thread can.

        The image starts us with both of them blocked, so that one which comes while Python itself
        starts is neither lost nor a traceback: it arrives here.
        """
        for number in _WATCHED:
            signal.signal(number, self._handle)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _WATCHED)

    def release(self) -> None:
        """From now on the first signal raises; one that came before raises here.

        Called once everything is there that tells about a cancelled run.
        """
        self._may_raise = True
        if self._received:
            raise Cancelled(self._received)

    def hold(self) -> None:
        """From now on a first signal raises no more: the verdict is fixed and is being told.

        What the runner reads is written first; the rest gets some seconds more, and is then left
        to the post step.
        """
        self._may_raise = False
        self._is_telling = True

    def finish(self) -> None:
        """Everything was told; nothing ends the process any more."""
        self._is_telling = False
        if self._end is not None:
            self._end.cancel()

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        if self._received:
            os._exit(_CANCELLED_EXIT)
        self._received = signal.Signals(number).name
        if self._may_raise:
            raise Cancelled(self._received)
        if self._is_telling:
            self._end = threading.Timer(_TELLING_S, os._exit, (_CANCELLED_EXIT,))
            self._end.daemon = True
            self._end.start()
