"""Puts a mutant in the place of its module: one function's code, or the whole module anew."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Sequence
from functools import cached_property
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from types import CodeType, FunctionType, ModuleType
from typing import Any

from tests.mutation.mutants import Mutant
from tests.mutation.scope import path_of


def prepare_change(mutant: Mutant) -> Callable[[], None]:
    """Return what gives the function its new code, wherever it was imported to."""
    name = f"entrypoint.core.{mutant.module}"
    module = sys.modules[name]
    changed = ModuleType(name)
    code = compile(mutant.text, module.__file__ or "", "exec", dont_inherit=True)
    exec(code, vars(changed))  # noqa: S102 - the text is this project's own
    old, new = (_find_function(vars(one), mutant.function or "") for one in (module, changed))

    def change() -> None:
        old.__code__ = new.__code__
        old.__defaults__ = new.__defaults__
        old.__kwdefaults__ = new.__kwdefaults__

    return change


def is_remembered(mutant: Mutant) -> bool:
    """Tell whether the function keeps its results, so that a test that needs it may not call it."""
    module = sys.modules[f"entrypoint.core.{mutant.module}"]
    return hasattr(getattr(module, mutant.function or "", None), "cache_clear")


def _find_function(namespace: Any, name: str) -> FunctionType:  # noqa: ANN401 - a class's, too
    first, _, rest = name.partition(".")
    found = namespace[first]
    if rest:
        return _find_function(vars(found), rest)
    match found:
        case property(fget=function) | cached_property(func=function):
            found = function
        case _:
            if clear := getattr(found, "cache_clear", None):
                clear()  # what was remembered came from the code as it was
            found = inspect.unwrap(getattr(found, "__func__", found))
    assert isinstance(found, FunctionType), name
    return found


class Finder(MetaPathFinder):
    """Finds the one module that is changed."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where the module comes from, and nothing for any other one."""
        del path, target
        if fullname != f"entrypoint.core.{self._mutant.module}":
            return None
        place = str(path_of(self._mutant.module))
        loader = _Loader(fullname, place, self._mutant.text)
        return spec_from_file_location(fullname, place, loader=loader)


class _Loader(SourceFileLoader):
    """Loads a module from a text that stands in no file."""

    def __init__(self, fullname: str, path: str, text: str) -> None:
        super().__init__(fullname, path)
        self._text = text

    def get_code(self, fullname: str) -> CodeType:
        """Return the compiled text."""
        del fullname
        return compile(self._text, self.path, "exec", dont_inherit=True)
