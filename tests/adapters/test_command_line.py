"""The command line as a process: exit codes, odd files, no network, and never a traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
FILES: Final = {
    "schema": "{type: object, required: [risk], properties: {risk: {enum: [low, high]}}}",
    "gate": 'output.risk == "low"',
    "low": '{"risk": "low"}',
    "high": '{"risk": "high"}',
    "other": '{"risk": "?"}',
}
NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Path:
    """Give a folder with a schema, a rule and some outputs."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def start(
    folder: Path,
    *arguments: str,
    python: Sequence[str] = ("-m", "entrypoint"),
    variables: Mapping[str, str] = NOTHING,
    stdin: int = subprocess.DEVNULL,
    stdout: int = subprocess.PIPE,
) -> subprocess.Popen[str]:
    """Start the program with arguments, in the folder."""
    return subprocess.Popen(
        [sys.executable, *python, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(folder: Path, *arguments: str, variables: Mapping[str, str] = NOTHING) -> tuple[int, str]:
    """Return exit code and all that was printed."""
    process = start(folder, *arguments, variables=variables)
    out, err = process.communicate(timeout=60)
    assert "Traceback" not in out + err
    return process.returncode, out + err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ("--schema schema", 0, "can be used"),
        ("--schema schema --gate gate --output low", 0, "Devin Gate: passed."),
        ("--schema schema --output high", 0, "Devin Gate: passed."),
        ("--schema schema --gate gate --output high", 1, "Devin Gate: gate_failed."),
        ("--schema schema --gate gate --output other", 1, "Devin Gate: invalid_output."),
        ("--schema low", 2, "--schema `low`: "),
        ("--schema schema --output schema", 2, "--output `schema`: it is not JSON"),
        ("--gate gate", 2, "--schema"),
        ("", 2, "--schema"),
        ("--schema schema --gat gate", 2, "--gat"),
        ("--schema", 2, "--schema"),
        ("--help", 0, "Nothing is asked of Devin"),
    ],
)
def test_the_exit_code_is_the_actions(folder: Path, arguments: str, code: int, words: str) -> None:
    """0 passed or usable, 1 not passed, 2 something is wrong with what was given."""
    found, printed = run(folder, "check", *arguments.split())
    assert (found, words in " ".join(printed.split())) == (code, True), printed


@pytest.mark.parametrize(("argument", "code"), [("--help", 0), ("chekc", 2), ("--version", 2)])
def test_another_word_is_no_run(folder: Path, argument: str, code: int) -> None:
    """A typo is said, and never taken for a step of a workflow."""
    found, printed = run(folder, argument)
    assert (found, "check" in printed, "Devin Gate:" in printed) == (code, True, False)


def test_links_and_standard_input_are_read(folder: Path) -> None:
    """`jq … | devin-gate check --output -` works, and so does a link to a file elsewhere."""
    (folder / "link").symlink_to(folder / "schema")
    process = start(folder, "check", "--schema", "link", "--output", "-", stdin=subprocess.PIPE)
    out, _ = process.communicate(FILES["low"], timeout=60)
    assert (process.returncode, "Devin Gate: passed." in out) == (0, True)


def test_a_pipe_that_docker_did_not_open_is_told(folder: Path) -> None:
    """`jq … | docker run IMAGE check --output -` hands over nothing, as `-i` is missing."""
    code, printed = run(folder, "check", "--schema", "schema", "--output", "-")
    assert (code, "`docker run` needs `-i`" in printed) == (2, True)


def test_a_step_of_the_action_cannot_become_a_check(folder: Path) -> None:
    """`args:` in a workflow would make the gate green without a question."""
    variables = {"INPUT_DEVIN_API_KEY": "", "INPUT_ARGS": "check --schema schema"}
    code, printed = run(folder, "check", "--schema", "schema", variables=variables)
    assert (code, "takes no `args`" in printed) == (2, True)


def test_no_server_is_asked_and_nothing_is_loaded_for_it(folder: Path) -> None:
    """Neither name nor connection is tried, and the libraries for them stay unread."""
    code = """if True:
        import atexit, runpy, sys
        sys.addaudithook(lambda event, _: event.startswith("socket.") and print("ASKED", event))
        loaded = lambda: sorted({"requests", "github", "urllib3"} & sys.modules.keys())
        atexit.register(lambda: print("LOADED", loaded(), file=sys.stderr))
        runpy.run_module("entrypoint", run_name="__main__", alter_sys=True)
    """
    arguments = ("check", "--schema", "schema", "--gate", "gate", "--output", "low")
    process = start(folder, *arguments, python=("-c", code))
    out, err = process.communicate(timeout=60)
    assert (process.returncode, "ASKED" in out, err) == (0, False, "LOADED []\n")


def test_a_run_loads_nothing_of_the_command(folder: Path) -> None:
    """A step of a workflow does not pay for what it never uses."""
    code = (
        "import sys; from entrypoint.__main__ import main; main({}); "
        "print([name for name in sys.modules if name in ('argparse', 'entrypoint.check')])"
    )
    process = start(folder, python=("-c", code))
    assert process.communicate(timeout=60)[0].splitlines()[-1] == "[]"


@pytest.mark.parametrize("closed", ["stdout", "reader"])
def test_nobody_has_to_read(folder: Path, closed: str) -> None:
    """A reader that goes away, or an output that was never there, changes no exit code."""
    arguments = ["check", "--schema", "schema", "--gate", "gate", "--output", "high"]
    command = [sys.executable, "-m", "entrypoint", *arguments]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        ["/bin/sh", "-c", '"$@" >&-', "sh", *command] if closed == "stdout" else command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_terminal_without_our_marks_shows_the_rest(folder: Path) -> None:
    """An old locale is no reason to end with an exception."""
    variables = {"PYTHONIOENCODING": "ascii"}
    arguments = ("check", "--schema", "schema", "--gate", "gate", "--output", "high")
    code, printed = run(folder, *arguments, variables=variables)
    assert (code, "Devin Gate: gate_failed." in printed) == (1, True)


def test_what_an_output_holds_steers_nothing(folder: Path) -> None:
    """In a log of GitHub's a sample is data as well: no command, no escape sequence."""
    risk = "x\n::error::y\r##[error]z\x1b[31m"
    (folder / "odd").write_text(json.dumps({"risk": risk}))
    _, printed = run(folder, "check", "--schema", "schema", "--output", "odd")
    assert "\x1b" not in printed
    assert "##[" not in printed
    assert [line for line in printed.splitlines() if line.lstrip().startswith("::")] == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it(folder: Path, number: signal.Signals) -> None:
    """Without a traceback, also one that comes while modules load, as process 1 has it blocked."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [number])
    process = start(folder, "check", "--schema", "-", stdin=subprocess.PIPE)
    process.send_signal(number)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    process.wait(timeout=60)
    _, err = process.communicate()
    assert (process.returncode, err) == (1, "")
