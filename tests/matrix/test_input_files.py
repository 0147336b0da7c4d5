"""F2: the files of the workspace that inputs name."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.scenarios.page import show
from tests.scenarios.world import GOOD, SCHEMA, Gate, blocked, working

INPUTS: Final = {
    "prompt_file": "Look for secrets.",
    "structured_output_schema_file": SCHEMA,
    "gate_file": "output.risk == 'low'",
}
"""Each input that names a file, and a text that would be good in it."""
HERE: Final = {"files_from": "workspace"}
_MEBIBYTE: Final = 1024 * 1024


def _device(path: Path) -> None:
    """Make a device that never ends; only root can, others see it through a link."""
    if os.geteuid() == 0:
        os.mknod(path, 0o666 | 0o020000, os.makedev(1, 5))
    else:
        path.symlink_to("/dev/zero")


def _socket(path: Path) -> None:
    """Make a socket, which nobody can open as a file, root included."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(path))


def _locked(path: Path) -> None:
    """Make a file that nobody may read; root may all the same, so for root it is a socket."""
    if os.geteuid() == 0:
        _socket(path)
        return
    path.write_text("type: object")
    path.chmod(0)


def _raw(raw: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(raw)

    return write


def _link(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


MAKES: Final[Mapping[str, Callable[[Path], None]]] = {
    "missing": lambda _: None,
    "folder": Path.mkdir,
    "fifo": os.mkfifo,
    "socket": _socket,
    "device": _device,
    "unreadable": _locked,
    "link-out": _link("../outside"),
    "link-to-absolute": _link("/etc/passwd"),
    "link-to-environment": _link("/proc/self/environ"),
    "link-in-a-circle": _link("file"),
    "link-to-nothing": _link("nowhere"),
    "link-to-device": _link("/dev/zero"),
    "empty": _raw(b""),
    "blank": _raw(b" \n\t\n"),
    "a-mebibyte-and-a-byte": _raw(b"x" * (_MEBIBYTE + 1)),
    "10-megabytes": _raw(b"x" * 10 * _MEBIBYTE),
    "not-utf-8": _raw(b"caf\xe9"),
    "utf-16": _raw("type: object".encode("utf-16")),
}
"""What is made at `file` in the workspace."""
PATHS: Final = {
    "upward": "../outside",
    "absolute": "/etc/passwd",
    "through-a-linked-folder": "linked/outside",
    "through-a-file": "other/file",
    "a-name-of-5000-characters": "x" * 5_000,
    "the-workspace-itself": ".",
}
"""Paths that lead nowhere or out."""


@pytest.mark.parametrize(
    ("name", "how"),
    [
        pytest.param(name, how, id=f"F2.{how}/{name}:reading:-")
        for name in INPUTS
        for how in (*MAKES, *PATHS)
    ],
)
def test_f2(gate: Gate, name: str, how: str) -> None:
    """An input error that names the input, before anything is spent, without waiting."""
    (gate.folder / "outside").write_text(INPUTS[name])
    (gate.workspace / "linked").symlink_to(gate.folder)
    (gate.workspace / "other").write_text("x")
    if how in MAKES:
        MAKES[how](gate.workspace / "file")
    run = gate.run({name.removesuffix("_file"): "", name: PATHS.get(how, "file"), **HERE})
    assert (run.exit_code, run.outcome, run.devin) == (2, "error", ())
    assert f"{name}: got" in show(run.summary).text
    assert run.comments == ()


@pytest.mark.parametrize(
    ("name", "path"),
    [
        pytest.param(name, path, id=f"F2.good-{kind}/{name}:reading:-")
        for name in INPUTS
        for kind, path in {"file": "good", "link": "link", "way": "a/../good"}.items()
    ],
)
def test_f2_good(gate: Gate, name: str, path: str) -> None:
    """A file of the workspace is read, also through a link that stays in it."""
    gate.devin_does(working(), blocked(100, GOOD))
    (gate.workspace / "a").mkdir()
    (gate.workspace / "good").write_text(INPUTS[name])
    (gate.workspace / "link").symlink_to("good")
    run = gate.run({name.removesuffix("_file"): "", name: path, **HERE})
    assert (run.exit_code, run.outcome) == (0, "passed")
