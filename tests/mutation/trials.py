"""Runs a module's tests against its mutants, each in a fork of one collected pytest session.

In the fork the changed function gets its new code, and those tests run that call it, the quickest
first, until one fails. A change outside of functions, or in one that is called while modules are
imported, needs modules and tests to be imported anew. A mutant that uses up its time or memory, or
breaks down otherwise, is noticed too; that limits and new imports are no reason for it is made sure
by a trial of each module as it is.
"""

from __future__ import annotations

import gc
import os
import resource
import signal
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from enum import Enum
from functools import partial
from typing import Final, TypeAlias

import pytest
from hypothesis import Phase, settings

from tests.mutation.mutants import Mutant
from tests.mutation.replacing import Finder, is_remembered, prepare_change
from tests.mutation.scope import files_about, path_of
from tests.mutation.sightings import Sightings, Watch, run_child, start_child

_MEMORY_BYTES: Final = 4 * 1024**3


class Fate(Enum):
    """What became of a mutant."""

    KILLED = "a test failed"
    STUCK = "the tests did not end"
    CRASHED = "the tests could not go on"
    SURVIVED = "every test passed"


Told: TypeAlias = Callable[[Mutant, Fate], None]


def try_mutants(mutants: Sequence[Mutant], processes: int, tell: Told) -> None:
    """Tell the fate of each mutant, as soon as it is known."""
    # The same few examples for each mutant: what only luck finds is not noticed.
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile(
        "mutation",
        deadline=None,
        derandomize=True,
        database=None,
        phases=phases,
        max_examples=25,
    )
    files = [file for mutant in mutants for file in files_about(mutant.module)]
    code = _run_pytest([*dict.fromkeys(files)], _Loop(mutants, processes, tell))
    if code != pytest.ExitCode.OK:
        sys.exit(f"The tests cannot be collected ({code!r}): run them first.")


def _run_pytest(files: Sequence[str], *plugins: object) -> int:
    arguments = ["--exitfirst", "-qq", "--no-summary", "--tb=no", "--assert=plain", "--capture=no"]
    # A machine under load is slow: the limit of a trial is counted in time on the processor.
    arguments += ["--timeout=0", "--hypothesis-profile=mutation", *files]
    # What looks at the memory at the end costs as much as many tests.
    for unneeded in ("cacheprovider", "unraisableexception", "threadexception"):
        arguments += ["-p", f"no:{unneeded}"]
    return int(pytest.main(arguments, plugins=plugins))


class _Loop:
    """A plugin that runs the trials in place of the tests."""

    def __init__(self, mutants: Sequence[Mutant], processes: int, tell: Told) -> None:
        self._mutants, self._processes, self._tell = mutants, processes, tell
        self._at_import = frozenset[str]()

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self) -> Generator[None, object, object]:
        """Note what is called before any test runs."""
        watch = Watch()
        watch.begin()
        collected = yield
        self._at_import = watch.end()
        return collected

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Watch all tests once as they are, then try each mutant."""
        sightings = run_child(partial(_watch_tests, session))
        if sightings is None:
            sys.exit("A test fails without any change: run them first.")
        trials = _Trials(session, sightings, self._at_import)
        for mutant, fate in trials.run(self._mutants, self._processes):
            self._tell(mutant, fate)
        return True


def _watch_tests(session: pytest.Session) -> Sightings | None:
    watch = Watch()
    for item, following in _with_next(session.items):
        watch.begin(item.nodeid)
        _run_item(item, following)
        watch.end()
    return None if session.testsfailed else watch.sightings()


def _with_next(items: Sequence[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    return zip(items, [*items[1:], None], strict=True)


def _run_item(item: pytest.Item, following: pytest.Item | None) -> None:
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)


class _Trials:
    """The trials of one session."""

    def __init__(
        self, session: pytest.Session, sightings: Sightings, at_import: frozenset[str]
    ) -> None:
        self._session = session
        self._sightings = sightings
        self._at_import = at_import
        self._items = {item.nodeid: item for item in session.items}

    def run(self, mutants: Sequence[Mutant], processes: int) -> Iterator[tuple[Mutant, Fate]]:
        """Yield each mutant with its fate, as they are known."""
        gc.freeze()  # else each child's collector would copy all of our memory
        for module in dict.fromkeys(mutant.module for mutant in mutants):
            self._try_unchanged(module)
        running: dict[int, Mutant] = {}
        for mutant in mutants:
            if len(running) == processes:
                yield self._await_one(running)
            if work := self._plan(mutant):
                running[start_child(work)] = mutant
            else:
                yield mutant, Fate.SURVIVED
        while running:
            yield self._await_one(running)

    def _try_unchanged(self, module: str) -> None:
        """Make sure that limits and new imports alone let every test pass."""
        tests = self._sightings.tests_of(frozenset(files_about(module)), None)
        text = path_of(module).read_text("utf-8")
        pid = start_child(partial(self._try_anew, Mutant(module, "", None, "", "", text), tests))
        if status := os.waitpid(pid, 0)[1]:
            sys.exit(f"Without any change the tests about {module} end with {status}.")

    def _await_one(self, running: dict[int, Mutant]) -> tuple[Mutant, Fate]:
        pid, status = os.wait()
        mutant = running.pop(pid)
        return mutant, fate_of(status)

    def _plan(self, mutant: Mutant) -> Callable[[], int] | None:
        """Return what a child has to do; nothing where no test calls the function."""
        files = frozenset(files_about(mutant.module))
        function = f"entrypoint.core.{mutant.module}:{mutant.function}"
        if mutant.function is None or function in self._at_import:
            return partial(self._try_anew, mutant, self._sightings.tests_of(files, None))
        tests = self._sightings.tests_of(files, None if is_remembered(mutant) else function)
        # Prepared here, so that a function which cannot be changed ends the run.
        return partial(self._try_in_place, prepare_change(mutant), tests) if tests else None

    def _try_in_place(self, change: Callable[[], None], tests: Sequence[str]) -> int:
        self._limit(tests)
        change()
        for item, following in _with_next([self._items[test] for test in tests]):
            _run_item(item, following)
            if self._session.testsfailed:
                return pytest.ExitCode.TESTS_FAILED
        return pytest.ExitCode.OK

    def _try_anew(self, mutant: Mutant, tests: Sequence[str]) -> int:
        self._limit(tests)
        for name in [*sys.modules]:
            if name.partition(".")[0] in {"entrypoint", "tests"} and "mutation" not in name:
                del sys.modules[name]
        sys.meta_path.insert(0, Finder(mutant))
        files = dict.fromkeys(test.partition("::")[0] for test in tests)
        return _run_pytest([*files], _Chosen(tests, self._items.keys()))

    def _limit(self, tests: Sequence[str]) -> None:
        """Limit what a trial may use up to twice what its tests need, and a little more."""
        limit_s = int(2 * sum(self._sightings.duration_s[test] for test in tests)) + 10
        gc.disable()
        resource.setrlimit(resource.RLIMIT_CPU, (limit_s, limit_s + 10))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))


def fate_of(status: int) -> Fate:
    """Tell what a trial's end means; the module as it is has passed in the same way before."""
    if os.WIFSIGNALED(status):
        return Fate.STUCK if os.WTERMSIG(status) == signal.SIGXCPU else Fate.CRASHED
    match os.WEXITSTATUS(status):
        case pytest.ExitCode.OK | pytest.ExitCode.NO_TESTS_COLLECTED:
            return Fate.SURVIVED
        case pytest.ExitCode.TESTS_FAILED | pytest.ExitCode.INTERRUPTED:
            return Fate.KILLED
        case _:  # no memory, no stack, or nothing that could be imported
            return Fate.CRASHED


class _Chosen:
    """A plugin that leaves out tests which are known and not chosen, and sorts the others."""

    def __init__(self, tests: Sequence[str], known: Iterable[str]) -> None:
        self._order = {test: number for number, test in enumerate(tests)}
        self._left_out = frozenset(known) - self._order.keys()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Sort; a test of an unknown name comes first, since its name came from the change."""
        kept = [item for item in items if item.nodeid not in self._left_out]
        items[:] = sorted(kept, key=lambda item: self._order.get(item.nodeid, -1))
