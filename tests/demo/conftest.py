"""Each scenario is run once in a process, and its files are read by every test that needs them."""

import functools
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from demo.__main__ import main


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[int, str, Path]]:
    """Return the demo's exit code, what it showed, and the folder of the scenario's files."""

    @functools.cache
    def play(name: str) -> tuple[int, str, Path]:
        folder = tmp_path_factory.mktemp("demo")
        out = io.StringIO()
        code = main([name], out=out, environ={}, folder=folder)
        return code, out.getvalue(), folder / name

    return play
