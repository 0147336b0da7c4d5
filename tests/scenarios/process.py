"""What a run shares with the whole process, lent to it for its length and then put back."""

import io
import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr

from entrypoint.adapters.signals import Signals


@contextmanager
def watched_signals() -> Iterator[Signals]:
    """Install the product's own signal handlers."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signals = Signals()
    signals.install()
    try:
        yield signals
    finally:
        signals.finish()
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def own_stderr() -> Iterator[io.StringIO]:
    """Collect what reaches stderr, warnings of libraries included.

    pytest listens to Python's logging, which keeps the handler of last resort quiet that writes to
    stderr in the container. So pytest's handlers are taken away meanwhile.
    """
    root = logging.getLogger()
    handlers, root.handlers = root.handlers, []
    try:
        with redirect_stderr(io.StringIO()) as stderr:
            yield stderr
    finally:
        root.handlers = handlers


class Killed(BaseException):
    """Ends a run as SIGKILL does: nothing of the program's own gets to act on it."""


class KillingLog(io.StringIO):
    """A log that kills the run instead of taking the first line that holds some words."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words

    def write(self, text: str, /) -> int:
        """Write, or raise `Killed`."""
        if self._words in text:
            raise Killed
        return super().write(text)
