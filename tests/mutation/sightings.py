"""What the tests do with the product as it is: who calls what, and how long it takes."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from types import FrameType
from typing import Final

from tests.mutation.scope import ROOT

_PREFIX: Final = str(ROOT / "entrypoint") + os.sep
_FAILED: Final = 70


@dataclass(frozen=True)
class Sightings:
    """What was seen of all tests."""

    duration_s: dict[str, float]
    """For each test, in time on the processor."""
    calls: dict[str, list[str]]
    """For each function, as `module:qualified.name`, the tests that call it."""
    unseen: list[str]
    """Tests that could not be watched to their end, and so may call anything."""

    def tests_of(self, files: Collection[str], function: str | None) -> list[str]:
        """Return the tests in these files that call a function (or all), the quickest first."""
        able = (
            self.duration_s if function is None else {*self.calls.get(function, ()), *self.unseen}
        )
        tests = [test for test in able if test.partition("::")[0] in files]
        return sorted(tests, key=self.duration_s.__getitem__)


class Watch:
    """Notes the product's functions that are called between `begin` and `end`."""

    def __init__(self) -> None:
        self._durations_s: dict[str, float] = {}
        self._calls: dict[str, set[str]] = {}
        self._unseen: list[str] = []
        self._test = ""
        self._began_s = 0.0

    def begin(self, test: str = "") -> None:
        """Watch from now on; what is called belongs to this test."""
        self._test, self._began_s = test, time.process_time()
        sys.settrace(self._note)

    def end(self) -> frozenset[str]:
        """Watch no more; return every function that was called so far."""
        # Where a test reaches the depth of the stack, the interpreter takes the watch away.
        if sys.gettrace() != self._note:
            self._unseen.append(self._test)
        sys.settrace(None)
        self._durations_s[self._test] = time.process_time() - self._began_s
        return frozenset(self._calls)

    def sightings(self) -> Sightings:
        """Return what was seen."""
        calls = {function: sorted(tests) for function, tests in self._calls.items()}
        return Sightings(self._durations_s, calls, self._unseen)

    def _note(self, frame: FrameType, *_: object) -> None:
        """Take the event "call"; by returning nothing, ask for no line of the function."""
        code = frame.f_code
        if code.co_filename.startswith(_PREFIX):
            name = code.co_qualname.partition(".<locals>")[0]
            module = frame.f_globals["__name__"]
            self._calls.setdefault(f"{module}:{name}", set()).add(self._test)


def start_child(work: Callable[[], int]) -> int:
    """Do the work in a child, silently; return its process id. What it returns is its status."""
    pid = os.fork()
    if pid:
        return pid
    status = _FAILED
    try:
        with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - a device, no path of ours
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        status = work()
    finally:
        os._exit(status)


def run_child(look: Callable[[], Sightings | None]) -> Sightings | None:
    """Return what a child saw, or nothing where it failed."""
    with tempfile.NamedTemporaryFile("w+") as file:

        def write() -> int:
            seen = look()
            file.write(json.dumps(asdict(seen)) if seen else "")
            file.flush()
            return 0 if seen else _FAILED

        failed = os.waitpid(start_child(write), 0)[1]
        file.seek(0)
        return None if failed else Sightings(**json.loads(file.read()))
