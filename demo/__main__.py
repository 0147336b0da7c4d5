"""``python -m demo [SCENARIO]``: the real action in a simulated world, made visible.

Shows the log as GitHub would, the comment, the summary, the outputs and the exit code, and saves
them below ``build/demo``, as files and as a page. Exit code 0 where the action ended as the
scenario says (a red scenario included), 1 where it did not, 2 for an unknown scenario.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn, TextIO

from demo.files import save_index, save_run
from demo.run import Cancel, DemoRun, perform
from demo.scenario import UnknownScenarioError, choose_names, read_scenario
from demo.terminal import Style, choose_style, show_run, show_verdict
from entrypoint.__main__ import main as run_action
from entrypoint.errors import Cancelled

if TYPE_CHECKING:
    from simulator import Clock

FOLDER: Final = Path("build/demo")


def main(
    arguments: list[str],
    *,
    out: TextIO | None = None,
    environ: Mapping[str, str] | None = None,
    folder: Path = FOLDER,
) -> int:
    """Run the scenarios that are asked for and return the demo's own exit code."""
    out = out or sys.stdout
    style = choose_style(out, os.environ if environ is None else environ)
    try:
        names = choose_names(" ".join(arguments) or "passed")
    except UnknownScenarioError as error:
        out.write(f"{error}\n")
        return 2
    runs = []
    for name in names:
        run = perform(read_scenario(name), act)
        page = save_run(run, folder, is_one_of_many=len(names) > 1)
        _show(run, out, style, page, briefly=len(names) > 1)
        runs.append(run)
    if len(runs) > 1:
        out.write("\nOne of them in full: make demo SCENARIO=gate-failed\n")
        out.write(f"All of them on one page: {save_index(runs, folder)}\n")
    return 1 if any(run.surprises for run in runs) else 0


def act(environ: Mapping[str, str], *, clock: Clock, out: io.StringIO, cancel: Cancel) -> int:
    """Run the real action, cancelled the way a signal would do it."""

    def interrupt() -> NoReturn:
        raise Cancelled("SIGINT")

    cancel(interrupt)
    return run_action(environ, clock=clock, out=out)


def _show(run: DemoRun, out: TextIO, style: Style, page: Path, *, briefly: bool) -> None:
    if briefly:
        show_verdict(run, out, style)
        return
    show_run(run, out, style)
    out.write(f"\nSaved in {page.parent}\nAs a page: {page}\n")


if __name__ == "__main__":
    # Everything is on this machine; a company's proxy would not find it.
    os.environ.update(NO_PROXY="127.0.0.1", no_proxy="127.0.0.1")
    try:
        sys.exit(main(sys.argv[1:]))
    except BrokenPipeError:  # somebody reads the beginning only, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
